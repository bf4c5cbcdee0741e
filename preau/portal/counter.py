"""What an agent did for the family at the counter, which no request tells of: for « Suivi de mes démarches »."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from preau.accounts.choices import Channel
from preau.core.templatetags.ui import de
from preau.families.models import Adult, Family, Participant
from preau.journal.models import Entry

MOST = 5
SENTENCES: Mapping[str, str] = {
    "families.adult_changed": "Coordonnées {of} mises à jour",
    "families.child_changed": "Identité {of} mise à jour",
    "families.moved": "Nouvelle adresse du foyer enregistrée",
    "families.allocataire_changed": "Numéro d’allocataire enregistré",
    "families.invoices_by_email": "Choix d’envoi des factures {of} enregistré",
    "families.consent_given": "Autorisation donnée pour {child}",
    "families.consent_withdrawn": "Autorisation refusée pour {child}",
    "members.diets_chosen": "Régime enregistré pour {child}",
    "members.person_named": "Personne autorisée ajoutée pour {child}",
    "members.person_withdrawn": "Personne autorisée retirée pour {child}",
    "pricing.quotient_given": "Quotient familial enregistré",
}
"""By action of the journal. Enrolments and bookings are told on their own pages."""


@dataclass(frozen=True, slots=True)
class CounterAct:
    """« Nouvelle adresse du foyer enregistrée », and when. What was written is on the page of the thing itself."""

    at: dt.datetime
    sentence: str


def counter_acts(family: Family) -> list[CounterAct]:
    """The latest of this household: what was done for another home of a child is not there. Three queries at most."""
    rows = Entry.objects.filter(family=family.code, action__in=SENTENCES, facts__channel=Channel.COUNTER)
    entries = list(rows.order_by("-at", "-pk")[:MOST])
    codes = {code for entry in entries for code in (entry.subject, entry.participant) if code}
    names = dict(Adult.objects.filter(family=family, code__in=codes).values_list("code", "first_name")) if codes else {}
    children = Participant.objects.filter(homes__family=family, code__in=codes) if codes else Participant.objects.none()
    names |= dict(children.values_list("code", "first_name"))
    return [CounterAct(entry.at, _told(entry, names)) for entry in entries]


def _told(entry: Entry, names: Mapping[str, str]) -> str:
    name = names.get(entry.subject) or names.get(entry.participant)
    child = names.get(entry.participant, "une personne du foyer")
    return SENTENCES[entry.action].format(of=de(name) if name else "d’une personne du foyer", child=child)
