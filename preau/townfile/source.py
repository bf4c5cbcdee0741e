"""The town file as written: one tree of plain values from the TOML text and the CSV beside it, and every line."""

import csv
import datetime as dt
import io
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from types import MappingProxyType
from typing import Any

from preau.core.money import NBSP
from preau.townfile.faults import Fault, close_to, where
from preau.townfile.lines import Path, line_index

MOST_SYNTAX_FAULTS = 20


@dataclass(frozen=True, slots=True)
class CsvList:
    """A long list that may be a CSV file: `key` is the column that names each row, or empty for a plain list."""

    path: Path
    columns: tuple[str, ...]
    key: str = ""


CSV_LISTS = (
    CsvList(("places",), ("code", "name", "kind", "address"), key="code"),
    CsvList(("levels",), ("code", "name"), key="code"),
    CsvList(("groups",), ("code", "name", "place", "within", "levels", "schools"), key="code"),
    CsvList(("capacities",), ("group", "part", "starts_on", "kinds_of_day", "places")),
    CsvList(("closures",), ("code", "place", "activity", "starts_on", "ends_on", "reason"), key="code"),
    CsvList(("streets",), ("sector", "street", "first", "last", "side")),
    CsvList(("calendar", "periods"), ("year", "code", "name", "starts_on", "ends_on")),
    CsvList(("calendar", "public_holidays"), ("on", "name")),
)


