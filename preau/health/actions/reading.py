"""Opening a sheet for an agent: the reading is recorded first, and shown to the parents."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.accounts.permissions import administrators
from preau.core.dates import local_day
from preau.families.models import Participant
from preau.health.choices import Item, Purpose
from preau.health.keys import locked_key
from preau.health.models import HealthField, HealthReading, Vaccination
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
    reading = HealthReading(participant=child, by=by, at=now, purpose=purpose.value, names=sheet.names)
    if reason:
        reading.reason = seal(locked_key(child.pk), reason_spot(reading), reason.encode())
    _keep(reading, by)
    if purpose == Purpose.EMERGENCY:
        _tell_administrators(reading, by, now=now)
    return sheet


def _keep(reading: HealthReading, by: User) -> None:
    reading.save()
    facts = {"purpose": reading.purpose, "items": reading.names}
    journal.record(
        by, "health.read", at=reading.at, subject=reading.code, participant=reading.participant.code, facts=facts
    )


@transaction.atomic
def note_taken_away(*, child: Participant, purpose: Purpose, by: User, now: dt.datetime) -> None:
    """An agent left the portal with a file that holds the sheet: it was read, unless there was nothing in it."""
    filled = {*HealthField.objects.filter(participant=child).values_list("name", flat=True)}
    if Vaccination.objects.filter(participant=child).exists():
        filled.add(Item.VACCINES)
    names = [str(item.value) for item in Item if item in filled]
    if names:
        _keep(HealthReading(participant=child, by=by, at=now, purpose=purpose.value, names=names), by)


def _tell_administrators(reading: HealthReading, by: User, *, now: dt.datetime) -> None:
    """Without the child's name, nor the reason: a mail is no place for either."""
    for administrator in User.objects.filter(pk__in=administrators(local_day(now))).order_by("pk"):
        facts = {"agent": by, "at": now, "reading": reading.code}
        key = f"read-elsewhere-{reading.code}-{administrator.pk}"
        notify(READ_ELSEWHERE, to=administrator, facts=facts, key=key, now=now)
