"""What a file lacks before its activities can be booked, told above the planning."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass

from preau.activities.choices import BookingMode
from preau.bookings.queries.children import Child
from preau.bookings.queries.planning import Planning
from preau.checklist.queries.obstacles import obstacles_to
from preau.checklist.words import names_of


@dataclass(frozen=True, slots=True)
class BarredChild:
    """A child, the activities that cannot be booked, and what must be given first, in words."""

    child: Child
    activities: tuple[str, ...]
    missing: tuple[str, ...]


def barred_children(shown: Planning, *, catalogue_version: int) -> list[BarredChild]:
    """Of the children shown, those of whom this parent cannot book something that the page shows.

    Nothing is read when the town asks for nothing before booking, nor while a provisional delay runs.
    """
    names: dict[int, dict[int, str]] = defaultdict(dict)
    first_days: dict[tuple[int, int], dt.date] = {}
    for row in shown.rows:
        child, activity = row.child, row.unit.activity
        enrolled = child.enrolments.get(activity, ())
        if enrolled and child.may_act and row.unit.mode == BookingMode.FAMILY:
            names[child.key][activity] = row.unit.activity_name
            first_days[child.key, activity] = min(one.span.starts_on for one in enrolled)
    if not names or shown.period.last < shown.today:
        return []
    household = next(row.child.household for row in shown.rows)
    found = obstacles_to(
        names, catalogue_version=catalogue_version, on=shown.today, household=household, first_days=first_days
    )
    barred = []
    for child in shown.shown:
        theirs = {activity: items for (key, activity), items in found.items() if key == child.key}
        if theirs:
            missing = names_of((item for items in theirs.values() for item in items), catalogue_version)
            barred.append(BarredChild(child, tuple(names[child.key][one] for one in theirs), missing))
    return barred
