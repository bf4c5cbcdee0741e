"""A planning: one child or several, over a month, a fortnight or a week."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from preau.accounts.models import User
from preau.activities.choices import BookingMode
from preau.bookings.choices import Presence, Refusal
from preau.bookings.queries.catalogue import Catalogue, Deadlines, GroupEntry, UnitEntry, catalogue
from preau.bookings.queries.children import Child, Enrolled, read_children
from preau.bookings.queries.households import read_households
from preau.bookings.queries.recaps import price_of
from preau.bookings.queries.rows import Booked, Marks, day_sign, read_marks
from preau.bookings.rules.cells import CAN_CHANGE, CellState, cell_state
from preau.bookings.rules.lines import Cell
from preau.bookings.rules.periods import Period
from preau.core.dates import local_day
from preau.pricing.queries import PriceBook
from preau.town.choices import DayKind
from preau.town.models import Town

NEVER = ""  # sorts before every instant
ONE_DAY = dt.timedelta(days=1)


class PlannedCell(NamedTuple):
    """A unit on a day for a child. `is_ticked` is what the parent wants; it differs from `is_booked` in the draft.

    `can_change` is also true of a ticked cell that has become full: it can be unticked. `deadline` is the second since
    1970 until which it may change, "" when there is none.
    """

    state: CellState
    is_booked: bool
    is_ticked: bool
    can_change: bool
    deadline: str
    lock: Refusal | None
    reason: str

    @property
    def is_changed(self) -> bool:
        return self.is_ticked != self.is_booked


NOT_OFFERED = PlannedCell(CellState.NOT_OFFERED, False, False, False, NEVER, None, "")


@dataclass(slots=True)
class Row:
    """A unit for a child: one cell for each day of the period, and its price in cents.

    A price is None when the day is not this household's or when none was voted. `is_drafted`: it has ticks.
    """

    child: Child
    unit: UnitEntry
    cells: list[PlannedCell]
    prices: list[int | None]
    is_drafted: bool

    @property
    def title(self) -> str:
        """The activity; with the unit, when it has several."""
        return f"{self.unit.activity_name}, {self.unit.name}" if self.unit.has_siblings else self.unit.activity_name


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What an agent booked for the family in the period: a unit of a child, its days."""

    child: Child
    title: str
    days: list[dt.date]


@dataclass(frozen=True, slots=True)
class ColumnDay:
    """A day of the period. `closed_for` says why when it is closed to all that the planning shows."""

    day: dt.date
    closed_for: str = ""
    is_holidays: bool = False


@dataclass(slots=True)
class Planning:
    """What the page shows. `who` is the child chosen, None for all."""

    period: Period
    days: list[dt.date]  # of the period
    today: dt.date
    who: Child | None
    children: dict[int, Child]
    rows: list[Row]
    weeks: list[list[ColumnDay]]
    until: list[set[str]]  # for each day, the deadlines of the cells that can change
    ticks: int  # of the whole draft, shown here or not
    cost: int  # bookings of the period, in cents
    counter: list[AtCounter]

    @property
    def shown(self) -> list[Child]:
        return list(self.children.values()) if self.who is None else [self.who]

    def changes(self) -> Iterator[tuple[PlannedCell, int | None]]:
        """The cells of the draft that the page shows, and their prices."""
        drafted = (zip(row.cells, row.prices, strict=True) for row in self.rows if row.is_drafted)
        return (pair for pairs in drafted for pair in pairs if pair[0].is_changed)


