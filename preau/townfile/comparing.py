"""What a file would change in the database, told in French before anything is written."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from preau.core.money import NBSP
from preau.townfile.file import TownFile
from preau.townfile.rows import Row
from preau.townfile.tables import TABLES, Synced

SETS = frozenset(
    {"levels", "schools", "groups", "parts", "kinds_of_day", "weekdays", "capabilities", "ways", "proofs"}
) | {"themes", "activities", "steps"}
"""Lists whose order means nothing."""

LONGEST_SHOWN = 60


class Kind(StrEnum):
    ADDED = "+"
    CHANGED = "~"
    REMOVED = "-"


@dataclass(frozen=True, slots=True)
class Change:
    """One row that would be written. `fields` are told as (name, before, after)."""

    table: str
    key: str
    kind: Kind
    fields: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        details = "".join(f"\n      {name}{NBSP}: {before} → {after}" for name, before, after in self.fields)
        verb = " (retiré)" if self.kind == Kind.REMOVED else ""
        return f"  {self.kind} {self.table} {self.key}{verb}{details}"


def changes(file: TownFile, *, today: dt.date) -> list[Change]:
    """All that loading `file` would change, table by table; [] when the database is already so."""
    return [change for table in TABLES for change in changes_of(table, file, today=today)]


def changes_of(table: Synced[Any], file: TownFile, *, today: dt.date) -> Iterator[Change]:
    """What loading `file` would change in one table."""
    wanted, current = table.wanted(file), table.current()
    for key, row in wanted.items():
        if key not in current:
            yield Change(table.name, key, Kind.ADDED)
        elif fields := tuple(_moved(current[key], row)):
            yield Change(table.name, key, Kind.CHANGED, fields)
    if table.is_ordered and _order(wanted, current) != _order(current, wanted):
        yield Change(table.name, "(ordre)", Kind.CHANGED)
    for key in current:
        if key not in wanted and not table.is_kept(key, today):
            yield Change(table.name, key, Kind.REMOVED)


def _order(keys: Any, among: Any) -> list[str]:
    return [key for key in keys if key in among]


def _moved(before: Row, after: Row) -> Iterator[tuple[str, str, str]]:
    for name in type(after).model_fields:
        old, new = getattr(before, name), getattr(after, name)
        if old != new and not (name in SETS and sorted(old) == sorted(new)):
            yield name, _shown(old), _shown(new)


def _shown(value: Any) -> str:
    if value is None:
        return "(rien)"
    if isinstance(value, list):
        text = f"[{', '.join(_shown(item) for item in value)}]"
    elif isinstance(value, Row | dict):
        items = value.items() if isinstance(value, dict) else value
        text = ", ".join(f"{key} {_shown(item)}" for key, item in items if item is not None) or "(rien)"
    elif isinstance(value, dt.date):
        text = f"{value:%d/%m/%Y}"
    else:
        text = {True: "oui", False: "non"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
