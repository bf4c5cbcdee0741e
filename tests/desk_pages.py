"""Where an agent goes in the files of families: every page, with something of the large family in its address."""

from collections.abc import Iterator, Mapping

from django.urls import reverse

from preau.demarches.models import Demarche
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_family
from preau.members.choices import DISAGREEMENT
from tests.large_family import LargeFamily

PAGES: Mapping[str, tuple[str, ...]] = {
    "backoffice:families": ("", "?q=rochefoucauld", "?q=personne"),
    "backoffice:look_alikes": ("", "?noms=oui"),
    "backoffice:family": ("family", "twin"),
    "backoffice:family_history": ("family", "twin", "family?lectures=oui"),
    "backoffice:family_planning": ("twin",),
    "backoffice:family_month": ("family eldest 2026-11",),
    "backoffice:family_merge": ("family twin",),
    "backoffice:family_invoices": ("family",),
    "backoffice:family_demarches": ("family", "twin"),
    "backoffice:family_address": ("family",),
    "backoffice:family_quotient": ("family",),
    "backoffice:family_note": ("family",),
    "backoffice:family_adult": ("family adult",),
    "backoffice:family_allocataire": ("family",),
    "backoffice:family_child": ("family eldest",),
    "backoffice:family_bonds": ("family",),
    "backoffice:family_bond": ("family adult eldest",),
    "backoffice:family_leaving": ("family adult",),
    "backoffice:family_enrol": ("family eldest",),
    "backoffice:children": ("", "?ecole=elementaire-philipe", "?ecole=elementaire-philipe&niveau=cp"),
    "registration:file_accounts": ("family",),
    "documents:counter": ("family", "twin"),
    "documents:review": ("handed",),
    "members:collecting": ("eldest", "youngest"),
    "members:judgments": ("eldest",),
    "members:counter": ("family adult",),
    "members:counter_child": ("family adult",),
    "members:counter_guardian": ("family adult",),
    "members:counter_custody": ("family adult eldest",),
    "members:counter_school": ("family adult eldest",),
    "members:counter_diet": ("family adult eldest",),
    "members:counter_answers": ("family adult eldest",),
    "members:counter_persons": ("family adult eldest",),
    "members:asked": ("child", "guardian", "custody", "school"),
    "members:school_year": ("", "?q=zo", "?q=personne"),
    "members:disagreement": ("disagreement",),
    "health:staff_sheet": ("eldest", "youngest"),
    "health:counter_sheet": ("family adult eldest", "family adult youngest"),
    "health:counter_item": ("family adult eldest allergies", "family adult eldest medecin", "family adult eldest pai"),
    "health:counter_vaccines": ("family adult eldest",),
    "health:counter_vaccine": ("family adult youngest ror",),
    "demarches:change": ("address", "name"),
    "demarches:demarche": ("address", "name", "child", "guardian", "custody", "school", "handed", "disagreement"),
    "demarches:refuse": ("school",),
    "demarches:ask_more": ("child",),
    "demarches:texts": ("",),
    "checklist:missing": ("", "?rappel=1", "?ecole=elementaire-philipe&jour=2027-01-01"),
    "checklist:unfinished": ("", "?rappel=1"),
    "checklist:season": ("",),
}
"""Each page, with what its address takes: words of `codes_of`, or said as they are; then a query."""


def addresses_of(large: LargeFamily, *, of_files: bool) -> Iterator[tuple[str, str]]:
    """The name of the picture, and the address, of each page: of files, or of what else agents do for families."""
    codes = codes_of(large)
    for name, tellings in PAGES.items():
        for telling in tellings if name.startswith("backoffice:") == of_files else ():
            words, mark, query = telling.partition("?")
            args = [codes.get(word, word) for word in words.split()]
            picture = f"desk-{name}-{telling}".replace(" ", "-").replace(":", "-").replace("?", "-").replace("=", "-")
            yield picture.replace("&", "-"), reverse(name, args=args) + mark + query


def codes_of(large: LargeFamily) -> dict[str, str]:
    parent = Adult.objects.get(user=large.parent)
    family = parent.family
    return {
        "family": family.code,
        "twin": twin_of(family, parent).code,
        "adult": parent.code,
        "eldest": large.eldest.code,
        "youngest": large.youngest.code,
        "handed": large.handed.demarche.code,
        "disagreement": Demarche.objects.filter(kind=DISAGREEMENT).earliest("pk").code,
        **{kind.removeprefix("members."): demarche.code for kind, demarche in large.followed.items()},
    }


def twin_of(family: Family, parent: Adult) -> Family:
    """The same file, opened once more, with nothing in it."""
    twin = make_family(name=family.name)
    make_adult(twin, first_name=parent.first_name, last_name=parent.last_name, signs_in=False)
    return twin
