"""Writing what the town asks for, and when its families look at their file again."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from preau.activities.models import Activity, Theme
from preau.checklist.models import AskedItem, Season
from preau.journal.actions import Actor
from preau.town.actions import save_reference
from preau.town.models import SchoolYear


@transaction.atomic
def save_asked_item(
    code: str,
    values: Mapping[str, Any],
    *,
    themes: Iterable[str],
    activities: Iterable[str],
    by: Actor | None,
    now: dt.datetime,
) -> AskedItem:
    """Create or change something that the town asks for; `themes` and `activities` are codes, neither is everyone."""
    links = {
        "themes": Theme.objects.filter(code__in=list(themes)).values_list("pk", flat=True),
        "activities": Activity.objects.filter(code__in=list(activities)).values_list("pk", flat=True),
    }
    return save_reference(AskedItem, {"code": code}, values, links=links, by=by, now=now)


def save_season(year: str, values: Mapping[str, Any], *, by: Actor | None, now: dt.datetime) -> Season:
    """Create or change the file of a school year, by the code of the year."""
    return save_reference(Season, {"year": SchoolYear.objects.get(code=year)}, values, by=by, now=now)
