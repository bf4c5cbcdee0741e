"""Builders for tests."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from preau.activities.models import Activity, CapacityRule, Group, Part, Theme, Unit
from preau.town.choices import DayKind
from preau.town.models import Level, Place, SchoolYear
from preau.town.testing import make_place, make_service, make_year

LONG_AGO = dt.date(2020, 1, 1)
DAY_BEFORE_MIDNIGHT: dict[str, Any] = {"kind": "days", "n": 1, "at": "23:59"}


def make_part(code: str = "matin") -> Part:
    return Part.objects.get_or_create(code=code, defaults={"name": code, "order": Part.objects.count()})[0]


def make_activity(
    code: str = "accueil-matin-maternelle",
    *,
    name: str = "1_Accueil matin maternelle",
    year: SchoolYear | None = None,
    kinds_of_day: Sequence[str] = (DayKind.SCHOOL,),
    levels: Sequence[Level] = (),
    schools: Sequence[Place] = (),
    **fields: Any,
) -> Activity:
    """An activity of the school year, open to any child unless levels or schools are given."""
    year = year or make_year()
    theme = Theme.objects.get_or_create(code="periscolaire", defaults={"name": "Activités périscolaires"})[0]
    values = {
        "name": name,
        "theme": theme,
        "service": make_service(),
        "year": year,
        "starts_on": year.starts_on,
        "ends_on": year.ends_on,
        "kinds_of_day": list(kinds_of_day),
        "notice_book": DAY_BEFORE_MIDNIGHT,
        "notice_cancel": DAY_BEFORE_MIDNIGHT,
    }
    activity = Activity.objects.create(code=code, **(values | fields))
    activity.levels.set(levels)
    activity.schools.set(schools)
    return activity


def make_unit(
    activity: Activity,
    code: str = "matin",
    *,
    parts: Sequence[str] = ("matin",),
    weekdays: Sequence[int] = (0, 1, 2, 3, 4),
    **fields: Any,
) -> Unit:
    values = {
        "name": code.capitalize(),
        "short_name": code.capitalize()[:20],
        "starts_at": dt.time(7, 30),
        "ends_at": dt.time(8, 20),
        "weekdays": list(weekdays),
    }
    unit = Unit.objects.create(activity=activity, code=code, **(values | fields))
    unit.parts.set([make_part(part) for part in parts])
    return unit


def make_group(
    code: str = "peri-maternelle", *, place: Place | None = None, within: Group | None = None, **capacity: int | None
) -> Group:
    """A group; `matin=20, soir=None` gives its places by part of the day, on every kind of day."""
    group = Group.objects.create(code=code, name=code, place=place or make_place(), within=within)
    for part, places in capacity.items():
        CapacityRule.objects.create(
            group=group,
            part=make_part(part),
            starts_on=LONG_AGO,
            kinds_of_day=[str(kind) for kind in DayKind],
            places=places,
        )
    return group
