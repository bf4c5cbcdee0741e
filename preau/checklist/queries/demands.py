"""What the town asks for, read once by each process and each version of the catalogue."""

from collections import defaultdict
from functools import lru_cache

from preau.activities.models import Activity
from preau.checklist.choices import Stage
from preau.checklist.models import AskedItem
from preau.checklist.rules import Demand


@lru_cache(maxsize=4)
def demands_of(catalogue_version: int) -> tuple[Demand, ...]:
    """All that is asked for."""
    return tuple(_items())


def _items() -> list[Demand]:
    rows = list(AskedItem.objects.prefetch_related("themes", "activities").order_by("pk"))
    by_theme: dict[int, set[int]] = defaultdict(set)
    for activity, theme in Activity.objects.values_list("pk", "theme") if rows else ():
        by_theme[theme].add(activity)
    demands = []
    for row in rows:
        themes, activities = row.themes.all(), row.activities.all()
        concerned = {activity.pk for activity in activities}.union(*(by_theme[theme.pk] for theme in themes))
        demands.append(
            Demand(
                item=row.item,
                stage=Stage(row.stage),
                activities=frozenset(concerned) if themes or activities else None,
                age_from=row.age_from,
                age_to=row.age_to,
                months=row.months,
                cost=row.cost,
            )
        )
    return demands
