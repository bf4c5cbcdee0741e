"""What becomes of the changes that a parent asks for: line by line, each whole or not at all."""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from preau.bookings.choices import BookingState, LineResult, Refusal

PERMITTED_MOVES: Mapping[BookingState | None, frozenset[BookingState]] = MappingProxyType(
    {
        None: frozenset({BookingState.HELD, BookingState.REQUESTED, BookingState.WAITING, BookingState.BOOKED}),
        BookingState.HELD: frozenset({BookingState.BOOKED, BookingState.CANCELLED, BookingState.EXPIRED}),
        BookingState.REQUESTED: frozenset(
            {BookingState.BOOKED, BookingState.WAITING, BookingState.REFUSED, BookingState.CANCELLED}
        ),
        BookingState.WAITING: frozenset(
            {BookingState.HELD, BookingState.BOOKED, BookingState.REFUSED, BookingState.CANCELLED}
        ),
        BookingState.BOOKED: frozenset({BookingState.CANCELLED}),
        BookingState.CANCELLED: frozenset(),
        BookingState.REFUSED: frozenset(),
        BookingState.EXPIRED: frozenset(),
    }
)
"""From a state (None: no row) to the next. The last three are final: coming back is a new row."""


def may_move(state: BookingState | None, to: BookingState) -> bool:
    """Whether a booking may go from `state` (None: no row yet) to another."""
    return to in PERMITTED_MOVES[state]


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """A unit on a day for a participant, by their keys."""

    participant: int
    day: dt.date
    unit: int


@dataclass(frozen=True, slots=True)
class Want:
    """A cell to book, or to free when `wanted` is False.

    `parts` are those of the day in which the unit occupies the child (none: it does not).
    """

    cell: Cell
    wanted: bool
    parts: frozenset[int]


Line = tuple[Want, ...]


def lines_of(wants: Iterable[Want]) -> list[Line]:
    """The wants gathered in lines: those of a child and a day that share a part of it succeed or fail together.

    So a swap (the morning for the whole day) is one line, and so are two units that exclude each other; a morning and
    an evening are two. Lines that only free places come first, then the days in order.
    """
    lines: list[list[Want]] = []
    for want in sorted(wants, key=lambda want: want.cell):
        tied = [line for line in lines if any(_are_tied(want, other) for other in line)]
        lines = [line for line in lines if line not in tied]
        lines.append([*(other for line in tied for other in line), want])
    whole = [tuple(sorted(line, key=lambda want: want.cell)) for line in lines]
    return sorted(whole, key=lambda line: (any(want.wanted for want in line), line[0].cell.day, line[0].cell))


def _are_tied(one: Want, other: Want) -> bool:
    same_day = (one.cell.participant, one.cell.day) == (other.cell.participant, other.cell.day)
    return same_day and not one.parts.isdisjoint(other.parts)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFacts:
    """What the rules say of a cell, places apart.

    `barred` is a refusal that has nothing to do with the day: rights, household, enrolment, activity. `slots` are
    those that booking takes; None when one is closed or was never made.
    """

    barred: Refusal | None = None
    is_open: bool = True
    book_by: dt.datetime | None = None
    cancel_by: dt.datetime | None = None
    slots: tuple[int, ...] | None = ()


def booking_refusal(cell: CellFacts, *, now: dt.datetime) -> Refusal | None:
    """Why the cell may not be booked, places apart, or None if it may; the deadline itself is in time."""
    if cell.barred is not None:
        return cell.barred
    if not cell.is_open or cell.book_by is None or cell.slots is None:
        return Refusal.CLOSED
    return Refusal.TOO_LATE if now > cell.book_by else None


def cancel_refusal(cell: CellFacts, *, now: dt.datetime) -> Refusal | None:
    """Why a booking of the cell may not be cancelled, or None if it may; the deadline itself is in time.

    A booking may outlive the enrolment: it can still be cancelled. On a day closed since, an agent sees to it.
    """
    if cell.barred is not None and cell.barred is not Refusal.NOT_ENROLLED:
        return cell.barred
    if not cell.is_open or cell.cancel_by is None:
        return Refusal.CLOSED
    return Refusal.TOO_LATE if now > cell.cancel_by else None


