"""The sections of the families' space, in the words of the guides: menu, home page and site map are made from them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse

from preau.accounts.models import User
from preau.town.models import Town


@dataclass(frozen=True, slots=True)
class Link:
    """A page, by its URL name, or a `part` of it."""

    label: str
    page: str
    part: str = ""

    @property
    def url(self) -> str:
        return f"{reverse(self.page)}{self.part}"


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its icon, its first page, the guides' links to its pages, and what it holds besides its first page:
    whole areas (« families »), or pages of an area that it shares (« portal:demarches »)."""

    code: str
    icon: str
    page: str
    links: tuple[Link, ...] = ()
    within: tuple[str, ...] = ()

    def holds(self, page: str) -> bool:
        """Whether a page, by its URL name, is in this section. What « Mon compte » names for itself is in no other."""
        if page == self.page or page in self.within:
            return True
        return page.partition(":")[0] in self.within and page not in ACCOUNT.within


SECTIONS = {
    section.code: section
    for section in (
        Section("accueil", "accueil", "portal:home"),
        Section(
            "dossier",
            "dossier",
            "portal:dossier",
            (
                Link("Consulter mon dossier et mes démarches", "portal:dossier"),
                Link("Modifier mes coordonnées", "demarches:contact"),
                Link("Ajouter les informations sanitaires", "portal:dossier", "#t-enf"),
                Link("Gérer mes autorisations parentales", "portal:dossier", "#t-enf"),
                Link("Accéder à mes documents dématérialisés", "documents:documents"),
            ),
            within=(
                "portal:demarches",
                "portal:child",
                "families",
                "demarches",
                "health",
                "documents",
                "members",
                "checklist",
            ),
        ),
        Section(
            "inscriptions",
            "inscriptions",
            "enrolments:list",
            (
                Link("Visualiser les activités de mes enfants", "enrolments:list"),
                Link("Inscrire les enfants à de nouvelles activités", "enrolments:new"),
            ),
            within=("enrolments",),
        ),
        Section(
            "planning",
            "planning",
            "bookings:planning",
            (Link("Afficher et modifier les réservations", "bookings:planning"),),
            within=("bookings",),
        ),
        Section(
            "facturation",
            "facturation",
            "billing:invoices",
            (
                Link("Consulter et payer mes factures", "billing:invoices"),
                Link("Retrouver mes anciennes factures", "billing:history"),
            ),
            within=("billing",),
        ),
    )
}


ACCOUNT = Section(
    "compte",
    "compte",
    "accounts:account",
    (
        Link("Modifier mon nom, mon adresse e-mail, mon mot de passe", "accounts:account"),
        Link("Mes souscriptions", "families:subscriptions"),
        Link("Mes consentements", "families:consents"),
        Link("Mes données", "privacy:data"),
        Link("Mes appareils", "accounts:devices"),
        Link("Ajouter une deuxième protection", "accounts:protection"),
        Link("Agrandir le texte", "accounts:display"),
    ),
    within=(
        *("accounts", "privacy", "families:subscriptions"),
        *("families:consents", "families:quotient_consent", "families:image_consent"),
    ),
)
"""Not a section of the town's: it is everyone's, and in the header of every page."""

OF_AGENTS = replace(ACCOUNT, links=tuple(link for link in ACCOUNT.links if link.page.startswith("accounts:")))


@dataclass(frozen=True, slots=True)
class TownSection:
    """A section under the town's own name."""

    section: Section
    label: str


def sections_of(town: Town) -> Iterator[TownSection]:
    """The sections that the town has switched on, in its order; those that Préau does not have yet are left out."""
    for chosen in town.sections:
        section = SECTIONS.get(chosen["code"])
        if section:
            yield TownSection(section, chosen["label"])


def account_section(user: User) -> TownSection:
    """« Mon compte », which no town renames."""
    return TownSection(ACCOUNT if user.is_family else OF_AGENTS, "Mon compte")
