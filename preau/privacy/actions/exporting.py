"""Mes données: asked on a page, made by the worker, told by mail, there for a week."""

import datetime as dt
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.db.models import Q

from preau.accounts.choices import UserKind
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.core.codes import new_code
from preau.core.dates import local_day
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult
from preau.families.permissions import acted_on_by
from preau.health.actions import note_taken_away
from preau.health.choices import Purpose
from preau.journal.actions import record
from preau.privacy.choices import ExportRefusal, ExportState
from preau.privacy.models import DataExport
from preau.privacy.rules import until
from preau.privacy.sections import Person
from preau.privacy.writing import write_export

READY = Event("privacy/mail/export_ready")
LEASE = dt.timedelta(minutes=15)
IN_MEMORY = 8 * 2**20  # bytes of an archive before it is written to the disk


class ExportRefused(Exception):
    """Nothing was written; `reason` tells why."""

    def __init__(self, reason: ExportRefusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


def ask_export(*, by: User, now: dt.datetime) -> DataExport:
    """Ask for one's own data. Raises ExportRefused while there is an earlier file, to be made or to be downloaded."""
    try:
        with transaction.atomic():
            asked = DataExport.objects.create(user=by, asked_at=now)
            record(by, "privacy.export_asked", at=now, subject=asked.code)
    except IntegrityError:
        raise ExportRefused(ExportRefusal.ONE_AT_A_TIME) from None
    return asked


def ask_for_adult(*, adult: Adult, by: User, now: dt.datetime) -> DataExport:
    """An agent asks for the data of an adult who has no account. Raises ExportRefused for one who has: their space is
    read by nobody else."""
    if adult.user_id is not None:
        raise ExportRefused(ExportRefusal.ALONE)
    try:
        with transaction.atomic():
            asked = DataExport.objects.create(adult=adult, asked_at=now)
            record(by, "privacy.adult_export_asked", at=now, subject=adult.code, family=adult.family.code)
    except IntegrityError:
        raise ExportRefused(ExportRefusal.ONE_AT_A_TIME) from None
    return asked


def make_due(*, now: dt.datetime, limit: int = 1) -> int:
    """Make the files that wait, the oldest first, and say how many. One whose worker died is made again."""
    waiting = Q(taken_until__isnull=True) | Q(taken_until__lte=now)
    done = 0
    for pk in (
        DataExport.objects.filter(waiting, state=ExportState.ASKED).order_by("asked_at").values_list("pk")[:limit]
    ):
        if DataExport.objects.filter(waiting, pk=pk[0], state=ExportState.ASKED).update(taken_until=now + LEASE):
            _make(DataExport.objects.select_related("user", "adult__family").get(pk=pk[0]), now)
            done += 1
    return done


def _make(export: DataExport, now: dt.datetime) -> None:
    """Write the archive under a name told by the row, so that a second try replaces what a first one left."""
    if export.adult is not None and export.adult.user_id is not None:
        give_up(export, by=None, now=now)  # they have an account by now, and take their data themselves
        return
    name = _name(export)
    default_storage.delete(name)
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as archive:
        with _person_of(export, now) as person:
            write_export(archive, person, at=now)
        size = archive.tell()
        archive.seek(0)
        digest = hashlib.file_digest(archive, "sha256").hexdigest()
        archive.seek(0)
        default_storage.save(name, File(archive))
    if not _is_kept(export, name, size, digest, now):
        default_storage.delete(name)  # given up, or the account erased, meanwhile


@contextmanager
def _person_of(export: DataExport, now: dt.datetime) -> Iterator[Person]:
    """Whose data they are. Pages tell an account what it may see: for an adult without one, an account that never was
    stands there as long as the file is written, in a transaction that is undone."""
    if export.user is not None:
        yield Person(export.user, local_day(now))
        return
    adult = export.adult
    assert adult is not None
    with transaction.atomic():
        names = {"first_name": adult.first_name, "last_name": adult.last_name}
        user = User.objects.create_user(new_code(), f"{new_code()}@invalid", kind=UserKind.FAMILY, **names)
        Adult.objects.filter(pk=adult.pk, user=None).update(user=user)
        yield Person(user, local_day(now), has_account=False)
        transaction.set_rollback(True)


@transaction.atomic
def _is_kept(export: DataExport, name: str, size: int, digest: str, now: dt.datetime) -> bool:
    """Note the file on its row, and tell the person; False when the row has gone."""
    end = until(now)
    kept = DataExport.objects.filter(pk=export.pk, state=ExportState.ASKED).update(
        state=ExportState.READY, ready_at=now, expires_at=end, file=name, size=size, sha256=digest, taken_until=None
    )
    if kept and export.user is not None:
        facts = {"user": export.user, "until": end}
        notify(READY, to=export.user, facts=facts, key=f"privacy.export:{export.code}", now=now)
    if kept:
        record(None, "privacy.export_ready", at=now, subject=export.code)
    return bool(kept)


def _name(export: DataExport) -> str:
    return f"exports/{export.code}.zip"


def note_download(export: DataExport, *, by: User, now: dt.datetime) -> None:
    """Note in the journal that the file left the portal."""
    record(by, "privacy.export_downloaded", at=now, subject=export.code)


@transaction.atomic
def note_download_for_adult(export: DataExport, *, by: User, now: dt.datetime) -> None:
    """Note that an agent took the file away for its adult. It holds health sheets: each of them was read."""
    adult = export.adult
    assert adult is not None
    children = acted_on_by(adult, Subject.HEALTH, on=local_day(now), level=AccessLevel.SEE)
    for child in children:
        note_taken_away(child=child, purpose=Purpose.FAMILY, by=by, now=now)
    record(by, "privacy.adult_export_downloaded", at=now, subject=adult.code, family=adult.family.code)


def give_up(export: DataExport, *, by: User | None, now: dt.datetime) -> None:
    """Delete an export and its file; `by` None is the end of its week. The row goes last: if the machine stops between
    the two, the file is deleted again."""
    default_storage.delete(_name(export))
    with transaction.atomic():
        gone, _ = DataExport.objects.filter(pk=export.pk).delete()
        if gone:
            record(by, "privacy.export_deleted", at=now, subject=export.code)


def clear_exports(*, now: dt.datetime, limit: int = 50) -> int:
    """Delete what has been there for its week; returns how many."""
    over = list(DataExport.objects.filter(expires_at__lte=now).order_by("expires_at")[:limit])
    for export in over:
        give_up(export, by=None, now=now)
    return len(over)
