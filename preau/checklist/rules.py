"""What is still owed for a participant, by when, and what it blocks."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby

from preau.checklist.choices import ABOUT_CHILDREN, DONE_BY_THE_FAMILY, Stage, State
from preau.core.dates import age_on, months_after

STRICTNESS = tuple(Stage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Something that the town asks for. `item` is an Item or names a kind of document.

    `activities` None is of everyone, whatever they are enrolled in; ages are in whole years, both ends included, None
    without a bound. `months` is the delay of a provisional demand, from the first day; `cost` tells what leaving out an
    optional one costs.
    """

    item: str
    stage: Stage
    activities: frozenset[int] | None = None
    age_from: int | None = None
    age_to: int | None = None
    levels: frozenset[str] = frozenset()  # codes of school levels; empty is any
    months: int = 0
    cost: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """An activity in which someone is enrolled: its key and name, the day on which they asked, their first day."""

    activity: int
    name: str
    since: dt.date
    first_day: dt.date


@dataclass(frozen=True, slots=True)
class ItemState:
    """How far an item has come; `since` when that is so (the day of a refusal, of an expiry), None since always.
    `note` says what is wrong, in the words of whoever refused."""

    state: State
    since: dt.date | None = None
    note: str = ""


MISSING = ItemState(State.MISSING)
SETTLED = ItemState(State.SETTLED)


@dataclass(frozen=True, slots=True)
class Person:
    """A participant, what they use, and how far each item has come: one that is not told is missing."""

    born_on: dt.date
    is_adult: bool = False
    uses: tuple[Use, ...] = ()
    states: Mapping[str, ItemState] = field(default_factory=dict)
    level: str = ""  # of school, "" unknown

    def state(self, item: str) -> ItemState:
        return self.states.get(item, MISSING)


@dataclass(frozen=True, slots=True)
class Need:
    """A demand met by a participant, for one of their activities or (`use` None) whatever they do."""

    item: str
    stage: Stage
    use: Use | None
    by: dt.date | None  # the last day; None: now, or no day is known yet
    cost: str

    def is_blocking(self, on: dt.date) -> bool:
        """Whether nothing can be booked without it: a provisional admission ends with its delay."""
        if self.stage == Stage.PROVISIONAL:
            return self.by is not None and on > self.by
        return self.stage == Stage.BEFORE_BOOKING


