"""Tariffs and régies."""

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from preau.billing.actions.regies import save_regie
from preau.billing.models import Regie
from preau.pricing.actions import save_tariff, save_tariff_versions
from preau.pricing.models import Tariff, TariffVersion
from preau.pricing.rules import dump_tariff, parse_tariff
from preau.town.actions import retire_reference
from preau.townfile.file import TownFile
from preau.townfile.rows import RegieRow, TariffRow, VersionRow
from preau.townfile.tables.table import Synced, Writing


def wanted_tariffs(file: TownFile) -> Mapping[str, TariffRow]:
    """The tariffs that the file wants, their versions in order."""
    return {
        code: row.model_copy(
            update={
                "versions": [
                    _version(version.starts_on, version.rules(), version.vote)
                    for version in sorted(row.versions, key=lambda version: version.starts_on)
                ]
            }
        )
        for code, row in file.tariffs.rows.items()
    }


def _version(starts_on: Any, rules: Mapping[str, Any], vote: str) -> VersionRow:
    """The version with its rules in the one way that pricing writes them."""
    return VersionRow.model_validate({"starts_on": starts_on, "vote": vote, **dump_tariff(parse_tariff(rules))})


def current_tariffs() -> Mapping[str, TariffRow]:
    """The tariffs in use."""
    versions: defaultdict[int, list[VersionRow]] = defaultdict(list)
    for version in TariffVersion.objects.order_by("starts_on"):
        versions[version.tariff_id].append(_version(version.starts_on, version.rules, version.vote))
    tariffs = Tariff.objects.filter(retired_on__isnull=True).select_related("service").order_by("pk")
    return {
        tariff.code: TariffRow(
            name=tariff.name,
            service=tariff.service.code if tariff.service else None,
            is_example=tariff.is_example,
            versions=versions[tariff.pk],
        )
        for tariff in tariffs
    }


def _save_tariffs(rows: Mapping[str, TariffRow], writing: Writing) -> None:
    for code, row in rows.items():
        save_tariff(code, name=row.name, service=row.service, is_example=row.is_example, **writing.note)
        versions = {version.starts_on: (version.rules(), version.vote) for version in row.versions}
        save_tariff_versions(code, versions, **writing.note)


def _current_regies() -> Mapping[str, RegieRow]:
    return {
        regie.code: RegieRow(
            name=regie.name,
            service=regie.service.code,
            number_pattern=regie.number_pattern,
            label_pattern=regie.label_pattern or None,
            numcli=regie.numcli or None,
            payfip_mode=regie.payfip_mode,
            online_since=regie.online_since,
            due_days=regie.due_days,
            how_to_pay=regie.how_to_pay,
        )
        for regie in Regie.objects.filter(retired_on__isnull=True).select_related("service").order_by("pk")
    }


def _save_regies(rows: Mapping[str, RegieRow], writing: Writing) -> None:
    for code, row in rows.items():
        values = row.model_dump(exclude={"service"})
        values |= {"label_pattern": row.label_pattern or "", "numcli": row.numcli or ""}
        save_regie(code, values, service=row.service, **writing.note)


MONEY_TABLES: tuple[Synced[Any], ...] = (
    Synced(
        ("tariffs",),
        "tarif",
        wanted_tariffs,
        current_tariffs,
        _save_tariffs,
        lambda code, writing: retire_reference(Tariff.objects.get(code=code), on=writing.today, **writing.note),
    ),
    Synced(
        ("regies",),
        "régie",
        lambda file: file.regies.rows,
        _current_regies,
        _save_regies,
        lambda code, writing: retire_reference(Regie.objects.get(code=code), on=writing.today, **writing.note),
    ),
)
