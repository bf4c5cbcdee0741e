"""The last link of the journal, sent out of the portal each week: who has it sees whether all was made anew."""

import datetime as dt

from preau.core.dates import local_day
from preau.journal.actions import anchor
from preau.notifications.actions import queue_mail
from preau.notifications.models import Outgoing
from preau.town.queries import the_town

TEMPLATE = "privacy/mail/anchor"


def mail_anchor(*, now: dt.datetime) -> int:
    """Send it to whoever protects the data of the town, once a week; returns how many mails were queued. Without an
    address, or before the first link, nothing leaves."""
    seq, digest = anchor()
    year, week, _ = local_day(now).isocalendar()
    key = f"privacy.anchor:{year}-{week:02}"
    town = the_town()
    address = town.data_protection_email
    if not address or not seq or Outgoing.objects.filter(dedupe_key=key).exists():
        return 0
    context = {"town": town, "seq": seq, "digest": digest, "at": now}
    queue_mail(address, template=TEMPLATE, context=context, dedupe_key=key, now=now)
    return 1
