"""The steps on the way to an account, from the first word typed to the link that is mailed."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction
from django.db.models import Sum

from preau.accounts.actions import family_account_at
from preau.accounts.choices import LinkPurpose
from preau.accounts.links import close_links, make_link
from preau.accounts.notifying import Event, notify
from preau.registration.models import DraftPhoto, Registration
from preau.town.choices import TextCode, WayIn
from preau.town.models import Text
from preau.town.queries import the_town

KEPT_AS_DRAFT = dt.timedelta(hours=24)
KEPT_AFTER_LINK = dt.timedelta(days=7)
"""Once its link has expired, so that it can be sent again."""
BETWEEN_MAILS = dt.timedelta(minutes=1)
A_DAY = dt.timedelta(days=1)
MOST_MAILS_A_DAY = 5

KNOWN = Event("registration/mail/known")
PURPOSES = {WayIn.FIVE_STEPS: LinkPurpose.ACTIVATION, WayIn.REQUEST: LinkPurpose.REQUEST}
LINKS = {
    WayIn.FIVE_STEPS: Event("registration/mail/activation"),
    WayIn.REQUEST: Event("registration/mail/request"),
}


def start_registration(*, way: WayIn = WayIn.FIVE_STEPS, now: dt.datetime) -> Registration:
    """An empty draft."""
    return Registration.objects.create(way=way, created_at=now, expires_at=now + KEPT_AS_DRAFT)


@transaction.atomic
def write_step(
    *, registration: Registration, values: Mapping[str, object], photo: bytes | None = None, now: dt.datetime
) -> None:
    """Keep what was typed in a step. A registration sent already is a draft again: the link that it sent is closed.

    `photo` is a JPEG of core.photos, b"" for none any more; None leaves the one that there is.
    """
    is_draft = _write(registration, values, now=now)
    if photo and is_draft:
        DraftPhoto.objects.update_or_create(registration=registration, defaults={"jpeg": photo})
    elif photo is not None:
        DraftPhoto.objects.filter(registration=registration).delete()


@transaction.atomic
def accept_text(*, registration: Registration, code: TextCode, text: Text | None, now: dt.datetime) -> None:
    """The person has read a text (None: the town has published none) and says yes."""
    field = {TextCode.TERMS: "terms", TextCode.PRIVACY: "privacy"}[code]
    _write(registration, {field: text, f"{field}_at": now}, now=now)


def _write(registration: Registration, values: Mapping[str, object], *, now: dt.datetime) -> bool:
    """Whether it was still one's own to write: its link may just have been pressed."""
    if registration.submitted_at is not None:
        close_links(PURPOSES[WayIn(registration.way)], subjects=[registration.code], now=now)
    changed = {**values, "submitted_at": None, "expires_at": now + KEPT_AS_DRAFT}
    if not Registration.objects.filter(pk=registration.pk, user=None).update(**changed):
        return False
    for name, value in changed.items():
        setattr(registration, name, value)
    return True


@transaction.atomic
def cancel_registration(*, registration: Registration, now: dt.datetime) -> None:
    """The person gives up, or refuses the terms: nothing is kept."""
    close_links(PURPOSES[WayIn(registration.way)], subjects=[registration.code], now=now)
    Registration.objects.filter(pk=registration.pk, user=None).delete()


@transaction.atomic
def submit_registration(*, registration: Registration, now: dt.datetime) -> None:
    """The person says yes to the recap: a mail leaves. A second time changes nothing.

    Whether the file exists is not even looked at, and an address that already has an account costs the same queries as
    another: neither words nor time tell.
    """
    if Registration.objects.filter(pk=registration.pk, submitted_at=None).update(submitted_at=now):
        registration.submitted_at = now
        _mail_link(registration, now=now)


@transaction.atomic
def send_link_again(*, registration: Registration, now: dt.datetime) -> bool:
    """Mail the link once more, expired or not; False when the last mail has only just left."""
    waiting = Registration.objects.select_for_update().filter(pk=registration.pk, user=None, submitted_at__isnull=False)
    found = waiting.first()
    if found is None or (found.mailed_at and now - found.mailed_at < BETWEEN_MAILS):
        return False
    _mail_link(found, now=now)
    return True


def _mail_link(registration: Registration, *, now: dt.datetime) -> None:
    """The address's owner gets the link or, with an account already, word that somebody tried. Too many mails to one
    address in a day, and none leaves."""
    way = WayIn(registration.way)
    hours = the_town().hours_of_link(way)
    owner = family_account_at(registration.email)
    token = make_link(PURPOSES[way], subject=registration.code, hours=hours, now=now)
    registration.link_expires_at = now + dt.timedelta(hours=hours)
    if _mails_today(registration.email, now=now) < MOST_MAILS_A_DAY:
        notify(
            KNOWN if owner else LINKS[way],
            to=owner or registration.email,
            facts={"registration": registration, "token": token, "until": registration.link_expires_at},
            key=f"registration-{registration.code}-{registration.mails}",
            now=now,
        )
    registration.mails += 1
    registration.mailed_at = now
    registration.expires_at = registration.link_expires_at + KEPT_AFTER_LINK
    registration.save(update_fields=["link_expires_at", "mails", "mailed_at", "expires_at"])


def _mails_today(email: str, *, now: dt.datetime) -> int:
    recent = Registration.objects.filter(email__iexact=email, mailed_at__gt=now - A_DAY)
    return recent.aggregate(mails=Sum("mails"))["mails"] or 0
