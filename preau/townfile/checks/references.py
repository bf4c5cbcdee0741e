"""Codes that must be written elsewhere in the file. Asked of the tree itself, so that a wrong row hides none."""

from collections.abc import Iterator
from typing import Any

from preau.core.money import NBSP
from preau.townfile.faults import close_to
from preau.townfile.file import TownFile
from preau.townfile.lines import Path

REFERENCES: tuple[tuple[str, str, str], ...] = (
    ("accounts.service", "services", "service inconnu"),
    ("requests.*.service", "services", "service inconnu"),
    ("regies.*.service", "services", "service inconnu"),
    ("tariffs.*.service", "services", "service inconnu"),
    ("activities.*.service", "services", "service inconnu"),
    ("activities.*.theme", "themes", "thème inconnu"),
    ("activities.*.regie", "regies", "régie inconnue"),
    ("activities.*.year", "calendar.years", "année scolaire inconnue"),
    ("activities.*.years.*", "calendar.years", "année scolaire inconnue"),
    ("calendar.periods.*.year", "calendar.years", "année scolaire inconnue"),
    ("activities.*.levels.*", "levels", "niveau inconnu"),
    ("groups.*.levels.*", "levels", "niveau inconnu"),
    ("activities.*.schools.*", "places", "lieu inconnu"),
    ("groups.*.schools.*", "places", "lieu inconnu"),
    ("groups.*.place", "places", "lieu inconnu"),
    ("documents.*.required.*.activities.*", "activities", "activité inconnue"),
    ("documents.*.required.*.levels.*", "levels", "niveau inconnu"),
    ("sectors.*.schools.*.*", "levels", "niveau inconnu"),
    ("streets.*.sector", "sectors", "secteur inconnu"),
    ("closures.*.place", "places", "lieu inconnu"),
    ("closures.*.activity", "activities", "activité inconnue"),
    ("checklist.*.activities.*", "activities", "activité inconnue"),
    ("checklist.*.themes.*", "themes", "thème inconnu"),
    ("groups.*.within", "groups", "groupe inconnu"),
    ("activities.*.groups.*", "groups", "groupe inconnu"),
    ("capacities.*.group", "groups", "groupe inconnu"),
    ("capacities.*.part", "parts", "partie de journée inconnue"),
    ("activities.*.units.*.parts.*", "parts", "partie de journée inconnue"),
    ("activities.*.units.*.tariff", "tariffs", "tarif inconnu"),
    ("activities.*.units.*.tariffs.*.tariff", "tariffs", "tarif inconnu"),
)
"""Where codes are referred to, the table that must have them, and what to say when it does not."""


def reference_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Every reference to a code that is written nowhere; one fault for a whole table that is."""
    empty: set[str] = set()
    for pattern, table, message in REFERENCES:
        known = _known(file, table)
        if known is None or table in empty:
            continue
        for path, code in _found(file.source.tree, tuple(pattern.split("."))):
            if not isinstance(code, str) or code in known:
                continue
            if not known:
                empty.add(table)
                yield path, _none_described(table, message)
                break
            yield path, f"{message}{NBSP}: «{NBSP}{code}{NBSP}». {close_to(code, known)}"


def _known(file: TownFile, table: str) -> set[str] | None:
    """The codes of a table, even those on a line that could not be read; None when others may be on such a line."""
    path = tuple(table.split("."))
    known = {str(found[-1]) for found, _ in _found(file.source.tree, (*path, "*"))}
    for lost in file.source.lost:
        if lost == path[: len(lost)]:
            return None
        if lost[: len(path)] == path:
            known.add(str(lost[len(path)]))
    return known | _with_their_year(file) if table == "activities" else known


def _none_described(table: str, message: str) -> str:
    """« niveau inconnu » → « aucun niveau n’est décrit : ajoutez la table [levels]. »"""
    noun, _, unknown = message.rpartition(" ")
    e = "e" if unknown == "inconnue" else ""
    return f"aucun{e} {noun} n’est décrit{e}{NBSP}: ajoutez la table [{table}]."


def _with_their_year(file: TownFile) -> set[str]:
    """The codes of activities once each has its school year."""
    return {f"{code}-{year}" for code, row in file.activities.rows.items() for year in row.years}


def _found(tree: Any, pattern: tuple[str, ...], path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The values at `pattern`, a star being any key of a table or any item of a list."""
    if not pattern:
        yield path, tree
    elif pattern[0] != "*":
        if isinstance(tree, dict) and pattern[0] in tree:
            yield from _found(tree[pattern[0]], pattern[1:], (*path, pattern[0]))
    elif isinstance(tree, dict):
        for key, value in tree.items():
            yield from _found(value, pattern[1:], (*path, key))
    elif isinstance(tree, list):
        for place, value in enumerate(tree):
            yield from _found(value, pattern[1:], (*path, place))
