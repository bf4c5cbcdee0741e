"""Those whom a visitor meets: Zoé Pinceau and her children, remarkable households, the agents."""

import datetime as dt
from dataclasses import dataclass
from types import MappingProxyType

from preau.families.choices import Colour, Sex
from preau.townfile.demonstration.households import (
    LEVELS,
    SCHOOL_DAYS,
    WEDNESDAY,
    YOUNGEST,
    Child,
    Generator,
    Grownup,
    Habits,
    Household,
)
from preau.townfile.demonstration.words import NEAR

PASSWORD = "bonjour-villejuif"  # noqa: S105 (told to whoever opens the demonstration)
ZOE = "Z-pinceau"

EVERY_DAY = frozenset(SCHOOL_DAYS)


@dataclass(frozen=True, slots=True)
class Agent:
    """Someone of the town hall; `role` and `service` are codes of the town file, no service being all of them."""

    username: str
    first_name: str
    last_name: str
    role: str
    service: str | None


AGENTS = (
    Agent("s.benali", "Samira", "Benali", "agent-enfance", "enfance"),
    Agent("r.regisseur", "Rémi", "Régisseur", "regisseur", None),
    Agent("c.lemoine", "Claire", "Lemoine", "administrateur", None),
    Agent("d.haddad", "Driss", "Haddad", "administrateur", None),
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who may sign in, and what is worth a look."""

    username: str
    who: str


VISITORS = (
    Visitor(ZOE, "Zoé Pinceau, mère de Nora (grande section) et de Mylis (CE1)"),
    Visitor("m.pinceau", "Malik Pinceau, l’autre parent du même foyer"),
    Visitor("i.roussel", "Inès Roussel, garde alternée : Élio est chez elle une semaine sur deux"),
    Visitor("t.carpentier", "Thomas Carpentier, l’autre foyer d’Élio"),
    Visitor("a.traore-diallo", "Aminata Traoré Diallo, six enfants"),
    Visitor("s.benali", "Samira Benali, agent du service Enfance : réservations, demandes et invitations"),
    Visitor("r.regisseur", "Rémi Régisseur : factures et paiements"),
    Visitor("c.lemoine", "Claire Lemoine, administratrice : les agents, leurs droits, les conditions"),
    Visitor("d.haddad", "Driss Haddad, l’autre administrateur : il en faut deux pour rétablir l’accès d’un agent"),
)


def cast(generator: Generator) -> list[Household]:
    """The households that every demonstration has, Zoé's first."""
    generator.usernames |= {visitor.username.lower() for visitor in VISITORS}
    return [
        _pinceau(generator),
        *_roussel_and_carpentier(generator),
        _six_children(generator),
        _long_names(generator),
        _neighbours(generator),
    ]


def _pinceau(generator: Generator) -> Household:
    """Nora does not go to the morning care: she is enrolled during the visit."""
    nora = _child(generator, "Nora", "Pinceau", Sex.GIRL, "gs", "lapin", Colour.CORAIL, (3, 14))
    nora.habits = _habits(
        restauration=EVERY_DAY,
        accueil_soir=frozenset({0, 3}),
        passerelle=frozenset({1}),
        mercredi_journee=frozenset({WEDNESDAY}),
    )
    mylis = _child(generator, "Mylis", "Pinceau", Sex.BOY, "ce1", "bateau", Colour.CIEL, (6, 2))
    mylis.habits = _habits(
        restauration=EVERY_DAY,
        accueil_soir=frozenset({0, 3}),
        accueil_matin=frozenset({4}),
        mercredi_journee=frozenset({WEDNESDAY}),
    )
    household = _household(generator, "Pinceau", [mylis, nora], quotient=742)
    household.number = "1842"
    household.adults = [
        Grownup("Zoé", "Pinceau", "Madame", ZOE, "06 12 34 56 78"),
        Grownup("Malik", "Pinceau", "Monsieur", "m.pinceau", "06 98 76 54 32"),
    ]
    return household


def _roussel_and_carpentier(generator: Generator) -> tuple[Household, Household]:
    """One child, two homes, one week each; each home has its own quotient, prices and invoices."""
    elio = _child(generator, "Élio", "Carpentier", Sex.BOY, "ce2", "fusee", Colour.SOLEIL, (9, 21))
    elio.habits = _habits(restauration=EVERY_DAY, accueil_soir=EVERY_DAY, mercredi_journee=frozenset({WEDNESDAY}))
    hers = _household(generator, "Roussel", [elio], quotient=523)
    hers.adults = [Grownup("Inès", "Roussel", "Madame", "i.roussel")]
    his = _household(generator, "Carpentier", [], quotient=1380)
    his.adults = [Grownup("Thomas", "Carpentier", "Monsieur", "t.carpentier")]
    hers.other_home = his
    return hers, his


def _six_children(generator: Generator) -> Household:
    names = ("Fatou", "Ousmane", "Kadiatou", "Ismaël", "Hawa", "Issa")
    levels = ("cm2", "cm1", "ce2", "ce1", "gs", "ps")
    symbols = ("oiseau", "poisson", "tortue", "fusee", "cerise", "escargot")
    children = [
        _child(generator, name, "Traoré Diallo", Sex.GIRL if place % 2 == 0 else Sex.BOY, level, symbol, colour, (4, 8))
        for place, (name, level, symbol, colour) in enumerate(zip(names, levels, symbols, Colour.values, strict=True))
    ]
    household = _household(generator, "Traoré Diallo", children, quotient=386)
    household.adults = [
        Grownup("Aminata", "Traoré Diallo", "Madame", "a.traore-diallo"),
        Grownup("Boubacar", "Diallo", "Monsieur"),
    ]
    return household


def _long_names(generator: Generator) -> Household:
    name = "de La Rochefoucauld Saint-Hilaire de Montmorency"
    child = _child(generator, "Marie-Clémentine-Apolline", name, Sex.GIRL, "cp", "etoile", Colour.LILAS, (1, 30))
    household = _household(generator, name, [child], quotient=2310)
    household.adults = [Grownup("Anne-Charlotte-Bérénice", name, "Madame", "a.larochefoucauld")]
    return household


def _neighbours(generator: Generator) -> Household:
    """They live in the next town, and have not given their quotient."""
    children = [
        _child(generator, "Linh", "Nguyen Van", Sex.GIRL, "cm1", "fleur", Colour.MENTHE, (11, 12)),
        _child(generator, "Minh-Anh", "Nguyen Van", Sex.BOY, "ms", "chat", Colour.POMME, (7, 5)),
    ]
    household = _household(generator, "Nguyen Van", children, quotient=None)
    household.postcode, household.city, household.insee_code = NEAR[0]
    household.adults = [Grownup("Mai", "Nguyen Van", "Madame", "m.nguyen-van")]
    return household


def _household(generator: Generator, name: str, children: list[Child], *, quotient: int | None) -> Household:
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


def _child(
    generator: Generator, first: str, last: str, sex: str, level: str, symbol: str, colour: str, day: tuple[int, int]
) -> Child:
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


def _habits(**days: frozenset[int]) -> Habits:
    return MappingProxyType({name.replace("_", "-"): weekdays for name, weekdays in days.items()})
