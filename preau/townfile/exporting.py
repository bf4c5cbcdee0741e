"""Writing the town file back from the database: loading what was exported changes nothing."""

import csv
import io
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

import tomli_w

from preau.townfile.expanding import short_name_of
from preau.townfile.rows import ActivityRow, Row, UnitRow
from preau.townfile.source import CSV_LISTS, CsvList
from preau.townfile.tables import TABLES

SHORTEST_CSV = 12  # rows; a shorter list stays in the text
OWN_DAYS = {"year": None, "starts_on": None, "ends_on": None}


def export() -> str:
    """The town as one TOML text, long lists included."""
    return tomli_w.dumps(town_tree(), multiline_strings=True)


def export_to(file: FilePath) -> list[FilePath]:
    """Write the town to `file`, and its long lists to CSV files beside it; returns all that was written."""
    tree, written = town_tree(), [file]
    for csv_list in CSV_LISTS:
        parent: Any = tree
        for part in csv_list.path[:-1]:
            parent = parent.get(part, {})
        rows = parent.get(csv_list.path[-1], [])
        if len(rows) >= SHORTEST_CSV:
            beside = file.with_name(f"{file.stem}-{csv_list.path[-1]}.csv")
            beside.write_text(_csv_text(csv_list, rows), encoding="utf-8")
            parent[csv_list.path[-1]] = beside.name
            written.append(beside)
    file.write_text(tomli_w.dumps(tree, multiline_strings=True), encoding="utf-8")
    return written


def town_tree() -> dict[str, Any]:
    """The tree of the file; what is as usual is left out."""
    rows = {table.path: table.current() for table in TABLES}
    tree: dict[str, Any] = {}
    for table in TABLES:
        if not rows[table.path] or table.path == ("activities", "units"):
            continue
        parent = tree
        for part in table.path[:-1]:
            parent = parent.setdefault(part, {})
        parent[table.path[-1]] = _plain_table(rows[table.path], is_list=table.is_list)
    tree["town"] = tree.get("town", {}).get("town", {})
    tree["accounts"] = tree.get("accounts", {}).get("accounts", {})
    tree["collecting"] = tree.get("collecting", {}).get("collecting", {})
    tree["health"] = tree.get("health", {}).get("health", {})
    tree["retention"] = tree.get("retention", {}).get("retention", {})
    tree["schooling"] = tree.get("schooling", {}).get("schooling", {})
    tree["activities"] = _activities(rows["activities",], rows["activities", "units"], rows["calendar", "years"])
    return tree


def _plain_table(rows: Mapping[str, Row], *, is_list: bool) -> Any:
    plain = {key: _plain(row) for key, row in rows.items()}
    return list(plain.values()) if is_list else plain


def _plain(row: Row) -> dict[str, Any]:
    return row.model_dump(exclude_defaults=True)


def _activities(rows: Mapping[str, Any], units: Mapping[str, Any], years: Mapping[str, Any]) -> dict[str, Any]:
    """Activities with their units; those that only differ by their school year, one after the other, are one."""
    tree: dict[str, Any] = {}
    for code, row in rows.items():
        of_row = {key: unit for key, unit in units.items() if key.startswith(f"{code}/")}
        own_units = {key.partition("/")[2]: _plain(_short_unit(unit, row)) for key, unit in of_row.items()}
        stem = _stem(code, row, years)
        whole = _plain(row) | {"units": own_units}
        shared = _plain(row.model_copy(update=OWN_DAYS)) | {"units": own_units}
        if stem is None or stem in rows:
            tree[code] = whole
        elif stem not in tree:
            tree[stem] = shared | {"years": [row.year]}
        elif stem == list(tree)[-1] and tree[stem] | {"years": []} == shared | {"years": []}:
            tree[stem]["years"].append(row.year)
        else:
            tree[code] = whole
    return {code: _in_order(activity) for code, activity in tree.items()}


def _stem(code: str, row: ActivityRow, years: Mapping[str, Any]) -> str | None:
    """The code without its school year, for an activity that lasts just that year."""
    year = years.get(row.year or "")
    if year is None or (row.starts_on, row.ends_on) != (year.starts_on, year.ends_on):
        return None
    return code.removesuffix(f"-{row.year}") if code.endswith(f"-{row.year}") else None


def _short_unit(unit: UnitRow, activity: ActivityRow) -> UnitRow:
    """What goes without saying is not written: a short name that begins the name, a tariff from the first day."""
    if unit.short_name == short_name_of(unit.name):
        unit = unit.model_copy(update={"short_name": None})
    if [link.starts_on for link in unit.tariffs] != [activity.starts_on]:
        return unit
    return unit.model_copy(update={"tariff": unit.tariffs[0].tariff, "tariffs": []})


def _in_order(activity: dict[str, Any]) -> dict[str, Any]:
    """Its keys as in ActivityRow, units last."""
    return {key: activity[key] for key in [*ActivityRow.model_fields, "units"] if key in activity}


def _csv_text(csv_list: CsvList, rows: Any) -> str:
    items = [{"code": code, **row} for code, row in rows.items()] if csv_list.key else rows
    text = io.StringIO()
    writer = csv.DictWriter(text, csv_list.columns, delimiter=";", lineterminator="\n")
    writer.writeheader()
    for item in items:
        writer.writerow({column: _cell(value) for column, value in item.items()})
    return text.getvalue()


def _cell(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)
