"""Where a family goes in its file: every page, by name, with something of the large family in its address."""

from collections.abc import Iterator, Mapping

from django.urls import reverse

from tests.large_family import LargeFamily

FILE: Mapping[str, tuple[str, ...]] = {
    "portal:home": ("",),
    "portal:dossier": ("",),
    "portal:demarches": ("", "?pour={eldest}"),
    "portal:child": ("eldest", "youngest"),
    "demarches:contact": ("",),
    "demarches:contact_address": ("",),
    "demarches:contact_phones": ("",),
    "demarches:contact_allocataire": ("",),
    "demarches:child_change": ("eldest",),
    "demarches:followed": ("address", "name", "child", "guardian", "custody", "school"),
    "demarches:followed_complete": ("child",),
    "demarches:followed_withdraw": ("school",),
    "families:consents": ("",),
    "health:sheet": ("eldest", "youngest"),
    "health:item": (
        "eldest medecin",
        "eldest allergies",
        "eldest pai",
        "eldest traitements",
        "youngest traitements",
        "eldest recommandations",
        "eldest assurance",
        "eldest groupe-sanguin",
        "eldest maladies",
    ),
    "health:vaccines": ("eldest", "youngest"),
    "health:vaccine": ("youngest ror",),
    "health:readings": ("eldest", "youngest"),
    "members:authorisations": ("eldest", "youngest"),
    "members:authorisation_history": ("eldest", "youngest"),
    "members:person_add": ("eldest",),
    "members:persons_copy": ("eldest",),
    "members:person": ("eldest person",),
    "members:person_end": ("eldest person",),
    "members:person_contest": ("eldest fathers_person",),
    "members:diet": ("eldest", "youngest"),
    "members:requests": ("",),
    "members:ask_child": ("",),
    "members:ask_guardian": ("",),
    "members:ask_custody": ("eldest",),
    "members:ask_school": ("eldest",),
    "documents:documents": ("",),
    "documents:hand_in": ("", "?fichier={own}", "?piece=assurance", "?piece=justificatif-de-domicile&fichier={own}"),
    "documents:withdraw": ("handed",),
    "documents:own_add": ("",),
    "documents:own_change": ("own",),
    "documents:own_delete": ("own",),
    "checklist:todo": ("",),
    "checklist:year": ("",),
    "checklist:year_household": ("coordonnees",),
    "checklist:year_child": ("eldest", "youngest"),
    "checklist:year_step": (
        "eldest identite",
        "eldest fiche-sanitaire",
        "eldest autorisations",
        "youngest droit-a-l-image",
    ),
    "privacy:data": ("",),
    "privacy:correct": ("",),
    "privacy:ask_erasure": ("",),
    "privacy:object": ("",),
}
"""Each page, with what its address takes: words of `codes_of`, or said as they are; then a query."""

EMPTY = (
    "portal:home",
    "portal:dossier",
    "portal:demarches",
    "checklist:todo",
    "checklist:year",
    "demarches:contact",
    "documents:documents",
    "members:requests",
    "families:consents",
    "enrolments:list",
    "billing:invoices",
)
"""Pages that say something else to a family with nothing."""

ELSEWHERE: Mapping[str, str] = {
    "bookings:planning": "leads to a month",
    "bookings:outcome": "the journeys of the planning look at it",
    "families:subscriptions": "the journey of the account looks at it",
    "families:quotient_consent": "the journey of the account looks at it",
    "families:image_consent": "the same page as the one before, for towns that do not ask use by use",
    "billing:payment": "the journeys of payments look at it",
    "billing:payment_return": "leads to a payment",
    "billing:invoice_pdf": "gives a file",
    "demarches:contact_invoices": "takes a form",
    "health:confirm": "takes a form",
    "documents:document": "gives a file",
    "documents:own": "gives a file",
    "documents:town_document": "gives a file",
    "privacy:ask_export": "takes a form",
    "privacy:download": "gives a file",
    "privacy:delete_export": "takes a form",
}
"""The pages of families that no list holds, and why."""


def addresses_of(large: LargeFamily) -> Iterator[tuple[str, str]]:
    """The name of the picture, and the address, of each page of the file."""
    codes = codes_of(large)
    for name, tellings in FILE.items():
        for place, told in enumerate(tellings, 1):
            words, mark, query = told.partition("?")
            path = reverse(name, args=[codes.get(word, word) for word in words.split()])
            yield f"dossier-{name}-{place}", path + mark + query.format(**codes)


def codes_of(large: LargeFamily) -> dict[str, str]:
    return {
        "eldest": large.eldest.code,
        "youngest": large.youngest.code,
        "person": large.person.code,
        "fathers_person": large.fathers_person.code,
        "handed": large.handed.demarche.code,
        "own": large.own.code,
        **{kind.removeprefix("members."): demarche.code for kind, demarche in large.followed.items()},
    }
