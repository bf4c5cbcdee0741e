"""Loading a town file: what it says becomes what is, in one transaction."""

import datetime as dt
from pathlib import Path as FilePath

from django.db import transaction

from preau.bookings.actions import RefreshReport, refresh_days
from preau.core.dates import local_day
from preau.journal.actions import Actor, record
from preau.townfile.checking import FaultyTownFile, checked_town_file
from preau.townfile.checks.history import history_faults, history_warnings
from preau.townfile.comparing import Kind, changes_of
from preau.townfile.file import TownFile
from preau.townfile.tables import TABLES, Writing


def file_to_load(file: FilePath, *, today: dt.date) -> TownFile:
    """The file, once nothing is wrong with it, the past included. Raises FaultyTownFile."""
    town_file = checked_town_file(file)
    for path, message in history_faults(town_file, today=today):
        town_file.source.fault(path, message)
    if town_file.source.faults:
        raise FaultyTownFile(town_file.source)
    for path, message in history_warnings(town_file):
        town_file.source.warn(path, message)
    return town_file


@transaction.atomic
def load(file: TownFile, *, by: Actor | None, now: dt.datetime) -> RefreshReport:
    """Make the database what `file` says; then the days of every activity follow. Doing it again changes nothing.

    Rows are saved from the bottom up, and what is absent is retired from the top down.
    """
    writing = Writing(by, now, local_day(now))
    removals = []
    for table in TABLES:
        moved = list(changes_of(table, file, today=writing.today))
        removals += [(table, change.key) for change in moved if change.kind == Kind.REMOVED]
        if any(change.kind != Kind.REMOVED for change in moved):
            table.save(table.wanted(file), writing)
    for table, key in reversed(removals):
        table.remove(key, writing)
    record(by, "townfile.loaded", at=now, subject=file.source.name[:80])
    return refresh_days(now=now)
