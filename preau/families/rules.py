"""What each situation lets an adult see or do, in which home a child is on a day, and who is the same person."""

import datetime as dt
import unicodedata
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, replace
from itertools import accumulate
from types import MappingProxyType
from typing import TypeVar

from preau.families.choices import (
    AccessLevel,
    CustodyHolidays,
    CustodyMode,
    PreferredContact,
    Situation,
    Subject,
)
from preau.town.rules import Span

SHORTEST_SHARED_HOLIDAYS = 7
"""Days. Judgments share « les vacances scolaires »; a bridge of a few days stays with the home whose days they are."""


def _levels(
    *, identity: int = 0, planning: int = 0, health: int = 0, documents: int = 0, attendance: int = 0, pickup: int = 0
) -> Mapping[Subject, AccessLevel]:
    return MappingProxyType(
        {
            Subject.IDENTITY: AccessLevel(identity),
            Subject.PLANNING: AccessLevel(planning),
            Subject.HEALTH: AccessLevel(health),
            Subject.DOCUMENTS: AccessLevel(documents),
            Subject.ATTENDANCE: AccessLevel(attendance),
            Subject.PICKUP: AccessLevel(pickup),
        }
    )


PRESETS: Mapping[Situation, Mapping[Subject, AccessLevel]] = MappingProxyType(
    {
        Situation.EXERCISES: _levels(identity=2, planning=2, health=2, documents=2, attendance=2, pickup=2),
        # CADA, conseil 20154766: entitled to the child's after-school papers even without exercising authority.
        # Not to the health sheet, which follows authority (code de la santé publique, L1111-7), nor to who collects.
        Situation.WITHOUT_EXERCISE: _levels(identity=1, planning=1, documents=1, attendance=1),
        Situation.WITHDRAWN: _levels(),
        Situation.PAYER_ONLY: _levels(),
        # Usual acts only (code civil, 373-4): who may collect and what the health sheet says stay the parents' word.
        Situation.FOSTER: _levels(identity=1, planning=2, health=1, documents=2, attendance=2, pickup=1),
        Situation.COLLECTS: _levels(planning=1, pickup=1),
        Situation.GRANDPARENT: _levels(planning=1, attendance=1, pickup=1),
        Situation.ENDED: _levels(),
    }
)
"""Levels that a situation gives until an agent adjusts one for a judgment."""


@dataclass(frozen=True, slots=True)
class CustodyPlan:
    """Whose day it is. Homes are family keys.

    `one`: always home A, without home B.
    `cycle`: `pattern` has one letter, A or B, per day from `anchor_on`, repeated both ways.
    `iso_week`: home A has the even ISO weeks; after a year of 53 weeks home B has two weeks running.
    Raises ValueError when the mode lacks what it needs.
    """

    mode: CustodyMode
    home_a: int
    home_b: int | None = None
    anchor_on: dt.date | None = None
    pattern: str = ""
    holidays: CustodyHolidays = CustodyHolidays.NONE

    def __post_init__(self) -> None:
        if self.mode == CustodyMode.ONE:
            if self.home_b is not None:
                raise ValueError("one home leaves no room for a second")
            return
        if self.home_b is None or self.home_b == self.home_a:
            raise ValueError("shared custody takes two different homes")
        if self.mode == CustodyMode.CYCLE and (self.anchor_on is None or set(self.pattern) != {"A", "B"}):
            raise ValueError("a cycle takes an anchor and a pattern of A and B")


@dataclass(frozen=True, slots=True)
class CustodyException:
    """Days of `span` on which the child is at `home`, whatever the plan says."""

    span: Span
    home: int


def home_on(
    plan: CustodyPlan, exceptions: Iterable[CustodyException], day: dt.date, holiday_periods: Iterable[Span]
) -> int:
    """The home whose day it is: an exception first (the one that starts last), then shared holidays, then the plan.

    `holiday_periods` are whole periods (see `town.rules.breaks`): a summer cut at a year's end would be halved twice.
    """
    holding = [exception for exception in exceptions if day in exception.span]
    if holding:
        return max(holding, key=lambda exception: exception.span.starts_on).home
    if plan.home_b is None:
        return plan.home_a
    if plan.holidays != CustodyHolidays.NONE:
        period = next((period for period in holiday_periods if day in period), None)
        if period is not None and len(period) >= SHORTEST_SHARED_HOLIDAYS:
            return plan.home_a if _is_holiday_of_a(plan.holidays, period, day) else plan.home_b
    return plan.home_a if _is_day_of_a(plan, day) else plan.home_b


def _is_holiday_of_a(rule: CustodyHolidays, period: Span, day: dt.date) -> bool:
    """The year is the one in which the period starts; the middle day of an odd number belongs to the first half."""
    is_first_half = (day - period.starts_on).days < (len(period) + 1) // 2
    is_even_year = period.starts_on.year % 2 == 0
    a_has_first_half = is_even_year == (rule == CustodyHolidays.FIRST_HALF_A_EVEN)
    return is_first_half == a_has_first_half


