"""The kinds of démarches. Each area registers its own when it starts; the worklist knows them by this alone."""

from dataclasses import dataclass

from django.db.models import Model


@dataclass(frozen=True, slots=True)
class Kind:
    """What the worklist and the mails need to know of a kind of request.

    `detail` is the table of what is asked, whose primary key is the 1-1 link to the header; `mail` is the template that
    tells the person of an answer (see `notifications.actions.queue_mail`), with `demarche` and `kind`.
    """

    code: str
    label: str
    detail: type[Model]
    mail: str = "demarches/mail/answered"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known, under its code."""
    KINDS[kind.code] = kind


def kind_of(code: str) -> Kind:
    """The kind of this code. Raises KeyError: nothing may be asked before its area has registered it."""
    return KINDS[code]
