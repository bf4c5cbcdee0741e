"""« Rien n’a changé » : it opens no value, so that the file of the year may say it too (see pyproject.toml)."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.families.models import Adult, Participant
from preau.health.models import Confirmation
from preau.journal import actions as journal
from preau.town.models import SchoolYear


@transaction.atomic
def confirm(*, child: Participant, year: SchoolYear, adult: Adult, by: User, now: dt.datetime) -> None:
    """Say that for this school year the sheet still holds; a second time changes nothing."""
    row = Confirmation(participant=child, year=year, adult=adult, at=now)
    known = Confirmation.objects.filter(participant=child, year=year)
    if known.exists():
        return
    Confirmation.objects.bulk_create([row], ignore_conflicts=True)  # both parents at once: the first counts
    journal.record(by, "health.confirmed", at=now, participant=child.code, facts={"year": year.code})
