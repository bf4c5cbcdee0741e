"""Opening a sheet for an agent: the reading is recorded first, and shown to the parents."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.accounts.permissions import administrators
from preau.core.dates import local_day
from preau.families.models import Participant
from preau.health.choices import Purpose
from preau.health.keys import locked_key
from preau.health.models import HealthReading
from preau.health.queries.sheets import OpenSheet, reason_spot, sheet_of
from preau.health.sealing import seal
from preau.journal import actions as journal
from preau.town.queries import year_on

READ_ELSEWHERE = Event("health/mail/read_elsewhere")


class ReasonWanted(Exception):
    """Outside of one's place of the day, a reading needs a reason."""


@transaction.atomic
def open_sheet(*, child: Participant, purpose: Purpose, reason: str = "", by: User, now: dt.datetime) -> OpenSheet:
    """The sheet of a child for an agent, once the reading is recorded: nothing is shown that leaves no trace.

    Whether this agent may is the caller's to know, as is the purpose: EMERGENCY is for who is not where the child is
    expected, takes a reason, and is told to the administrators. Raises ReasonWanted, MasterFault, CannotOpen.
    """
    reason = reason.strip()
    if purpose == Purpose.EMERGENCY and not reason:
        raise ReasonWanted
    today = local_day(now)
    sheet = sheet_of(child, year=year_on(today), on=today)
    reading = HealthReading(participant=child, by=by, at=now, purpose=purpose, names=sheet.names)
    if reason:
        reading.reason = seal(locked_key(child.pk), reason_spot(reading), reason.encode())
    reading.save()
    facts = {"purpose": str(purpose.value), "items": sheet.names}
    journal.record(by, "health.read", at=now, subject=reading.code, participant=child.code, facts=facts)
    if purpose == Purpose.EMERGENCY:
        _tell_administrators(reading, by, now=now)
    return sheet


def _tell_administrators(reading: HealthReading, by: User, *, now: dt.datetime) -> None:
    """Without the child's name, nor the reason: a mail is no place for either."""
    for administrator in User.objects.filter(pk__in=administrators(local_day(now))).order_by("pk"):
        facts = {"agent": by, "at": now, "reading": reading.code}
        key = f"read-elsewhere-{reading.code}-{administrator.pk}"
        notify(READ_ELSEWHERE, to=administrator, facts=facts, key=key, now=now)
