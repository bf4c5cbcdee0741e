"""What the town asks for, read once by each process and each version of the catalogue."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import lru_cache

from preau.activities.models import Activity
from preau.checklist.choices import Stage
from preau.checklist.models import AskedItem
from preau.checklist.rules import Demand
from preau.documents.models import DocumentKind


@lru_cache(maxsize=4)
def demands_of(catalogue_version: int) -> tuple[Demand, ...]:
    """All that is asked for."""
    return (*_items(), *_documents())


DOCUMENT = "document/"
"""What begins the item of a kind of document, before its code."""


@lru_cache(maxsize=4)
def kinds_of(catalogue_version: int) -> dict[str, DocumentKind]:
    """The kinds of documents that the town asks for, by item, in its order."""
    kinds = DocumentKind.objects.filter(retired_on=None).order_by("order", "pk")
    return {f"{DOCUMENT}{kind.code}": kind for kind in kinds}


def _documents() -> list[Demand]:
    """Each case of each kind; a code of activity is that of each school year too."""
    kinds = list(DocumentKind.objects.filter(retired_on=None).order_by("order", "pk"))
    asked = {code for kind in kinds for case in kind.cases for code in case.activities}
    coded = list(Activity.objects.values_list("pk", "code", "year__code")) if asked else []
    return [
        Demand(
            item=f"{DOCUMENT}{kind.code}",
            stage=Stage(case.stage.value),
            activities=_activities(coded, case.activities) if case.activities else None,
            age_from=case.age_from,
            age_to=case.age_to,
            levels=frozenset(case.levels),
            months=case.months or 0,
            cost=case.without,
        )
        for kind in kinds
        for case in kind.cases
    ]


def _activities(coded: Iterable[tuple[int, str, str | None]], wanted: Collection[str]) -> frozenset[int]:
    return frozenset(key for key, code, year in coded if code in wanted or code.removesuffix(f"-{year}") in wanted)


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
