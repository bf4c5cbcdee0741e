"""The life of a démarche, the same for every kind: opened, answered, completed, withdrawn.

Each move is one conditional UPDATE of the header: of two at once, the second finds another version and is refused.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from django.db import transaction
from django.db.models import F

from preau.accounts.choices import Channel, Topic
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.core.dates import local_day
from preau.demarches.choices import OPEN, DemarcheState, Refusal
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche, DemarcheEvent
from preau.demarches.queries import recipient_days, recipient_of
from preau.demarches.rules import Correction, due_at, due_in_months, fold, may_move, needs_reason
from preau.families.models import Adult, Family, Participant
from preau.journal.actions import record
from preau.town.actions import save_service
from preau.town.models import Service
from preau.town.queries import school_calendar, the_town


class DemarcheRefused(Exception):
    """Nothing was written; `reason` tells why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class AtCounter:
    """An agent writes a request for somebody who is there, and who may have no account."""

    agent: User
    person: Adult


def _receiving(kind: str, now: dt.datetime) -> Service:
    """A request is never lost: a town without any service gets one, which its administrators see."""
    service = recipient_of(kind, on=local_day(now))
    return service or save_service("mairie", {"name": "Mairie"}, by=None, now=now)


@transaction.atomic
def open_demarche(
    *,
    kind: str,
    asked_by: User | None,
    summary: str,
    family: Family | None = None,
    participant: Participant | None = None,
    words: Iterable[str] = (),
    counter: AtCounter | None = None,
    now: dt.datetime,
) -> Demarche:
    """Send a request to the service that receives its kind, to be answered by the day that is promised, if any.

    Agents find it by the names of the person, the family and the child, and by `words`. The caller writes the kind's
    own detail in the same transaction. `counter` tells who wrote it for the person.
    """
    demarche = Demarche.objects.create(
        kind=kind_of(kind).code,
        service=_receiving(kind, now),
        family=family,
        participant=participant,
        asked_by=asked_by,
        summary=summary,
        words=_words(words, asked_by, family, participant),
        sent_at=now,
        due_at=_due_at(kind, now),
    )
    if counter is None:
        _note(demarche, by=asked_by, now=now)
    else:
        _note(demarche, by=counter.agent, text=f"Écrite au guichet, pour {counter.person}.", counter=True, now=now)
    return demarche


def _due_at(kind: str, sent_at: dt.datetime) -> dt.datetime | None:
    """By when the answer is due: what the law says comes before what the town promises, of this kind or as usual."""
    if (months := kind_of(kind).months) is not None:
        return due_in_months(sent_at, months)
    days = recipient_days(kind) or kind_of(kind).working_days()
    return None if days is None else due_at(school_calendar(), sent_at, days)


def _words(words: Iterable[str], *about: object) -> str:
    return fold(" ".join([*(str(one) for one in about if one is not None), *words]))[:400]


@transaction.atomic
def answer(
    demarche: Demarche,
    *,
    state: DemarcheState,
    reason: str,
    by: User | None,
    version: int,
    now: dt.datetime,
    family: Family | None = None,
) -> Demarche:
    """Accept, refuse, or ask the family for more; they are told by mail, and read the answer on the portal.

    `version` is that of the démarche as `by` read it; `family` is the file that the answer ties it to. Raises
    DemarcheRefused when it has moved since, when it may not move so, or without the reason that the family needs. The
    same answer by the same agent again changes nothing.
    """
    if needs_reason(state) and not reason.strip():
        raise DemarcheRefused(Refusal.NO_REASON)
    if _is_answered_so(demarche.pk, state, by, version):
        return Demarche.objects.get(pk=demarche.pk)
    is_end = state != DemarcheState.INCOMPLETE
    answered = _move(
        demarche,
        state,
        version=version,
        reason=reason.strip(),
        answered_by=by if is_end else None,
        answered_at=now if is_end else None,
        **({} if is_end else {"due_at": None}),
        **({} if family is None else {"family": family}),
    )
    _note(answered, by=by, text=answered.reason, now=now)
    _tell(answered, now=now)
    return answered


@transaction.atomic
def withdraw(demarche: Demarche, *, by: User, now: dt.datetime) -> Demarche:
    """The person gives up a request that is still open. Raises DemarcheRefused once it is answered."""
    withdrawn = _move(demarche, DemarcheState.WITHDRAWN, answered_at=now)
    _note(withdrawn, by=by, now=now)
    return withdrawn


@transaction.atomic
def complete(
    demarche: Demarche,
    *,
    text: str,
    corrections: Sequence[Correction] = (),
    words: Iterable[str] | None = None,
    by: User,
    now: dt.datetime,
) -> Demarche:
    """The person sends what was missing. If an agent had asked for it, what is promised for an answer begins again;
    else it is due by the day that was told.

    `demarche` is as the person read it. `corrections` are what they put right in the kind's own detail, which the
    caller writes; agents find it by `words` from now on. Raises DemarcheRefused when it is over, or has moved since.
    The same words by the same person again change nothing.
    """
    if not may_move(demarche.state, DemarcheState.SENT):
        raise DemarcheRefused(Refusal.NOT_PERMITTED)
    if _is_completed_so(demarche, text, by):
        return Demarche.objects.get(pk=demarche.pk)
    moved: dict[str, object] = {"reason": ""}
    if demarche.state == DemarcheState.INCOMPLETE:
        moved["due_at"] = _due_again(demarche, now)
    completed = _move(demarche, DemarcheState.SENT, version=demarche.version, **moved)
    if words is not None:
        completed.words = _words(words, completed.asked_by, completed.family, completed.participant)
        completed.save(update_fields=["words"])
    _note(completed, by=by, text=text.strip(), corrections=corrections, now=now)
    return completed