@dataclass(frozen=True, slots=True)
class Missing:
    """Something owed. `stage` is the strictest that asks for it, `by` the first of its days. `blocks` are the keys of
    the activities that cannot be booked without it, and `names` tells them; `everything` is all of them, even to come.
    """

    item: str
    stage: Stage
    state: ItemState
    since: dt.date | None
    by: dt.date | None
    blocks: frozenset[int]
    names: tuple[str, ...]
    everything: bool
    is_late: bool
    cost: str = ""

    @property
    def is_blocking(self) -> bool:
        return self.everything or bool(self.blocks)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a participant stands: what is owed, the most urgent first; what may be given besides; what an agent is
    looking at; and how many things are asked of them in all, optional ones apart."""

    missing: tuple[Missing, ...]
    optional: tuple[Missing, ...]
    checking: tuple[str, ...]
    asked: int

    @property
    def is_complete(self) -> bool:
        """Whether nothing is left to do or to check."""
        return not self.missing and not self.checking

    @property
    def done(self) -> int:
        """How many of the things asked are given."""
        return self.asked - len(self.missing)

    def obstacles(self, activity: int) -> tuple[Missing, ...]:
        """What must be given before this activity is booked."""
        return tuple(one for one in self.missing if one.everything or activity in one.blocks)


def standing(person: Person, demands: Iterable[Demand], *, on: dt.date) -> Standing:
    """What a participant owes on a day, of all that the town asks for."""
    needs = sorted(needs_of(person, demands, on=on), key=lambda need: need.item)
    missing: list[Missing] = []
    optional: list[Missing] = []
    checking: list[str] = []
    asked = 0
    for item, group in groupby(needs, key=lambda need: need.item):
        found = list(group)
        state = person.state(item)
        is_asked = any(need.stage != Stage.OPTIONAL for need in found)
        asked += is_asked
        if state.state == State.CHECKING and is_asked:
            checking.append(item)
        if state.state not in DONE_BY_THE_FAMILY:
            (missing if is_asked else optional).append(_missing(item, found, state, on))
    return Standing(tuple(sorted(missing, key=_urgency)), tuple(sorted(optional, key=_urgency)), tuple(checking), asked)


def needs_of(person: Person, demands: Iterable[Demand], *, on: dt.date) -> Iterator[Need]:
    """Each demand that concerns a participant, once for each of their activities that it is for."""
    for demand in demands:
        if person.is_adult and demand.item in ABOUT_CHILDREN:
            continue
        if demand.levels and person.level not in demand.levels:
            continue
        uses: Sequence[Use | None] = [use for use in person.uses if is_for(demand, use.activity)]
        if demand.activities is None and not uses:
            uses = [None]
        for use in uses:
            if _is_of_age(person, demand, max(on, use.first_day) if use else on):
                yield Need(demand.item, demand.stage, use, _last_day(demand, use), demand.cost)
        if demand.activities is None and person.uses and _is_of_age(person, demand, on):
            yield Need(demand.item, demand.stage, None, None, demand.cost)


def is_for(demand: Demand, activity: int) -> bool:
    return demand.activities is None or activity in demand.activities


def _is_of_age(person: Person, demand: Demand, day: dt.date) -> bool:
    age = age_on(person.born_on, day)
    return (demand.age_from is None or age >= demand.age_from) and (demand.age_to is None or age <= demand.age_to)


def _last_day(demand: Demand, use: Use | None) -> dt.date | None:
    """The eve of the first day, or the end of the delay that begins on it."""
    if use is None or demand.stage in (Stage.BEFORE_BOOKING, Stage.OPTIONAL):
        return None
    if demand.stage == Stage.BEFORE_FIRST_DAY:
        return use.first_day - dt.timedelta(days=1)
    return months_after(use.first_day, demand.months)


def _missing(item: str, needs: Sequence[Need], state: ItemState, on: dt.date) -> Missing:
    blocking = [need for need in needs if need.is_blocking(on)]
    stage = Stage.BEFORE_BOOKING if blocking else min((need.stage for need in needs), key=STRICTNESS.index)
    days = [need.by for need in needs if need.by is not None]
    concerned = {need.use.activity: need.use.name for need in blocking or needs if need.use}
    asked_on = min((need.use.since for need in needs if need.use), default=None)
    return Missing(
        item,
        stage,
        state,
        since=max((day for day in (asked_on, state.since) if day), default=None),
        by=min(days, default=None),
        blocks=frozenset(need.use.activity for need in blocking if need.use),
        names=tuple(dict.fromkeys(concerned.values())),
        everything=any(need.use is None for need in blocking),
        is_late=any(day < on for day in days),
        cost=next((need.cost for need in needs if need.cost), ""),
    )


def _urgency(missing: Missing) -> tuple[int, dt.date, str]:
    return STRICTNESS.index(missing.stage), missing.by or dt.date.max, missing.item


def merged(missing: Iterable[Missing]) -> list[Missing]:
    """What several participants owe alike, told once: the strictest stage, the first day, all that it blocks."""
    found: dict[str, Missing] = {}
    for one in missing:
        known = found.get(one.item)
        found[one.item] = one if known is None else _both(known, one)
    return sorted(found.values(), key=_urgency)


def _both(one: Missing, other: Missing) -> Missing:
    first, second = sorted((one, other), key=_urgency)
    days = [day for day in (one.by, other.by) if day]
    since = [day for day in (one.since, other.since) if day]
    return replace(
        first,
        since=min(since, default=None),
        by=min(days, default=None),
        blocks=one.blocks | other.blocks,
        names=tuple(dict.fromkeys([*first.names, *(second.names if first.stage == second.stage else ())])),
        everything=one.everything or other.everything,
        is_late=one.is_late or other.is_late,
    )


# The file of the year


def reminder_due(
    *, closes_on: dt.date, reminders: Iterable[int], opens_on: dt.date, reminded_on: dt.date | None, today: dt.date
) -> bool:
    """Whether families are reminded today: a day of reminder has come, today or since the last one, and the file is
    still open. `reminders` are days before the last one."""
    if not opens_on <= today <= closes_on:
        return False
    days = [closes_on - dt.timedelta(days=before) for before in reminders]
    return any(opens_on <= day <= today and (reminded_on is None or reminded_on < day) for day in days)
