"""Builders for tests."""

from collections.abc import Sequence
from typing import Any

from preau.activities.models import Activity, Theme
from preau.checklist.choices import Item, Stage
from preau.checklist.models import AskedItem
from preau.checklist.queries.demands import demands_of


def make_asked(
    item: str = Item.COORDINATES,
    stage: str = Stage.BEFORE_BOOKING,
    *,
    code: str = "",
    activities: Sequence[Activity] = (),
    themes: Sequence[Theme] = (),
    **fields: Any,
) -> AskedItem:
    """Something that the town asks for, of everyone unless activities or themes are given."""
    row = AskedItem.objects.create(code=code or str(item).replace("_", "-"), item=item, stage=stage, **fields)
    row.activities.set(activities)
    row.themes.set(themes)
    demands_of.cache_clear()
    return row
