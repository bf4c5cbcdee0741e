"""Taking over the shared accounts of an old portal: one invitation for each guardian, and a report of the others."""

import datetime as dt
from collections.abc import Sequence

from django.db import transaction

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.journal import actions as journal
from preau.registration.actions.inviting import invite
from preau.registration.models import Takeover
from preau.registration.queries.takeovers import plan_takeover
from preau.registration.takeover_file import Line


@transaction.atomic
def keep_takeover(*, name: str, lines: Sequence[Line], by: journal.Actor | None, now: dt.datetime) -> Takeover:
    """Keep a file that has no fault, until an agent says to go on."""
    return Takeover.objects.create(
        name=name[:120],
        lines=[line.as_row() for line in lines],
        checked_at=now,
        by=by if isinstance(by, User) else None,
    )


@transaction.atomic
def do_takeover(*, takeover: Takeover, by: journal.Actor | None, now: dt.datetime) -> Takeover:
    """Invite all those who can be, and keep the report. Done once; another file with the same lines invites nobody."""
    held = Takeover.objects.select_for_update().get(pk=takeover.pk)
    if held.done_at is not None:
        return held
    planned = plan_takeover([Line.of(row) for row in held.lines], on=local_day(now))
    asked = {each.adult.pk: each for each in planned if each.adult and each.problem is None}
    emails = {key: each.email for key, each in asked.items()}
    result = invite(adults=list(asked), emails=emails, renews_expired=False, by=by, now=now)
    refused = {adult.pk: reason for adult, reason in result.refused}
    held.report = [
        {"line": each.line, "number": each.number, "who": each.who, "email": each.email, "problem": str(problem)}
        for each in planned
        if (problem := each.problem or refused.get(each.adult.pk if each.adult else 0))
    ]
    held.invited, held.done_at = len(result.done), now
    held.save(update_fields=["report", "invited", "done_at"])
    journal.record(by, "registration.taken_over", at=now, subject=held.code, facts={"invited": held.invited})
    return held
