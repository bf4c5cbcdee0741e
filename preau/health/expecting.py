"""What areas above lend to the scope of agents: who is expected at their places, and who comes there otherwise.

An area registers when it starts; here nothing is known of bookings.
"""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db.models import Q

from preau.accounts.permissions import Scope

Expected = Callable[[Sequence[Scope], dt.date, dt.date], Q]
Attending = Callable[[Sequence[Scope], dt.date], Q]

EXPECTED: list[Expected] = []
ATTENDING: list[Attending] = []


def register_expected(expected: Expected) -> None:
    """`expected(scopes, first, last)`: the condition, on participants, of being expected within one of these scopes on
    one of these days, both included. Every scope names its places."""
    EXPECTED.append(expected)


def register_attending(attending: Attending) -> None:
    """`attending(scopes, on)`: that of coming there on that day or, perhaps, later."""
    ATTENDING.append(attending)


def is_expected(scopes: Sequence[Scope], first: dt.date, last: dt.date) -> Q:
    """Matches nobody as long as no area has registered."""
    condition = Q(pk__in=[])
    for expected in EXPECTED:
        condition |= expected(scopes, first, last)
    return condition


def is_attending(scopes: Sequence[Scope], on: dt.date) -> Q:
    """Matches nobody as long as no area has registered."""
    condition = Q(pk__in=[])
    for attending in ATTENDING:
        condition |= attending(scopes, on)
    return condition
