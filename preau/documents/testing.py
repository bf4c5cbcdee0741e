"""Builders for tests."""

import datetime as dt
from functools import cache
from io import BytesIO

from pikepdf import Pdf

from preau.core.testing import picture
from preau.documents.choices import ScanState
from preau.documents.cleaning import Cleaned
from preau.documents.models import StoredFile
from preau.documents.storing import write

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
