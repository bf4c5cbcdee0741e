"""The town file once read: rows by table with their paths, and every code written, even if its row is wrong."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from preau.townfile.faults import close_to
from preau.townfile.french import TABLE, faults_of
from preau.townfile.lines import Path
from preau.townfile.retention import RetentionRow
from preau.townfile.rows import (
    SLUG,
    AccountsRow,
    ActivityRow,
    AskedItemRow,
    AuthorisationRow,
    CapacityRow,
    ClosureRow,
    CollectingRow,
    DietRow,
    DocumentRow,
    FieldRow,
    GroupRow,
    HealthRow,
    HolidayRow,
    LevelRow,
    PartRow,
    PeriodRow,
    PlaceRow,
    RegieRow,
    RequestRow,
    RoleRow,
    Row,
    SchoolingRow,
    SeasonRow,
    SectorRow,
    ServiceRow,
    StreetRow,
    TariffRow,
    TextRow,
    ThemeRow,
    TownRow,
    UnitRow,
    YearRow,
)
from preau.townfile.source import Source

R = TypeVar("R", bound=Row)

LONGEST_CODES: Mapping[str, int] = {
    "levels": 20,
    "authorisations": 26,
    "parts": 20,
    "activities": 50,
    "units": 60,
    "groups": 60,
}
LONGEST_CODE = 40
YEAR_CODE = r"^[0-9]{4}-[0-9]{4}$"


@dataclass(slots=True)
class Table(Generic[R]):
    """The rows of a table that are right by themselves; `codes` also has those of the wrong ones."""

    path: Path
    rows: dict[str, R] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)

    def items(self) -> Iterator[tuple[Path, str, R]]:
        """Each row with its path and code."""
        for code, row in self.rows.items():
            yield (*self.path, code), code, row


@dataclass(slots=True)
class TownFile:
    """All that was written. `town` or `accounts` is None when its table is wrong."""

    source: Source
    town: TownRow | None
    accounts: AccountsRow | None
    collecting: CollectingRow | None
    health: HealthRow | None
    schooling: SchoolingRow | None
    retention: RetentionRow | None
    sectors: Table[SectorRow]
    streets: list[tuple[Path, StreetRow]]
    texts: Table[TextRow]
    authorisations: Table[AuthorisationRow]
    diets: Table[DietRow]
    services: Table[ServiceRow]
    regies: Table[RegieRow]
    years: Table[YearRow]
    periods: list[tuple[Path, PeriodRow]]
    public_holidays: list[tuple[Path, HolidayRow]]
    closures: Table[ClosureRow]
    levels: Table[LevelRow]
    places: Table[PlaceRow]
    parts: Table[PartRow]
    themes: Table[ThemeRow]
    groups: Table[GroupRow]
    capacities: list[tuple[Path, CapacityRow]]
    activities: Table[ActivityRow]
    units: dict[str, Table[UnitRow]]
    tariffs: Table[TariffRow]
    roles: Table[RoleRow]
    checklist: Table[AskedItemRow]
    fields: Table[FieldRow]
    requests: Table[RequestRow]
    seasons: Table[SeasonRow]
    documents: Table[DocumentRow]


TOP = frozenset(
    {
        *(
            "town",
            "accounts",
            "texts",
            "collecting",
            "health",
            "schooling",
            "sectors",
            "streets",
            "authorisations",
            "diets",
            "services",
            "regies",
            "calendar",
            "closures",
            "levels",
            "places",
            "parts",
            "themes",
        ),
        *("groups", "capacities", "activities", "tariffs", "roles", "checklist", "seasons", "fields", "requests"),
        *("documents", "retention"),
    }
)
CALENDAR = frozenset({"years", "periods", "public_holidays"})


def read_town_file(source: Source) -> TownFile:
    """The tables of a readable source; its faults of types and bounds join `source.faults`."""
    tree = source.tree
    _only(source, (), tree, TOP)
    calendar = _table_at(source, ("calendar",), tree.get("calendar", {}))
    _only(source, ("calendar",), calendar, CALENDAR)
    activities, units = _activities(source, tree.get("activities", {}))
    return TownFile(
        source=source,
        town=_row(source, ("town",), tree.get("town", {}), TownRow),
        accounts=_row(source, ("accounts",), tree.get("accounts", {}), AccountsRow),
        collecting=_row(source, ("collecting",), tree.get("collecting", {}), CollectingRow),
        health=_row(source, ("health",), tree.get("health", {}), HealthRow),
        schooling=_row(source, ("schooling",), tree.get("schooling", {}), SchoolingRow),
        retention=_row(source, ("retention",), tree.get("retention", {}), RetentionRow),
        sectors=_table(source, ("sectors",), tree, SectorRow),
        streets=_list(source, ("streets",), tree, StreetRow),
        texts=_table(source, ("texts",), tree, TextRow),
        authorisations=_table(source, ("authorisations",), tree, AuthorisationRow),
        diets=_table(source, ("diets",), tree, DietRow),
        services=_table(source, ("services",), tree, ServiceRow),
        regies=_table(source, ("regies",), tree, RegieRow),
        years=_table(source, ("calendar", "years"), calendar, YearRow, pattern=YEAR_CODE),
        periods=_list(source, ("calendar", "periods"), calendar, PeriodRow),
        public_holidays=_list(source, ("calendar", "public_holidays"), calendar, HolidayRow),
        closures=_table(source, ("closures",), tree, ClosureRow),
        levels=_table(source, ("levels",), tree, LevelRow),
        places=_table(source, ("places",), tree, PlaceRow),
        parts=_table(source, ("parts",), tree, PartRow),
        themes=_table(source, ("themes",), tree, ThemeRow),
        groups=_table(source, ("groups",), tree, GroupRow),
        capacities=_list(source, ("capacities",), tree, CapacityRow),
        activities=activities,
        units=units,
        tariffs=_table(source, ("tariffs",), tree, TariffRow),
        roles=_table(source, ("roles",), tree, RoleRow),
        fields=_table(source, ("fields",), tree, FieldRow),
        requests=_table(source, ("requests",), tree, RequestRow),
        checklist=_table(source, ("checklist",), tree, AskedItemRow),
        seasons=_table(source, ("seasons",), tree, SeasonRow, pattern=YEAR_CODE),
        documents=_table(source, ("documents",), tree, DocumentRow),
    )


def _activities(source: Source, data: Any) -> tuple[Table[ActivityRow], dict[str, Table[UnitRow]]]:
    """Activities apart from their units, so that a fault in one does not hide those of the others."""
    data = _table_at(source, ("activities",), data)
    bare: dict[str, Any] = {}
    units: dict[str, Table[UnitRow]] = {}
    for code, row in data.items():
        is_table = isinstance(row, dict)
        bare[code] = {key: value for key, value in row.items() if key != "units"} if is_table else row
        units[code] = _table(source, ("activities", code, "units"), row if is_table else {}, UnitRow)
    return _table(source, ("activities",), {"activities": bare}, ActivityRow), units


def _table(source: Source, path: Path, parent: Mapping[str, Any], row: type[R], *, pattern: str = SLUG) -> Table[R]:
    table: Table[R] = Table(path)
    longest = LONGEST_CODES.get(str(path[-1]), LONGEST_CODE)
    for code, data in _table_at(source, path, parent.get(str(path[-1]), {})).items():
        table.codes.append(code)
        if not re.match(pattern, code) or len(code) > longest:
            source.fault((*path, code), _code_message(pattern, longest))
            continue
        read = _row(source, (*path, code), data, row)
        if read is not None:
            table.rows[code] = read
    return table


def _code_message(pattern: str, longest: int) -> str:
    if pattern == YEAR_CODE:
        return "écrivez l’année scolaire ainsi : 2026-2027."
    return f"un code s’écrit en minuscules sans accent, chiffres et tirets, {longest} signes au plus."


def _list(source: Source, path: Path, parent: Mapping[str, Any], row: type[R]) -> list[tuple[Path, R]]:
    data = parent.get(str(path[-1]), [])
    if not isinstance(data, list):
        source.fault(path, f"indiquez un fichier .csv ou des tables [[{'.'.join(map(str, path))}]].")
        return []
    read = [((*path, place), _row(source, (*path, place), item, row)) for place, item in enumerate(data)]
    return [(where, item) for where, item in read if item is not None]


def _row(source: Source, path: Path, data: Any, row: type[R]) -> R | None:
    try:
        return row.model_validate(data)
    except ValidationError as error:
        for fault in faults_of(error, row):
            where = (*path, *fault.path)
            if not fault.is_absence or not source.may_lack(where):
                source.fault(where, fault.message)
        return None


def _table_at(source: Source, path: Path, data: Any) -> Mapping[str, Any]:
    if isinstance(data, dict):
        return data
    source.fault(path, TABLE)
    return {}


def _only(source: Source, path: Path, data: Mapping[str, Any], known: frozenset[str]) -> None:
    for key in data:
        if key not in known:
            source.fault((*path, key), f"table inconnue. {close_to(key, known)}")
