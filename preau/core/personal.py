"""Emptying what concerns a person: each area says, in its `forgetting` module, what it holds of them and what becomes
of it; `privacy` shows it, then does it. Rows that others hang on are emptied, never deleted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True, slots=True)
class Whom:
    """Whose data go: keys of rows, the addresses they are written to, and the full names they are told by."""

    users: frozenset[int] = frozenset()
    adults: frozenset[int] = frozenset()
    participants: frozenset[int] = frozenset()
    families: frozenset[int] = frozenset()
    emails: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Step:
    """What becomes of some rows. Deleted when `values` is None, else emptied with these values; with `kept` they stay,
    and it says why. `instead` does what neither a deletion nor an update can."""

    label: str
    rows: QuerySet[Any, Any]
    values: Mapping[str, Any] | None = None
    kept: str = ""
    instead: Callable[[QuerySet[Any, Any]], object] | None = field(default=None)

    @property
    def how(self) -> str:
        if self.kept:
            return "gardé"
        return "effacé" if self.values is None else "vidé"

    def count(self) -> int:
        return self.rows.count()

    def run(self) -> None:
        if self.kept:
            return
        if self.instead is not None:
            self.instead(self.rows)
        elif self.values is None:
            self.rows.delete()
        else:
            self.rows.update(**self.values)


def deleted(label: str, rows: QuerySet[Any, Any]) -> Step:
    return Step(label, rows)


def emptied(label: str, rows: QuerySet[Any, Any], **values: Any) -> Step:
    return Step(label, rows, values)


def kept(label: str, rows: QuerySet[Any, Any], why: str) -> Step:
    return Step(label, rows, kept=why)
