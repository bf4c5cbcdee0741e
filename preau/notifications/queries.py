"""The demonstration's mailbox: the mails that Django's file backend has written, read back from its folder."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

BETWEEN_MAILS = b"\n" + b"-" * 79 + b"\n"
MOST_FILES = 200


@dataclass(frozen=True, slots=True)
class WrittenMail:
    """A mail as its reader would see it; `name` is its file and its place there. `html` is empty when it has none."""

    name: str
    sent_at: dt.datetime | None
    to: str
    subject: str
    text: str
    html: str


def written_mails(folder: Path) -> list[WrittenMail]:
    """The mails of the latest files, newest first."""
    files = sorted(folder.glob("*.log"), key=lambda file: (file.stat().st_mtime_ns, file.name), reverse=True)
    return [mail for file in files[:MOST_FILES] for mail in reversed(list(_mails_of(file)))]


def written_mail(folder: Path, name: str) -> WrittenMail | None:
    """The mail of that name among those listed: a name is compared, never turned into a path."""
    return next((mail for mail in written_mails(folder) if mail.name == name), None)


def _mails_of(file: Path) -> Iterator[WrittenMail]:
    for place, raw in enumerate(file.read_bytes().split(BETWEEN_MAILS)):
        if raw.strip():
            message = message_from_bytes(raw, policy=policy.default)
            yield WrittenMail(
                name=f"{file.stem}-{place}",
                sent_at=_sent_at(message),
                to=str(message["To"] or ""),
                subject=str(message["Subject"] or ""),
                text=_body(message, "plain"),
                html=_body(message, "html"),
            )


def _sent_at(message: EmailMessage) -> dt.datetime | None:
    """Django dates its mails in UTC with « -0000 », which Python reads as an instant without a zone."""
    if not message["Date"]:
        return None
    sent_at = parsedate_to_datetime(message["Date"])
    return sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=dt.UTC)


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""