@dataclass(slots=True)
class Source:
    """What is written, and where. `lost` has the paths, places in lists left out, of what could not be read."""

    name: str
    lost: list[Path] = field(default_factory=list)
    tree: dict[str, Any] = field(default_factory=dict)
    places: dict[Path, tuple[str, int]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    warnings: list[Fault] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether every line could be read."""
        return not self.lost

    def may_lack(self, path: Path) -> bool:
        """Whether what is at `path`, in it or around it may be on a line that could not be read."""
        keys = tuple(part for part in path if isinstance(part, str))
        return any(lost[: len(keys)] == keys[: len(lost)] for lost in self.lost)

    def fault(self, path: Path, message: str) -> None:
        """Note a fault at `path`, or at the nearest thing around it that has a line."""
        file, line = self.place(path)
        self.faults.append(Fault(file, line, where(path), message))

    def warn(self, path: Path, message: str) -> None:
        """Note something at `path` that the town may do, and should know of."""
        file, line = self.place(path)
        self.warnings.append(Fault(file, line, where(path), message))

    def place(self, path: Path) -> tuple[str, int]:
        """The file and line of `path` or of the nearest thing around it."""
        for length in range(len(path), 0, -1):
            if found := self.places.get(path[:length]):
                return found
        return self.name, 1


def read_source(file: FilePath) -> Source:
    """Read `file` and its CSV lists. What cannot be read is a fault; the rest is in the tree."""
    source = Source(file.name)
    text = _text_of(file, source)
    if text is None:
        source.lost.append(())
        return source
    kept = _without_syntax_faults(text.replace("\r\n", "\n"), source)
    source.tree = tomllib.loads(kept)
    source.places = {path: (file.name, line) for path, line in line_index(kept).items()}
    for csv_list in CSV_LISTS:
        _read_csv_list(csv_list, file.parent, source)
    return source


def _text_of(file: FilePath, source: Source) -> str | None:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        reason = "ce fichier n’existe pas" if isinstance(error, FileNotFoundError) else "ce fichier ne peut être lu"
        source.faults.append(Fault(file.name, 0, "", f"{reason} ({file})."))
    except UnicodeDecodeError as error:
        line = file.read_bytes()[: error.start].count(b"\n") + 1
        message = "enregistrez ce fichier en UTF-8 : une lettre accentuée n’y est pas lisible."
        source.faults.append(Fault(file.name, line, "", message))
    return None


# Syntax: tomllib stops at the first fault. The line at fault is blanked and the rest read again, so that all are told.

BARE_KEY_FAULT = "une clé s’écrit avec des lettres sans accent, chiffres, - et _."

SYNTAX = MappingProxyType(
    {
        "Expected '=' after a key in a key/value pair": "il manque le signe = entre la clé et sa valeur.",
        "Invalid value": "valeur illisible : un texte s’écrit entre guillemets, une date 2026-09-01, "
        "oui et non true et false.",
        "Expected newline or end of document after a statement": "passez à la ligne après la valeur : un texte s’écrit "
        "entre guillemets, et une seule clé par ligne.",
        "Invalid statement": "ligne illisible : attendu [table], clé = valeur ou # commentaire.",
        "Unclosed array": "il manque le crochet fermant ] d’une liste.",
        "Unclosed inline table": "il manque l’accolade fermante }.",
        "Unterminated string": "il manque le guillemet fermant.",
        "Expected ']' at the end of a table declaration": "il manque le crochet fermant ] du titre de table.",
        "Expected ']]' at the end of an array declaration": "il manque les crochets fermants ]] du titre de table.",
        "Illegal character": "signe interdit ici : fermez le guillemet sur la même ligne.",
        "Invalid initial character for a key part": BARE_KEY_FAULT,
        "Unescaped '\\' in a string": "doublez la barre oblique inverse : \\\\.",
        "Invalid date or datetime": "cette date n’existe pas ; une date s’écrit 2026-09-01.",
    }
)
TWICE = (
    "Cannot overwrite a value",
    "Duplicate inline table key",
    "Cannot declare",
    "Cannot mutate immutable namespace",
    "Cannot redefine namespace",
)
KEY_LINE = re.compile(r"""\s*([\w."'-]+)\s*=""")
KEY = re.compile(r""""[^"]*"|'[^']*'|[\w-]+""")
NOT_A_PAIR = ("Expected '=' after a key", "Invalid statement", "Invalid initial character for a key part")


def _without_syntax_faults(text: str, source: Source) -> str:
    """`text` with the lines at fault blanked, all noted; nothing at all when there are too many."""
    lines = text.split("\n")
    for _ in range(MOST_SYNTAX_FAULTS):
        try:
            tomllib.loads("\n".join(lines))
        except ValueError as error:
            _blank(lines, _line_of(str(error), lines), str(error), source)
        else:
            return "\n".join(lines)
    source.lost.append(())
    return ""


def _line_of(error: str, lines: list[str]) -> int:
    """The line that tomllib gives; at the end of the document, the last one with something on it."""
    if found := re.search(r"at line (\d+)", error):
        return int(found.group(1))
    return next((number for number in range(len(lines), 0, -1) if lines[number - 1].strip()), 1)


def _blank(lines: list[str], line: int, error: str, source: Source) -> None:
    """Note the fault and empty what it spoils: a line, the lines of a value, a table whose title is at fault."""
    first, last, content = line, line, lines[line - 1].strip()
    is_twice, is_title = error.startswith(TWICE), content.startswith("[")
    if is_title:
        last = _last_line_of_table(lines, line)
    elif is_twice:
        first = _first_line_of_pair(lines, line)
    if is_twice and is_title:
        message = f"table écrite deux fois{NBSP}: {content}. Réunissez-les en une seule, ou changez de code."
    elif is_twice:
        key = lines[first - 1].split("=")[0].strip()
        message = f"clé écrite deux fois{NBSP}: {key}. Gardez-en une."
    elif not content.startswith("[") and not content.split("=")[0].isascii():
        message = BARE_KEY_FAULT
    else:
        known = next((french for english, french in SYNTAX.items() if english in error), "")
        message = known or f"écriture incorrecte{NBSP}: {content}"
    if not is_twice:
        source.lost.append(_path_lost(lines, line, error))
    source.faults.append(Fault(source.name, first, "", message))
    lines[first - 1 : last] = [""] * (last - first + 1)


def _path_lost(lines: list[str], line: int, error: str) -> Path:
    """What a line at fault spoils: the table that it opens, its key or, at least, something of the table around it."""
    if lines[line - 1].lstrip().startswith("["):
        return _keys(lines[line - 1])
    titles = (above for above in reversed(lines[: line - 1]) if above.startswith("["))
    table = _keys(next(titles, ""))
    if any(known in error for known in NOT_A_PAIR):
        return table
    pair = KEY_LINE.match(lines[line - 1])
    return (*table, *_keys(pair.group(1))) if pair else ()


def _keys(text: str) -> tuple[str, ...]:
    """The keys of a title or of a dotted key, perhaps at fault."""
    return tuple(key.strip("\"'") for key in KEY.findall(text.split("#")[0]))


def _first_line_of_pair(lines: list[str], last: int) -> int:
    """tomllib says where a value ends; a long list began some lines above."""
    return next((line for line in range(last, 0, -1) if KEY_LINE.match(lines[line - 1])), last)


def _last_line_of_table(lines: list[str], header: int) -> int:
    following = (line for line in range(header + 1, len(lines) + 1) if lines[line - 1].startswith("["))
    return next(following, len(lines) + 1) - 1


# CSV


def _read_csv_list(csv_list: CsvList, folder: FilePath, source: Source) -> None:
    """Put the rows of a CSV file where the tree only has its name."""
    parent: Any = source.tree
    for part in csv_list.path[:-1]:
        parent = parent.get(part) if isinstance(parent, dict) else None
    last = csv_list.path[-1]
    name = parent.get(last) if isinstance(parent, dict) else None
    if not isinstance(name, str):
        return
    del parent[last]
    if FilePath(name).name != name or not name.endswith(".csv"):
        message = f"indiquez un fichier .csv du même dossier, par exemple «{NBSP}{last}.csv{NBSP}»."
        source.fault(csv_list.path, message)
    elif not (folder / name).is_file():
        source.fault(csv_list.path, f"le fichier {name} n’existe pas à côté de {source.name}.")
    elif (text := _text_of(folder / name, source)) is not None:
        parent[last] = _rows(csv_list, name, text, source)
        return
    source.lost.append(csv_list.path)


def _rows(csv_list: CsvList, name: str, text: str, source: Source) -> Any:
    keyed: dict[str, Any] = {}
    plain: list[Any] = []
    for line, row in _lines(csv_list, name, text, source):
        if csv_list.key:
            code = str(row.pop(csv_list.key, ""))
            if code in keyed:
                source.faults.append(Fault(name, line, "", f"code écrit deux fois{NBSP}: {code}. Gardez une ligne."))
                continue
            keyed[code] = row
            path: Path = (*csv_list.path, code)
        else:
            path = (*csv_list.path, len(plain))
            plain.append(row)
        source.places[path] = (name, line)
    return keyed if csv_list.key else plain


def _lines(csv_list: CsvList, name: str, text: str, source: Source) -> Iterator[tuple[int, dict[str, Any]]]:
    """The rows with their line; empty cells are left out, so that they mean the same as an absent key."""
    delimiter = ";" if ";" in text.split("\n", 1)[0] else ","
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = [column.strip() for column in next(reader, [])]
    for column in header:
        if column not in csv_list.columns:
            advice = close_to(column, csv_list.columns)
            source.faults.append(Fault(name, 1, "", f"colonne inconnue «{NBSP}{column}{NBSP}». {advice}"))
    if csv_list.key and csv_list.key not in header:
        source.faults.append(Fault(name, 1, "", f"il manque la colonne «{NBSP}{csv_list.key}{NBSP}»."))
        source.lost.append(csv_list.path)
        return
    start = reader.line_num + 1
    for cells in reader:
        line, start = start, reader.line_num + 1
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            message = f"{len(cells)} cases au lieu de {len(header)}{NBSP}: vérifiez les «{NBSP}{delimiter}{NBSP}»."
            source.faults.append(Fault(name, line, "", message))
            source.lost.append(csv_list.path)
            continue
        filled = {column: cell.strip() for column, cell in zip(header, cells, strict=True) if cell.strip()}
        yield line, {column: _cell(column, cell) for column, cell in filled.items() if column in csv_list.columns}


def _words(cell: str) -> Any:
    return cell.split()


def _day(cell: str) -> Any:
    """2026-09-01, or 01/09/2026 as spreadsheets write it; what is neither stays a text, which will be a fault."""
    if french := re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", cell):
        cell = "-".join(reversed(french.groups()))
    with suppress(ValueError):
        return dt.datetime.strptime(cell, "%Y-%m-%d").date()  # noqa: DTZ007 (a day, not an instant)
    return cell


def _number(cell: str) -> Any:
    return int(cell) if cell.isascii() and cell.isdigit() else cell


CELLS: Mapping[str, Callable[[str], Any]] = MappingProxyType(
    {
        "starts_on": _day,
        "ends_on": _day,
        "on": _day,
        "kinds_of_day": _words,
        "levels": _words,
        "schools": _words,
        "places": _number,
        "first": _number,
        "last": _number,
    }
)


def _cell(column: str, cell: str) -> Any:
    """The value of a cell, as TOML would give it."""
    read = CELLS.get(column)
    return read(cell) if read else cell
