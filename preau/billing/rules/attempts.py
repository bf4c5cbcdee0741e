"""The life of an online payment: from open to paid, refused, abandoned or expired; the last three may still be paid."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from preau.billing.choices import AttemptState
from preau.core.money import euros

MIN_CENTS = 100  # PayFiP takes nothing below 1 €
MAX_CENTS = 9_999_999

MOVES = {
    AttemptState.OPEN: frozenset(
        {AttemptState.PAID, AttemptState.REFUSED, AttemptState.ABANDONED, AttemptState.EXPIRED}
    ),
    AttemptState.REFUSED: frozenset({AttemptState.PAID}),
    AttemptState.ABANDONED: frozenset({AttemptState.PAID}),
    AttemptState.EXPIRED: frozenset({AttemptState.PAID}),
    AttemptState.PAID: frozenset(),
}

_HOUR = 60
# Minutes after the opening at which the payment site is asked again.
POLLS = (
    *(2, 5, 10, 20, 40),
    *range(2 * _HOUR, 24 * _HOUR + 1, 2 * _HOUR),
    *range(48 * _HOUR, 7 * 24 * _HOUR + 1, 24 * _HOUR),
)
UNANSWERED = dt.timedelta(hours=2)  # a page left open that long is abandoned, though it may still be paid


class PaymentRefusal(StrEnum):
    """Why a payment cannot be begun."""

    NOTHING_CHOSEN = "nothing_chosen"
    SETTLED = "settled"  # paid meanwhile
    SEVERAL_REGIES = "several_regies"
    TOO_SMALL = "too_small"
    TOO_LARGE = "too_large"
    OFFLINE = "offline"  # the régie does not take payments online
    NO_EMAIL = "no_email"


def may_move(state: str, to: str) -> bool:
    """Whether an attempt may go from one state to another."""
    return AttemptState(to) in MOVES[AttemptState(state)]


def state_told(status: str, *, age: dt.timedelta) -> AttemptState:
    """The state that an answer of the payment site (paid, refused, abandoned, pending, expired) comes to."""
    if status == "pending":
        return AttemptState.ABANDONED if age >= UNANSWERED else AttemptState.OPEN
    return AttemptState(status)


def next_poll(opened_at: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """When to ask the payment site again after `now`; None once its last time has passed (seven days).

    Whatever the state, short of paid: money may arrive after a refusal, an abandon, or an operation said unknown.
    """
    for minutes in POLLS:
        at = opened_at + dt.timedelta(minutes=minutes)
        if at > now:
            return at
    return None


def retry_after(age: dt.timedelta) -> dt.timedelta:
    """How long to wait when the payment site does not answer about an attempt of that age: a tenth of it.

    Between two minutes and two hours: an outage is not made worse by us, and no attempt is forgotten.
    """
    return min(max(age / 10, dt.timedelta(minutes=2)), dt.timedelta(hours=2))


@dataclass(frozen=True, slots=True)
class Terms:
    """What was agreed with the payment site, and what it says was done."""

    reference: str
    cents: int
    numcli: str
    mode: str


def contradictions(agreed: Terms, told: Terms) -> list[str]:
    """What the payment site's answer contradicts, in French; [] when it is about this very payment."""
    pairs: Sequence[tuple[str, object, object]] = (
        ("référence", agreed.reference, told.reference),
        ("montant", euros(agreed.cents), euros(told.cents)),
        ("numéro de client", agreed.numcli, told.numcli),
        ("mode", agreed.mode, told.mode),
    )
    return [f"{name}\u00a0: {there} au lieu de {here}" for name, here, there in pairs if here != there]


def spread(cents: int, dues: Sequence[int]) -> list[int]:
    """`cents` put on what is due, the first first, never more than is due; what exceeds it is left over."""
    parts = []
    for due in dues:
        part = min(cents, due)
        parts.append(part)
        cents -= part
    return parts
