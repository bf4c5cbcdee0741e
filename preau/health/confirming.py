"""« Rien n’a changé » : it opens no value, so that the file of the year may say it too (see pyproject.toml)."""

import datetime as dt

from django.db import transaction

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.families.models import Adult, Participant
from preau.health.models import Confirmation
from preau.journal import actions as journal
from preau.town.models import SchoolYear


@transaction.atomic
def confirm(
    *,
    child: Participant,
    year: SchoolYear,
    adult: Adult,
    channel: Channel = Channel.ONLINE,
    by: User,
    now: dt.datetime,
) -> None:
    """Say that for this school year the sheet still holds; a second time changes nothing. At the counter, `by` is the
    agent who writes what `adult` signed: the history of the file tells it."""
    row = Confirmation(participant=child, year=year, adult=adult, at=now)
    known = Confirmation.objects.filter(participant=child, year=year)
    if known.exists():
        return
    Confirmation.objects.bulk_create([row], ignore_conflicts=True)  # both parents at once: the first counts
    facts, where = {"year": year.code}, {}
    if channel == Channel.COUNTER:
        facts["channel"] = str(channel)
        where = {"subject": adult.code, "family": adult.family.code}
    journal.record(by, "health.confirmed", at=now, participant=child.code, facts=facts, **where)
