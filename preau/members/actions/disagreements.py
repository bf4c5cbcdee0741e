"""What two parents do not agree on goes to an agent, who notes and convenes: only a judgment decides for them."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.demarches.actions import answer, open_demarche, withdraw
from preau.demarches.choices import OPEN, DemarcheState
from preau.demarches.models import Demarche
from preau.families.models import Adult, AuthorisationKind, Participant
from preau.members.choices import DISAGREEMENT
from preau.members.models import Disagreement, TrustedPerson


def note_disagreement(
    *,
    participant: Participant,
    signer: Adult,
    kind: AuthorisationKind | None = None,
    person: TrustedPerson | None = None,
    label: str,
    by: User,
    now: dt.datetime,
) -> None:
    """Send the disagreement to an agent, unless one of them has it already."""
    if _open_about(participant, kind, person):
        return
    demarche = open_demarche(
        kind=DISAGREEMENT,
        asked_by=by,
        summary=f"Désaccord entre parents\u00a0: {label}"[:200],
        family=signer.family,
        participant=participant,
        now=now,
    )
    Disagreement.objects.create(demarche=demarche, kind=kind, person=person)


def end_disagreement(
    *,
    participant: Participant,
    kind: AuthorisationKind | None = None,
    person: TrustedPerson | None = None,
    by: User,
    now: dt.datetime,
) -> None:
    """The parents agree again: nobody has anything to settle."""
    for row in _open_about(participant, kind, person):
        withdraw(row.demarche, by=by, now=now)


def _open_about(
    participant: Participant, kind: AuthorisationKind | None, person: TrustedPerson | None
) -> list[Disagreement]:
    rows = Disagreement.objects.filter(
        demarche__participant=participant, demarche__state__in=OPEN, kind=kind, person=person
    )
    return list(rows.select_related("demarche"))


@transaction.atomic
def close_disagreement(demarche: Demarche, *, note: str = "", by: User, version: int, now: dt.datetime) -> Demarche:
    """An agent has noted what was said and done; no parent's answer changes."""
    return answer(demarche, state=DemarcheState.ACCEPTED, reason=note, by=by, version=version, now=now)


@transaction.atomic
def leave_disagreement(demarche: Demarche, *, reason: str, by: User, version: int, now: dt.datetime) -> Demarche:
    """An agent leaves it without doing anything, and says why; no parent's answer changes."""
    return answer(demarche, state=DemarcheState.REFUSED, reason=reason, by=by, version=version, now=now)
