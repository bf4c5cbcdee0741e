"""Papers that other pages ask for, by the code of their kind: where they stand, and where they are given or read.

These codes are Préau's own: a town that has no such kind is asked for nothing there (docs/fichier-de-commune.md).
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from preau.accounts.models import User
from preau.core.asked import AskedPaper
from preau.core.dates import local_day
from preau.core.templatetags.ui import date_longue
from preau.documents.actions.handing import MODELS
from preau.documents.choices import Holder, Standing
from preau.documents.models import DocumentKind, SupportingDocument
from preau.documents.permissions import adults_served_by, children_served_by, documents_visible_to
from preau.documents.queries import Somebody, by_holder, deciding, given_facts, kinds_in_use
from preau.documents.rules import standing_of
from preau.families.models import Family, Participant
from preau.families.permissions import families_visible_to
from preau.health.choices import Item

VACCINES, PAI, PRESCRIPTION, INSURANCE = "carnet-de-vaccination", "pai", "ordonnance", "assurance"
FAMILY_BOOK, HOME_PROOF, JUDGMENT = "livret-de-famille", "justificatif-de-domicile", "jugement"

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
    kinds = {kind.code: kind for kind in kinds_in_use(on).filter(code__in=codes)}
    given = by_holder(documents_visible_to(user, on=on).filter(kind__in=kinds.values())) if kinds else {}
    found = []
    for kind in (kinds[code] for code in codes if code in kinds):
        givable = set(_givable(user, kind, on).values_list("pk", flat=True))
        for holder in (one for one in holders if isinstance(one, MODELS[Holder(kind.holder)])):
            documents = given.get((kind.pk, type(holder), holder.pk), ())
            if documents or holder.pk in givable:
                url = hand_in_url(kind, holder) if holder.pk in givable else ""
                found.append(_paper(kind, documents, url, on))
    return found


def _givable(user: User, kind: DocumentKind, on: dt.date) -> QuerySet[Any]:
    """The holders for whom this parent may give a document of this kind."""
    if kind.holder == Holder.FAMILY:
        return families_visible_to(user)
    if kind.holder == Holder.ADULT:
        return adults_served_by(user)
    return children_served_by(user, kind.sensitivity, on=on)


def _paper(kind: DocumentKind, documents: Sequence[SupportingDocument], url: str, on: dt.date) -> AskedPaper:
    standing = standing_of([given_facts(document) for document in documents], on)
    action = "Envoyer ce document" if standing == Standing.MISSING else "Envoyer un nouveau document"
    if standing in (Standing.OK, Standing.WAITING):
        url, action = reverse("documents:documents"), "Le voir dans mes documents"
    note = _note(standing, deciding(documents, standing))
    is_given = standing in (Standing.OK, Standing.EXPIRING, Standing.WAITING)
    return AskedPaper(kind.code, kind.label, *DRAWN[standing], note, url, action, is_given)


def _note(standing: Standing, document: SupportingDocument | None) -> str:
    """What the state does not say: until when, since when, why not."""
    if document is None:
        return ""
    until = date_longue(document.valid_until) if document.valid_until else ""
    if standing in (Standing.OK, Standing.EXPIRING):
        return f"Valable jusqu’au {until}" if until else "Valable sans limite"
    if standing == Standing.EXPIRED:
        return f"N’est plus valable depuis le {until}"
    if standing == Standing.REFUSED:
        return document.demarche.reason
    return f"Donné le {date_longue(local_day(document.at))}, un agent le lit"


def sheet_papers(user: User, child: Participant, on: dt.date) -> dict[Item, AskedPaper]:
    """The papers of a health sheet, lent to it (see health.around)."""
    papers = {paper.code: paper for paper in asked_papers(user, list(OF_SHEETS.values()), [child], on=on)}
    return {item: papers[code] for item, code in OF_SHEETS.items() if code in papers}
