"""Papers that other pages ask for, by the code of their kind: where they stand, and where they are given or read.

These codes are Préau's own: a town that has no such kind is asked for nothing there (docs/fichier-de-commune.md).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.urls import reverse

from preau.accounts.models import User
from preau.core.asked import AskedPaper
from preau.core.dates import local_day
from preau.core.templatetags.ui import date_longue
from preau.documents.actions.handing import MODELS
from preau.documents.around import activities_of
from preau.documents.choices import Holder, Sensitivity, Stage, Standing
from preau.documents.models import DocumentKind, SupportingDocument
from preau.documents.permissions import (
    adults_served_by,
    children_served_by,
    closed_to,
    documents_in_review,
    documents_visible_to,
)
from preau.documents.queries import (
    Somebody,
    by_holder,
    deciding,
    given_facts,
    kinds_in_use,
    label_of,
    needs_of,
    served_by,
)
from preau.documents.rules import standing_of
from preau.families.models import Family, Participant
from preau.families.permissions import families_visible_to
from preau.health.choices import Item

VACCINES, PAI, PRESCRIPTION, INSURANCE = "carnet-de-vaccination", "pai", "ordonnance", "assurance"
FAMILY_BOOK, HOME_PROOF, JUDGMENT = "livret-de-famille", "justificatif-de-domicile", "jugement"
TAX_NOTICE = "avis-d-imposition"

OF_SHEETS: Mapping[Item, str] = {
    Item.VACCINES: VACCINES,
    Item.PAI: PAI,
    Item.TREATMENTS: PRESCRIPTION,
    Item.INSURANCE: INSURANCE,
}
"""What goes with an item of the health sheet."""

DRAWN: Mapping[Standing, tuple[str, str, str]] = {
    Standing.OK: ("Accepté", "vert", "succes"),
    Standing.EXPIRING: ("Expire bientôt", "ambre", "horloge"),
    Standing.WAITING: ("En cours de lecture", "lilas", "horloge"),
    Standing.REFUSED: ("À renvoyer", "rouge", "erreur"),
    Standing.EXPIRED: ("Expiré", "rouge", "horloge"),
    Standing.MISSING: ("À fournir", "ambre", "alerte"),
}


def hand_in_url(kind: DocumentKind, holder: Somebody) -> str:
    """The page where a document of this kind is given, for this holder."""
    asked = {"piece": kind.code}
    if not isinstance(holder, Family):
        asked["pour"] = holder.code
    return f"{reverse('documents:hand_in')}?{urlencode(asked)}"


def asked_papers(user: User, codes: Sequence[str], holders: Sequence[Somebody], *, on: dt.date) -> list[AskedPaper]:
    """For a parent: where each of these holders stands with each of these kinds, in that order.

    Only from what this parent may read: the judgment that another household gave is not there. What they may neither
    read nor give is left out. Two queries, and one for each kind.
    """
    kinds, papers = _kinds(codes, on), []
    stands = _stands(kinds, holders, documents_visible_to(user, on=on), on)
    givable = {kind.pk: set(_givable(user, kind, on).values_list("pk", flat=True)) for kind in kinds}
    for one in stands:
        may_give = one.holder.pk in givable[one.kind.pk]
        if may_give or one.document is not None:
            papers.append(_to_give(one, may_give=may_give))
    return papers


def papers_of_file(user: User, family: Family, *, on: dt.date) -> list[AskedPaper]:
    """What the town asks this parent for, optional papers included: what is to be done first, what is accepted last."""
    served = served_by(user, family, on=on)
    needs = needs_of(served, activities_of([child.pk for child in served.children], on), on=on)
    ranked = sorted(needs, key=lambda need: (not need.is_owed, RANKS.index(need.standing)))
    return [
        replace(paper, state="Facultatif", colour="", icon="document")
        if need.stage == Stage.OPTIONAL and need.standing == Standing.MISSING
        else paper
        for need in ranked
        for paper in [_to_give(_Stand(need.kind, need.holder, need.standing, need.document), may_give=True)]
    ]


RANKS = (
    Standing.REFUSED,
    Standing.EXPIRED,
    Standing.MISSING,
    Standing.EXPIRING,
    Standing.WAITING,
    Standing.OK,
)


def papers_in_review(
    user: User, codes: Sequence[str], holders: Sequence[Somebody], *, household: Family, on: dt.date
) -> list[AskedPaper]:
    """For an agent: the same, for a request of `household`, each document with the page where it is read.

    Only what this agent may review; the judgment that another household gave is not part of this one's request. Of a
    kind that needs a capability which they lack, not even whether it was given. The same queries, whatever the holders.
    """
    theirs = Q(kind__sensitivity=Sensitivity.JUDGMENT) & ~Q(demarche__family=household)
    rows, closed = documents_in_review(user, on).exclude(theirs), closed_to(user, on)
    return [
        _closed(one) if one.kind.sensitivity in closed else _to_read(one)
        for one in _stands(_kinds(codes, on), holders, rows, on)
    ]


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a holder stands with a kind, and the document that says so."""

    kind: DocumentKind
    holder: Somebody
    standing: Standing
    document: SupportingDocument | None

    @property
    def label(self) -> str:
        return label_of(self.kind, self.holder)


