"""The town, its texts, services, places, levels and school calendar."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from preau.activities.rules import WEEKDAYS
from preau.town import actions
from preau.town.choices import TextCode
from preau.town.models import Level, Place, PublicHoliday, SchoolPeriod, SchoolYear, Service, Text, Town
from preau.townfile.file import TownFile
from preau.townfile.rows import (
    HolidayRow,
    LevelRow,
    PeriodRow,
    PlaceRow,
    Section,
    ServiceRow,
    TextRow,
    TownRow,
    YearRow,
)
from preau.townfile.tables.table import Synced, Writing


def _wanted_town(file: TownFile) -> Mapping[str, TownRow]:
    return {"town": file.town} if file.town else {}


def _current_town() -> Mapping[str, TownRow]:
    town = Town.objects.filter(id=1).first()
    if town is None:
        return {}
    row = TownRow(
        name=town.name,
        portal_name=town.portal_name,
        insee_code=town.insee_code,
        siret=town.siret or None,
        address=town.address,
        phone=town.phone,
        opening_hours=town.opening_hours,
        email=town.email,
        data_protection_email=town.data_protection_email or None,
        website=town.website or None,
        accent=town.accent,
        school_zone=town.school_zone,
        where_is_file_number=town.where_is_file_number,
        sections=[Section(**section) for section in town.sections],
    )
    return {"town": row}


def _save_town(rows: Mapping[str, TownRow], writing: Writing) -> None:
    for row in rows.values():
        values = row.model_dump()
        values |= {name: values[name] or "" for name in ("siret", "website", "data_protection_email")}
        actions.save_town(values, **writing.note)


def wanted_texts(file: TownFile) -> Mapping[str, TextRow]:
    """The texts that the file wants. What a published version said of its changes stays as it was."""
    current = current_texts()
    return {code: current[code] if is_published(code, row, current) else row for code, row in file.texts.rows.items()}


def is_published(code: str, row: TextRow, current: Mapping[str, TextRow]) -> bool:
    """Whether the words of `row` are those in force."""
    return code in current and (row.title, row.body) == (current[code].title, current[code].body)


def current_texts() -> Mapping[str, TextRow]:
    """The version in force of each text."""
    texts = Text.objects.filter(code__in=TextCode.values).order_by("code", "version")
    return {text.code: TextRow(title=text.title, body=text.body, changes=text.changes) for text in texts}


def _save_texts(rows: Mapping[str, TextRow], writing: Writing) -> None:
    for code, row in rows.items():
        actions.publish_text(code=code, title=row.title, body=row.body, changes=row.changes, **writing.note)


def never_removed(key: str, writing: Writing) -> None:
    """A published text stays published, and the town stays the town."""


def _current_services() -> Mapping[str, ServiceRow]:
    return {
        service.code: ServiceRow(
            name=service.name,
            phone=service.phone or None,
            email=service.email or None,
            address=service.address or None,
            opening_hours=service.opening_hours or None,
        )
        for service in Service.objects.filter(retired_on__isnull=True).order_by("pk")
    }


def _save_services(rows: Mapping[str, ServiceRow], writing: Writing) -> None:
    for code, row in rows.items():
        values = {name: value or "" for name, value in row.model_dump().items()}
        actions.save_service(code, values, **writing.note)


def _retire_service(code: str, writing: Writing) -> None:
    actions.retire_reference(Service.objects.get(code=code), on=writing.today, **writing.note)


def _current_places() -> Mapping[str, PlaceRow]:
    places = Place.objects.filter(retired_on__isnull=True).order_by("pk")
    return {place.code: PlaceRow(name=place.name, kind=place.kind, address=place.address or None) for place in places}


def _save_places(rows: Mapping[str, PlaceRow], writing: Writing) -> None:
    for code, row in rows.items():
        actions.save_place(code, row.model_dump() | {"address": row.address or ""}, **writing.note)


def _retire_place(code: str, writing: Writing) -> None:
    actions.retire_reference(Place.objects.get(code=code), on=writing.today, **writing.note)


def _current_levels() -> Mapping[str, LevelRow]:
    return {level.code: LevelRow(name=level.name) for level in Level.objects.order_by("order")}


def _save_levels(rows: Mapping[str, LevelRow], writing: Writing) -> None:
    actions.save_levels({code: row.name for code, row in rows.items()}, **writing.note)


def _is_level_kept(code: str, today: dt.date) -> bool:
    level = Level.objects.get(code=code)
    return actions.is_used(level) or level.activity_set.exists() or level.group_set.exists()


def _current_years() -> Mapping[str, YearRow]:
    return {
        year.code: YearRow(
            starts_on=year.starts_on, ends_on=year.ends_on, weekdays=[WEEKDAYS[day] for day in year.weekdays]
        )
        for year in SchoolYear.objects.order_by("starts_on")
    }


def _save_years(rows: Mapping[str, YearRow], writing: Writing) -> None:
    for code, row in rows.items():
        weekdays = sorted(WEEKDAYS.index(day) for day in row.weekdays)
        actions.save_school_year(code, row.model_dump() | {"weekdays": weekdays}, **writing.note)


def _is_year_kept(code: str, today: dt.date) -> bool:
    year = SchoolYear.objects.get(code=code)
    return year.ends_on < today or year.activities.exists() or year.schooling_set.exists()


def _current_periods() -> Mapping[str, PeriodRow]:
    periods = SchoolPeriod.objects.select_related("year").order_by("starts_on")
    return {
        f"{period.year.code}/{period.code}": PeriodRow(
            year=period.year.code,
            code=period.code,
            name=period.name,
            starts_on=period.starts_on,
            ends_on=period.ends_on,
        )
        for period in periods
    }


def _save_periods(rows: Mapping[str, PeriodRow], writing: Writing) -> None:
    for row in rows.values():
        values = row.model_dump(include={"name", "starts_on", "ends_on"})
        actions.save_school_period(row.year, row.code, values, **writing.note)


def _period(key: str) -> SchoolPeriod:
    year, _, code = key.partition("/")
    return SchoolPeriod.objects.get(year__code=year, code=code)


def _current_holidays() -> Mapping[str, HolidayRow]:
    return {f"{row.on}": HolidayRow(on=row.on, name=row.name) for row in PublicHoliday.objects.order_by("on")}


def _save_holidays(rows: Mapping[str, HolidayRow], writing: Writing) -> None:
    for row in rows.values():
        actions.save_public_holiday(row.on, row.name, **writing.note)


def _holiday(key: str) -> PublicHoliday:
    return PublicHoliday.objects.get(on=key)


TOWN_TABLES: tuple[Synced[Any], ...] = (
    Synced(("town",), "commune", _wanted_town, _current_town, _save_town, never_removed),
    Synced(
        ("texts",),
        "texte",
        wanted_texts,
        current_texts,
        _save_texts,
        never_removed,
        is_kept=lambda code, today: True,
    ),
    Synced(
        ("services",), "service", lambda file: file.services.rows, _current_services, _save_services, _retire_service
    ),
    Synced(("places",), "lieu", lambda file: file.places.rows, _current_places, _save_places, _retire_place),
    Synced(
        ("levels",),
        "niveau",
        lambda file: file.levels.rows,
        _current_levels,
        _save_levels,
        lambda code, writing: actions.delete_reference(Level.objects.get(code=code), **writing.note),
        is_kept=_is_level_kept,
        is_ordered=True,
    ),
    Synced(
        ("calendar", "years"),
        "année scolaire",
        lambda file: file.years.rows,
        _current_years,
        _save_years,
        lambda code, writing: actions.delete_reference(SchoolYear.objects.get(code=code), **writing.note),
        is_kept=_is_year_kept,
    ),
    Synced(
        ("calendar", "periods"),
        "vacances",
        lambda file: {f"{row.year}/{row.code}": row for _, row in file.periods},
        _current_periods,
        _save_periods,
        lambda key, writing: actions.delete_reference(_period(key), **writing.note),
        is_kept=lambda key, today: _period(key).ends_on < today,
        is_list=True,
    ),
    Synced(
        ("calendar", "public_holidays"),
        "jour férié",
        lambda file: {f"{row.on}": row for _, row in file.public_holidays},
        _current_holidays,
        _save_holidays,
        lambda key, writing: actions.delete_reference(_holiday(key), **writing.note),
        is_kept=lambda key, today: dt.date.fromisoformat(key) < today,
        is_list=True,
    ),
)
