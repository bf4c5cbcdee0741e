"""Who lives in the town: households drawn from a seeded generator, as plain values that nothing has written yet."""

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from preau.core.codes import ALPHABET, LENGTH
from preau.families.choices import Colour, Sex
from preau.town.choices import WayIn
from preau.townfile.demonstration.words import BOYS, GIRLS, MEN, STREETS, SURNAMES, SYMBOLS, WOMEN

LEVELS = ("ps", "ms", "gs", "cp", "ce1", "ce2", "cm1", "cm2")
FIRST_ELEMENTARY = LEVELS.index("cp")
YOUNGEST = 3  # years old in the calendar year of the rentrée, in the first level

CHILDREN = (1,) * 53 + (2,) * 35 + (3,) * 9 + (4,) * 3
"""How many children a household has, out of a hundred households."""

SCHOOL_DAYS = (0, 1, 3, 4)
WEDNESDAY = 2

Sectors = tuple[tuple[str, str], ...]
"""The two schools of each neighbourhood, for the youngest and for the others."""

Habits = Mapping[str, frozenset[int]]
"""The activities of a child (without level and year), each with its usual weekdays."""


@dataclass(frozen=True, slots=True)
class Birth:
    """What FranceConnect knows of a birth: see preau.families.models.Adult."""

    date: str
    country: str
    place: str = ""
    name: str = ""


@dataclass(slots=True)
class Grownup:
    """An adult; with a user name, they sign in. Without one, `address` is what the town hall writes to, if anything."""

    first_name: str
    last_name: str
    civility: str
    username: str = ""
    phone: str = ""
    home_phone: str = ""
    address: str = ""
    birth: "Birth | None" = None

    @property
    def email(self) -> str:
        return f"{self.username.lower()}@example.org" if self.username else self.address


@dataclass(slots=True, eq=False)
class Child:
    """A child; `level` is the place in LEVELS for the running school year, `sector` that of its schools."""

    first_name: str
    last_name: str
    sex: str
    born_on: dt.date
    level: int
    sector: int
    habits: Habits
    symbol: str
    colour: str
    code: str

    def stage(self, years_ago: int = 0) -> str | None:
        """« maternelle » or « elementaire » that many years ago; None before school."""
        level = self.level - years_ago
        if level < 0:
            return None
        return "elementaire" if level >= FIRST_ELEMENTARY else "maternelle"


@dataclass(slots=True, eq=False)
class Household:
    """A family file. `quotient_cents` None is unknown; `other_home` is where its children live the other week;
    `arrival` is how its first adult gets an account during the visit.

    `is_visited` is the household that a visitor plays first: it keeps to its habits and chooses for itself.
    """

    number: str
    name: str
    lines: str
    postcode: str
    city: str
    insee_code: str
    adults: list[Grownup]
    children: list[Child]
    quotient_cents: int | None
    code: str
    other_home: "Household | None" = None
    is_visited: bool = False
    arrival: WayIn | None = None


@dataclass(slots=True)
class Town:
    """What the generator knows of the town; `near` are towns around it, as (postcode, name, INSEE code), and `hobbies`
    activities for which a share of the older children leave home on a weekday, as (activity, share, weekday)."""

    postcode: str
    name: str
    insee_code: str
    rentree: int  # the calendar year in which the running school year began
    sectors: Sectors
    near: tuple[tuple[str, str, str], ...]
    hobbies: tuple[tuple[str, float, int], ...] = ()


