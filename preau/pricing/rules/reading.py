"""Reading voted numbers from data, with faults that say where and how to mend."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal

from preau.core.money import NBSP

Path = tuple[str | int, ...]

NUMBER = re.compile(r"[0-9]{1,7}(\.[0-9]{1,6})?")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong at `path` (keys, and places in lists from 0), in French."""

    path: Path
    message: str

    def __str__(self) -> str:
        places = (f"n°{NBSP}{part + 1}" if isinstance(part, int) else part for part in self.path)
        return f"{' '.join(places)}{NBSP}: {self.message}" if self.path else self.message


class TariffFault(ValueError):
    """A tariff that cannot be read; `faults` has at least one, in the order of the file."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@contextmanager
def gathering(faults: list[Fault]) -> Iterator[None]:
    """Adds the faults raised inside to `faults`, so that the reading goes on and tells all of them at once."""
    try:
        yield
    except TariffFault as fault:
        faults.extend(fault.faults)


def fault(path: Path, message: str) -> TariffFault:
    return TariffFault(Fault(path, message))


def number_at(path: Path, value: object) -> Decimal:
    """A number that is not negative, written between quotes or as a whole number. No float: it would not be exact."""
    text = str(value) if isinstance(value, int) else value
    if not isinstance(text, str) or not NUMBER.fullmatch(text):
        raise fault(path, 'écrivez un nombre entre guillemets, avec un point, par exemple "3.50".')
    return Decimal(text)


def signed_at(path: Path, value: object) -> Decimal:
    """A number that may be negative."""
    is_negative = isinstance(value, str) and value.startswith("-")
    number = number_at(path, value[1:] if isinstance(value, str) and is_negative else value)
    return -number if is_negative else number


def amount_at(path: Path, value: object) -> Decimal:
    """A price in euros."""
    if value is None or value == "":
        raise fault(path, 'il manque un prix ; écrivez "0" si c’est gratuit.')
    return number_at(path, value)


def amounts_by_rank_at(path: Path, value: object) -> tuple[Decimal, ...]:
    """One price, or one per rank among brothers and sisters, the last for all that follow."""
    if not isinstance(value, list):
        return (amount_at(path, value),)
    if not value:
        raise fault(path, "il manque un prix.")
    return tuple(amount_at((*path, place), item) for place, item in enumerate(value))


def list_at(path: Path, value: object) -> Sequence[object]:
    if not isinstance(value, list) or not value:
        raise fault(path, "indiquez une liste, avec au moins un élément.")
    return value


def table_at(path: Path, value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise fault(path, "indiquez une table { clé = valeur }.")
    return value


def text_at(path: Path, value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise fault(path, "indiquez un texte entre guillemets.")
    return value


def yes_no_at(path: Path, value: object) -> bool:
    if not isinstance(value, bool):
        raise fault(path, "indiquez true ou false.")
    return value


def day_at(path: Path, value: object) -> dt.date:
    """A day as TOML gives it or, from JSON, as `2026-09-01`."""
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return dt.date.fromisoformat(value)
        except ValueError:
            pass
    raise fault(path, "indiquez une date, par exemple 2026-09-01.")


def only(path: Path, data: Mapping[str, object], known: frozenset[str]) -> None:
    """Refuses every key of `data` that is not known: a misspelt condition would otherwise hold for everyone."""
    unknown = [key for key in data if key not in known]
    if unknown:
        raise TariffFault(
            *(Fault((*path, key), f"clé inconnue ; ici : {', '.join(sorted(known))}.") for key in unknown)
        )
