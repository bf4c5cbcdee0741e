"""What the demonstration of a town has of its own: who lives there first, who works there, which schools are near."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType

from preau.demarches.rules import AccountIdentity
from preau.town.models import Town
from preau.townfile.demonstration import households as drawn
from preau.townfile.demonstration.households import (
    LEVELS,
    SCHOOL_DAYS,
    YOUNGEST,
    Child,
    Generator,
    Habits,
    Household,
    Sectors,
)

REGISSEUR, DIRECTOR = "r.regisseur", "m.diarra"
EVERY_DAY = frozenset(SCHOOL_DAYS)


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone of the town hall; `role` is a code of the town file, and holds in the whole town: whoever opens accounts
    needs that, since a file belongs to no service."""

    username: str
    first_name: str
    last_name: str
    role: str
    work: str


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who may sign in, and what is worth a look."""

    username: str
    who: str


@dataclass(frozen=True, slots=True)
class Asker:
    """Somebody without a file who has asked for an account, and waits."""

    username: str
    identity: AccountIdentity


@dataclass(frozen=True, slots=True)
class Scene:
    """The demonstration of a town, by the code of its shipped file.

    `cast` draws the households that it always has, the visitor's first; the generator draws the others. `full` and
    `hobbies` are explained where they are read (booking, households).
    """

    town: str
    families: int
    sectors: Sectors
    near: tuple[tuple[str, str, str], ...]
    agents: tuple[Agent, ...]
    parents: tuple[Visitor, ...]
    cast: Callable[[Generator], list[Household]]
    full: tuple[tuple[str, str, int], ...] = ()
    hobbies: tuple[tuple[str, float, int], ...] = ()
    asker: Asker | None = None

    @property
    def password(self) -> str:
        """Told to whoever opens the demonstration."""
        return f"bonjour-{self.town}"

    @property
    def visitors(self) -> tuple[Visitor, ...]:
        """Whoever may sign in: parents, then agents."""
        agents = (Visitor(one.username, f"{one.first_name} {one.last_name}, {one.work}") for one in self.agents)
        return (*self.parents, *agents)

    def about(self, town: Town, rentree: int) -> drawn.Town:
        """What the generator knows of the town for the school year that began in the calendar year `rentree`."""
        return drawn.Town(
            _postcode(town.address), town.name, town.insee_code, rentree, self.sectors, self.near, self.hobbies
        )


def agents(reception: str, *, role: str) -> tuple[Agent, ...]:
    """Those whom every town has; `reception` is what the one who receives families does."""
    return (
        Agent("s.benali", "Samira", "Benali", role, reception),
        Agent(
            *(DIRECTOR, "Moussa", "Diarra", "direction"),
            "direction d’accueil\u00a0: les enfants du jour, leurs fiches sanitaires",
        ),
        Agent("n.faure", "Nadia", "Faure", "sante", "référente santé\u00a0: les PAI et les carnets de vaccination"),
        Agent(REGISSEUR, "Rémi", "Régisseur", "regisseur", "régisseur : factures et paiements"),
        Agent(
            *("c.lemoine", "Claire", "Lemoine", "administrateur"),
            "administratrice : les agents, leurs droits, les conditions",
        ),
        Agent(
            *("d.haddad", "Driss", "Haddad", "administrateur"),
            "administrateur : il en faut deux pour rétablir l’accès d’un agent",
        ),
    )


def household(generator: Generator, name: str, children: list[Child], *, quotient: int | None) -> Household:
    """A household of the town, whose adults are to be named; `quotient` in euros."""
    town = generator.town
    return Household(
        number=generator.number(),
        name=name,
        lines="12 rue des Marronniers",
        postcode=town.postcode,
        city=town.name,
        insee_code=town.insee_code,
        adults=[],
        children=children,
        quotient_cents=None if quotient is None else quotient * 100,
        code=generator.code(),
    )


def child(
    generator: Generator, first: str, last: str, sex: str, level: str, symbol: str, colour: str, day: tuple[int, int]
) -> Child:
    """A child of the first neighbourhood, born on that day and month."""
    place = LEVELS.index(level)
    return Child(
        first_name=first,
        last_name=last,
        sex=sex,
        born_on=dt.date(generator.town.rentree - YOUNGEST - place, *day),
        level=place,
        sector=0,
        habits=generator.habits(place, 0),
        symbol=symbol,
        colour=colour,
        code=generator.code(),
    )


def habits(**days: frozenset[int]) -> Habits:
    """`accueil_soir={0, 3}`: the evenings of Monday and Thursday."""
    return MappingProxyType({name.replace("_", "-"): weekdays for name, weekdays in days.items()})


def _postcode(address: str) -> str:
    return next(word for word in address.replace(",", " ").split() if len(word) == 5 and word.isdigit())
