"""Which service receives the requests of a kind."""

import datetime as dt

from preau.demarches.models import Recipient
from preau.journal.actions import Actor
from preau.town.actions import delete_reference, save_reference
from preau.town.models import Service


def choose_recipient(
    kind: str, service: str | None, *, working_days: int | None = None, by: Actor | None, now: dt.datetime
) -> None:
    """Send the requests of `kind` to the service of that code, which answers within so many working days (None: no
    delay is promised); without a service they go to the first of the town."""
    if service is not None:
        values = {"service": Service.objects.get(code=service), "working_days": working_days}
        save_reference(Recipient, {"kind": kind}, values, by=by, now=now)
        return
    for row in Recipient.objects.filter(kind=kind):
        delete_reference(row, by=by, now=now)
