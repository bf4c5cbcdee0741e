"""Links sent by mail: made, looked at, used once.

The token is in the mail alone; the database keeps its digest, so that whoever reads it can open nothing.
"""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence

from preau.accounts.choices import LinkFault, LinkPurpose
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


def make_links(purpose: LinkPurpose, *, subjects: Sequence[str], hours: int, now: dt.datetime) -> dict[str, str]:
    """The token of a new link for each of `subjects`, as `make_link` would: two statements for a few hundred."""
    close_links(purpose, subjects=subjects, now=now)
    tokens = {subject: secrets.token_urlsafe(TOKEN_BYTES) for subject in subjects}
    MailedLink.objects.bulk_create(
        [
            MailedLink(
                digest=_digest(token),
                purpose=purpose,
                subject=subject,
                created_at=now,
                expires_at=now + dt.timedelta(hours=hours),
            )
            for subject, token in tokens.items()
        ],
        batch_size=200,
    )
    return tokens


def close_links(purpose: LinkPurpose, *, subjects: Sequence[str], now: dt.datetime) -> None:
    """The links already sent about `subjects` no longer work."""
    MailedLink.objects.filter(purpose=purpose, subject__in=subjects, used_at=None, expires_at__gt=now).update(
        expires_at=now
    )


def find_link(token: str, purpose: LinkPurpose) -> MailedLink | None:
    """The link of this token, whatever its state; None when we never sent it."""
    return MailedLink.objects.select_related("user").filter(digest=_digest(token), purpose=purpose).first()


def is_open(link: MailedLink, *, now: dt.datetime) -> bool:
    """Whether the link may still be used."""
    return link.used_at is None and now < link.expires_at


def fault_of(link: MailedLink | None, *, now: dt.datetime) -> LinkFault | None:
    """Why a link no longer works, None when it does; see `accounts/link_over.html` for the page that says it."""
    if link is None:
        return LinkFault.UNKNOWN
    if link.used_at is not None:
        return LinkFault.USED
    return None if now < link.expires_at else LinkFault.EXPIRED


def use_link(link: MailedLink, *, now: dt.datetime) -> bool:
    """Use the link, in the caller's transaction; False when it was used or has expired, a second click included."""
    return bool(MailedLink.objects.filter(pk=link.pk, used_at=None, expires_at__gt=now).update(used_at=now))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
