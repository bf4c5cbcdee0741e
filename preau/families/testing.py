"""Builders for tests."""

import datetime as dt
import itertools
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.utils import timezone

from preau.accounts.choices import UserKind
from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.families.choices import CustodyMode, Situation, Subject
from preau.families.models import Address, Adult, Custody, Family, Guardianship, Home, Participant, Schooling
from preau.families.rules import PRESETS
from preau.families.searching import refile
from preau.town.models import Level, Place, SchoolYear

LONG_AGO = dt.date(2020, 1, 1)
_numbers = itertools.count(1)


def make_family(*, name: str = "Pinceau", number: str = "", insee_code: str = "94076") -> Family:
    """A household with an address."""
    family = Family.objects.create(name=name, number=number or f"{1000 + next(_numbers)}")
    Address.objects.create(
        family=family,
        starts_on=LONG_AGO,
        lines="12 rue des Écoles",
        postcode="94800",
        city="Villejuif",
        insee_code=insee_code,
    )
    refile(family.pk)
    return family


def make_adult(
    family: Family,
    *,
    user: User | None = None,
    first_name: str = "Zoé",
    last_name: str = "Pinceau",
    signs_in: bool = True,
) -> Adult:
    """An adult of `family`, with an account unless `signs_in` is False."""
    account = user or (make_user(first_name=first_name, last_name=last_name) if signs_in else None)
    adult = Adult.objects.create(
        family=family,
        user=account,
        civility="Madame",
        first_name=first_name,
        last_name=last_name,
        email=account.email if account else "",
    )
    refile(family.pk)
    return adult


def make_child(
    *families: Family,
    first_name: str = "Nora",
    last_name: str = "Pinceau",
    born_on: dt.date = dt.date(2021, 3, 14),
    year: SchoolYear | None = None,
    school: Place | None = None,
    level: Level | None = None,
) -> Participant:
    """A child living in `families`, tied to all their adults as a parent who exercises authority."""
    child = Participant.objects.create(first_name=first_name, last_name=last_name, born_on=born_on)
    for family in families:
        Home.objects.create(participant=child, family=family)
        for adult in family.adults.all():
            make_bond(adult, child)
    if year and school and level:
        Schooling.objects.create(participant=child, year=year, place=school, level=level)
    refile(*(family.pk for family in families))
    return child


def make_bond(
    adult: Adult,
    child: Participant,
    situation: Situation = Situation.EXERCISES,
    *,
    starts_on: dt.date = LONG_AGO,
) -> Guardianship:
    """The bond of an adult with a child from a day on, with the levels that the situation presets."""
    levels = {str(subject): int(level) for subject, level in PRESETS[situation].items()}
    return Guardianship.objects.create(
        adult=adult, participant=child, situation=situation, starts_on=starts_on, **levels
    )


# Separated families, many at once


@dataclass(frozen=True, slots=True)
class ToldBond:
    """A bond as papers tell it: from a day on (None: since always), a situation, and what a judgment says otherwise."""

    who: str
    situation: Situation
    days_from_today: int | None = None
    adjusted: Mapping[str, int] = field(default_factory=dict)


def _both(*more: ToldBond) -> tuple[ToldBond, ...]:
    return (ToldBond("mother", Situation.EXERCISES), ToldBond("father", Situation.EXERCISES), *more)


