"""From one school year to the next, for all the children of the town."""

import datetime as dt
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from preau.accounts.models import User
from preau.families.models import Participant
from preau.families.rolling import Move, roll_schoolings, unroll_schoolings
from preau.journal.actions import record
from preau.members.models import Repeating, RollOver
from preau.members.rules import Step
from preau.town.models import SchoolYear

UNDONE_WITHIN = dt.timedelta(days=7)


class TooLate(Exception):
    """A week has passed: what was written is the school of the children now."""


@transaction.atomic
def roll_over(
    *, before: SchoolYear, after: SchoolYear, steps: Sequence[Step], by: User, now: dt.datetime
) -> tuple[RollOver, int]:
    """Give each child its school of the year `after`; returns how many. Done already, only those who came since are
    added: what is written stays."""
    known = RollOver.objects.select_for_update().filter(after=after, undone_at__isnull=True)
    made = known.first() or _begin(before, after, by, now)
    moves = [
        Move(step.group.place, step.group.level, step.to_place, step.to_level)
        for step in steps
        if step.to_place is not None and step.to_level is not None
    ]
    stay = Participant.objects.filter(pk__in=Repeating.objects.filter(year=before).values("participant"))
    written = roll_schoolings(before=before, after=after, moves=moves, repeating=stay, batch=made.code, by=by, now=now)
    return made, written


def _begin(before: SchoolYear, after: SchoolYear, by: User, now: dt.datetime) -> RollOver:
    """The roll-over of the year: of two agents at once, both work on the same one."""
    try:
        with transaction.atomic():
            return RollOver.objects.create(before=before, after=after, made_by=by, made_at=now)
    except IntegrityError:
        return RollOver.objects.get(after=after, undone_at__isnull=True)


@transaction.atomic
def undo_roll_over(*, made: RollOver, by: User, now: dt.datetime) -> int:
    """Take a roll-over back, within a week; what was changed by hand since stays. Returns how many children have no
    school for that year any more. Raises TooLate; undone already, nothing changes."""
    if now > made.made_at + UNDONE_WITHIN:
        raise TooLate
    if not RollOver.objects.filter(pk=made.pk, undone_at__isnull=True).update(undone_at=now):
        return 0
    return unroll_schoolings(batch=made.code, by=by, now=now)


@transaction.atomic
def repeat(*, participant: Participant, year: SchoolYear, is_repeating: bool, by: User, now: dt.datetime) -> None:
    """The child stays in its level after `year`, or goes up like the others."""
    if is_repeating:
        _, is_changed = Repeating.objects.get_or_create(participant=participant, year=year)
    else:
        is_changed = bool(Repeating.objects.filter(participant=participant, year=year).delete()[0])
    if not is_changed:
        return
    verb = "repeating" if is_repeating else "going_up"
    record(by, f"members.{verb}", at=now, participant=participant.code, facts={"year": year.code})
