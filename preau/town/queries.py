"""Reading the town and its school calendar."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from django.db import DEFAULT_DB_ALIAS
from django.db.models import Q

from preau.core.prepared import Prepared
from preau.town import rules
from preau.town.fields import FIELDS, FileField
from preau.town.models import FieldPolicy, PublicHoliday, SchoolPeriod, SchoolYear, Service, Text, Town


def the_town() -> Town:
    """The town of this instance; default names until its file is loaded."""
    for row in TOWN.rows():
        return Town.from_db(DEFAULT_DB_ALIAS, COLUMNS, row)
    return Town(name="Préau", insee_code="", address="", phone="", email="")


COLUMNS = [field.attname for field in Town._meta.concrete_fields]
TOWN = Prepared(lambda: Town.objects.filter(id=1).values_list(*COLUMNS))  # every page reads it


def school_calendar() -> rules.Calendar:
    """The whole school calendar: a few dozen rows, in three queries."""
    years = [
        rules.SchoolYear(year.starts_on, year.ends_on, frozenset(year.weekdays)) for year in SchoolYear.objects.all()
    ]
    holidays = [rules.Span(first, last) for first, last in SchoolPeriod.objects.values_list("starts_on", "ends_on")]
    return rules.Calendar(
        years=tuple(years),
        holidays=tuple(holidays),
        public_holidays=frozenset(PublicHoliday.objects.values_list("on", flat=True)),
    )


def year_on(day: dt.date) -> SchoolYear | None:
    """The school year of that day or, in summer, the next: the one that people speak of."""
    return SchoolYear.objects.filter(ends_on__gte=day).order_by("starts_on").first()


def file_fields() -> Mapping[str, FileField]:
    """Every field of the family file by its code, as the town wants it. One query."""
    said = {row.field: row for row in FieldPolicy.objects.filter(field__in=FIELDS)}
    return {
        code: replace(field, is_shown=row.is_shown, is_required=row.is_required, is_checked=row.is_checked)
        if (row := said.get(code))
        else field
        for code, field in FIELDS.items()
    }


def services_for_families(day: dt.date) -> list[Service]:
    """The services that families may call or write to on `day`, by name."""
    in_use = Q(retired_on__isnull=True) | Q(retired_on__gt=day)
    return list(Service.objects.filter(in_use).exclude(phone="", email="").order_by("name"))


def current_text(code: str) -> Text | None:
    """The version of a text in force, or None when the town has published none."""
    return Text.objects.filter(code=code).order_by("-version").first()