def read_planning(
    user: User,
    *,
    town: Town,
    who: str | None,
    period: Period,
    now: dt.datetime,
    household: dict[int, Child] | None = None,
) -> Planning | None:
    """The planning of one child (by code) or of all (None); None when there is no such child for this parent.

    With a `household`, `user` is an agent who reads it for these children: from today on, neither a deadline nor a full
    group nor an activity that the town manages keeps a cell from being ticked. Saving says what goes beyond the rules.

    Three queries whatever the data, one more when a child lives in two households, one more when a price depends on the
    school level; the town's catalogue and the deadlines of a month are read once by each process.
    """
    today = local_day(now)
    children = read_children(user, on=today) if household is None else household
    chosen = next((child for child in children.values() if child.code == who), None)
    if (who is not None and chosen is None) or not children:
        return None if who is not None else Planning(period, list(period), today, None, {}, [], [], [], 0, 0, [])
    shown = list(children.values()) if chosen is None else [chosen]
    reading = _Reading(shown, period, catalogue(town.catalogue_version), now, at_counter=household is not None)
    reading.read(user, town)
    rows = [row for child in shown for row in reading.rows_of(child)]
    return Planning(
        period=period,
        days=reading.days,
        today=today,
        who=chosen,
        children=children,
        rows=rows,
        weeks=reading.weeks(rows),
        until=[
            {cell.deadline for cell in cells if cell.can_change}
            for cells in zip(*(row.cells for row in rows), strict=True)
        ],
        ticks=sum(len(days) for days in reading.marks.ticked.values()),
        cost=sum(
            price or 0
            for row in rows
            for cell, price in zip(row.cells, row.prices, strict=True)
            if cell.is_booked and cell.state not in UNPRICED
        ),
        counter=list(reading.counter_days(rows)),
    )


SATURDAY = 5
WHOLE_DAYS = {DayKind.PUBLIC_HOLIDAY, DayKind.HOLIDAYS}
SILENT = {CellState.NOT_OFFERED, CellState.CLOSED}
TICKABLE = {*CAN_CHANGE, CellState.FULL}
UNPRICED = {CellState.WAITING, CellState.REQUESTED, CellState.HELD}