def _due_again(demarche: Demarche, now: dt.datetime) -> dt.datetime | None:
    """Once the family has sent what was missing: what the law gives stood still meanwhile, what is promised begins
    again."""
    due = _due_at(demarche.kind, now)
    if due is None or kind_of(demarche.kind).months is None:
        return due
    waited, since = dt.timedelta(), None
    for event in [*demarche.events.order_by("pk"), DemarcheEvent(at=now, state=DemarcheState.SENT)]:
        if event.state == DemarcheState.INCOMPLETE:
            since = since or event.at
        elif since is not None:
            waited, since = waited + (event.at - since), None
    return (_due_at(demarche.kind, demarche.sent_at) or due) + waited


def take(demarche: Demarche, *, holder: User | None, by: User, now: dt.datetime) -> None:
    """See to a request oneself, or in place of `holder`, who is known to have it. Raises DemarcheRefused when it is no
    longer so."""
    _assign(demarche, holder=holder, to=by, by=by, now=now)


def release(demarche: Demarche, *, by: User, now: dt.datetime) -> None:
    """Leave a request to the others of the service. Raises DemarcheRefused when somebody else has taken it."""
    _assign(demarche, holder=by, to=None, by=by, now=now)


@transaction.atomic
def _assign(demarche: Demarche, *, holder: User | None, to: User | None, by: User, now: dt.datetime) -> None:
    if Demarche.objects.filter(pk=demarche.pk, assigned_to=to).exists():
        return
    if not Demarche.objects.filter(pk=demarche.pk, state__in=OPEN, assigned_to=holder).update(assigned_to=to):
        raise DemarcheRefused(Refusal.MOVED)
    record(by, "demarches.taken" if to else "demarches.released", at=now, subject=demarche.code)


def _is_answered_so(pk: int, state: DemarcheState, by: User | None, version: int) -> bool:
    """Whether this very answer was already given: a second click."""
    if by is None or state == DemarcheState.INCOMPLETE:
        return False
    return Demarche.objects.filter(pk=pk, state=state, answered_by=by, version=version + 1).exists()


def _is_completed_so(demarche: Demarche, text: str, by: User) -> bool:
    """Whether these very words were already sent: a second click."""
    moved = Demarche.objects.filter(pk=demarche.pk, state=DemarcheState.SENT, version=demarche.version + 1)
    last = DemarcheEvent.objects.filter(demarche__in=moved).order_by("-pk").first()
    return last is not None and (last.by_id, last.text) == (by.pk, text.strip())


def _move(demarche: Demarche, state: DemarcheState, *, version: int | None = None, **values: object) -> Demarche:
    """Move the header if it may go to `state` and, with a `version`, if nobody has moved it since."""
    rows = Demarche.objects.filter(pk=demarche.pk, state__in=[one for one in DemarcheState if may_move(one, state)])
    if version is not None:
        rows = rows.filter(version=version)
    if not rows.update(state=state, version=F("version") + 1, **values):
        raise DemarcheRefused(Refusal.NOT_PERMITTED if version is None else Refusal.MOVED)
    return Demarche.objects.select_related("asked_by", "service", "family", "participant").get(pk=demarche.pk)


def _note(
    demarche: Demarche,
    *,
    by: User | None,
    text: str = "",
    corrections: Sequence[Correction] = (),
    counter: bool = False,
    now: dt.datetime,
) -> None:
    DemarcheEvent.objects.create(
        demarche=demarche,
        at=now,
        by=by,
        state=demarche.state,
        text=text,
        corrections=[asdict(correction) for correction in corrections],
    )
    corrected = {"corrected": [correction.label for correction in corrections]} if corrections else {}
    record(
        by,
        f"demarches.{demarche.state}",
        at=now,
        subject=demarche.code,
        family=demarche.family.code if demarche.family else "",
        participant=demarche.participant.code if demarche.participant else "",
        facts={"kind": demarche.kind, **corrected, **({"channel": Channel.COUNTER} if counter else {})},
    )


def _tell(demarche: Demarche, *, now: dt.datetime) -> None:
    if demarche.asked_by is None:
        return
    kind = kind_of(demarche.kind)
    notify(
        Event(kind.mail, Topic.REQUESTS),
        to=demarche.asked_by,
        facts={
            **{"town": the_town(), "demarche": demarche, "kind": kind, "user": demarche.asked_by},
            "then": kind.then(demarche) if demarche.state == DemarcheState.ACCEPTED else "",
        },
        key=f"demarches.answered:{demarche.code}:{demarche.version}",
        now=now,
    )
