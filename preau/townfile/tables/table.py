"""What a table of the town file is to the database: what it has, and how to write what the file wants."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from preau.journal.actions import Actor
from preau.townfile.file import TownFile
from preau.townfile.rows import Row

R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True)
class Writing:
    """Who writes, when, and the day it is in France."""

    by: Actor | None
    now: dt.datetime
    today: dt.date

    @property
    def note(self) -> dict[str, Any]:
        """What every action is told."""
        return {"by": self.by, "now": self.now}


@dataclass(frozen=True, slots=True)
class Synced(Generic[R]):
    """A table kept in step with the file: its place there, its name for people, its rows on both sides.

    Keys are codes, joined by a slash where it takes several. `current` leaves out what is retired. `save` bears rows
    that are already so. `remove` retires, or deletes what nothing uses. `is_kept` says on a day that a row absent from
    the file stays all the same: something uses it, or it is past, and history is never removed.
    """

    path: tuple[str, ...]
    name: str
    wanted: Callable[[TownFile], Mapping[str, R]]
    current: Callable[[], Mapping[str, R]]
    save: Callable[[Mapping[str, R], Writing], None]
    remove: Callable[[str, Writing], None]
    is_kept: Callable[[str, dt.date], bool] = lambda key, today: False
    is_ordered: bool = False
    is_list: bool = False
