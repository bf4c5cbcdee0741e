"""The sections of the families' space, in the words of the guides: menu, home page and site map are made from them."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.urls import reverse

from preau.accounts.models import User
from preau.town.models import Town


@dataclass(frozen=True, slots=True)
class Link:
    """A page, by its URL name."""

    label: str
    page: str

    @property
    def url(self) -> str:
        return reverse(self.page)


@dataclass(frozen=True, slots=True)
class Section:
    """A section: its icon, its first page, and the guides' links to its pages."""

    code: str
    icon: str
    page: str
    links: tuple[Link, ...] = ()

    def holds(self, page: str) -> bool:
        """Whether a page, by its URL name, is in this section: a section is an area, save the home page."""
        if self.code == "accueil":
            return page == self.page
        return page.partition(":")[0] == self.page.partition(":")[0]


SECTIONS = {
    section.code: section
    for section in (
        Section("accueil", "accueil", "portal:home"),
        Section(
            "inscriptions",
            "inscriptions",
            "enrolments:list",
            (
                Link("Visualiser les activités de mes enfants", "enrolments:list"),
                Link("Inscrire les enfants à de nouvelles activités", "enrolments:new"),
            ),
        ),
        Section(
            "planning",
            "planning",
            "bookings:planning",
            (Link("Afficher et modifier les réservations", "bookings:planning"),),
        ),
        Section(
            "facturation",
            "facturation",
            "billing:invoices",
            (
                Link("Consulter et payer mes factures", "billing:invoices"),
                Link("Retrouver mes anciennes factures", "billing:history"),
            ),
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
        Link("Mes appareils", "accounts:devices"),
        Link("Ajouter une deuxième protection", "accounts:protection"),
        Link("Agrandir le texte", "accounts:display"),
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
