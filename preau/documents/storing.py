"""Files in the storage and their rows, which a failure at any moment leaves in step.

The row comes first, committed as being written; then the file; then, in the transaction of what owns it, the row says
that it is kept. A row whose file nothing owns any more is dropped: the worker deletes the file, then the row. So a file
without a row never exists, and what a crash left behind is known by its row.
"""

import datetime as dt
import hashlib
import logging
import posixpath
import secrets
from collections.abc import Callable, Iterator, Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from preau.core.cleaning import Cleaned, Part, clean
from preau.documents.choices import FileState
from preau.documents.models import StoredFile
from preau.documents.scanning import scan

FOLDER = "documents"
WRITTEN_WITHIN = dt.timedelta(hours=1)
"""A file whose row still says after that that it is being written, nobody is writing."""
UNKNOWN_SINCE = dt.timedelta(days=1)

logger = logging.getLogger(__name__)


class FileGone(Exception):
    """The file is not there, or is no longer the one that was kept."""


Seal = Callable[[Cleaned, str], bytes]
"""What is written instead of a clean document, under a key."""


def store(parts: Sequence[Part], *, seal: Seal | None = None, now: dt.datetime) -> StoredFile:
    """Scan, clean and write a document, in order of its parts: to be kept by what will own it. Never inside a
    transaction. Raises FileRefused."""
    scanned = scan(parts)
    return write(clean(parts), scanned, seal=seal, now=now)


def write(cleaned: Cleaned, scanned: str, *, seal: Seal | None = None, now: dt.datetime) -> StoredFile:
    """Put a clean document in the storage."""
    name = secrets.token_hex(20)
    key = posixpath.join(FOLDER, name[:2], name)
    content = seal(cleaned, key) if seal else cleaned.content
    with transaction.atomic(durable=True):
        stored = StoredFile.objects.create(
            key=key,
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            type=cleaned.type,
            pages=cleaned.pages,
            scan=scanned,
            is_sealed=seal is not None,
            at=now,
        )
    default_storage.save(key, ContentFile(content))
    return stored


def keep(stored: StoredFile) -> None:
    """In the transaction of what owns the file: it is there to stay. Raises FileGone when it is being deleted."""
    if not StoredFile.objects.filter(pk=stored.pk, state__in=[FileState.WRITING, FileState.KEPT]).update(
        state=FileState.KEPT
    ):
        raise FileGone(stored.key)
    stored.state = FileState.KEPT


def leave(stored: StoredFile) -> None:
    """In the transaction of an owner that goes: the file is deleted unless something else owns it."""
    locked = StoredFile.objects.select_for_update().get(pk=stored.pk)
    if not is_owned(locked):
        StoredFile.objects.filter(pk=locked.pk).update(state=FileState.DROPPED)


def is_owned(stored: StoredFile) -> bool:
    """Whether any row needs this file."""
    owners = (relation for relation in StoredFile._meta.related_objects)
    return any(
        relation.related_model._default_manager.filter(**{relation.field.name: stored}).exists() for relation in owners
    )


def read(stored: StoredFile) -> bytes:
    """The bytes of a file. Raises FileGone when they are not those that were kept."""
    try:
        with default_storage.open(stored.key) as file:
            content = bytes(file.read())
    except OSError:
        raise FileGone(stored.key) from None
    if hashlib.sha256(content).hexdigest() != stored.sha256:
        raise FileGone(stored.key)
    return content


# What the worker does


def delete_dropped(*, now: dt.datetime, limit: int = 100) -> int:
    """Delete the files that nothing owns any more, and those whose writing was cut; returns how many."""
    gone = StoredFile.objects.filter(state=FileState.DROPPED)
    cut = StoredFile.objects.filter(state=FileState.WRITING, at__lt=now - WRITTEN_WITHIN)
    StoredFile.objects.filter(pk__in=list(cut.values_list("pk", flat=True)[:limit]), state=FileState.WRITING).update(
        state=FileState.DROPPED
    )
    count = 0
    for stored in gone.order_by("pk")[:limit]:
        default_storage.delete(stored.key)  # says nothing of a file that is not there
        stored.delete()
        count += 1
    return count


def delete_unknown(*, now: dt.datetime) -> int:
    """Delete the files, a day old at least, that no row knows: left by a database put back from an older copy."""
    if not StoredFile.objects.exists():
        return 0  # an empty database beside full files is a mistake, not a reason to delete
    count = 0
    for key in keys_unknown():
        if default_storage.get_modified_time(key) < now - UNKNOWN_SINCE:
            default_storage.delete(key)
            logger.warning("%s: deleted, no row knew it", key)
            count += 1
    return count


def keys_unknown() -> Iterator[str]:
    """The files that no row knows."""
    for folder in _listed(FOLDER)[0]:
        keys = [posixpath.join(FOLDER, folder, name) for name in _listed(posixpath.join(FOLDER, folder))[1]]
        known = set(StoredFile.objects.filter(key__in=keys).values_list("key", flat=True))
        yield from sorted(set(keys) - known)


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []
