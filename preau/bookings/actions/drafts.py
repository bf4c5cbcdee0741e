"""What a parent has ticked and not confirmed: kept, and taking nothing."""

import datetime as dt
from collections.abc import Collection, Mapping
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Q

from preau.accounts.models import User
from preau.bookings.choices import LIVE
from preau.bookings.models import Booking, DraftChange
from preau.bookings.rules.lines import Cell


@transaction.atomic
def save_draft(*, user: User, changes: Mapping[Cell, bool], dropped: Collection[Cell] = (), now: dt.datetime) -> None:
    """Keep what `user` wants of the cells of `changes`, and forget what they wanted of the `dropped` ones.

    The rest of the draft stays as it is. Wanting what is already so leaves nothing; wanting again what the draft holds
    keeps its first instant.
    """
    mine = DraftChange.objects.filter(user=user)
    known = {
        Cell(participant, day, unit): wanted
        for participant, day, unit, wanted in mine.values_list("participant", "day", "unit", "wanted")
    }
    live = _live_among(changes) if changes else set()
    gone = [cell for cell, wanted in changes.items() if cell in known and wanted == (cell in live)]
    gone += [cell for cell in dropped if cell in known and cell not in changes]
    new = [
        DraftChange(
            user=user,
            participant_id=cell.participant,
            unit_id=cell.unit,
            day=cell.day,
            wanted=wanted,
            was_booked=not wanted,
            at=now,
        )
        for cell, wanted in sorted(changes.items())
        if wanted != (cell in live) and known.get(cell) != wanted
    ]
    if gone:
        mine.filter(_any_of(gone)).delete()
    DraftChange.objects.bulk_create(
        new,
        update_conflicts=True,
        unique_fields=["user", "participant", "unit", "day"],
        update_fields=["wanted", "was_booked", "at"],
    )


def clear_draft(*, user: User) -> int:
    """Forget all that `user` has ticked; returns how many changes there were."""
    return DraftChange.objects.filter(user=user).delete()[0]


def _live_among(cells: Collection[Cell]) -> set[Cell]:
    rows = Booking.objects.filter(
        participant__in={cell.participant for cell in cells},
        day__in={cell.day for cell in cells},
        unit__in={cell.unit for cell in cells},
        state__in=LIVE,
    )
    return {Cell(participant, day, unit) for participant, day, unit in rows.values_list("participant", "day", "unit")}


def _any_of(cells: Collection[Cell]) -> Q:
    return reduce(or_, (Q(participant=cell.participant, day=cell.day, unit=cell.unit) for cell in cells))
