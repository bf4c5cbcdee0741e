"""Writing the catalogue: what the town offers, where, and for how many."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from preau.activities.models import Activity, CapacityRule, Closure, Group, Part, Theme, Unit
from preau.journal.actions import Actor
from preau.town.actions import delete_reference, save_ordered, save_reference
from preau.town.models import Level, Place, SchoolYear, Service


@dataclass(frozen=True, slots=True, order=True)
class Places:
    """Places of a group in a part of the day from a day on; no kind of day is all of them, None is no limit."""

    part: str
    starts_on: dt.date
    kinds_of_day: tuple[str, ...]
    places: int | None


def save_theme(code: str, values: Mapping[str, Any], *, by: Actor | None, now: dt.datetime) -> Theme:
    """Create or change a theme, back in use if it was retired."""
    return save_reference(Theme, {"code": code}, {**values, "retired_on": None}, by=by, now=now)


def save_parts(names: Mapping[str, str], *, by: Actor | None, now: dt.datetime) -> None:
    """Name the parts of the day, in their order."""
    save_ordered(Part, {code: {"name": name} for code, name in names.items()}, by=by, now=now)


@transaction.atomic
def save_group(
    code: str,
    *,
    name: str,
    place: str,
    within: str | None,
    levels: Collection[str],
    schools: Collection[str],
    by: Actor | None,
    now: dt.datetime,
) -> Group:
    """Create or change a group, back in use if it was retired; the larger group that it is within already exists."""
    values = {
        "name": name,
        "place_id": Place.objects.get(code=place).pk,
        "within_id": Group.objects.get(code=within).pk if within else None,
        "retired_on": None,
    }
    links = {"levels": ids_of(Level, levels), "schools": ids_of(Place, schools)}
    return save_reference(Group, {"code": code}, values, links=links, by=by, now=now)


@transaction.atomic
def save_places(group: str, places: Collection[Places], *, by: Actor | None, now: dt.datetime) -> None:
    """Make the capacities of a group these and no others. Dated places follow (see bookings.actions.refresh_days)."""
    row = Group.objects.get(code=group)
    parts = {part.code: part for part in Part.objects.all()}
    kept = []
    for item in places:
        key = {
            "group": row,
            "part": parts[item.part],
            "starts_on": item.starts_on,
            "kinds_of_day": list(item.kinds_of_day),
        }
        kept.append(save_reference(CapacityRule, key, {"places": item.places}, by=by, now=now).pk)
    for rule in CapacityRule.objects.filter(group=row).exclude(pk__in=kept):
        delete_reference(rule, by=by, now=now)


@transaction.atomic
def save_activity(
    code: str,
    values: Mapping[str, Any],
    *,
    theme: str,
    service: str,
    year: str | None,
    levels: Collection[str],
    schools: Collection[str],
    by: Actor | None,
    now: dt.datetime,
) -> Activity:
    """Create or change an activity, back in use if it was retired; `values` are its own columns."""
    columns = {
        **values,
        "theme_id": Theme.objects.get(code=theme).pk,
        "service_id": Service.objects.get(code=service).pk,
        "year_id": SchoolYear.objects.get(code=year).pk if year else None,
        "retired_on": None,
    }
    links = {"levels": ids_of(Level, levels), "schools": ids_of(Place, schools)}
    return save_reference(Activity, {"code": code}, columns, links=links, by=by, now=now)


@transaction.atomic
def save_unit(
    activity: str,
    code: str,
    values: Mapping[str, Any],
    *,
    parts: Collection[str],
    by: Actor | None,
    now: dt.datetime,
) -> Unit:
    """Create or change a unit of an activity, back in use if it was retired; `weekdays` are numbers, Monday 0."""
    key = {"activity": Activity.objects.get(code=activity), "code": code}
    links = {"parts": ids_of(Part, parts)}
    return save_reference(Unit, key, {**values, "retired_on": None}, links=links, by=by, now=now)


@transaction.atomic
def save_closure(
    code: str,
    *,
    place: str | None,
    activity: str | None,
    values: Mapping[str, Any],
    by: Actor | None,
    now: dt.datetime,
) -> Closure:
    """Create or change the closure of a place or of an activity."""
    columns = {
        **values,
        "place_id": Place.objects.get(code=place).pk if place else None,
        "activity_id": Activity.objects.get(code=activity).pk if activity else None,
    }
    return save_reference(Closure, {"code": code}, columns, by=by, now=now)


def ids_of(model: type[Level] | type[Place] | type[Part], codes: Collection[str]) -> list[int]:
    return list(model.objects.filter(code__in=codes).values_list("pk", flat=True))
