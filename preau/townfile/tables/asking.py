"""What the town asks families for, and before what."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from preau.checklist.actions.asking import save_asked_item, save_season
from preau.checklist.models import AskedItem, Season
from preau.town.actions import delete_reference, is_used
from preau.townfile.expanding import activities_meant
from preau.townfile.file import TownFile
from preau.townfile.rows import AskedItemRow, SeasonRow
from preau.townfile.tables.table import Synced, Writing


def _wanted_items(file: TownFile) -> Mapping[str, AskedItemRow]:
    """With the activities as they are once each has its school year."""
    meant: dict[str, list[str]] = defaultdict(list)
    for written, code, _ in activities_meant(file):
        meant[written].append(code)
    return {
        code: row.model_copy(update={"activities": [each for one in row.activities for each in meant.get(one, [one])]})
        for code, row in file.checklist.rows.items()
    }


def _current_items() -> Mapping[str, AskedItemRow]:
    return {
        row.code: AskedItemRow(
            item=row.item,
            stage=row.stage,
            themes=sorted(theme.code for theme in row.themes.all()),
            activities=sorted(activity.code for activity in row.activities.all()),
            age_from=row.age_from,
            age_to=row.age_to,
            months=row.months,
            cost=row.cost,
        )
        for row in AskedItem.objects.prefetch_related("themes", "activities").order_by("pk")
    }


def _save_items(rows: Mapping[str, AskedItemRow], writing: Writing) -> None:
    for code, row in rows.items():
        values = row.model_dump(exclude={"themes", "activities"})
        save_asked_item(code, values, themes=row.themes, activities=row.activities, **writing.note)


def _current_seasons() -> Mapping[str, SeasonRow]:
    return {
        row.year.code: SeasonRow(
            opens_on=row.opens_on, closes_on=row.closes_on, steps=row.steps, reminders=row.reminders
        )
        for row in Season.objects.select_related("year").order_by("year__starts_on")
    }


def _save_seasons(rows: Mapping[str, SeasonRow], writing: Writing) -> None:
    for code, row in rows.items():
        save_season(code, row.model_dump(), **writing.note)


ASKING_TABLES: tuple[Synced[Any], ...] = (
    Synced(
        ("checklist",),
        "information demandée",
        _wanted_items,
        _current_items,
        _save_items,
        lambda code, writing: delete_reference(AskedItem.objects.get(code=code), **writing.note),
    ),
    Synced(
        ("seasons",),
        "dossier d’inscription",
        lambda file: file.seasons.rows,
        _current_seasons,
        _save_seasons,
        lambda code, writing: delete_reference(Season.objects.get(year__code=code), **writing.note),
        is_kept=lambda code, today: is_used(Season.objects.get(year__code=code)),
    ),
)
