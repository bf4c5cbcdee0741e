"""Links sent by mail: made, looked at, used once.

The token is in the mail alone; the database keeps its digest, so that whoever reads it can open nothing.
"""

import datetime as dt
import hashlib
import secrets

from preau.accounts.choices import LinkPurpose
from preau.accounts.models import MailedLink, User

TOKEN_BYTES = 24


def make_link(
    purpose: LinkPurpose, *, subject: str = "", user: User | None = None, hours: int, now: dt.datetime
) -> str:
    """The token of a new link, valid `hours`; earlier links of the same purpose and subject no longer work."""
    earlier = MailedLink.objects.filter(purpose=purpose, subject=subject, user=user, used_at=None, expires_at__gt=now)
    earlier.update(expires_at=now)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    MailedLink.objects.create(
        digest=_digest(token),
        purpose=purpose,
        subject=subject,
        user=user,
        created_at=now,
        expires_at=now + dt.timedelta(hours=hours),
    )
    return token


def find_link(token: str, purpose: LinkPurpose) -> MailedLink | None:
    """The link of this token, whatever its state; None when we never sent it."""
    return MailedLink.objects.select_related("user").filter(digest=_digest(token), purpose=purpose).first()


def is_open(link: MailedLink, *, now: dt.datetime) -> bool:
    """Whether the link may still be used."""
    return link.used_at is None and now < link.expires_at


def use_link(link: MailedLink, *, now: dt.datetime) -> bool:
    """Use the link, in the caller's transaction; False when it was used or has expired, a second click included."""
    return bool(MailedLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
