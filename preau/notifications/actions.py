"""Queuing messages inside a change, and sending them after it."""

import datetime as dt
import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist
from django.core.mail import EmailMultiAlternatives, get_connection
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.utils.module_loading import import_string

from preau.core.prepared import insert
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing

LEASE = dt.timedelta(minutes=5)
# 1, 2, 4… minutes, at most every 4 hours; given up after two days.
MAX_WAIT = dt.timedelta(hours=4)
MAX_TRIES = 20

logger = logging.getLogger(__name__)


def queue_mail(address: str, *, template: str, context: Mapping[str, Any], dedupe_key: str, now: dt.datetime) -> None:
    """Put a mail in the outbox, in the caller's transaction; the same `dedupe_key` twice queues it once.

    `template` names `<template>.txt` and, beside it, `<template>.html`; they extend `notifications/mail.txt` (whose
    first line is the subject) and `notifications/mail.html`, which ask for `town` in the context. `public_url` is
    there too: links in a mail are absolute.
    """
    queue_mails([(address, context, dedupe_key)], template=template, now=now)


def queue_later(address: str, *, maker: str, about: str, dedupe_key: str, now: dt.datetime) -> None:
    """Put a mail in the outbox that the worker makes when it sends it: on an opening morning, parents come first.

    `maker` is the dotted path of a function which, from the code `about`, tells the template and its context; it must
    find again what was decided, not what is true later.
    """
    outgoing = Outgoing(
        address=address, maker=maker, about=about, dedupe_key=dedupe_key, created_at=now, next_try_at=now
    )
    insert(outgoing, unless_known=True)


def queue_mails(mails: Sequence[tuple[str, Mapping[str, Any], str]], *, template: str, now: dt.datetime) -> None:
    """Queue many mails of one template at once: a list of (address, context, dedupe_key)."""
    rows = [
        _written(Outgoing(address=address, dedupe_key=key, created_at=now, next_try_at=now), template, context)
        for address, context, key in mails
    ]
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True, batch_size=200)


def _written(outgoing: Outgoing, template: str, own_context: Mapping[str, Any]) -> Outgoing:
    """The message with its words."""
    context = {"public_url": settings.PUBLIC_URL, **own_context}
    subject, _, text = render_to_string(f"{template}.txt", context).partition("\n")
    outgoing.template, outgoing.subject, outgoing.text = template, subject.strip(), text.lstrip("\n")
    outgoing.html = render_to_string(f"{template}.html", context)
    return outgoing


def send_due(*, now: dt.datetime, limit: int = 50) -> int:
    """Send what is due, and say how many left. A message whose worker died is taken up again after its lease.

    A crash between the mail server's yes and our note sends that mail twice: never zero times.
    """
    sent = 0
    for outgoing in _take_due(now=now, limit=limit):
        try:
            if outgoing.maker and not outgoing.template:
                template, context = import_string(outgoing.maker)(outgoing.about)
                _written(outgoing, template, context).save(update_fields=["template", "subject", "text", "html"])
            _send(outgoing)
        # smtplib.SMTPException is an OSError; ValueError is an address with a line break; what it was about is gone.
        except (OSError, ValueError, ObjectDoesNotExist) as fault:
            _try_again(outgoing, fault, now=now)
        else:
            Outgoing.objects.filter(pk=outgoing.pk).update(state=OutgoingState.SENT, sent_at=now, fault="")
            sent += 1
    return sent


@transaction.atomic
def _take_due(*, now: dt.datetime, limit: int) -> list[Outgoing]:
    due = list(
        Outgoing.objects.select_for_update(skip_locked=True)
        .filter(state__in=[OutgoingState.WAITING, OutgoingState.SENDING], next_try_at__lte=now)
        .order_by("next_try_at", "id")[:limit]
    )
    Outgoing.objects.filter(pk__in=[row.pk for row in due]).update(
        state=OutgoingState.SENDING, next_try_at=now + LEASE, tries=F("tries") + 1
    )
    for row in due:
        row.tries += 1
    return due


def _send(outgoing: Outgoing) -> None:
    message = EmailMultiAlternatives(
        outgoing.subject, outgoing.text, to=[outgoing.address], connection=get_connection()
    )
    if outgoing.html:
        message.attach_alternative(outgoing.html, "text/html")
    message.send()


def _try_again(outgoing: Outgoing, fault: Exception, *, now: dt.datetime) -> None:
    logger.warning("mail %s not sent (try %s): %s", outgoing.pk, outgoing.tries, type(fault).__name__)
    over = outgoing.tries >= MAX_TRIES
    wait = min(dt.timedelta(minutes=2 ** min(outgoing.tries, 10)), MAX_WAIT)
    Outgoing.objects.filter(pk=outgoing.pk).update(
        state=OutgoingState.FAILED if over else OutgoingState.WAITING, next_try_at=now + wait, fault=str(fault)[:300]
    )
