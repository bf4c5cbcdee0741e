"""What is forgotten: days, units, places, prices. Said only when all that could hold it was read."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from preau.core.money import NBSP
from preau.pricing.rules import TariffFault, lowest_and_highest, parse_tariff
from preau.townfile.expanding import activities_meant, span_of, unit_meant
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.rows import ActivityRow, TariffRow, UnitRow

HOLDERS = ("activities", "capacities", "tariffs")
"""The tables that hold what may be missing."""


def missing_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """What an activity lacks to open, be booked and be billed."""
    if any(file.source.may_lack((table,)) for table in HOLDERS):
        return
    if has_no_places := bool(file.groups.codes) and not _written_capacities(file):
        yield ("capacities",), "aucune capacité n’est décrite : ajoutez des tables [[capacities]]."
    for path, code, activity in file.activities.items():
        if not activity.years and activity.year is None and (activity.starts_on is None or activity.ends_on is None):
            yield path, 'indiquez years = ["2026-2027"], ou starts_on et ends_on.'
        if not file.units[code].codes:
            yield path, f"ajoutez au moins une unité à réserver{NBSP}: [activities.{code}.units.…]."
        for unit_path, _, unit in file.units[code].items():
            if not has_no_places:
                yield from _places(file, unit_path, unit, activity)
            if unit.tariff is None and not unit.tariffs:
                yield unit_path, 'unité sans tarif : indiquez tariff = "…".'
        yield from _is_billed(file, path, code, activity)
    yield from _prices_from_the_first_day(file)


def _places(file: TownFile, path: Path, unit: UnitRow, activity: ActivityRow) -> Iterator[tuple[Path, str]]:
    """Each group that receives the unit says how many it takes, from the first day of the activity."""
    begins = min((starts_on for starts_on, _ in span_of(file, activity)), default=None)
    for group, part in product(activity.groups, unit.parts):
        days = [row.starts_on for _, row in file.capacities if (row.group, row.part) == (group, part)]
        if group in file.groups.codes and (group, part) not in _written_capacities(file):
            message = f"le groupe {group} n’a pas de places pour «{NBSP}{part}{NBSP}»{NBSP}: complétez capacities."
            yield (*path, "parts"), message
        elif days and begins is not None and min(days) > begins:
            yield (*path, "parts"), f"le groupe {group} n’a pas de places avant le {min(days):%d/%m/%Y}."


def _written_capacities(file: TownFile) -> set[tuple[Any, Any]]:
    """The groups and parts that have a capacity, even one with another fault."""
    rows = file.source.tree.get("capacities", [])
    return {(row.get("group"), row.get("part")) for row in rows if isinstance(row, dict)}


def _is_billed(file: TownFile, path: Path, code: str, activity: ActivityRow) -> Iterator[tuple[Path, str]]:
    """An activity that costs something says who collects, else it would never be billed."""
    if activity.regie is not None:
        return
    units = file.units[code].rows.values()
    followed = {link for unit in units for link in [unit.tariff, *(link.tariff for link in unit.tariffs)]}
    if any(_highest(tariff) for key, tariff in file.tariffs.rows.items() if key in followed):
        yield path, 'indiquez la régie qui facture cette activité : regie = "…".'


def _highest(tariff: TariffRow) -> int:
    highest = 0
    for version in tariff.versions:
        try:
            highest = max(highest, lowest_and_highest(parse_tariff(version.rules()))[1])
        except TariffFault:
            continue  # told with the tariff
    return highest


def _prices_from_the_first_day(file: TownFile) -> Iterator[tuple[Path, str]]:
    told = set()
    for written, _, activity in activities_meant(file):
        assert activity.starts_on is not None
        for path, _, unit in file.units[written].items():
            meant = unit_meant(unit, activity.starts_on)
            first = min(meant.tariffs, key=lambda link: link.starts_on, default=None)
            if first is None or path in told:
                continue
            tariff = file.tariffs.rows.get(first.tariff)
            voted = min((version.starts_on for version in tariff.versions), default=None) if tariff else None
            begins = max(first.starts_on, voted or first.starts_on)
            if begins > activity.starts_on:
                told.add(path)
                key = "tariff" if unit.tariff is not None else "tariffs"
                message = f"aucun prix du {activity.starts_on:%d/%m/%Y} au {begins:%d/%m/%Y}{NBSP}: avancez starts_on."
                yield (*path, key), message
