"""Fields of the family file and kinds of requests must be known, and a field that is hidden cannot be required."""

from collections.abc import Iterable, Iterator

from preau.core.money import NBSP
from preau.town.fields import FIELDS
from preau.townfile.faults import close_to
from preau.townfile.file import TownFile
from preau.townfile.lines import Path
from preau.townfile.tables.requests import request_codes


def request_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    yield from _unknown("fields", file.fields.codes, FIELDS, "champ inconnu")
    yield from _unknown("requests", file.requests.codes, request_codes(), "type de demande inconnu")
    for path, code, row in file.fields.items():
        usual = FIELDS.get(code)
        if usual is None:
            continue
        is_shown = usual.is_shown if row.shown is None else row.shown
        is_required = usual.is_required if row.required is None else row.required
        if is_required and not is_shown:
            yield path, "un champ caché ne peut pas être obligatoire. Écrivez aussi required = false."


def _unknown(table: str, codes: Iterable[str], known: Iterable[str], message: str) -> Iterator[tuple[Path, str]]:
    for code in codes:
        if code not in known:
            yield (table, code), f"{message}{NBSP}: «{NBSP}{code}{NBSP}». {close_to(code, known)}"
