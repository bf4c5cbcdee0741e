"""Reading the file of an old portal: every fault at once, with its line."""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from email.utils import parseaddr
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from preau.registration.rules import number_key

COLUMNS = ("dossier", "courriel", "adultes")
EXAMPLE = (
    ("1084", "famille.pinceau@exemple.fr", "Zoé Pinceau <zoe@exemple.fr>, Malik Pinceau"),
    ("1085", "famille.lopez@exemple.fr", ""),
)
MOST_LINES = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """A shared account: its file, its address, and the adults named (first and last name, own address or "");
    without any, the guardians of the file."""

    line: int
    number: str
    email: str
    adults: tuple[tuple[str, str], ...] = ()

    def as_row(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Line":
        return cls(row["line"], row["number"], row["email"], tuple((name, email) for name, email in row["adults"]))


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong, where, and how to mend it; line 0 is the whole file."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"ligne {self.line}\u00a0: {self.text}" if self.line else self.text


@dataclass(slots=True)
class ReadFile:
    """The lines of a file, and its faults: with one, nothing may be done."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_takeover(content: bytes) -> ReadFile:
    """Read a CSV of French or English spreadsheets: semicolons, commas or tabs, UTF-8 or Windows-1252."""
    if b"\x00" in content:
        return ReadFile(
            faults=[Fault(0, "Ce n’est pas un fichier CSV\u00a0: enregistrez la feuille en «\u00a0CSV UTF-8\u00a0».")]
        )
    text = _decoded(content)
    first, _, _ = text.partition("\n")
    separator = max(";,\t", key=first.count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        return ReadFile(
            faults=[Fault(0, "Des guillemets ne sont pas fermés\u00a0: enregistrez la feuille de nouveau.")]
        )
    names = [cell.strip().lower() for cell in rows[0]] if rows else []
    if missing := [name for name in COLUMNS[:2] if name not in names]:
        return ReadFile(
            faults=[Fault(1, f"il manque la colonne «\u00a0{missing[0]}\u00a0»\u00a0; les colonnes sont {_listed()}.")]
        )
    if len(rows) - 1 > MOST_LINES:
        return ReadFile(faults=[Fault(0, f"Plus de {MOST_LINES} lignes\u00a0: coupez le fichier en plusieurs.")])
    return _read_rows(rows[1:], {name: names.index(name) for name in COLUMNS if name in names})


def _listed() -> str:
    return ", ".join(f"«\u00a0{name}\u00a0»" for name in COLUMNS)


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _read_rows(rows: Sequence[Sequence[str]], places: dict[str, int]) -> ReadFile:
    read, seen = ReadFile(), dict[str, int]()
    for place, row in enumerate(rows, 2):
        if not any(cell.strip() for cell in row):
            continue
        cells = {name: row[at].strip() if at < len(row) else "" for name, at in places.items()}
        line = Line(place, cells["dossier"], cells["courriel"], tuple(_adults(cells.get("adultes", ""))))
        faults = list(_faults(line, seen))
        read.faults += faults
        if not faults:
            seen[number_key(line.number)] = place
            read.lines.append(line)
    if not read.lines and not read.faults:
        read.faults.append(Fault(0, "Le fichier ne contient aucun dossier."))
    return read


def _adults(cell: str) -> Iterator[tuple[str, str]]:
    """« Zoé Pinceau <zoe@exemple.fr>, Malik Pinceau »: names, and their own addresses when they are known."""
    for part in cell.replace("|", ",").split(","):
        name, address = parseaddr(part.strip()) if "<" in part else (part, "")
        if name.strip() or address:
            yield " ".join(name.split()), address.strip()


def _faults(line: Line, seen: dict[str, int]) -> Iterator[Fault]:
    if not number_key(line.number):
        yield Fault(line.line, "il manque le numéro de dossier.")
    elif before := seen.get(number_key(line.number)):
        yield Fault(line.line, f"le dossier {line.number} est déjà à la ligne {before}\u00a0: gardez une seule ligne.")
    for address in [line.email, *(email for _, email in line.adults)]:
        if address and not _is_address(address):
            yield Fault(line.line, f"«\u00a0{address}\u00a0» n’est pas une adresse e-mail.")
    for name, _ in line.adults:
        if len(name.split()) < 2:
            yield Fault(line.line, f"«\u00a0{name}\u00a0»\u00a0: écrivez le prénom et le nom.")


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254