STORIES: Mapping[str, tuple[ToldBond, ...]] = {
    "joint authority": _both(),
    "sole authority": (
        ToldBond("mother", Situation.EXERCISES),
        ToldBond("father", Situation.WITHOUT_EXERCISE),
    ),
    "withdrawn": _both(ToldBond("father", Situation.WITHDRAWN, -40)),
    "withdrawn tomorrow": _both(ToldBond("father", Situation.WITHDRAWN, 1)),
    "payer only": (ToldBond("mother", Situation.EXERCISES), ToldBond("father", Situation.PAYER_ONLY)),
    "a grandparent collects": _both(ToldBond("grandparent", Situation.COLLECTS)),
    "a grandparent follows": _both(ToldBond("grandparent", Situation.GRANDPARENT, -60)),
    "foster family": (
        ToldBond("mother", Situation.WITHOUT_EXERCISE),
        ToldBond("father", Situation.WITHDRAWN),
        ToldBond("host", Situation.FOSTER, -200),
    ),
    "a former partner": _both(ToldBond("former", Situation.COLLECTS, -500), ToldBond("former", Situation.ENDED, -10)),
    "adjusted by a judgment": _both(
        ToldBond("father", Situation.EXERCISES, -5, {"documents": 1, "pickup": 0, "health": 0})
    ),
    "given back today": _both(
        ToldBond("father", Situation.WITHDRAWN, -300), ToldBond("father", Situation.EXERCISES, 0)
    ),
    "ended today": _both(ToldBond("father", Situation.ENDED, 0)),
}
"""Legal situations of two parents who live apart; whoever else they name has a household of their own."""

ONE_HOME = {"sole authority", "withdrawn", "payer only"}  # where the child lives at the mother's only
ANCHOR = dt.date(2026, 8, 31)  # a Monday: the mother's week


@dataclass(slots=True)
class SeparatedFamilies:
    """What was drawn, as plain values that nothing of the portal has worked out: the keys are the database's.

    `bonds` by (adult, child): each row with its day, its situation and what was adjusted. `homes` by child: the
    mother's week first when there are two, from ANCHOR on.
    """

    adults: list[Adult] = field(default_factory=list)
    children: list[Participant] = field(default_factory=list)
    bonds: dict[tuple[int, int], list[tuple[dt.date, Situation, Mapping[str, int]]]] = field(default_factory=dict)
    homes: dict[int, list[int]] = field(default_factory=dict)
    stories: dict[int, str] = field(default_factory=dict)  # by child
    archived: set[int] = field(default_factory=set)  # households


def make_separated_families(count: int, *, today: dt.date, seed: int = 1) -> SeparatedFamilies:
    """`count` pairs of parents who live apart, story after story, with half-brothers and half-sisters on both sides.

    One pair in three has more rows, drawn around today; one father's household in seventeen is archived. Written in
    bulk, in no order.
    """
    return _Drawing(today, random.Random(seed)).of(count)


