"""A sort of data that is kept for so long, and the delays of the town."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from preau.core.dates import months_after
from preau.privacy.rules import DELAYS, Delay

BATCH = 500
"""Rows that go in one transaction: a purge that is stopped has done what it has done."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A sort of data: kept for so many months after the instant that `since` tells, because of `source`.

    `old` counts what is older than an instant, and may go; `clear` takes it away, and returns how many went. Without
    `clear` the portal never takes it away, `source` says why.
    """

    code: str
    label: str
    since: str
    source: str
    old: Callable[[dt.datetime, dt.datetime], int]
    clear: Callable[[dt.datetime, dt.datetime], int] | None

    @property
    def delay(self) -> Delay:
        return DELAYS[self.code]


def months_before(now: dt.datetime, months: int) -> dt.datetime:
    """The same day and hour so many months earlier; the last day of a shorter month."""
    return dt.datetime.combine(months_after(now.date(), -months), now.timetz())


def counted(rows: Callable[[dt.datetime], QuerySet[Any]]) -> Callable[[dt.datetime, dt.datetime], int]:
    return lambda before, now: rows(before).count()


def deleted(rows: Callable[[dt.datetime], QuerySet[Any]]) -> Callable[[dt.datetime, dt.datetime], int]:
    """Delete these rows, with what hangs on them, a batch at a time; says how many of these rows went."""

    def clear(before: dt.datetime, now: dt.datetime) -> int:
        gone = 0
        while keys := list(rows(before).values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                rows(before).model._default_manager.filter(pk__in=keys).delete()
            gone += len(keys)
        return gone

    return clear
