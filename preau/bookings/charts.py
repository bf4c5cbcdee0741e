"""The picture of occupancy: bars and a line for the places, as whole numbers for an SVG without styles.

Whole, because a template writes a decimal with a comma, which an SVG does not read.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from preau.bookings.queries.occupancy import DayPlaces
from preau.core.templatetags.ui import WEEKDAYS

WIDTH, LEFT, RIGHT = 1000, 46, 990
TOP, BOTTOM = 60, 280
WIDEST_BAR = 76
ROOM_FOR_WORDS = 60  # of a bar, for « Complet »
ROOM_FOR_NUMBER = 26  # in height
STEPS = (1, 2, 5, 10, 20, 25, 50)  # the last is enough: `highest` has two digits once scaled down


@dataclass(frozen=True, slots=True)
class Tick:
    value: int
    y: int
    text_y: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A day: `full_height` is the part, from the bottom, of the groups that are full."""

    x: int
    y: int
    width: int
    height: int
    middle: int
    full_y: int
    full_height: int
    value: int
    value_y: int
    value_inside: bool
    words: str
    words_y: int
    weekday: str
    number: int


@dataclass(frozen=True, slots=True)
class Chart:
    """`capacity` is a path; `one_capacity` the number when it is the same every day, None otherwise."""

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    capacity: str
    one_capacity: int | None
    has_full: bool


def chart_of(days: Sequence[DayPlaces]) -> Chart:
    capacities = [day.together.capacity for day in days]
    highest = max([day.together.taken for day in days] + [places for places in capacities if places is not None] + [1])
    step = _step(highest)
    room = (RIGHT - LEFT) / max(len(days), 1)
    width = min(WIDEST_BAR, room * 0.7)
    return Chart(
        bars=tuple(_bar(day, LEFT + (place + 0.5) * room, width, highest) for place, day in enumerate(days)),
        ticks=tuple(Tick(value, y := _y(value, highest), y + 4) for value in range(0, highest + 1, step)),
        capacity=_capacity_line(capacities, room, highest),
        one_capacity=capacities[0] if len(set(capacities)) == 1 else None,
        has_full=any(day.full for day in days),
    )


def _y(value: int, highest: int) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * value / highest)


def _step(highest: int) -> int:
    """Between three and six lines, at round numbers."""
    scale: int = 10 ** (len(str(highest)) - 1) // 10 or 1
    return next(step * scale for step in STEPS if highest <= 6 * step * scale)


def _bar(day: DayPlaces, middle: float, width: float, highest: int) -> Bar:
    y, full_y = _y(day.together.taken, highest), _y(day.taken_in_full, highest)
    inside = BOTTOM - y >= ROOM_FOR_NUMBER
    value_y = y + 20 if inside else y - 6
    return Bar(
        x=round(middle - width / 2),
        y=y,
        width=round(width),
        height=BOTTOM - y,
        middle=round(middle),
        full_y=full_y,
        full_height=BOTTOM - full_y,
        value=day.together.taken,
        value_y=value_y,
        value_inside=inside,
        words=_words(day) if width >= ROOM_FOR_WORDS and BOTTOM - y >= 2 * ROOM_FOR_NUMBER else "",
        words_y=value_y + 18,
        weekday=short_weekday(day.day),
        number=day.day.day,
    )


def _words(day: DayPlaces) -> str:
    if not day.full:
        return ""
    if len(day.full) == len(day.groups):
        return "Complet"
    return f"{len(day.full)} complet{'s' if len(day.full) > 1 else ''}"


def short_weekday(day: dt.date) -> str:
    """« Lun. »"""
    return f"{WEEKDAYS[day.weekday()][:3].capitalize()}."


def _capacity_line(capacities: Sequence[int | None], room: float, highest: int) -> str:
    """Over each day that has a limit; one stroke where neighbours have the same."""
    strokes: list[str] = []
    before: int | None = None
    for place, capacity in enumerate(capacities):
        start, end = round(LEFT + place * room), round(LEFT + (place + 1) * room)
        if capacity is None:
            before = None
            continue
        strokes.append(f"H{end}" if capacity == before else f"M{start} {_y(capacity, highest)}H{end}")
        before = capacity
    return "".join(strokes)