@dataclass(slots=True)
class _Drawing:
    today: dt.date
    rng: random.Random
    families: list[Family] = field(default_factory=list)
    adults: list[Adult] = field(default_factory=list)
    children: list[tuple[Participant, str, list[Family]]] = field(default_factory=list)
    bonds: list[tuple[Adult, Participant, dt.date, Situation, Mapping[str, int]]] = field(default_factory=list)

    def of(self, count: int) -> SeparatedFamilies:
        names = list(STORIES)
        for number in range(count):
            self._tell(number, names[number % len(names)])
        return self._write()

    def _tell(self, number: int, story: str) -> None:
        people: dict[str, Adult] = {}
        for bond in STORIES[story]:
            if bond.who not in people:
                people[bond.who] = self._adult(self._family(f"{bond.who}-{number:03d}"), f"{bond.who}-{number:03d}")
        mother, father = people["mother"], people["father"]
        if number % 17 == 16:
            father.family.archived_at = timezone.now()
        for rank in range(self.rng.randint(1, 2)):
            child = self._child(f"enfant-{number:03d}-{rank}", story, self._homes_of(story, people))
            for bond in STORIES[story]:
                self._bond(people[bond.who], child, bond)
            if self.rng.random() < 1 / 3:
                self._more(self.rng.choice(list(people.values())), child)
        partner = self._adult(mother.family, f"partner-{number:03d}")
        self._half_sibling(f"demi-mere-{number:03d}", [mother, partner])
        self._half_sibling(f"demi-pere-{number:03d}", [father])

    def _homes_of(self, story: str, people: Mapping[str, Adult]) -> list[Family]:
        if "host" in people:
            return [people["host"].family]
        both = [people["mother"].family, people["father"].family]
        return both[:1] if story in ONE_HOME else both

    def _half_sibling(self, name: str, parents: Sequence[Adult]) -> None:
        child = self._child(name, "half-sibling", [parents[0].family])
        for parent in parents:
            self._bond(parent, child, ToldBond("", Situation.EXERCISES))

    def _more(self, adult: Adult, child: Participant) -> None:
        """Up to three more rows, of any situation, with a level adjusted where one may be."""
        for offset in self.rng.sample([-900, -401, -400, -2, -1, 2, 29, 30, 31], self.rng.randint(1, 3)):
            situation = self.rng.choice(list(Situation))
            adjusted = {}
            if situation not in (Situation.WITHDRAWN, Situation.ENDED) and self.rng.random() < 1 / 2:
                adjusted = {self.rng.choice(list(Subject)).value: self.rng.randint(0, 2)}
            self._bond(adult, child, ToldBond("", situation, offset, adjusted))

    def _family(self, name: str) -> Family:
        self.families.append(Family(number=f"S{len(self.families)}", name=f"Foyer {name}"))
        return self.families[-1]

    def _adult(self, family: Family, name: str) -> Adult:
        email = f"{name}@example.org"
        user = User(username=name, email=email, kind=UserKind.FAMILY, password="!", first_name=name, last_name="S")
        mobile, home, work = (f"0{first} {len(self.adults):08d}" for first in (7, 2, 8))
        phones = {"phone_mobile": mobile, "phone_home": home, "phone_work": work}
        self.adults.append(Adult(family=family, user=user, first_name=name, last_name="S", email=email, **phones))
        return self.adults[-1]

    def _child(self, name: str, story: str, homes: list[Family]) -> Participant:
        born_on = dt.date(2018, 1, 1) + dt.timedelta(days=len(self.children))
        child = Participant(first_name=name, last_name="S", born_on=born_on)
        self.children.append((child, story, homes))
        return child

    def _bond(self, adult: Adult, child: Participant, told: ToldBond) -> None:
        offset = told.days_from_today
        starts_on = LONG_AGO if offset is None else self.today + dt.timedelta(days=offset)
        self.bonds.append((adult, child, starts_on, told.situation, told.adjusted))

    def _write(self) -> SeparatedFamilies:
        Family.objects.bulk_create(self.families)
        User.objects.bulk_create([adult.user for adult in self.adults if adult.user])
        for adult in self.adults:  # whose household and user have their keys only now
            adult.family, adult.user = adult.family, adult.user
        Adult.objects.bulk_create(self.adults)
        Participant.objects.bulk_create([child for child, _, _ in self.children])
        told = SeparatedFamilies(self.adults, [child for child, _, _ in self.children])
        self._write_homes(told)
        rows = []
        for adult, child, starts_on, situation, adjusted in self.bonds:
            told.bonds.setdefault((adult.pk, child.pk), []).append((starts_on, situation, adjusted))
            levels = {str(subject): int(level) for subject, level in PRESETS[situation].items()} | dict(adjusted)
            rows.append(
                Guardianship(adult=adult, participant=child, situation=situation, starts_on=starts_on, **levels)
            )
        self.rng.shuffle(rows)
        Guardianship.objects.bulk_create(rows)
        return told

    def _write_homes(self, told: SeparatedFamilies) -> None:
        told.archived = {family.pk for family in self.families if family.archived_at}
        for child, story, homes in self.children:
            told.homes[child.pk], told.stories[child.pk] = [home.pk for home in homes], story
        Address.objects.bulk_create(
            Address(family=family, starts_on=LONG_AGO, lines=f"{family.pk} allée Secrète", postcode="94800", city="V")
            for family in self.families
        )
        Home.objects.bulk_create(
            Home(participant=child, family=home) for child, _, homes in self.children for home in homes
        )
        Custody.objects.bulk_create(
            Custody(
                participant=child,
                starts_on=LONG_AGO,
                mode=CustodyMode.CYCLE,
                home_a=homes[0],
                home_b=homes[1],
                anchor_on=ANCHOR,
                pattern="AAAAAAABBBBBBB",
            )
            for child, _, homes in self.children
            if len(homes) == 2
        )