def _is_day_of_a(plan: CustodyPlan, day: dt.date) -> bool:
    if plan.mode == CustodyMode.ISO_WEEK or plan.anchor_on is None:
        return day.isocalendar().week % 2 == 0
    return plan.pattern[(day - plan.anchor_on).days % len(plan.pattern)] == "A"


# How somebody is reached


@dataclass(frozen=True, slots=True)
class Contact:
    """The numbers of somebody, as they are written, and the preferred way (PreferredContact); empty is unknown."""

    phone_mobile: str = ""
    phone_home: str = ""
    phone_work: str = ""
    preferred_contact: str = ""

    @property
    def phones(self) -> tuple[str, ...]:
        """The numbers that are known."""
        return tuple(phone for phone in (self.phone_mobile, self.phone_home, self.phone_work) if phone)

    def told(self) -> str:
        """« 06 12 34 56 78 (portable) · 01 45 59 20 00 (travail) »."""
        places = (self.phone_mobile, "portable"), (self.phone_home, "domicile"), (self.phone_work, "travail")
        return " · ".join(f"{phone.replace(' ', NBSP)}{NBSP}({place})" for phone, place in places if phone)


NBSP = "\u00a0"
UNKNOWN = Contact()
PHONE_FIELDS: Mapping[str, str] = MappingProxyType(
    {
        PreferredContact.MOBILE: "phone_mobile",
        PreferredContact.HOME: "phone_home",
        PreferredContact.WORK: "phone_work",
    }
)
"""The number that a preferred way needs; the other ways need none."""


def phone_wanted(contact: Contact) -> str:
    """The field of the number that the preferred way needs and that is not known; "" when nothing is wanting."""
    field = PHONE_FIELDS.get(contact.preferred_contact, "")
    return field if field and not getattr(contact, field) else ""


def completed(held: Contact, told: Contact) -> Contact:
    """What is held, with what was `told` where it says nothing: nothing is replaced."""
    whole = Contact(*(getattr(held, name) or getattr(told, name) for name in Contact.__slots__))
    return replace(whole, preferred_contact="") if phone_wanted(whole) else whole


# The same person


FRANCE = "99100"
LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ø": "o", "ł": "l", "đ": "d"})
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is, in a family file or as the State says.

    `birth_date` is 1985-03-14, 1985-03 or 1985; place and country of birth are INSEE codes, the place empty for those
    born abroad. Empty is unknown. `name` is the one in use; the file often knows no other.
    """

    first_names: str
    birth_name: str
    birth_date: str
    birth_place: str = ""
    birth_country: str = ""
    name: str = ""


def sole_match(people: Mapping[Key, Identity], proved: Identity) -> Key | None:
    """The only one of `people` who is the person that `proved` describes; None when nobody is, or several."""
    matching = [key for key, person in people.items() if is_same_person(person, proved)]
    return matching[0] if len(matching) == 1 else None


def is_same_person(known: Identity, proved: Identity) -> bool:
    """Whether a person of the file is the one whose identity is proved: all that the file knows must agree.

    The file must know the year of birth at least: namesakes are a matter for an agent.
    """
    return (
        _is_same_name(known, proved)
        and _begins_with(proved.first_names, known.first_names)
        and _is_same_date(known.birth_date, proved.birth_date)
        and _is_same_origin(known, proved)
    )


def _is_same_name(known: Identity, proved: Identity) -> bool:
    """The birth name; where the file has none, its name is compared with the birth name and with the name in use."""
    if known.birth_name:
        return bool(folded(known.birth_name)) and folded(known.birth_name) == folded(proved.birth_name)
    return bool(folded(known.name)) and folded(known.name) in (folded(proved.birth_name), folded(proved.name))


def _begins_with(all_first_names: str, first_names: str) -> bool:
    """Whether these are the first, or the first ones, of all: « Marie Anne » begins « Marie-Anne Louise », « Jean »
    does not begin « Jean-Pierre »."""
    given = folded(first_names)
    return bool(given) and given in accumulate(folded(name) for name in all_first_names.split())


def _is_same_date(known: str, proved: str) -> bool:
    """Dates agree on what both say; a person « présumé né » has a year, or a year and a month."""
    pairs = list(zip(known.split("-"), proved.split("-"), strict=False))
    return bool(known and proved) and all(mine == theirs for mine, theirs in pairs)


def _is_same_origin(known: Identity, proved: Identity) -> bool:
    countries = {known.birth_country or (FRANCE if known.birth_place else ""), proved.birth_country} - {""}
    places = {known.birth_place, proved.birth_place} - {""}
    return len(countries) < 2 and len(places) < 2


def folded(name: str) -> str:
    """A name without case, accents, hyphens, apostrophes or spaces: « D’Almeïda-Roux » is « dalmeidaroux »."""
    bare = unicodedata.normalize("NFKD", name.casefold().translate(LIGATURES))
    return "".join(sign for sign in bare if sign.isalnum())
