"""The boxes of the grid, there and back: what the page showed travels with the form, so that only clicks count.

A browser does not send the boxes left empty. Each row therefore sends what the parent saw (`vu`), a sign for each day:
1 booked, 0 not booked, + and - a tick and an untick of the draft, a dot for what could not change. A box that differs
is a click; one that does not is left alone, for another parent or another tab may have changed it meanwhile. A page
that stays open while its clicks are sent one by one also says which boxes it has changed (`touche`): one put back there
is a click too.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter

from preau.bookings.queries.catalogue import Catalogue
from preau.bookings.queries.children import Child
from preau.bookings.queries.planning import Planning, Row
from preau.bookings.rules.lines import Cell

MOST_ROWS = 200
SEEN = re.compile(
    r"(?P<child>[a-z0-9]{1,20}) (?P<activity>[-\w]{1,60})/(?P<unit>[-\w]{1,60}) "
    r"(?P<first>[0-9]{4}-[0-9]{2}-[0-9]{2}) (?P<days>[-01+.]{1,31})",
    re.ASCII,
)
AS_SEEN = {"0": (False, False), "1": (True, True), "+": (False, True), "-": (True, False)}  # booked, ticked
SIGNS = {(can_change, *pair): sign if can_change else "." for sign, pair in AS_SEEN.items() for can_change in (0, 1)}
facts_of = attrgetter("can_change", "is_booked", "is_ticked")


@dataclass(slots=True)
class Ticks:
    """What a form says: the cells that the parent wants otherwise than they are booked, and those put back."""

    clicked: dict[Cell, bool] = field(default_factory=dict)
    put_back: set[Cell] = field(default_factory=set)
    unreadable: bool = False  # a row that no page of ours wrote


def day_key(day: dt.date) -> str:
    """A day in the name of a box: « 1005 »."""
    return f"{day.month:02d}{day.day:02d}"


def seen(planning: Planning) -> list[str]:
    """The hidden field of each row of the grid, in order."""
    return [_seen(row, planning.period.first) for row in planning.rows]


def _seen(row: Row, first: dt.date) -> str:
    days = "".join(map(SIGNS.__getitem__, map(facts_of, row.cells)))
    return f"{row.child.code} {row.unit.activity_code}/{row.unit.code} {first} {days}"


def read_ticks(
    seen: Sequence[str],
    ticked: Iterable[str],
    children: Mapping[int, Child],
    kept: Catalogue,
    *,
    touched: Iterable[str] = (),
) -> Ticks:
    """The clicks of a form. Rows of children or units that this parent does not have are unreadable."""
    by_code = {child.code: child for child in children.values()}
    boxes, changed, found = set(ticked), set(touched), Ticks(unreadable=len(seen) > MOST_ROWS)
    for number, text in enumerate(seen[:MOST_ROWS]):
        match = SEEN.fullmatch(text)
        child = by_code.get(match["child"]) if match else None
        unit = kept.by_code.get((match["activity"], match["unit"])) if match else None
        first = _day(match["first"]) if match else None
        if match is None or child is None or unit is None or first is None:
            found.unreadable = True
            continue
        for offset, sign in enumerate(match["days"]):
            if sign == ".":
                continue
            day = first + dt.timedelta(days=offset)
            box, (was_booked, was_ticked) = f"{number}-{day_key(day)}", AS_SEEN[sign]
            wanted = box in boxes
            if wanted == was_ticked and box not in changed:
                continue
            cell = Cell(child.key, day, unit.key)
            if wanted == was_booked:
                found.put_back.add(cell)
            else:
                found.clicked[cell] = wanted
    return found


def _day(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2200 else None
