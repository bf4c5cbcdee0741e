"""Writing tariffs: voted versions, and which tariff each unit follows."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from preau.activities.models import Unit
from preau.journal.actions import Actor
from preau.pricing.models import Tariff, TariffVersion, UnitTariff
from preau.pricing.rules import dump_tariff, parse_tariff
from preau.town.actions import delete_reference, save_reference
from preau.town.models import Service


@transaction.atomic
def save_tariff(
    code: str, *, name: str, service: str | None, is_example: bool, by: Actor | None, now: dt.datetime
) -> Tariff:
    """Create or change a tariff, back in use if it was retired."""
    values = {
        "name": name,
        "service_id": Service.objects.get(code=service).pk if service else None,
        "is_example": is_example,
        "retired_on": None,
    }
    return save_reference(Tariff, {"code": code}, values, by=by, now=now)


@transaction.atomic
def save_tariff_versions(
    code: str,
    versions: Mapping[dt.date, tuple[Mapping[str, Any], str]],
    *,
    by: Actor | None,
    now: dt.datetime,
) -> None:
    """Make the versions of a tariff these, first day to (rules, vote), and no others.

    The caller has seen to it that none which already prices past days changes. Raises TariffFault.
    """
    tariff = Tariff.objects.get(code=code)
    for starts_on, (rules, vote) in versions.items():
        values = {"rules": dump_tariff(parse_tariff(rules)), "vote": vote}
        save_reference(TariffVersion, {"tariff": tariff, "starts_on": starts_on}, values, by=by, now=now)
    for version in tariff.versions.exclude(starts_on__in=list(versions)):
        delete_reference(version, by=by, now=now)


@transaction.atomic
def save_unit_tariffs(unit: Unit, tariffs: Mapping[dt.date, str], *, by: Actor | None, now: dt.datetime) -> None:
    """Make `unit` follow these tariffs, first day to code, and no others."""
    for starts_on, code in tariffs.items():
        values = {"tariff_id": Tariff.objects.get(code=code).pk}
        save_reference(UnitTariff, {"unit": unit, "starts_on": starts_on}, values, by=by, now=now)
    for link in unit.tariffs.exclude(starts_on__in=list(tariffs)):
        delete_reference(link, by=by, now=now)
