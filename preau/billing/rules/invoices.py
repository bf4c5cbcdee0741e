"""Where an issued invoice stands."""

import datetime as dt
from enum import StrEnum


class Standing(StrEnum):
    """What remains to do about an invoice."""

    DUE = "due"
    OVERDUE = "overdue"
    PAID = "paid"


def standing(due_cents: int, due_on: dt.date, today: dt.date) -> Standing:
    """Paid, due or overdue; the due date itself is in time."""
    if due_cents == 0:
        return Standing.PAID
    return Standing.OVERDUE if today > due_on else Standing.DUE