@dataclass(slots=True)
class Generator:
    """Draws households. The same seed draws the same town."""

    rng: random.Random
    town: Town
    usernames: set[str] = field(default_factory=set)
    numbers: int = 10_200

    def code(self) -> str:
        """A public code, as preau.core.codes makes them, but from the seed."""
        return "".join(self.rng.choices(ALPHABET, k=LENGTH))

    def number(self) -> str:
        self.numbers += self.rng.randint(1, 17)
        return str(self.numbers)

    def household(self) -> Household:
        """One more household, like most."""
        name = self.rng.choice(SURNAMES).replace("-", " ")
        adults = self.adults(name)
        postcode, city, insee_code = self.home()
        sector = self.rng.randrange(len(self.town.sectors))
        children = [self.child(name, level, sector) for level in self.levels()]
        name_apart(children)
        return Household(
            number=self.number(),
            name=name,
            lines=f"{self.rng.randint(1, 160)} {self.rng.choice(STREETS[sector % len(STREETS)])}",
            postcode=postcode,
            city=city,
            insee_code=insee_code,
            adults=adults,
            children=children,
            quotient_cents=self.quotient(),
            code=self.code(),
        )

    def home(self) -> tuple[str, str, str]:
        """Four households in a hundred live next door."""
        if self.rng.random() < 0.04:
            return self.rng.choice(self.town.near)
        return self.town.postcode, self.town.name, self.town.insee_code

    def adults(self, name: str) -> list[Grownup]:
        """One or two parents; the second often bears another name, and most have an account."""
        mother = Grownup(self.rng.choice(WOMEN), name, "Madame")
        father = Grownup(self.rng.choice(MEN), name, "Monsieur")
        adults = [mother, father] if self.rng.random() < 0.6 else [father, mother]
        if self.rng.random() < 0.35:
            adults[1].last_name = self.rng.choice(SURNAMES).replace("-", " ")
        adults = adults[: 1 if self.rng.random() < 0.24 else 2]
        for adult, share in zip(adults, (0.82, 0.30), strict=False):
            adult.phone = f"06 {' '.join(f'{self.rng.randrange(100):02d}' for _ in range(4))}"
            if adult.phone.endswith(("0", "5")):
                adult.home_phone = f"01 99 00 {adult.phone[-5:]}"  # numbers that are nobody's
            if self.rng.random() < share:
                adult.username = self.username(adult)
        return adults

    def username(self, adult: Grownup) -> str:
        base = f"{adult.first_name[0]}.{adult.last_name}".lower().replace(" ", "-")
        name = "".join(letter for letter in plain(base) if letter.isalnum() or letter in ".-")
        free = next(f"{name}{rank or ''}" for rank in range(1000) if f"{name}{rank or ''}" not in self.usernames)
        self.usernames.add(free)
        return free

    def levels(self) -> list[int]:
        return sorted(self.rng.sample(range(len(LEVELS)), self.rng.choice(CHILDREN)), reverse=True)

    def child(self, name: str, level: int, sector: int) -> Child:
        is_girl = self.rng.random() < 0.49
        year = self.town.rentree - YOUNGEST - level
        return Child(
            first_name=self.rng.choice(GIRLS if is_girl else BOYS),
            last_name=name,
            sex=Sex.GIRL if is_girl else Sex.BOY,
            born_on=dt.date(year, 1, 1) + dt.timedelta(days=self.rng.randrange(365)),
            level=level,
            sector=sector,
            habits=self.habits(level, sector),
            symbol=self.rng.choice(SYMBOLS),
            colour=self.rng.choice(Colour.values),
            code=self.code(),
        )

    def quotient(self) -> int | None:
        """In cents: most between 300 and 1 800 €; thirteen households in a hundred have not given theirs."""
        if self.rng.random() < 0.13:
            return None
        return min(int(self.rng.lognormvariate(6.7, 0.5)), 4000) * 100

    def habits(self, level: int, sector: int) -> Habits:
        """Seven meals out of ten, a quarter of mornings, fewer Wednesdays: the curves of a real town."""
        habits: dict[str, frozenset[int]] = {}
        if self.rng.random() < 0.93:
            habits["restauration"] = self.some_days(0.82)
        if self.rng.random() < 0.56:
            habits["accueil-soir"] = self.some_days(0.78)
        elif level < FIRST_ELEMENTARY and sector in (0, 2) and self.rng.random() < 0.4:
            habits["passerelle"] = self.some_days(0.7)
        if self.rng.random() < 0.36:
            habits["accueil-matin"] = self.some_days(0.72)
        wednesday = self.rng.random()
        if wednesday < 0.36:
            habits["mercredi-journee" if wednesday < 0.27 else "mercredi-matin"] = frozenset({WEDNESDAY})
        for activity, share, weekday in self.town.hobbies if level >= FIRST_ELEMENTARY else ():
            if self.rng.random() < share:
                habits[activity] = frozenset({weekday})
        return MappingProxyType(habits)

    def some_days(self, share: float) -> frozenset[int]:
        days = frozenset(day for day in SCHOOL_DAYS if self.rng.random() < share)
        return days or frozenset({self.rng.choice(SCHOOL_DAYS)})


ACCENTS = str.maketrans("àâäéèêëîïôöùûüçÀÉÈÎ", "aaaeeeeiioouuucAEEI")


def plain(text: str) -> str:
    """Without accents, for user names."""
    return text.translate(ACCENTS)


def name_apart(children: list[Child]) -> None:
    """No two of a household by the same first name; nothing more is drawn."""
    taken: set[str] = set()
    for child in children:
        names = GIRLS if child.sex == Sex.GIRL else BOYS
        while child.first_name in taken:
            child.first_name = names[(names.index(child.first_name) + 1) % len(names)]
        taken.add(child.first_name)
