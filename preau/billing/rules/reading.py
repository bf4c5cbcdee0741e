"""What a régisseur signs is what they have read."""

import datetime as dt
from enum import StrEnum

LONGEST_DELAY = dt.timedelta(days=366)


class ReadRefusal(StrEnum):
    """Why invoices are not issued although a régisseur signs."""

    REDRAFTED = "redrafted"  # someone computed the draft again since it was read
    DUE_TOO_FAR = "due_too_far"  # a slip of the keyboard that could never be mended


def read_refusal(*, read: str, drafted_at: dt.datetime, due_on: dt.date, today: dt.date) -> ReadRefusal | None:
    """Why the draft computed at `drafted_at` is not the one that was `read` (its instant as ISO text), or None."""
    if read != drafted_at.isoformat():
        return ReadRefusal.REDRAFTED
    return ReadRefusal.DUE_TOO_FAR if due_on > today + LONGEST_DELAY else None
