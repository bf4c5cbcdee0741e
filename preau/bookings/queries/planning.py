"""A planning: one child or several, over a month, a fortnight or a week."""

import datetime as dt
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace

from preau.accounts.models import User
from preau.activities.choices import BookingMode
from preau.bookings.choices import Presence, Refusal
from preau.bookings.queries.catalogue import Catalogue, UnitEntry, catalogue
from preau.bookings.queries.children import Child, Enrolled, read_children
from preau.bookings.queries.households import read_households
from preau.bookings.queries.recaps import price_of
from preau.bookings.queries.rows import Booked, Marks, OpenDays, day_key, read_marks, read_open_days
from preau.bookings.rules.cells import CAN_CHANGE, CellState, cell_state
from preau.bookings.rules.lines import Cell
from preau.bookings.rules.periods import Period
from preau.core.dates import local_day
from preau.pricing.queries import PriceBook
from preau.town.choices import DayKind
from preau.town.models import Town

NEVER = ""  # sorts before every instant


@dataclass(slots=True)
class PlannedCell:
    """A unit on a day for a child. `is_ticked` is what the parent wants; it differs from `is_booked` in the draft.

    `deadline` is the second since 1970 until which it may change, "" when there is none. `cents` is None when the day
    is not this household's or when no price was voted.
    """

    state: CellState
    is_booked: bool
    is_ticked: bool
    deadline: str
    cents: int | None
    lock: Refusal | None
    reason: str

    @property
    def can_change(self) -> bool:
        """Also true of a ticked cell that has become full: it can be unticked."""
        return self.state in CAN_CHANGE or (self.state == CellState.FULL and self.is_ticked)

    @property
    def is_changed(self) -> bool:
        return self.is_ticked != self.is_booked

    @property
    def says(self) -> bool:
        return self.state != CellState.NOT_OFFERED


NOT_OFFERED = PlannedCell(CellState.NOT_OFFERED, False, False, NEVER, None, None, "")


@dataclass(slots=True)
class Row:
    """A unit for a child: one cell for each day of the period."""

    child: Child
    unit: UnitEntry
    cells: list[PlannedCell]

    @property
    def title(self) -> str:
        """The activity; with the unit, when it has several."""
        return f"{self.unit.activity_name}, {self.unit.name}" if self.unit.has_siblings else self.unit.activity_name


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
    draft: dict[Cell, bool]
    cost: int  # bookings of the period, in cents

    @property
    def shown(self) -> list[Child]:
        return list(self.children.values()) if self.who is None else [self.who]

    def changes(self) -> Iterator[tuple[Row, PlannedCell]]:
        """The cells of the draft that the page shows."""
        return ((row, cell) for row in self.rows for cell in row.cells if cell.is_changed)


def read_planning(user: User, *, town: Town, who: str | None, period: Period, now: dt.datetime) -> Planning | None:
    """The planning of one child (by code) or of all (None); None when there is no such child for this parent.

    Five queries, six when a price depends on the school level, whatever the data; the town's catalogue is read once
    by each process.
    """
    today = local_day(now)
    children = read_children(user, on=today)
    chosen = next((child for child in children.values() if child.code == who), None)
    if (who is not None and chosen is None) or not children:
        return None if who is not None else Planning(period, list(period), today, None, {}, [], [], {}, 0)
    shown = list(children.values()) if chosen is None else [chosen]
    reading = _Reading(shown, period, catalogue(town.catalogue_version), now)
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
        draft=reading.marks.ticked,
        cost=sum(
            cell.cents or 0 for row in rows for cell in row.cells if cell.is_booked and cell.state not in UNPRICED
        ),
    )


SATURDAY = 5
WHOLE_DAYS = {DayKind.PUBLIC_HOLIDAY, DayKind.HOLIDAYS}
SILENT = {CellState.NOT_OFFERED, CellState.CLOSED}
UNPRICED = {CellState.WAITING, CellState.REQUESTED, CellState.HELD}