class _Reading:
    """What one planning needs, and how its cells are worked out."""

    def __init__(
        self, shown: Sequence[Child], period: Period, kept: Catalogue, now: dt.datetime, *, at_counter: bool
    ) -> None:
        self.at_counter = at_counter
        self.shown = shown
        self.period = period
        self.catalogue = kept
        self.today = local_day(now)
        self.second = str(int(now.timestamp()))
        self.days = list(period)
        self.keys = [day_sign(rank) for rank in range(len(self.days))]
        self.has_closures = any(
            span.starts_on <= period.last and span.ends_on >= period.first for *_, span, _ in kept.closures
        )
        self.deadlines = kept.deadlines(period.first, period.last)
        self.rooms: dict[tuple[int, int], Mapping[str, bool]] = {}
        self.alike: dict[tuple[Refusal | None, int], dict[_Case, PlannedCell]] = defaultdict(dict)

    def read(self, user: User, town: Town) -> None:
        first, last = self.period.first, self.period.last
        participants = [child.key for child in self.shown]
        groups = {
            group
            for child in self.shown
            for enrolments in child.enrolments.values()
            for enrolment in enrolments
            for group in self.catalogue.groups[enrolment.group].chain
        }
        self.marks: Marks = read_marks(user.pk, participants, groups, first, last)
        self.units = {child.key: self._units_of(child) for child in self.shown}
        shared = [child.key for child in self.shown if child.is_shared]
        self.households = read_households(shared, self.catalogue.breaks)
        self.prices = PriceBook.read(
            unit_ids={unit.key for units in self.units.values() for unit in units},
            family_ids={child.household for child in self.shown},
            first=first,
            last=last,
            catalogue_version=town.catalogue_version,
        )

    def _units_of(self, child: Child) -> list[UnitEntry]:
        """The units of the activities in which the child is enrolled in the period, and those booked already."""
        keys = {
            unit.key
            for activity, enrolments in child.enrolments.items()
            if any(self._overlaps(enrolment) for enrolment in enrolments)
            for unit in self.catalogue.units_of_activity.get(activity, ())
        }
        keys |= {unit for participant, unit in self.marks.booked if participant == child.key}
        return sorted((self.catalogue.units[key] for key in keys), key=lambda unit: unit.rank)

    def _overlaps(self, enrolment: Enrolled) -> bool:
        return enrolment.span.starts_on <= self.period.last and enrolment.span.ends_on >= self.period.first

    def rows_of(self, child: Child) -> Iterator[Row]:
        others = self.households.days_of_others(child.key, self.days, mine=child.household)
        for unit in self.units[child.key]:
            marks = child.key, unit.key
            line = _Line(
                child,
                unit,
                lock=_lock_of(child, unit, at_counter=self.at_counter),
                booked=self.marks.booked.get(marks, {}),
                ticked=self.marks.ticked.get(marks, {}),
                others=others,
            )
            cells, prices = list(self._cells(line)), self._prices_of(child, unit)
            if child.is_shared:
                pairs = zip(cells, prices, strict=True)
                prices = [None if cell.lock == Refusal.OTHER_HOME else price for cell, price in pairs]
            yield Row(child, unit, cells, prices, is_drafted=bool(line.ticked))

    def counter_days(self, rows: Iterable[Row]) -> Iterator[AtCounter]:
        """What agents booked for this household: what the other one asked of them is not told."""
        for row in rows:
            booked = self.marks.booked.get((row.child.key, row.unit.key), {})
            mine = {key for key, one in booked.items() if one.by_agent and one.household == row.child.household}
            if mine:
                days = [day for day, key in zip(self.days, self.keys, strict=True) if key in mine]
                yield AtCounter(row.child, row.title, days)

    def _cells(self, line: "_Line") -> Iterator[PlannedCell]:
        """One cell a day. The busiest loop of the page: cells of which all is alike are worked out once."""
        booked, special = line.booked, {*line.ticked, *line.others}
        groups = self._groups_of(line.child, line.unit)
        rooms = self._fullness(line.unit, groups)
        alike = self.alike[line.lock, line.child.household]
        closures = self.has_closures
        open_days = self.deadlines.get(line.unit.key) or [None] * len(self.days)
        for day, key, deadlines, group, is_full in zip(self.days, self.keys, open_days, groups, rooms, strict=True):
            booking = booked.get(key)
            if booking is None and (group is None or deadlines is None):
                yield NOT_OFFERED if group is None else self._closed_cell(line.unit, group, day)
            elif closures or day in special or (is_full is not False and booking is None):
                yield self._cell(line, day, key, deadlines, group, is_full)
            else:
                case = key, deadlines, booking
                cell = alike.get(case)
                if cell is None:
                    cell = alike[case] = self._cell(line, day, key, deadlines, group, is_full)
                yield cell

    def _cell(
        self,
        line: "_Line",
        day: dt.date,
        key: str,
        deadlines: Deadlines | None,
        group: GroupEntry | None,
        is_full: bool | None,
    ) -> PlannedCell:
        booking = line.booked.get(key)
        is_theirs = day in line.others or (booking is not None and booking.household != line.child.household)
        reason = self._closure(line.unit, group, day) if self.has_closures else ""
        book_by, cancel_by = deadlines or (NEVER, NEVER)
        deadline = book_by if booking is None else cancel_by
        if self.at_counter:
            deadline = max(deadline, self.second)
        state = cell_state(
            booking.state if booking else None,
            booking.presence if booking else Presence.UNKNOWN,
            is_past=day < self.today,
            is_offered=True,
            is_open=(deadlines is not None and not reason and (booking is not None or is_full is not None))
            or (self.at_counter and booking is not None),
            is_locked=is_theirs or line.lock is not None,
            has_room=self.at_counter or not is_full or self._has_seats(line.child, line.unit, group, day, key),
            in_time=self.second <= deadline,
        )
        is_booked = is_ticked = booking is not None
        if line.ticked and state in TICKABLE:
            is_ticked = line.ticked.get(day, is_booked)
        can_change = state in CAN_CHANGE or (is_ticked and state == CellState.FULL)
        lock = Refusal.OTHER_HOME if is_theirs else line.lock
        return PlannedCell(state, is_booked, is_ticked, can_change, deadline, lock, reason)

    def _closure(self, unit: UnitEntry, group: GroupEntry | None, day: dt.date) -> str:
        return self.catalogue.closure(unit, group, day) if group is not None else ""

    def _closed_cell(self, unit: UnitEntry, group: GroupEntry, day: dt.date) -> PlannedCell:
        """Closed when such days are usually open: it says why. Else there is nothing to say."""
        if not self.has_closures or not unit.rule.is_offered(self.catalogue.kind(day), day.weekday()):
            return NOT_OFFERED
        reason = self._closure(unit, group, day)
        return NOT_OFFERED._replace(state=CellState.CLOSED, reason=reason) if reason else NOT_OFFERED

    def _groups_of(self, child: Child, unit: UnitEntry) -> list[GroupEntry | None]:
        """The group that receives the child for this unit, day by day; None when they are not enrolled."""
        enrolments = child.enrolments.get(unit.activity, ())
        if len(enrolments) == 1 and self.period.first in enrolments[0].span and self.period.last in enrolments[0].span:
            return [self.catalogue.groups[enrolments[0].group]] * len(self.days)
        found = (child.enrolled(unit.activity, day) for day in self.days)
        return [self.catalogue.groups[enrolment.group] if enrolment else None for enrolment in found]

    def _fullness(self, unit: UnitEntry, groups: Sequence[GroupEntry | None]) -> list[bool | None]:
        """Day by day, whether a slot that the unit takes is full; None when one is closed, or without a group."""
        first = groups[0]
        if first is not None and groups.count(first) == len(groups):
            rooms = self._rooms(unit, first)
            return list(map(rooms.get, self.keys))
        pairs = zip(groups, self.keys, strict=True)
        return [self._rooms(unit, group).get(key) if group is not None else None for group, key in pairs]

    def _rooms(self, unit: UnitEntry, group: GroupEntry) -> Mapping[str, bool]:
        """For each day on which all the slots that the unit takes are open, whether one of them is full."""
        known = self.rooms.get((unit.key, group.key))
        if known is None:
            slots = [self.marks.full.get((key, part), {}) for key in group.chain for part in unit.parts]
            days = set(slots[0]).intersection(*slots[1:]) if slots else set()
            known = {key: any(slot[key] for slot in slots) for key in days} if len(slots) != 1 else slots[0]
            self.rooms[unit.key, group.key] = known
        return known

    def _has_seats(self, child: Child, unit: UnitEntry, group: GroupEntry | None, day: dt.date, key: str) -> bool:
        """Whether the child already has a place on each of the full slots: free to change for another unit."""
        if group is None:
            return False
        full = {(outer, part) for outer in group.chain for part in unit.parts if self.marks.full[outer, part][key]}
        return full <= self._seats_of(child, day, key)

    def _seats_of(self, child: Child, day: dt.date, key: str) -> set[tuple[int, int]]:
        """The slots where the child has a place that day."""
        return {
            (group, part)
            for unit in self.units[child.key]
            if key in self.marks.booked.get((child.key, unit.key), {})
            and (enrolment := child.enrolled(unit.activity, day))
            for group in self.catalogue.groups[enrolment.group].chain
            for part in unit.parts
        }

    def _prices_of(self, child: Child, unit: UnitEntry) -> list[int | None]:
        """The price of each day: worked out once for each stretch over which it cannot change."""
        prices: list[int | None] = []
        stretches = [self.days[0], *self.prices.breakpoints(child.household, unit.key)]
        ends = [*stretches[1:], self.days[-1] + ONE_DAY]
        for first, end in zip(stretches, ends, strict=True):
            price = price_of(self.prices, Cell(child.key, first, unit.key), child.household)
            prices += [price] * (end - first).days
        return prices

    def weeks(self, rows: Sequence[Row]) -> list[list[ColumnDay]]:
        """The columns, week by week: Monday to Friday, and the days of the weekend on which something happens."""
        silent = CellState.NOT_OFFERED
        busy = {
            day.weekday()
            for place, day in enumerate(self.days)
            if day.weekday() >= SATURDAY and any(row.cells[place].state != silent for row in rows)
        }
        weeks = []
        for week in self.period.weeks:
            columns = [self._column(day, rows) for day in week if day.weekday() < SATURDAY or day.weekday() in busy]
            if columns:
                weeks.append(columns)
        return weeks

    def _column(self, day: dt.date, rows: Sequence[Row]) -> ColumnDay:
        kind = self.catalogue.kind(day)
        place = (day - self.period.first).days
        if kind not in WHOLE_DAYS or any(row.cells[place].state not in SILENT for row in rows):
            return ColumnDay(day)
        return ColumnDay(day, self.catalogue.town.label(day), kind == DayKind.HOLIDAYS)


_Case = tuple[str, Deadlines | None, Booked | None]


@dataclass(frozen=True, slots=True)
class _Line:
    """What the cells of a row share. `others`: the days of the child's other household."""

    child: Child
    unit: UnitEntry
    lock: Refusal | None
    booked: Mapping[str, Booked]
    ticked: Mapping[dt.date, bool]
    others: Collection[dt.date]


def _lock_of(child: Child, unit: UnitEntry, *, at_counter: bool) -> Refusal | None:
    """Why this parent, or this agent, may only look at the unit, whatever the day."""
    if not child.may_act:
        return Refusal.NO_RIGHT
    return None if at_counter or unit.mode == BookingMode.FAMILY else Refusal.READ_ONLY
