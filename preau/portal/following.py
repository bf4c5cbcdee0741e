"""« Suivi de mes démarches »: all that the family asked of the town, whatever the area that keeps it."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, F, Q, QuerySet, Value
from django.urls import reverse

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.core.templatetags.ui import date_longue, echeance, periode
from preau.demarches.choices import DemarcheState
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche
from preau.demarches.permissions import reads_all
from preau.demarches.queries import following
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment
from preau.families.choices import Subject
from preau.families.models import Participant
from preau.families.permissions import participants_visible_to

PER_PAGE = 10
HOUSEHOLD = "foyer"
DEMARCHE, ENROLMENT = "demarche", "enrolment"


@dataclass(frozen=True, slots=True)
class Stage:
    """A state as it is drawn: `colour` and `icon` of the gommette, `tone` and `sign` of the round mark before it."""

    label: str
    colour: str
    icon: str
    tone: str
    sign: str


STAGES = {
    DemarcheState.SENT: Stage("Envoyée", "lilas", "horloge", "t-lilas", "horloge"),
    DemarcheState.INCOMPLETE: Stage("À compléter", "ambre", "alerte", "t-soleil", "alerte"),
    DemarcheState.ACCEPTED: Stage("Acceptée", "vert", "succes", "t-pomme", "coche"),
    DemarcheState.REFUSED: Stage("Refusée", "rouge", "erreur", "t-corail", "croix"),
    DemarcheState.WITHDRAWN: Stage("Annulée", "", "retour", "", "retour"),
}
ENROLMENT_STAGES = {
    EnrolmentState.ASKED: STAGES[DemarcheState.SENT],
    EnrolmentState.WAITING: Stage("Liste d’attente", "bleu", "liste", "t-ciel", "sablier"),
    EnrolmentState.ACCEPTED: STAGES[DemarcheState.ACCEPTED],
    EnrolmentState.REFUSED: STAGES[DemarcheState.REFUSED],
    EnrolmentState.LEFT: Stage("Terminée", "", "coche", "", "coche"),
}


@dataclass(frozen=True, slots=True)
class Followed:
    """One thing that was asked. `told` says what happened and what comes next; `action` what the link does."""

    title: str
    who: Participant | None
    stage: Stage
    told: str
    url: str
    action: str


def followed_page(user: User, *, on: dt.date, number: str, about: str = "") -> "Page[tuple[dt.datetime, str, int]]":
    """A page of what this parent follows, the latest first; `about` is the code of a child, HOUSEHOLD, or "" for all.

    Only keys: `drawn` reads the rows. Two queries.
    """
    return Paginator(_keys(user, on, about), PER_PAGE).get_page(number)


def _keys(user: User, on: dt.date, about: str) -> "QuerySet[Demarche, tuple[dt.datetime, str, int]]":
    demarches, enrolments = following(user, on=on), _enrolments(user, on)
    if about == HOUSEHOLD:
        demarches, enrolments = demarches.filter(participant__isnull=True), enrolments.none()
    elif about:
        demarches, enrolments = (rows.filter(participant__code=about) for rows in (demarches, enrolments))  # type: ignore[assignment]
    columns = ("at", "what", "key")
    told: list[Any] = [  # two tables: no one type of rows
        rows.annotate(at=F(at), what=Value(what, CharField()), key=F("pk")).values_list(*columns)
        for rows, at, what in ((demarches, "sent_at", DEMARCHE), (enrolments, "asked_at", ENROLMENT))
    ]
    return told[0].union(told[1], all=True).order_by("-at", "-key")  # type: ignore[no-any-return]


def _enrolments(user: User, on: dt.date) -> QuerySet[Enrolment]:
    """Those that no démarche tells of already."""
    children = participants_visible_to(user, Subject.PLANNING, on=on)
    return Enrolment.objects.filter(Q(demarche__isnull=True), participant__in=children)


def drawn(user: User, keys: Sequence[tuple[dt.datetime, str, int]], *, on: dt.date, now: dt.datetime) -> list[Followed]:
    """These requests, as the list shows them: two queries, whatever their number."""
    demarches = following(user, on=on).in_bulk(_of(keys, DEMARCHE))
    enrolments = _enrolments(user, on).select_related("activity", "participant", "by").in_bulk(_of(keys, ENROLMENT))
    return [
        _demarche(user, demarches[key], now) if what == DEMARCHE else _enrolment(enrolments[key])
        for _, what, key in keys
    ]


def _of(keys: Collection[tuple[dt.datetime, str, int]], what: str) -> list[int]:
    return [key for _, kind, key in keys if kind == what]


def in_progress(user: User, *, on: dt.date, now: dt.datetime, count: int) -> list[Followed]:
    """The démarches of this parent that are not over, the latest first, at most `count`. One query."""
    rows = following(user, on=on).filter(state__in=[DemarcheState.SENT, DemarcheState.INCOMPLETE])
    return [_demarche(user, demarche, now) for demarche in rows.order_by("-sent_at", "-pk")[:count]]


def _demarche(user: User, demarche: Demarche, now: dt.datetime) -> Followed:
    is_mine = reads_all(user, demarche)
    must_act = is_mine and demarche.state == DemarcheState.INCOMPLETE
    return Followed(
        title=demarche.summary,
        who=demarche.participant,
        stage=STAGES[DemarcheState(demarche.state)],
        told=_told(demarche, now, is_mine=is_mine),
        url=reverse(kind_of(demarche.kind).family_page, args=[demarche.code]),
        action="Compléter" if must_act else "Voir la réponse" if demarche.answered_by else "Voir la demande",
    )


def _told(demarche: Demarche, now: dt.datetime, *, is_mine: bool) -> str:
    """« Envoyée le 6 février 2026. Réponse au plus tard lundi 16 février à 17 h. »"""
    sent = f"Envoyée le {date_longue(demarche.sent_at)}" + ("." if is_mine else " par un autre responsable.")
    if demarche.state == DemarcheState.INCOMPLETE:
        return f"{sent} Un agent attend votre réponse." if is_mine else f"{sent} Un agent attend une précision."
    if demarche.answered_at is not None:
        by = f" par {demarche.answered_by}" if is_mine and demarche.answered_by else ""
        label = STAGES[DemarcheState(demarche.state)].label
        return f"{sent} {label} le {date_longue(demarche.answered_at)}{by}."
    if demarche.due_at is None:
        return f"{sent} Un agent l’étudie."
    if demarche.due_at < now:
        return f"{sent} Réponse attendue depuis le {date_longue(demarche.due_at)}."
    return f"{sent} Réponse au plus tard {echeance(demarche.due_at)}."


def _enrolment(enrolment: Enrolment) -> Followed:
    at_counter = enrolment.by is not None and enrolment.by.is_staff
    asked = f"{'Faite au guichet' if at_counter else 'Demandée'} le {date_longue(local_day(enrolment.asked_at))}."
    told = f"{periode(enrolment.starts_on, enrolment.ends_on).capitalize()}. {asked}"
    return Followed(
        title=f"Inscription{NBSP}: {enrolment.activity.name}",
        who=enrolment.participant,
        stage=ENROLMENT_STAGES[EnrolmentState(enrolment.state)],
        told=told,
        url=f"{reverse('enrolments:list')}#{enrolment.participant.code}",
        action="Voir ses inscriptions",
    )


NBSP = "\u00a0"
