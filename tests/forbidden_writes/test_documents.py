"""Stored files, and what families and the town give each other."""

from typing import Any

from preau.documents.choices import FileType
from preau.documents.models import StoredFile
from tests.forbidden_writes.given import NOW, Base, forbidden

# Documents


def make_file(**values: Any) -> StoredFile:
    given = {"key": "documents/ab/abcd", "sha256": "0" * 64, "size": 10, "type": FileType.PDF, "at": NOW}
    return StoredFile.objects.create(**{**given, **values})


@forbidden("storedfile_of_something", "a file without a byte")
def _(base: Base) -> None:
    make_file(size=0)


@forbidden("storedfile_of_something", "a document without a page")
def _(base: Base) -> None:
    make_file(pages=0)


@forbidden("storedfile_state_known", "a file in no known state")
def _(base: Base) -> None:
    make_file(state="lost")


@forbidden("documents_storedfile", "two rows for one file")
def _(base: Base) -> None:
    for _ in range(2):
        make_file()
