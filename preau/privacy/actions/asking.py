"""A person asks about their data; an agent answers within the month."""

import datetime as dt

from django.db import transaction

from preau.accounts.models import User
from preau.demarches.actions import answer, open_demarche
from preau.demarches.choices import OPEN, DemarcheState
from preau.demarches.models import Demarche
from preau.families.models import Adult
from preau.privacy.actions.erasing import erase
from preau.privacy.choices import CORRECTION, ERASURE, OBJECTION, Erased
from preau.privacy.models import DataAsked

SUMMARIES = {
    CORRECTION: "Faire corriger mes données",
    ERASURE: "Faire effacer mes données",
    OBJECTION: "M’opposer à un usage de mes données",
}


@transaction.atomic
def ask_about_data(*, kind: str, text: str, about: str = "", by: User, now: dt.datetime) -> Demarche:
    """Send a request about the data of `by`. The same one, still open, is not sent twice; of erasures, one is open."""
    User.objects.select_for_update().get(pk=by.pk)  # two clicks are one
    known = DataAsked.objects.filter(demarche__kind=kind, demarche__asked_by=by, demarche__state__in=OPEN)
    if kind != ERASURE:
        known = known.filter(text=text)
    if (same := known.select_related("demarche").first()) is not None:
        return same.demarche
    adult = Adult.objects.select_related("family").filter(user=by).first()
    demarche = open_demarche(
        kind=kind,
        asked_by=by,
        summary=SUMMARIES[kind],
        family=adult.family if adult else None,
        now=now,
    )
    DataAsked.objects.create(demarche=demarche, about=about, text=text)
    return demarche


@transaction.atomic
def accept_asked(demarche: Demarche, *, reason: str = "", by: User, version: int, now: dt.datetime) -> Demarche:
    """What was asked has been done, `reason` tells how."""
    return answer(demarche, state=DemarcheState.ACCEPTED, reason=reason, by=by, version=version, now=now)


@transaction.atomic
def refuse_asked(demarche: Demarche, *, reason: str, by: User, version: int, now: dt.datetime) -> Demarche:
    """What was asked is not done, and why: the person may complain to the CNIL (GDPR, article 12.4)."""
    return answer(demarche, state=DemarcheState.REFUSED, reason=reason, by=by, version=version, now=now)


def erase_asked(demarche: Demarche, *, by: User, version: int, now: dt.datetime) -> Demarche:
    """Erase what the person asked to be. Raises ErasureRefused, DemarcheRefused."""
    kind = demarche.data_asked.about
    erase(kind=kind, code=code_of(demarche, kind), by=by, now=now, asked=demarche, version=version)
    return Demarche.objects.get(pk=demarche.pk)


def code_of(demarche: Demarche, about: str) -> str:
    """The public code of whoever an erasure is about; "" when they have gone."""
    user = demarche.asked_by
    adult = Adult.objects.select_related("family").filter(user=user).first() if user else None
    if about == Erased.ACCOUNT or adult is None:
        return user.code if user and about == Erased.ACCOUNT else ""
    return adult.code if about == Erased.ADULT else adult.family.code
