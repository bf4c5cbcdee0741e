"""What the parents' answers come to, who is asked, who is the same person; what families ask about members."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Any, TypeVar

from preau.core.dates import age_on
from preau.families.choices import CustodyHolidays, CustodyMode
from preau.families.rules import CustodyPlan, folded, home_on
from preau.members.choices import Verdict
from preau.town.rules import Span

MAJORITY = 18


def verdict(answers: Iterable[bool | None]) -> Verdict:
    """What holds when each parent with authority answered so (None: not yet): one no is enough to refuse."""
    given = {answer for answer in answers if answer is not None}
    if given == {True, False}:
        return Verdict.DISAGREED
    if not given:
        return Verdict.UNANSWERED
    return Verdict.GRANTED if given == {True} else Verdict.REFUSED


def holds(outcome: Verdict, *, is_default: bool) -> bool:
    """Whether the child may: what is usual (`is_default`) needs no answer, and yields to a single no."""
    return outcome == Verdict.GRANTED or (outcome == Verdict.UNANSWERED and is_default)


def is_asked(born_on: dt.date, day: dt.date, *, from_age: int, to_age: int | None) -> bool:
    """Whether something is asked of a child born on that day: both ages included."""
    age = age_on(born_on, day)
    return age >= from_age and (to_age is None or age <= to_age)


def is_same_name(one: str, other: str) -> bool:
    """Whether two whole names may be one person: the words of one, two or more, are all among those of the other.

    Order, accents, hyphens and a second first name do not matter: « MARTIN Jean Paul » may be « Jean-Paul Martin », and
    so may « Paul Martin ».
    """
    these, those = name_words(one), name_words(other)
    fewer, more = sorted((these, those), key=len)
    if fewer == more:
        return bool(fewer)
    return (len(fewer) > 1 and fewer <= more) or folded(one) == folded(other) != ""


def name_words(name: str) -> frozenset[str]:
    """The words of a name, folded: two names of the same words are one."""
    apart = "".join(sign if sign.isalnum() or sign in "'’" else " " for sign in name)
    return frozenset(word for word in map(folded, apart.split()) if word)


# What families ask, as an agent reads and grants it

Asked = TypeVar("Asked", "ChildAsked", "GuardianAsked", "CustodyAsked", "SchoolAsked")


@dataclass(frozen=True, slots=True)
class ChildAsked:
    """A child to add to the household, and its parents there (codes of adults)."""

    first_name: str
    last_name: str
    born_on: dt.date
    sex: str = ""
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuardianAsked:
    """A grown-up to add to the household for these children (codes); `situation` is one of Situation."""

    first_name: str
    last_name: str
    situation: str
    children: tuple[str, ...]
    civility: str = ""
    email: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class CustodyAsked:
    """Whose days from `starts_on` on, shared with the adult of code `other`. `begins` is "me" or "other": whose days
    are the letters A of the shape, or the even weeks; `holidays` is "none" or who has the first half in even years.
    `mine` is the code of the adult who asks, when an agent wrote it for them."""

    starts_on: dt.date
    other: str
    shape: str
    begins: str
    holidays: str = "none"
    mine: str = ""


@dataclass(frozen=True, slots=True)
class SchoolAsked:
    """A school wished for a child in a school year, by codes; `criteria` in the town's words. `sector` is the school
    that the sectors gave when it was asked, empty when they gave none."""

    year: str
    place: str
    level: str
    criteria: tuple[str, ...] = ()
    words: str = ""
    sector: str = ""

    @property
    def is_other(self) -> bool:
        """Whether another school than that of the sector is wished: a « dérogation »."""
        return bool(self.sector) and self.place != self.sector


def as_json(asked: object) -> dict[str, Any]:
    """What was asked as it is kept."""
    assert is_dataclass(asked)
    values = {field.name: getattr(asked, field.name) for field in fields(asked)}
    return {
        name: value.isoformat() if isinstance(value, dt.date) else list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
    }


def from_json(kind: type[Asked], values: Mapping[str, Any]) -> Asked:
    """What was kept, as it was asked. Raises ValueError on anything else."""
    try:
        return kind(
            **{field.name: _read(field.type, values[field.name]) for field in fields(kind) if field.name in values}
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a {kind.__name__}: {error}") from error


def _read(kind: object, value: Any) -> Any:
    if kind is dt.date:
        return dt.date.fromisoformat(value)
    if kind is str:
        if not isinstance(value, str):
            raise TypeError(value)
        return value
    return tuple(str(one) for one in value)


SHAPES: Mapping[str, str] = MappingProxyType(
    {"weeks": "AAAAAAABBBBBBB", "two-two-five-five": "AABBAAAAABBBBB", "weekends": "AAAAAAAAAAABBB"}
)
"""The letters of fourteen days from a Monday, by shape; « even-weeks » and « one » have none."""


def plan_of(asked: CustodyAsked, *, mine: int, theirs: int) -> CustodyPlan:
    """The plan that was asked, between the home of the one who asks and that of the other parent. Raises ValueError."""
    home_a, home_b = (mine, theirs) if asked.begins == "me" else (theirs, mine)
    if asked.shape == "one":
        return CustodyPlan(CustodyMode.ONE, home_a)
    holidays = CustodyHolidays.NONE
    if asked.holidays != "none":
        is_a_even = (asked.holidays == "me") == (asked.begins == "me")
        holidays = CustodyHolidays.FIRST_HALF_A_EVEN if is_a_even else CustodyHolidays.FIRST_HALF_A_ODD
    if asked.shape == "even-weeks":
        return CustodyPlan(CustodyMode.ISO_WEEK, home_a, home_b, holidays=holidays)
    monday = asked.starts_on - dt.timedelta(days=asked.starts_on.weekday())
    return CustodyPlan(CustodyMode.CYCLE, home_a, home_b, monday, SHAPES.get(asked.shape, ""), holidays)


@dataclass(frozen=True, slots=True)
class Stay:
    """Days in a row in one home, both included."""

    starts_on: dt.date
    ends_on: dt.date
    home: int


def stays(plan: CustodyPlan, first: dt.date, last: dt.date, holidays: Sequence[Span]) -> list[Stay]:
    """Where the child is from one day to another, stay by stay."""
    found: list[Stay] = []
    for offset in range((last - first).days + 1):
        day = first + dt.timedelta(days=offset)
        home = home_on(plan, (), day, holidays)
        if found and found[-1].home == home:
            found[-1] = Stay(found[-1].starts_on, day, home)
        else:
            found.append(Stay(day, day, home))
    return found


FIRST_LEVEL_AGE = 3


def usual_level(born_on: dt.date, rentree: int, levels: Sequence[str]) -> str:
    """The level of the children born that year in the school year that begins in the calendar year `rentree`, among the
    codes of the town's levels in order; "" outside school. The year of birth counts, not the month."""
    first = FIRST_LEVEL_AGE - (1 if levels and levels[0].startswith("tps") else 0)
    place = rentree - born_on.year - first
    return levels[place] if 0 <= place < len(levels) else ""


@dataclass(frozen=True, slots=True)
class ClassOf:
    """The children of a level at a school, by keys; `count` of them."""

    place: int
    level: int
    count: int


@dataclass(frozen=True, slots=True)
class Step:
    """Where they go the year after. `to_level` None: it was the last. `is_asked` when their school has no such level:
    `to_place` is then what the agent chose, None when they leave the town's schools."""

    group: ClassOf
    to_place: int | None
    to_level: int | None
    is_asked: bool


def steps_of(groups: Iterable[ClassOf], levels: Sequence[int], chosen: Mapping[int, int | None]) -> list[Step]:
    """What becomes of each level of each school; `levels` are all in order, `chosen` the school after each school.

    A child goes up in its school as long as that school has the next level, else to the school chosen.
    """
    known = list(groups)
    taught = {(group.place, group.level) for group in known}
    after = dict(pairwise(levels))
    found = []
    for group in known:
        to_level = after.get(group.level)
        stays_there = to_level is None or (group.place, to_level) in taught
        to_place = group.place if stays_there else chosen.get(group.place)
        found.append(Step(group, None if to_level is None else to_place, to_level, not stays_there))
    return found