def _kinds(codes: Sequence[str], on: dt.date) -> list[DocumentKind]:
    found = {kind.code: kind for kind in kinds_in_use(on).filter(code__in=codes)}
    return [found[code] for code in codes if code in found]


def _stands(
    kinds: Sequence[DocumentKind], holders: Sequence[Somebody], rows: QuerySet[SupportingDocument], on: dt.date
) -> list[_Stand]:
    given = by_holder(rows.filter(kind__in=kinds)) if kinds else {}
    stands = []
    for kind in kinds:
        for holder in (one for one in holders if isinstance(one, MODELS[Holder(kind.holder)])):
            documents = given.get((kind.pk, type(holder), holder.pk), ())
            standing = standing_of([given_facts(document) for document in documents], on)
            stands.append(_Stand(kind, holder, standing, deciding(documents, standing)))
    return stands


def _givable(user: User, kind: DocumentKind, on: dt.date) -> QuerySet[Any]:
    """The holders for whom this parent may give a document of this kind."""
    if kind.holder == Holder.FAMILY:
        return families_visible_to(user)
    if kind.holder == Holder.ADULT:
        return adults_served_by(user)
    return children_served_by(user, kind.sensitivity, on=on)


def _to_give(one: _Stand, *, may_give: bool) -> AskedPaper:
    is_given = one.standing in (Standing.OK, Standing.EXPIRING, Standing.WAITING)
    is_ending = one.standing in (Standing.EXPIRING, Standing.EXPIRED)
    url = hand_in_url(one.kind, one.holder) if may_give else ""
    action = "Envoyer ce document" if one.standing == Standing.MISSING else "Envoyer un nouveau document"
    if one.standing in (Standing.OK, Standing.WAITING):
        url, action = reverse("documents:documents"), "Le voir dans mes documents"
    return AskedPaper(one.kind.code, one.label, *DRAWN[one.standing], _note(one), url, action, is_given, is_ending)


def _to_read(one: _Stand) -> AskedPaper:
    if one.document is None:
        note = "Rien de reçu que vous puissiez lire"
        return AskedPaper(one.kind.code, one.label, "Pas reçue", "ambre", "alerte", note)
    url = reverse("documents:review", args=[one.document.demarche.code])
    drawn = ("À lire", "lilas", "horloge") if one.standing == Standing.WAITING else DRAWN[one.standing]
    return AskedPaper(one.kind.code, one.label, *drawn, _note(one), url, "Lire la pièce", is_given=True)


def _closed(one: _Stand) -> AskedPaper:
    note = "Seuls les agents habilités peuvent la lire"
    return AskedPaper(one.kind.code, one.label, "Réservée", "", "verrou", note)


def _note(one: _Stand) -> str:
    """What the state does not say: until when, since when, why not."""
    document = one.document
    if document is None:
        return ""
    until = date_longue(document.valid_until) if document.valid_until else ""
    if one.standing in (Standing.OK, Standing.EXPIRING):
        return f"Valable jusqu’au {until}" if until else "Valable sans limite"
    if one.standing == Standing.EXPIRED:
        return f"N’est plus valable depuis le {until}"
    if one.standing == Standing.REFUSED:
        return document.demarche.reason
    return f"Donné le {date_longue(local_day(document.at))}, pas encore lu"


def sheet_papers(user: User, child: Participant, on: dt.date) -> dict[Item, AskedPaper]:
    """The papers of a health sheet, lent to it (see health.around)."""
    papers = {paper.code: paper for paper in asked_papers(user, list(OF_SHEETS.values()), [child], on=on)}
    return {item: papers[code] for item, code in OF_SHEETS.items() if code in papers}
