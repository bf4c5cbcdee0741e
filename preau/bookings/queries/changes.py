"""What the bar under the planning tells: the changes that wait to be confirmed, and what they cost."""

from dataclasses import dataclass

from preau.bookings.queries.planning import Planning


@dataclass(frozen=True, slots=True)
class PendingChanges:
    """The changes that the page shows, and how many the draft holds elsewhere. Amounts of the period, in cents."""

    count: int
    elsewhere: int
    difference: int
    before: int
    after: int


def pending_changes(planning: Planning) -> PendingChanges:
    changes = list(planning.changes())
    difference = sum((price or 0) * (1 if cell.is_ticked else -1) for cell, price in changes)
    return PendingChanges(
        count=len(changes),
        elsewhere=planning.ticks - len(changes),
        difference=difference,
        before=planning.cost,
        after=planning.cost + difference,
    )
