"""What may be prepared, and what looks odd in a draft."""

import datetime as dt
from enum import StrEnum

from preau.core.dates import Month

FAR_TIMES = 2
FAR_CENTS = 2000
MONTHS_OFFERED = 6


class CampaignRefusal(StrEnum):
    """Why a campaign cannot do what is asked."""

    NOT_OVER = "not_over"  # its period is not over
    ISSUED = "issued"  # already issued: credit notes correct it
    NO_DRAFT = "no_draft"  # nothing was computed
    EMPTY = "empty"  # the draft holds no invoice
    STALE = "stale"  # bookings moved since the draft
    DUE_IN_THE_PAST = "due_in_the_past"
    SERIES_FULL = "series_full"  # no number left in the régie's pattern


class AnomalyKind(StrEnum):
    """What a régisseur should look at before issuing; the first two leave the household out."""

    NO_PAYER = "no_payer"
    TARIFF_HOLE = "tariff_hole"
    NO_QUOTIENT = "no_quotient"
    FAR = "far"


BLOCKING = frozenset({AnomalyKind.NO_PAYER, AnomalyKind.TARIFF_HOLE})


def opening_refusal(ends_on: dt.date, today: dt.date) -> CampaignRefusal | None:
    """Why a period cannot be billed yet, or None: it is billed in arrears, from the day after its last."""
    return CampaignRefusal.NOT_OVER if today <= ends_on else None


def months_ready(today: dt.date) -> list[Month]:
    """The months that are over, the latest first."""
    return [Month.of(today).plus(-back) for back in range(1, MONTHS_OFFERED + 1)]


def is_far(cents: int, before_cents: int) -> bool:
    """Whether an amount is far from the one before: at least twice as much or half as little, and by 20 €.

    No amount before says nothing: a family that starts is not odd.
    """
    if not before_cents:
        return False
    low, high = sorted((cents, before_cents))
    return high >= FAR_TIMES * low and high - low >= FAR_CENTS


def change_percent(cents: int, before_cents: int) -> int:
    """By how many percent an amount moved, to the nearest."""
    return round((cents - before_cents) * 100 / before_cents)
