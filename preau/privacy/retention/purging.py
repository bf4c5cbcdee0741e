"""Taking away what has been kept long enough: foreseen, then done, and noted."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Max

from preau.accounts.models import User
from preau.core.dates import PARIS
from preau.journal.actions import record
from preau.privacy.models import PurgeRun, RetentionRule
from preau.privacy.retention.kept import Kept, months_before
from preau.privacy.retention.papers import ACCOUNTING, PAPERS
from preau.privacy.retention.people import PEOPLE, warn_unused
from preau.privacy.retention.traces import TRACES
from preau.privacy.rules import DELAYS

NIGHT_ENDS = 5  # o’clock in France
RETENTION: tuple[Kept, ...] = (*PEOPLE, *PAPERS, *TRACES, ACCOUNTING)


@dataclass(frozen=True, slots=True)
class Cleared:
    """What of a sort went, or would go, at the delay of the town."""

    kept: Kept
    months: int
    before: dt.datetime
    count: int


def delays() -> Mapping[str, int]:
    """The months that this town keeps each sort: its own, else the usual."""
    own = dict(RetentionRule.objects.values_list("code", "months"))
    return {code: own.get(code, delay.months) for code, delay in DELAYS.items()}


def foreseen(*, now: dt.datetime) -> list[Cleared]:
    """What a purge would take away, without taking any."""
    months = delays()
    return [_foreseen(kept, months[kept.code], now) for kept in RETENTION]


def _foreseen(kept: Kept, months: int, now: dt.datetime) -> Cleared:
    before = months_before(now, months)
    return Cleared(kept, months, before, kept.old(before, now))


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """A sort of data, as the desk shows it: what would go, and the last time that some went."""

    cleared: Cleared
    last: PurgeRun | None

    @property
    def is_purged(self) -> bool:
        return self.cleared.kept.clear is not None


def retention_lines(*, now: dt.datetime) -> list[RetentionLine]:
    latest = PurgeRun.objects.values("code").annotate(latest=Max("pk")).values("latest")
    runs = {run.code: run for run in PurgeRun.objects.filter(pk__in=latest).select_related("by")}
    return [RetentionLine(one, runs.get(one.kept.code)) for one in foreseen(now=now)]


def purge(*, by: User | None = None, now: dt.datetime) -> list[Cleared]:
    """Tell those whose account will go, and take away what is older than its delay. A second time takes nothing more.

    Each sort is noted for itself: stopped anywhere, what went is told.
    """
    months, done = delays(), []
    warn_unused(months=months["accounts"], now=now)
    for kept in RETENTION:
        if kept.clear is None:
            continue
        before = months_before(now, months[kept.code])
        count = kept.clear(before, now)
        if count:
            PurgeRun.objects.create(at=now, code=kept.code, count=count, by=by)
            record(by, "privacy.purged", at=now, subject=kept.code, facts={"count": count})
        done.append(Cleared(kept, months[kept.code], before, count))
    return done


def purge_by_night(*, now: dt.datetime) -> int:
    """The same, when the town sleeps; returns how many rows went."""
    if now.astimezone(PARIS).hour >= NIGHT_ENDS:
        return 0
    return sum(one.count for one in purge(now=now))
