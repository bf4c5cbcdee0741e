"""The kinds of démarches. Each area registers its own when it starts; the worklist knows them by this alone."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Model

from preau.demarches.models import Demarche


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was asked, as the agents read it beside the list."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Kind:
    """What the worklist and the mails need to know of a kind of request.

    `page` names the address, made of the démarche's code, where an agent reads it whole and accepts it. `detail` is the
    table of what is asked, whose primary key is the 1-1 link to the header, and `lines` reads it. `accept` and `refuse`
    take the démarche, `by`, `version` and `now`, and what the kind needs besides; both go through `answer`. `mail` is
    the template that tells the person (see `notifications.actions.queue_mail`), with `demarche` and `kind`.
    """

    code: str
    label: str
    page: str
    detail: type[Model]
    lines: Callable[[Demarche], Sequence[Line]]
    accept: Callable[..., Demarche]
    refuse: Callable[..., Demarche]
    mail: str = "demarches/mail/answered"


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known, under its code."""
    KINDS[kind.code] = kind


def kind_of(code: str) -> Kind:
    """The kind of this code. Raises KeyError: nothing may be asked before its area has registered it."""
    return KINDS[code]
