"""Builders for tests."""

import datetime as dt
from functools import cache
from io import BytesIO
from typing import Any

from pikepdf import Pdf

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.cleaning import Cleaned
from preau.core.testing import picture
from preau.documents.actions.handing import Given, write_document
from preau.documents.choices import Holder, ScanState
from preau.documents.models import DocumentKind, OwnDocument, StoredFile, SupportingDocument, TownDocument
from preau.documents.queries import Somebody
from preau.documents.sealed import sealed_for
from preau.documents.storing import keep, write
from preau.families.models import Adult, Family

AT = dt.datetime(2026, 11, 9, 8, tzinfo=dt.UTC)


@cache
def paper(pages: int = 1) -> bytes:
    """A PDF of blank pages, as a family sends one."""
    out = BytesIO()
    with Pdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page()
        pdf.save(out, deterministic_id=True)
    return out.getvalue()


def make_stored(content: bytes = b"", *, type: str = "jpeg", pages: int = 1, now: dt.datetime = AT) -> StoredFile:
    """A file in the storage, not yet kept by anything; not cleaned either, which takes a process."""
    return write(Cleaned(content or picture((60, 40)), type, pages), ScanState.NOT_SCANNED, now=now)


def make_kind(code: str = "justificatif-de-domicile", **values: Any) -> DocumentKind:
    """A kind of document of a household, that nothing requires."""
    given = {"label": code.replace("-", " ").capitalize(), "holder": Holder.FAMILY, **values}
    return DocumentKind.objects.get_or_create(code=code, defaults=given)[0]


def make_own(adult: Adult, title: str = "Facture", *, now: dt.datetime = AT, **file: Any) -> OwnDocument:
    """A file in somebody's space."""
    stored = make_stored(now=now, **file)
    keep(stored)
    return OwnDocument.objects.create(adult=adult, file=stored, title=title, at=now)


def make_document(
    kind: DocumentKind, holder: Somebody, family: Family, *, by: User, now: dt.datetime = AT
) -> SupportingDocument:
    """A document given to the town, that nobody has read."""
    given = Given(kind, holder, family)
    child = given.child

    def seal(cleaned: Cleaned, key: str) -> bytes:
        assert child is not None
        return sealed_for(child, cleaned, key)

    cleaned = Cleaned(picture((60, 40)), "jpeg", 1)
    stored = write(cleaned, ScanState.NOT_SCANNED, seal=seal if kind.is_sealed else None, now=now)
    return write_document(given, stored, asked_by=by, by=by, channel=Channel.ONLINE, now=now)


def make_town_document(family: Family, title: str = "Certificat", *, now: dt.datetime = AT) -> TownDocument:
    """What an agent put in a file."""
    stored = make_stored(now=now)
    keep(stored)
    return TownDocument.objects.create(family=family, file=stored, title=title, at=now)
