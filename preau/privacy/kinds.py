"""The kinds of requests about one's data, as the worklist and the family's « Suivi » read and answer them."""

from collections.abc import Sequence
from functools import partial

from django.utils import timezone

from preau.core.dates import local_day
from preau.demarches.kinds import Check, Kind, Line
from preau.demarches.models import Demarche
from preau.privacy.actions.asking import accept_asked, code_of, erase_asked, refuse_asked
from preau.privacy.choices import CORRECTION, ERASURE, OBJECTION, Erased
from preau.privacy.erasing import also_theirs, refusals, whom
from preau.privacy.models import DataAsked

MAIL = "privacy/mail/answered"
MONTHS = 1
"""The time that the law gives to answer: GDPR, article 12.3."""
WORDS = {
    CORRECTION: "À corriger",
    ERASURE: "Pourquoi",
    OBJECTION: "Opposition",
}
WHOSE = {
    Erased.ACCOUNT: "Mon compte seulement",
    Erased.ADULT: "Ce qui est à mon nom",
    Erased.FAMILY: "Tout le dossier de mon foyer",
}


def lines_of(demarche: Demarche) -> Sequence[Line]:
    asked: DataAsked = demarche.data_asked
    told = (
        Line("À effacer", WHOSE[Erased(asked.about)] if asked.about else ""),
        Line(WORDS[demarche.kind], asked.text),
    )
    return [line for line in told if line.value]


def erasure_checks(demarche: Demarche) -> Sequence[Check]:
    """Why the erasure would have to wait, and who else it is about."""
    about = demarche.data_asked.about
    who = whom(about, code_of(demarche, about))
    if who is None:
        return [Check("Ces données ne sont plus là\u00a0: il n’y a rien à effacer.", None)]
    found = [Check(why.label, False) for why in refusals(who, on=local_day(timezone.now()), besides=demarche)]
    if others := also_theirs(who, besides=demarche.asked_by):
        found.append(Check(others, None))
    return found or [Check("Rien n’empêche d’effacer.", True)]


def then(demarche: Demarche) -> str:
    return "C’est fait. Vous n’avez rien d’autre à faire."


_kind = partial(
    Kind, page="privacy:asked", detail=DataAsked, lines=lines_of, refuse=refuse_asked, then=then, months=MONTHS
)
ALL = (
    _kind(code=CORRECTION, label="Données à corriger", accept=accept_asked, mail=MAIL),
    _kind(code=ERASURE, label="Données à effacer", accept=erase_asked, mail=MAIL, checks=erasure_checks),
    _kind(code=OBJECTION, label="Opposition", accept=accept_asked, mail=MAIL),
)
