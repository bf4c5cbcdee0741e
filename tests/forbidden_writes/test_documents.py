"""Stored files, and what families and the town give each other."""

from typing import Any

from preau.accounts.choices import Channel
from preau.documents.actions.handing import Given, write_document
from preau.documents.choices import FileType, Holder, Sensitivity
from preau.documents.models import DocumentKind, StoredFile, SupportingDocument
from preau.documents.testing import make_kind
from preau.families.testing import make_adult
from preau.town.testing import make_service
from tests.forbidden_writes.given import NEXT, NOW, Base, change, forbidden

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


@forbidden("documentkind_months_said", "a document good for a number of months that nobody said")
def _(base: Base) -> None:
    make_kind(validity="months")


@forbidden("documentkind_months_said", "a document without an end, of twelve months")
def _(base: Base) -> None:
    make_kind(months=12)


@forbidden("documentkind_sealed_for_a_child", "a judgment of a household, which no key seals")
def _(base: Base) -> None:
    make_kind(sensitivity="judgment")


@forbidden("documentkind_income_of_a_household", "income papers of a child, which both homes would read")
def _(base: Base) -> None:
    make_kind(sensitivity="income", holder=Holder.CHILD)


def given(base: Base, kind: DocumentKind | None = None, holder: Any = None) -> SupportingDocument:
    make_service()
    family, user = base.home.family, base.home.user
    about = Given(kind or make_kind(), holder or family, family)
    file = make_file(key=f"documents/ab/{StoredFile.objects.count()}")
    return write_document(about, file, asked_by=user, by=user, channel=Channel.ONLINE, now=NOW)


@forbidden("supportingdocument_one_holder", "a document of nobody")
def _(base: Base) -> None:
    change(given(base), family=None)


@forbidden("supportingdocument_one_holder", "a document of a household and of an adult")
def _(base: Base) -> None:
    change(given(base), adult=base.home.adult)


@forbidden("supportingdocument_valid_once_accepted", "a document that is good before anybody read it")
def _(base: Base) -> None:
    change(given(base), valid_until=NEXT)


@forbidden("supportingdocument_one_of_family", "two documents of a kind to read for a household")
def _(base: Base) -> None:
    for _ in range(2):
        given(base)


@forbidden("supportingdocument_one_of_family", "two good documents of a kind for a household")
def _(base: Base) -> None:
    for _ in range(2):
        change(given(base), state="accepted")


@forbidden("supportingdocument_one_of_adult", "two documents of a kind to read for an adult")
def _(base: Base) -> None:
    adult = make_adult(base.home.family, first_name="Malik")
    for _ in range(2):
        given(base, make_kind("identite", holder=Holder.ADULT), adult)


@forbidden("supportingdocument_one_of_household", "two judgments to read of one household for a child")
def _(base: Base) -> None:
    for _ in range(2):
        judgment = make_kind("jugement", holder=Holder.CHILD, sensitivity=Sensitivity.JUDGMENT)
        given(base, judgment, base.booking.participant)


@forbidden("supportingdocument_one_of_child", "two documents of a kind to read for a child")
def _(base: Base) -> None:
    for _ in range(2):
        given(base, make_kind("assurance", holder=Holder.CHILD), base.booking.participant)