class _Reading:
    """What one planning needs, and how its cells are worked out."""

    def __init__(self, shown: Sequence[Child], period: Period, kept: Catalogue, now: dt.datetime) -> None:
        self.shown = shown
        self.period = period
        self.catalogue = kept
        self.today = local_day(now)
        self.second = str(int(now.timestamp()))
        self.days = list(period)
        self.keys = [day_key(day) for day in self.days]

    def read(self, user: User, town: Town) -> None:
        first, last = self.period.first, self.period.last
        participants = [child.key for child in self.shown]
        self.marks: Marks = read_marks(user.pk, participants, first, last)
        self.units = {child.key: self._units_of(child) for child in self.shown}
        units = {unit.key: unit for some in self.units.values() for unit in some}
        groups = {
            group
            for child in self.shown
            for enrolments in child.enrolments.values()
            for enrolment in enrolments
            for group in self.catalogue.groups[enrolment.group].chain
        }
        parts = {part for unit in units.values() for part in unit.parts}
        self.open: OpenDays = read_open_days(units, groups, parts, first, last)
        self.households = read_households(participants, self.catalogue.breaks)
        self.prices = PriceBook.read(
            unit_ids=units,
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
            yield Row(child, unit, list(self._cells(child, unit, others)))

    def _cells(self, child: Child, unit: UnitEntry, others: Collection[dt.date]) -> Iterator[PlannedCell]:
        booked = self.marks.booked.get((child.key, unit.key), {})
        deadlines = self.open.units.get(unit.key, {})
        prices = self._prices_of(child, unit)
        lock = _lock_of(child, unit)
        for place, (day, key) in enumerate(zip(self.days, self.keys, strict=True)):
            booking = booked.get(key)
            enrolment = child.enrolled(unit.activity, day)
            if booking is None and enrolment is None:
                yield NOT_OFFERED
            elif booking is None and key not in deadlines:
                yield self._closed_cell(unit, enrolment, day)
            else:
                day_lock = lock
                if day in others or (booking is not None and booking.household != child.household):
                    day_lock = Refusal.OTHER_HOME
                cell = self._cell(child, unit, enrolment, place, booking, deadlines.get(key), day_lock)
                cell.cents = None if day_lock == Refusal.OTHER_HOME else prices[place]
                yield cell

    def _cell(
        self,
        child: Child,
        unit: UnitEntry,
        enrolment: Enrolled | None,
        place: int,
        booking: Booked | None,
        deadlines: tuple[str, str] | None,
        lock: Refusal | None,
    ) -> PlannedCell:
        day, key = self.days[place], self.keys[place]
        book_by, cancel_by = deadlines or (NEVER, NEVER)
        reason = self.catalogue.closure(unit, self.catalogue.groups[enrolment.group], day) if enrolment else ""
        rooms = self._rooms(unit, enrolment, key)
        is_open = deadlines is not None and not reason
        state = cell_state(
            booking=booking.state if booking else None,
            presence=booking.presence if booking else Presence.UNKNOWN,
            is_past=day < self.today,
            is_offered=True,
            is_open=is_open and (booking is not None or rooms is not None),
            is_locked=lock is not None,
            has_room=not rooms or rooms <= self._seats_of(child, key),
            may_book=self.second <= book_by,
            may_cancel=self.second <= cancel_by,
        )
        is_booked = booking is not None
        ticked = self.marks.ticked.get(Cell(child.key, day, unit.key), is_booked)
        return PlannedCell(
            state=state,
            is_booked=is_booked,
            is_ticked=ticked if state in CAN_CHANGE or state == CellState.FULL else is_booked,
            deadline=cancel_by if is_booked else book_by,
            cents=None,
            lock=lock,
            reason=reason,
        )

    def _closed_cell(self, unit: UnitEntry, enrolment: Enrolled | None, day: dt.date) -> PlannedCell:
        """Closed when such days are usually open: it says why. Else there is nothing to say."""
        if enrolment is None or not unit.rule.is_offered(self.catalogue.kind(day), day.weekday()):
            return NOT_OFFERED
        reason = self.catalogue.closure(unit, self.catalogue.groups[enrolment.group], day)
        return replace(NOT_OFFERED, state=CellState.CLOSED, reason=reason) if reason else NOT_OFFERED

    def _rooms(self, unit: UnitEntry, enrolment: Enrolled | None, key: str) -> set[tuple[int, int]] | None:
        """The slots that the unit takes and that are full; None when one of them is closed."""
        if enrolment is None:
            return None
        full = set()
        for group in self.catalogue.groups[enrolment.group].chain:
            for part in unit.parts:
                is_full = self.open.full.get((group, part), {}).get(key)
                if is_full is None:
                    return None
                if is_full:
                    full.add((group, part))
        return full

    def _seats_of(self, child: Child, key: str) -> set[tuple[int, int]]:
        """The slots where the child has a place that day: free to change for another unit, even when they are full."""
        day = self.days[self.keys.index(key)]
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
        changes = {*self.prices.breakpoints(child.household, unit.key)}
        for day in self.days:
            if not prices or day in changes:
                prices.append(price_of(self.prices, Cell(child.key, day, unit.key), child.household))
            else:
                prices.append(prices[-1])
        return prices

    def weeks(self, rows: Sequence[Row]) -> list[list[ColumnDay]]:
        """The columns, week by week: Monday to Friday, and the days of the weekend on which something happens."""
        busy = {self.days[place].weekday() for row in rows for place, cell in enumerate(row.cells) if cell.says}
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


def _lock_of(child: Child, unit: UnitEntry) -> Refusal | None:
    """Why this parent may only look at the unit, whatever the day."""
    if not child.may_act:
        return Refusal.NO_RIGHT
    return None if unit.mode == BookingMode.FAMILY else Refusal.READ_ONLY
