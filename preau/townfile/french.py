"""Faults of types and bounds, from pydantic's words to the mend in French."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from preau.townfile.faults import close_to
from preau.townfile.lines import Path
from preau.townfile.rows import SLUG, STREET, TIME, Row, Section, TariffLink, VersionRow

NESTED: Mapping[str, type[Row]] = MappingProxyType({"sections": Section, "versions": VersionRow, "tariffs": TariffLink})

PATTERNS = MappingProxyType(
    {
        SLUG: "écrivez un code en minuscules sans accent, chiffres et tirets, par exemple peri-jean-jaures.",
        TIME: "écrivez une heure de 00:00 à 23:59 entre guillemets, par exemple « 07:30 ».",
        STREET: "écrivez le nom de la rue, sans numéro ni « / »\u00a0: les numéros vont dans first et last.",
        r"^[0-9]{6}$": "écrivez les six chiffres donnés par la DGFiP, entre guillemets.",
        r"^[0-9]{14}$": "écrivez les quatorze chiffres du SIRET, entre guillemets.",
        r"^([0-9]{5}|2[AB][0-9]{3})$": "écrivez le code INSEE de la commune, cinq signes entre guillemets.",
    }
)

OF_A_KEY = "[key]"
"""What pydantic adds to the place of a key that it refuses."""

TABLE = "indiquez une table { clé = valeur }."
DATE = "indiquez une date sans guillemets, par exemple 2026-09-01."
WHOLE = "indiquez un nombre entier, sans guillemets."

MESSAGES: Mapping[str, Callable[[Mapping[str, Any]], str]] = MappingProxyType(
    {
        "missing": lambda of: "il manque cette clé.",
        "string_type": lambda of: "indiquez un texte entre guillemets.",
        "int_type": lambda of: WHOLE,
        "int_from_float": lambda of: WHOLE,
        "bool_type": lambda of: "indiquez true ou false, sans guillemets.",
        "date_type": lambda of: DATE,
        "list_type": lambda of: 'indiquez une liste entre crochets, par exemple ["ps", "ms"].',
        "dict_type": lambda of: TABLE,
        "model_type": lambda of: TABLE,
        "model_attributes_type": lambda of: TABLE,
        "too_short": lambda of: "indiquez au moins un élément.",
        "string_too_short": lambda of: "ce texte est vide.",
        "string_too_long": lambda of: f"{of['max_length']} signes au plus.",
        "string_pattern_mismatch": lambda of: PATTERNS[of["pattern"]],
        "greater_than_equal": lambda of: f"indiquez {of['ge']} au moins.",
        "less_than_equal": lambda of: f"indiquez {of['le']} au plus.",
        "told": lambda of: str(of["message"]),
    }
)


@dataclass(frozen=True, slots=True)
class RowFault:
    """A fault inside a row; `is_absence` when something is not there, perhaps on a line that could not be read."""

    path: Path
    message: str
    is_absence: bool


def faults_of(error: ValidationError, row: type[Row]) -> list[RowFault]:
    """What pydantic found in a row."""
    return [
        RowFault(
            tuple(part for part in detail["loc"] if part != OF_A_KEY),
            _message(detail, row),
            detail["type"] in {"missing", "too_short"},
        )
        for detail in error.errors(include_url=False)
    ]


def _message(detail: Any, row: type[Row]) -> str:
    if detail["type"] == "extra_forbidden":
        *around, key = detail["loc"]
        for part in around:
            row = NESTED.get(str(part), row)
        return f"clé inconnue. {close_to(str(key), row.model_fields)}"
    known = MESSAGES.get(detail["type"])
    return known(detail.get("ctx", {})) if known else f"valeur refusée ({detail['msg']})."
