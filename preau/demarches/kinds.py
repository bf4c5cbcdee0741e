"""The kinds of démarches. Each area registers its own when it starts; the worklist knows them by this alone."""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from django.db.models import Model, Q

from preau.accounts.models import User
from preau.core.asked import AskedPaper
from preau.demarches.models import Demarche
from preau.families.choices import Subject


@dataclass(frozen=True, slots=True)
class Line:
    """Something that was asked, as it is read beside the list. `before` is what holds until an agent accepts."""

    label: str
    value: str
    before: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What the machine already looked at, for the agent: `is_good` None is worth knowing, and nothing more."""

    text: str
    is_good: bool | None = None


class Reach(Enum):
    """Who follows a request, besides the person who sent it (see permissions.demarches_visible_to)."""

    ASKER = "asker"
    HOUSEHOLD = "household"
    CHILD = "child"


def nothing(demarche: Demarche) -> Sequence[Line]:
    """What others than the asker read of a request: its header, and no more."""
    return ()


def no_check(demarche: Demarche) -> Sequence[Check]:
    return ()


def nothing_more(demarche: Demarche) -> str:
    """What comes next, unless the kind has better to say."""
    return "C’est enregistré dans votre dossier. Vous n’avez rien d’autre à faire."


def nothing_closed(user: User, on: dt.date) -> Q:
    return Q(pk__in=[])


def no_paper(demarche: Demarche, user: User, on: dt.date) -> Sequence[AskedPaper]:
    return ()


@dataclass(frozen=True, slots=True)
class Kind:
    """What the worklist and the mails need to know of a kind of request.

    `page` names the address, made of the démarche's code, where an agent reads it whole and accepts it. `detail` is the
    table of what is asked, whose primary key is the 1-1 link to the header, and `lines` reads it. `accept` and `refuse`
    take the démarche, `by`, `version` and `now`, and what the kind needs besides; both go through `answer`. `mail` is
    the template that tells the person (see `notifications.actions.queue_mail`), with `demarche` and `kind`.

    On the family's side, `family_page` names the address, made of the same code, where the request is followed;
    `reach` says who follows it, and `subject` what they must see of the child when it is about one. The asker reads
    `lines`; the others of the household, `shared_lines`. `change_page` is the address where the asker changes what was
    asked (None: only a text can be added), and asks anew once it is refused unless `again` is another; `then` says
    what comes next once it is accepted; `withdraw` gives it up (None: as any kind is), unless `stays`: it ends by
    itself. `working_days` is the time that is promised for an answer where the town says nothing of this kind, None
    when nothing is; `months`, the time that the law gives, whatever is promised. `papers` are those to show while it is
    open.

    `closed` are those of this kind that an agent may not even know of: what they tell of needs another capability.

    `checks` tells the agent what the machine already looked at. `is_accepted_together` when an agent may accept several
    at once, as long as none of their checks is bad: `accept` then takes nothing else.
    """

    code: str
    label: str
    page: str
    detail: type[Model]
    lines: Callable[[Demarche], Sequence[Line]]
    accept: Callable[..., Demarche]
    refuse: Callable[..., Demarche]
    mail: str = "demarches/mail/answered"
    family_page: str = "demarches:followed"
    reach: Reach = Reach.ASKER
    subject: Subject = Subject.IDENTITY
    shared_lines: Callable[[Demarche], Sequence[Line]] = nothing
    change_page: Callable[[Demarche], str] | None = None
    again: Callable[[Demarche], str] | None = None
    again_label: str = "Recommencer ma demande"
    then: Callable[[Demarche], str] = nothing_more
    withdraw: Callable[..., Demarche] | None = None
    stays: bool = False
    papers: Callable[[Demarche, User, dt.date], Sequence[AskedPaper]] = no_paper
    closed: Callable[[User, dt.date], Q] = nothing_closed
    checks: Callable[[Demarche], Sequence[Check]] = no_check
    is_accepted_together: bool = False
    working_days: Callable[[], int | None] = lambda: None
    months: int | None = None


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known, under its code."""
    KINDS[kind.code] = kind


def kind_of(code: str) -> Kind:
    """The kind of this code. Raises KeyError: nothing may be asked before its area has registered it."""
    return KINDS[code]