@dataclass(frozen=True, slots=True)
class Live:
    """A live booking: its row, the household that pays it, its seats, the parts in which it occupies the child."""

    key: int
    state: BookingState
    family: int
    slots: tuple[int, ...]
    parts: frozenset[int]


@dataclass(slots=True)
class Board:
    """Places and bookings as they are, then as they become while lines are decided."""

    free: dict[int, int | None]  # slot → places left, negative above the capacity; None is no limit
    live: dict[Cell, Live]
    busy: dict[tuple[int, dt.date], set[int]] = field(default_factory=dict)  # parts in which a child is somewhere

    def __post_init__(self) -> None:
        for cell, booking in self.live.items():
            self.busy.setdefault((cell.participant, cell.day), set()).update(booking.parts)


@dataclass(frozen=True, slots=True)
class Decision:
    """What became of a line. Done: the wants to write. Refused: why, and the cell at fault."""

    line: Line
    result: LineResult
    refusal: Refusal | None = None
    at_fault: Cell | None = None
    to_book: tuple[Want, ...] = ()
    to_cancel: tuple[Want, ...] = ()


def decide(lines: Sequence[Line], facts: Mapping[Cell, CellFacts], board: Board, *, now: dt.datetime) -> list[Decision]:
    """Decide the lines one after the other, each whole or not at all; `board` becomes what they leave."""
    return [_decide_one(line, facts, board, now) for line in lines]


def _decide_one(line: Line, facts: Mapping[Cell, CellFacts], board: Board, now: dt.datetime) -> Decision:
    to_book = tuple(want for want in line if want.wanted and want.cell not in board.live)
    to_cancel = tuple(want for want in line if not want.wanted and want.cell in board.live)
    if not to_book and not to_cancel:
        return Decision(line, LineResult.ALREADY)
    for wants, refusal_of in ((to_cancel, cancel_refusal), (to_book, booking_refusal)):
        for want in wants:
            if refusal := refusal_of(facts[want.cell], now=now):
                return Decision(line, LineResult.REFUSED, refusal, want.cell)
    if overlapping := _overlapping(to_book, to_cancel, board):
        return Decision(line, LineResult.REFUSED, Refusal.OVERLAP, overlapping)
    if full := _take_places(to_book, to_cancel, facts, board):
        return Decision(line, LineResult.REFUSED, Refusal.FULL, full)
    return Decision(line, LineResult.DONE, None, None, to_book, to_cancel)


def _overlapping(to_book: Sequence[Want], to_cancel: Sequence[Want], board: Board) -> Cell | None:
    """The first cell that would put the child in two places at once."""
    here = (to_book or to_cancel)[0].cell
    busy = set(board.busy.get((here.participant, here.day), ()))
    for want in to_cancel:
        busy -= board.live[want.cell].parts
    for want in to_book:
        if not busy.isdisjoint(want.parts):
            return want.cell
        busy |= want.parts
    return None


def _take_places(
    to_book: Sequence[Want], to_cancel: Sequence[Want], facts: Mapping[Cell, CellFacts], board: Board
) -> Cell | None:
    """Move the places on the board, unless a slot lacks one: then the cell that needs it, and nothing moves.

    Only the balance counts: whoever gives a place and takes it back needs no free one.
    """
    moves: Counter[int] = Counter()
    for want in to_cancel:
        moves.subtract(board.live[want.cell].slots)
    for want in to_book:
        moves.update(facts[want.cell].slots or ())
    for want in to_book:
        for slot in facts[want.cell].slots or ():
            left = board.free[slot]
            if left is not None and moves[slot] > 0 and moves[slot] > left:
                return want.cell
    for slot, count in moves.items():
        left = board.free[slot]
        board.free[slot] = None if left is None else left - count
    for want in to_cancel:
        gone = board.live.pop(want.cell)
        board.busy[want.cell.participant, want.cell.day] -= gone.parts
    for want in to_book:
        board.live[want.cell] = Live(0, BookingState.BOOKED, 0, facts[want.cell].slots or (), want.parts)
        board.busy.setdefault((want.cell.participant, want.cell.day), set()).update(want.parts)
    return None
