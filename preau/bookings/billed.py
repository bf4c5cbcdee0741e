"""Which bookings are billed already: lent by the area above, which registers when it starts."""

from collections.abc import Callable

from django.db.models import Q

BILLED: list[Callable[[], Q]] = []


def register_billed(billed: Callable[[], Q]) -> None:
    """`billed()` is the condition, on bookings, of standing on an issued invoice."""
    BILLED.append(billed)


def is_billed() -> Q:
    """Matches nothing as long as no area has registered."""
    condition = Q(pk__in=[])
    for billed in BILLED:
        condition |= billed()
    return condition
