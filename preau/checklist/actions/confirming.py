"""« Rien n’a changé » : confirming the steps of the file of the year."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from preau.accounts.models import User
from preau.checklist.choices import Step, YearRefusal
from preau.checklist.models import Season, YearConfirmation
from preau.core.dates import local_day
from preau.families.models import Adult, Family, Participant
from preau.health.confirming import confirm
from preau.journal.actions import record


class YearRefused(Exception):
    """Nothing was confirmed; `reason` tells why."""

    def __init__(self, reason: YearRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def confirm_steps(
    season: Season,
    seen: Mapping[Step, str],
    *,
    participant: Participant | None = None,
    family: Family | None = None,
    by: User,
    now: dt.datetime,
) -> int:
    """Note that these steps were looked at, for a participant or for a household; returns how many were new.

    `seen` is the digest of what was shown, by step. The other parent, or a second click, changes nothing. Raises
    YearRefused outside the days of the season.
    """
    if not season.is_open(local_day(now)):
        raise YearRefused(YearRefusal.NOT_OPEN)
    for one in filter(None, (participant, family)):  # the town confirms at once, each child or household one at a time
        type(one)._default_manager.select_for_update().get(pk=one.pk)
    known = YearConfirmation.objects.filter(season=season, participant=participant, family=family)
    new = [step for step in seen if step not in set(known.values_list("step", flat=True))]
    YearConfirmation.objects.bulk_create(
        YearConfirmation(
            season=season, step=step, participant=participant, family=family, by=by, at=now, seen=seen[step]
        )
        for step in new
    )
    if Step.HEALTH in new and participant is not None:
        adult = Adult.objects.get(user=by)
        confirm(child=participant, year=season.year, adult=adult, by=by, now=now)
    if new:
        record(
            by,
            "checklist.year_confirmed",
            at=now,
            subject=season.year.code,
            family=family.code if family else "",
            participant=participant.code if participant else "",
            facts={"steps": sorted(new), "seen": {str(step): seen[step] for step in new}},
        )
    return len(new)
