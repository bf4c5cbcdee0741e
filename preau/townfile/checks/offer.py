"""What is offered: activities that can open, units that a child can book, groups with places."""

import datetime as dt
from collections.abc import Iterator

from preau.activities.choices import AfterNotice, BookingMode, EnrolmentMode
from preau.core.money import NBSP
from preau.town.choices import DayKind, PlaceKind
from preau.townfile.expanding import span_of
from preau.townfile.faults import close_to
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.rows import ActivityRow, UnitRow

NOT_YET = "n’est pas encore pris en charge"


def offer_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Faults of `[activities]`, their units, `[groups]` and `[[capacities]]`."""
    for path, code, activity in file.activities.items():
        yield from _days(file, path, activity)
        yield from _modes(path, activity)
        for group in activity.places_per_year:
            if group not in activity.groups:
                message = f"ce groupe n’est pas dans groups. {close_to(group, activity.groups)}"
                yield (*path, "places_per_year", group), message
        for unit_path, _, unit in file.units[code].items():
            yield from _unit(unit_path, unit, activity)
    yield from _groups(file)
    yield from _capacities(file)


def _days(file: TownFile, path: Path, activity: ActivityRow) -> Iterator[tuple[Path, str]]:
    has_days = activity.starts_on is not None or activity.ends_on is not None
    if activity.years and activity.year is not None:
        yield (*path, "year"), "gardez year ou years, pas les deux."
    elif activity.years and has_days:
        yield (*path, "years"), "avec years, les jours sont ceux de l’année : retirez starts_on et ends_on."
    for starts_on, ends_on in span_of(file, activity):
        if starts_on > ends_on:
            yield (*path, "ends_on"), f"ce jour vient avant le début ({starts_on:%d/%m/%Y})."
    if activity.born_from is not None and activity.born_to is not None and activity.born_from > activity.born_to:
        yield (*path, "born_to"), f"ce jour vient avant born_from ({activity.born_from:%d/%m/%Y})."


def _modes(path: Path, activity: ActivityRow) -> Iterator[tuple[Path, str]]:
    for key, value, supported in (
        ("enrolment_mode", activity.enrolment_mode, {EnrolmentMode.DIRECT}),
        ("booking_mode", activity.booking_mode, {BookingMode.FAMILY, BookingMode.READ_ONLY}),
        ("after_notice", activity.after_notice, {AfterNotice.REFUSE}),
    ):
        if value not in supported:
            yield (*path, key), f"«{NBSP}{value}{NBSP}» {NOT_YET}{NBSP}: écrivez {' ou '.join(sorted(supported))}."


def _unit(path: Path, unit: UnitRow, activity: ActivityRow) -> Iterator[tuple[Path, str]]:
    if unit.starts_at >= unit.ends_at:
        yield (*path, "ends_at"), f"cette heure vient avant le début ({unit.starts_at})."
    if len(set(unit.parts)) < len(unit.parts):
        yield (*path, "parts"), "une partie de journée y est deux fois."
    if unit.weekdays and not _is_ever_open(unit, activity):
        yield (*path, "weekdays"), f"jamais ouvert{NBSP}: aucun de ces jours n’est de kinds_of_day."


def _is_ever_open(unit: UnitRow, activity: ActivityRow) -> bool:
    """Weekends are the only kinds of day that a weekday excludes for sure, and the reverse."""
    weekdays, kinds = set(unit.weekdays), set(activity.kinds_of_day)
    if kinds & {DayKind.HOLIDAYS, DayKind.PUBLIC_HOLIDAY}:
        return True
    if kinds & {DayKind.SCHOOL, DayKind.WEDNESDAY} and weekdays - {"sun"}:
        return True
    return (DayKind.SATURDAY in kinds and "sat" in weekdays) or (DayKind.SUNDAY in kinds and "sun" in weekdays)


def _groups(file: TownFile) -> Iterator[tuple[Path, str]]:
    places = file.places.rows
    for path, code, group in file.groups.items():
        seen, outer = {code}, group.within
        while outer is not None and outer not in seen and outer in file.groups.rows:
            seen.add(outer)
            outer = file.groups.rows[outer].within
        if outer == code:
            yield (*path, "within"), "ce groupe finirait par se contenir lui-même."
        for place, school in enumerate(group.schools):
            if school in places and places[school].kind != PlaceKind.SCHOOL:
                yield (*path, "schools", place), f'«{NBSP}{school}{NBSP}» n’est pas une école (kind = "school").'


def _capacities(file: TownFile) -> Iterator[tuple[Path, str]]:
    seen: set[tuple[str, str, dt.date, tuple[str, ...]]] = set()
    for path, capacity in file.capacities:
        key = capacity.group, capacity.part, capacity.starts_on, tuple(sorted(capacity.kinds_of_day))
        if key in seen:
            yield path, f"capacité écrite deux fois{NBSP}: {capacity.group}, {capacity.part}."
        seen.add(key)
