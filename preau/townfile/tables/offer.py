"""Parts of the day, themes, groups and their places, activities and their units, closures."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import TopologicalSorter
from typing import Any

from preau.activities import actions
from preau.activities.models import Activity, CapacityRule, Closure, Group, Part, Theme, Unit
from preau.activities.rules import WEEKDAYS
from preau.billing.actions.regies import bill_with
from preau.billing.models import RegieActivity
from preau.enrolments.intakes import save_intakes
from preau.enrolments.models import Intake
from preau.pricing.actions import save_unit_tariffs
from preau.pricing.models import UnitTariff
from preau.town.actions import delete_reference, is_used, retire_reference
from preau.town.choices import DayKind
from preau.townfile.expanding import activities_meant, unit_meant
from preau.townfile.file import TownFile
from preau.townfile.rows import (
    ActivityRow,
    CapacityRow,
    ClosureRow,
    GroupRow,
    PartRow,
    TariffLink,
    ThemeRow,
    UnitRow,
)
from preau.townfile.tables.table import Synced, Writing

ACTIVITY_COLUMNS = frozenset(
    {
        *("name", "starts_on", "ends_on", "kinds_of_day", "born_from", "born_to", "for_adults", "enrolment_mode"),
        *("booking_mode", "keeps_place_while_checked", "notice_book", "notice_cancel", "after_notice"),
        "blocks_on_debt",
    }
)
UNIT_COLUMNS = frozenset({"name", "short_name", "exclusive", "notice_book", "notice_cancel", "icon"})


def _current_parts() -> Mapping[str, PartRow]:
    return {part.code: PartRow(name=part.name) for part in Part.objects.order_by("order")}


def _save_parts(rows: Mapping[str, PartRow], writing: Writing) -> None:
    actions.save_parts({code: row.name for code, row in rows.items()}, **writing.note)


def _is_part_kept(code: str, today: dt.date) -> bool:
    part = Part.objects.get(code=code)
    return is_used(part) or part.units.exists()


def _current_themes() -> Mapping[str, ThemeRow]:
    themes = Theme.objects.filter(retired_on__isnull=True).order_by("order", "pk")
    return {theme.code: ThemeRow(name=theme.name) for theme in themes}


def _save_themes(rows: Mapping[str, ThemeRow], writing: Writing) -> None:
    for order, (code, row) in enumerate(rows.items()):
        actions.save_theme(code, {"name": row.name, "order": order}, **writing.note)


def _current_groups() -> Mapping[str, GroupRow]:
    groups = Group.objects.filter(retired_on__isnull=True).select_related("place", "within").order_by("pk")
    return {
        group.code: GroupRow(
            name=group.name,
            place=group.place.code,
            within=group.within.code if group.within else None,
            levels=[level.code for level in sorted(group.levels.all(), key=lambda level: level.order)],
            schools=[school.code for school in group.schools.all()],
        )
        for group in groups.prefetch_related("levels", "schools")
    }


def _save_groups(rows: Mapping[str, GroupRow], writing: Writing) -> None:
    for code in _outer_first(rows):
        actions.save_group(code, **rows[code].model_dump(), **writing.note)


def _outer_first(rows: Mapping[str, GroupRow]) -> Iterable[str]:
    outer = {code: {row.within} if row.within else set() for code, row in rows.items()}
    return TopologicalSorter(outer).static_order()


def _wanted_capacities(file: TownFile) -> Mapping[str, CapacityRow]:
    rows = [row.model_copy(update={"kinds_of_day": _sorted_kinds(row.kinds_of_day)}) for _, row in file.capacities]
    return {_capacity_key(row): row for row in rows}


def _sorted_kinds(kinds: list[str]) -> list[str]:
    return sorted(set(kinds), key=DayKind.values.index)


def _capacity_key(row: CapacityRow) -> str:
    return "/".join([row.group, row.part, f"{row.starts_on}", "+".join(row.kinds_of_day)])


def _current_capacities() -> Mapping[str, CapacityRow]:
    rules = CapacityRule.objects.filter(group__retired_on__isnull=True).select_related("group", "part")
    rows = [
        CapacityRow(
            group=rule.group.code,
            part=rule.part.code,
            starts_on=rule.starts_on,
            kinds_of_day=_sorted_kinds(rule.kinds_of_day),
            places=rule.places,
        )
        for rule in rules.order_by("group__pk", "part__order", "starts_on")
    ]
    return {_capacity_key(row): row for row in rows}


def _save_capacities(rows: Mapping[str, CapacityRow], writing: Writing) -> None:
    by_group: defaultdict[str, list[actions.Places]] = defaultdict(list)
    for row in rows.values():
        by_group[row.group].append(actions.Places(row.part, row.starts_on, tuple(row.kinds_of_day), row.places))
    for group, places in by_group.items():
        actions.save_places(group, places, **writing.note)


def _remove_capacity(key: str, writing: Writing) -> None:
    group, part, starts_on, kinds = key.split("/")
    rules = CapacityRule.objects.filter(group__code=group, part__code=part, starts_on=starts_on)
    for rule in rules:
        if "+".join(_sorted_kinds(rule.kinds_of_day)) == kinds:
            delete_reference(rule, **writing.note)


def _wanted_activities(file: TownFile) -> Mapping[str, ActivityRow]:
    return {code: row for _, code, row in activities_meant(file)}


def _current_activities() -> Mapping[str, ActivityRow]:
    intakes: defaultdict[int, dict[str, int | None]] = defaultdict(dict)
    for activity_id, group, capacity in Intake.objects.order_by("pk").values_list(
        "activity_id", "group__code", "capacity"
    ):
        intakes[activity_id][group] = capacity
    regies = dict(RegieActivity.objects.values_list("activity_id", "regie__code"))
    rows = Activity.objects.filter(retired_on__isnull=True).select_related("theme", "service", "year")
    return {
        activity.code: ActivityRow(
            **{column: getattr(activity, column) for column in ACTIVITY_COLUMNS},
            theme=activity.theme.code,
            service=activity.service.code,
            regie=regies.get(activity.pk),
            year=activity.year.code if activity.year else None,
            levels=[level.code for level in sorted(activity.levels.all(), key=lambda level: level.order)],
            schools=[school.code for school in activity.schools.all()],
            groups=list(intakes[activity.pk]),
            places_per_year={group: places for group, places in intakes[activity.pk].items() if places is not None},
        )
        for activity in rows.prefetch_related("levels", "schools").order_by("order", "pk")
    }


def _save_activities(rows: Mapping[str, ActivityRow], writing: Writing) -> None:
    for order, (code, row) in enumerate(rows.items()):
        actions.save_activity(
            code,
            row.model_dump(include=set(ACTIVITY_COLUMNS)) | {"order": order},
            theme=row.theme,
            service=row.service,
            year=row.year,
            levels=row.levels,
            schools=row.schools,
            **writing.note,
        )
        save_intakes(code, {group: row.places_per_year.get(group) for group in row.groups}, **writing.note)
        bill_with(code, row.regie, **writing.note)


def wanted_units(file: TownFile) -> Mapping[str, UnitRow]:
    """The units that the file wants, for each school year, by `activity/unit`."""
    return {
        f"{code}/{unit}": unit_meant(row, activity.starts_on)
        for written, code, activity in activities_meant(file)
        for unit, row in file.units[written].rows.items()
        if activity.starts_on is not None
    }


def current_units() -> Mapping[str, UnitRow]:
    """The units in use, by `activity/unit`."""
    links: defaultdict[int, list[TariffLink]] = defaultdict(list)
    for unit_id, starts_on, tariff in UnitTariff.objects.order_by("starts_on").values_list(
        "unit_id", "starts_on", "tariff__code"
    ):
        links[unit_id].append(TariffLink(starts_on=starts_on, tariff=tariff))
    units = Unit.objects.filter(retired_on__isnull=True, activity__retired_on__isnull=True)
    ordered = units.select_related("activity").order_by("activity__order", "activity__pk", "order", "pk")
    return {
        f"{unit.activity.code}/{unit.code}": UnitRow(
            **{column: getattr(unit, column) for column in UNIT_COLUMNS},
            parts=[part.code for part in sorted(unit.parts.all(), key=lambda part: part.order)],
            starts_at=f"{unit.starts_at:%H:%M}",
            ends_at=f"{unit.ends_at:%H:%M}",
            weekdays=[WEEKDAYS[day] for day in unit.weekdays],
            tariffs=links[unit.pk],
        )
        for unit in ordered.prefetch_related("parts")
    }


def _save_units(rows: Mapping[str, UnitRow], writing: Writing) -> None:
    orders: defaultdict[str, int] = defaultdict(int)
    for key, row in rows.items():
        activity, _, code = key.partition("/")
        values = row.model_dump(include=set(UNIT_COLUMNS)) | {
            "starts_at": dt.time.fromisoformat(row.starts_at),
            "ends_at": dt.time.fromisoformat(row.ends_at),
            "weekdays": sorted(WEEKDAYS.index(day) for day in row.weekdays),
            "order": orders[activity],
        }
        orders[activity] += 1
        unit = actions.save_unit(activity, code, values, parts=row.parts, **writing.note)
        save_unit_tariffs(unit, {link.starts_on: link.tariff for link in row.tariffs}, **writing.note)


def _retire_unit(key: str, writing: Writing) -> None:
    activity, _, code = key.partition("/")
    unit = Unit.objects.get(activity__code=activity, code=code)
    retire_reference(unit, on=writing.today, **writing.note)


def _current_closures() -> Mapping[str, ClosureRow]:
    """A closure of what is no longer there says nothing any more."""
    closures = Closure.objects.filter(place__retired_on__isnull=True, activity__retired_on__isnull=True)
    return {
        closure.code: ClosureRow(
            place=closure.place.code if closure.place else None,
            activity=closure.activity.code if closure.activity else None,
            starts_on=closure.starts_on,
            ends_on=closure.ends_on,
            reason=closure.reason,
        )
        for closure in closures.select_related("place", "activity").order_by("starts_on", "pk")
    }


def _save_closures(rows: Mapping[str, ClosureRow], writing: Writing) -> None:
    for code, row in rows.items():
        values = row.model_dump(include={"starts_on", "ends_on", "reason"})
        actions.save_closure(code, place=row.place, activity=row.activity, values=values, **writing.note)


def _retire(model: type[Theme] | type[Group] | type[Activity], code: str, writing: Writing) -> None:
    retire_reference(model._default_manager.get(code=code), on=writing.today, **writing.note)


OFFER_TABLES: tuple[Synced[Any], ...] = (
    Synced(
        ("parts",),
        "partie de journée",
        lambda file: file.parts.rows,
        _current_parts,
        _save_parts,
        lambda code, writing: delete_reference(Part.objects.get(code=code), **writing.note),
        is_kept=_is_part_kept,
        is_ordered=True,
    ),
    Synced(
        ("themes",),
        "thème",
        lambda file: file.themes.rows,
        _current_themes,
        _save_themes,
        lambda code, writing: _retire(Theme, code, writing),
        is_ordered=True,
    ),
    Synced(
        ("groups",),
        "groupe",
        lambda file: file.groups.rows,
        _current_groups,
        _save_groups,
        lambda code, writing: _retire(Group, code, writing),
    ),
    Synced(
        ("capacities",),
        "capacité",
        _wanted_capacities,
        _current_capacities,
        _save_capacities,
        _remove_capacity,
        is_list=True,
    ),
    Synced(
        ("activities",),
        "activité",
        _wanted_activities,
        _current_activities,
        _save_activities,
        lambda code, writing: _retire(Activity, code, writing),
        is_ordered=True,
    ),
    Synced(("activities", "units"), "unité", wanted_units, current_units, _save_units, _retire_unit, is_ordered=True),
    Synced(
        ("closures",),
        "fermeture",
        lambda file: file.closures.rows,
        _current_closures,
        _save_closures,
        lambda code, writing: delete_reference(Closure.objects.get(code=code), **writing.note),
        is_kept=lambda code, today: Closure.objects.get(code=code).ends_on < today,
    ),
)
