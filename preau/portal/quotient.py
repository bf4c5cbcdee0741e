"""What « Mon dossier » says of the quotient: that it is not known, or that its proof ends, and what that costs."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse

from preau.accounts.models import User
from preau.core.asked import AskedPaper
from preau.documents.papers import TAX_NOTICE
from preau.families.models import Family
from preau.families.queries import consents_of
from preau.pricing.quotients import quotient_on
from preau.town.choices import TextCode


@dataclass(frozen=True, slots=True)
class QuotientAlert:
    """A sentence, and the page that mends it; `url` is "" when only the town hall can."""

    text: str
    url: str = ""
    action: str = ""


CONSENT = (
    "Sans votre accord, la mairie ne peut pas demander votre quotient à la CAF. Vous payez alors le tarif le plus haut."
)
UNKNOWN = "La mairie ne connaît pas votre quotient. Vous payez alors le tarif le plus haut."


def quotient_alert(user: User, family: Family, papers: Iterable[AskedPaper], *, on: dt.date) -> QuotientAlert | None:
    """None when there is nothing to do: it is known, and what proves it will hold for a while."""
    notice = next((paper for paper in papers if paper.code == TAX_NOTICE), None)
    known = quotient_on(family, on)
    if known is not None and known.value_cents is not None:
        return _ending(notice)
    if notice is not None and notice.is_given:
        return QuotientAlert("La mairie lit votre avis d’imposition. D’ici là, vous payez le tarif le plus haut.")
    asked = next((one for one in consents_of(user, on=on) if one.text.code == TextCode.CONSENT_QUOTIENT), None)
    if asked is not None and not asked.is_given:
        return QuotientAlert(CONSENT, reverse("families:quotient_consent"), "Donner mon accord")
    if notice is not None:
        return QuotientAlert(UNKNOWN, notice.url, "Envoyer mon avis d’imposition")
    return QuotientAlert(f"{UNKNOWN} Appelez la mairie pour le donner.")


def _ending(notice: AskedPaper | None) -> QuotientAlert | None:
    """The tax notice that gave it ends soon, or has ended."""
    if notice is None or not notice.is_ending:
        return None
    until = f"{notice.label}\u00a0: {notice.note[:1].lower()}{notice.note[1:]}."
    text = f"{until} Sans un nouveau, vous paierez le tarif le plus haut."
    return QuotientAlert(text, notice.url, "Envoyer le nouveau")
