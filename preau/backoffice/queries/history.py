"""What was done about a family, in sentences: the journal as an agent reads it."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from django.db.models import QuerySet

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.activities.models import Activity
from preau.core.templatetags.ui import date_longue, de, enumeration
from preau.demarches.choices import DemarcheState
from preau.demarches.kinds import KINDS as DEMARCHE_KINDS
from preau.families.changing import ADULT_FIELDS, CHILD_FIELDS
from preau.families.choices import Situation
from preau.families.models import Adult, Family, Participant
from preau.journal.actions import SYSTEM
from preau.journal.models import Entry
from preau.town.models import Service

Facts = Mapping[str, Any]

PORTAL = "le portail"


@dataclass(frozen=True, slots=True)
class Words:
    """The names that the entries of a page need: people and activities by code, actors as the journal writes them."""

    people: Mapping[str, str]
    activities: Mapping[str, str]
    services: Mapping[str, str]
    actors: Mapping[str, str]
    files: Mapping[str, str]

    def file(self, code: str) -> str:
        """The number of a file; older entries hold the number itself."""
        return self.files.get(code, code)

    def person(self, code: str) -> str:
        """Whoever left the file since is « une personne du dossier »."""
        return self.people.get(code, "une personne du dossier")


@dataclass(frozen=True, slots=True)
class Told:
    """An entry of the journal, as a sentence; `icon` and `colour` draw it."""

    at: dt.datetime
    sentence: str
    by: str
    at_the_counter: bool  # an agent did it for the family
    icon: str
    colour: str


@dataclass(frozen=True, slots=True)
class Kind:
    """How an action is told: its icon, its colour, its sentence from the entry and the names."""

    icon: str
    colour: str
    tell: Callable[[Entry, Words], str]


def _plain(text: str) -> Callable[[Entry, Words], str]:
    """A sentence; `{who}` is the adult that the entry is about, `{child}` the child."""
    return lambda entry, words: text.format(
        who=words.person(entry.subject), child=words.person(entry.participant) if entry.participant else ""
    )


def _booked(entry: Entry, words: Words) -> str:
    counts = [
        f"{len(cells)} {name if len(cells) == 1 else name + 's'}"
        for key, name in (("booked", "réservation"), ("cancelled", "annulation"), ("refused", "refus"))
        if (cells := entry.facts.get(key))
    ]
    told = ", ".join(counts).replace("refuss", "refus") or "rien de changé"
    return f"Planning de {words.person(entry.participant)} modifié\u00a0: {told}"


def _followed(entry: Entry, words: Words) -> str:
    count = int(entry.facts.get("count", 0))
    many = "1 réservation suit" if count == 1 else f"{count} réservations suivent"
    return f"{many} la nouvelle garde de {words.person(entry.participant)}, dans ce dossier"


def _enrolled(entry: Entry, words: Words) -> str:
    activity = words.activities.get(str(entry.facts.get("activity", "")), "une activité")
    return f"Inscription de {words.person(entry.participant)}\u00a0: {activity}"


def _bond(entry: Entry, words: Words) -> str:
    situation = str(entry.facts.get("situation", ""))
    told = Situation(situation).label if situation in Situation.values else situation
    since = entry.facts.get("starts_on")
    day = f", à partir du {date_longue(dt.date.fromisoformat(since))}" if since else ""
    return f"Lien de {words.person(entry.subject)} avec {words.person(entry.participant)}\u00a0: {told}{day}"


def _number(entry: Entry, words: Words) -> str:
    service = words.services.get(str(entry.facts.get("service", "")), "un service")
    number = entry.facts.get("number")
    return f"Numéro pour {service}\u00a0: {number}" if number else f"Numéro pour {service} retiré"


def _invoices(entry: Entry, words: Words) -> str:
    way = "par e-mail" if entry.facts.get("wanted") else "sur papier"
    return f"{words.person(entry.subject)} recevra ses factures {way}"


def _with(text: str) -> Callable[[Entry, Words], str]:
    return lambda entry, words: f"{text}{words.file(str(entry.facts.get('other', '')))}"


def _fields(start: str, known: Mapping[str, str]) -> Callable[[Entry, Words], str]:
    """Which fields changed; never what they hold."""

    def tell(entry: Entry, words: Words) -> str:
        names = [known.get(str(name), str(name)) for name in entry.facts.get("fields", ())]
        return f"{start} {de(words.person(entry.subject))}\u00a0: {enumeration(names)}"

    return tell


def _from_a_day(text: str) -> Callable[[Entry, Words], str]:
    def tell(entry: Entry, words: Words) -> str:
        return f"{text} à partir du {date_longue(dt.date.fromisoformat(entry.facts['starts_on']))}"

    return tell


def _demarche(state: DemarcheState) -> Kind:
    icon, colour = DEMARCHES[state]
    return Kind(icon, colour, lambda entry, words: f"Demande {state.label}{_about(entry)}")


def _about(entry: Entry) -> str:
    """« : Garde ». Older entries say of no kind, and a kind may have gone since."""
    kind = DEMARCHE_KINDS.get(str(entry.facts.get("kind", "")))
    return f"\u00a0: {kind.label}" if kind else ""


DEMARCHES: Mapping[DemarcheState, tuple[str, str]] = MappingProxyType(
    {
        DemarcheState.SENT: ("envoyer", "t-ciel"),
        DemarcheState.INCOMPLETE: ("question", "t-soleil"),
        DemarcheState.ACCEPTED: ("coche", "t-pomme"),
        DemarcheState.REFUSED: ("croix", "t-corail"),
        DemarcheState.WITHDRAWN: ("retour", "t-lilas"),
    }
)
KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        **{f"demarches.{state}": _demarche(state) for state in DemarcheState},
        "families.opened": Kind("dossier", "t-soleil", _plain("Dossier ouvert pour {who}")),
        "families.number_set": Kind("dossier", "t-ciel", _number),
        "families.protected": Kind(
            "verrou", "t-corail", _plain("Dossier protégé\u00a0: aucun compte ne s’y relie en ligne")
        ),
        "families.unprotected": Kind("verrou", "t-pomme", _plain("Le dossier n’est plus protégé")),
        "families.account_linked": Kind("compte", "t-pomme", _plain("Compte relié à {who}")),
        "families.bond_set": Kind("famille", "t-lilas", _bond),
        "families.email_corrected": Kind("envoyer", "t-ciel", _plain("Adresse e-mail de {who} corrigée")),
        "families.contact_completed": Kind("telephone", "t-ciel", _plain("Téléphones de {who} complétés")),
        "families.consent_given": Kind("coche", "t-pomme", _plain("Consentement donné par {who}")),
        "families.consent_withdrawn": Kind("croix", "t-corail", _plain("Consentement retiré par {who}")),
        "families.invoices_by_email": Kind("facturation", "t-menthe", _invoices),
        "families.adult_changed": Kind("compte", "t-ciel", _fields("Coordonnées", ADULT_FIELDS)),
        "families.child_changed": Kind("famille", "t-ciel", _fields("Identité", CHILD_FIELDS)),
        "families.archived": Kind("boite", "t-lilas", _plain("Dossier archivé")),
        "families.reopened": Kind("dossier", "t-soleil", _plain("Dossier rouvert")),
        "families.merged": Kind("fusion", "t-lilas", _with("Dossier réuni avec le n°\u00a0")),
        "families.merge_undone": Kind("annuler", "t-soleil", _with("Réunion annulée avec le n°\u00a0")),
        "families.told_apart": Kind("famille", "t-lilas", _with("Dit différent du dossier n°\u00a0")),
        "families.told_apart_undone": Kind(
            "famille", "t-soleil", _with("N’est plus dit différent du dossier n°\u00a0")
        ),
        "families.moved": Kind("accueil", "t-ciel", _from_a_day("Nouvelle adresse")),
        "families.allocataire_changed": Kind("dossier", "t-ciel", _plain("Numéro d’allocataire changé")),
        "checklist.year_confirmed": Kind("coche", "t-pomme", _plain("Dossier de l’année confirmé")),
        "families.child_added": Kind("famille", "t-pomme", _plain("{child} ajouté au dossier")),
        "families.home_joined": Kind("famille", "t-pomme", _plain("{child} vit aussi dans ce foyer")),
        "families.adult_added": Kind("compte", "t-pomme", _plain("{who} ajouté au dossier")),
        "families.left": Kind("sortir", "t-ciel", _plain("{who} quitte le foyer")),
        "families.moved_out": Kind("accueil", "t-ciel", _plain("Dossier ouvert pour {who}, qui quitte l’ancien foyer")),
        "members.diets_chosen": Kind("repas", "t-menthe", _plain("Régime de {child} choisi")),
        "members.person_named": Kind("famille", "t-pomme", _plain("Personne ajoutée aux autorisations pour {child}")),
        "members.person_changed": Kind("famille", "t-ciel", _plain("Personne autorisée changée pour {child}")),
        "members.person_withdrawn": Kind(
            "famille", "t-corail", _plain("Personne retirée des autorisations de {child}")
        ),
        "members.person_contested": Kind("balance", "t-corail", _plain("Opposition à une personne, pour {child}")),
        "members.person_accepted": Kind("balance", "t-pomme", _plain("Opposition levée, pour {child}")),
        "health.filled": Kind("sante", "t-menthe", _plain("Fiche sanitaire de {child} remplie pour {who}")),
        "health.confirmed": Kind("coche", "t-pomme", _plain("Fiche sanitaire de {child} confirmée par {who}")),
        "documents.given_by_town": Kind("document", "t-ciel", _plain("Document mis dans le dossier par la mairie")),
        "documents.taken_back_by_town": Kind("croix", "t-corail", _plain("Document de la mairie retiré du dossier")),
        "documents.read": Kind("oeil", "t-lilas", _plain("Pièce sensible lue")),
        "privacy.adult_export_asked": Kind("dossier", "t-lilas", _plain("Fichier des données de {who} demandé")),
        "privacy.adult_export_downloaded": Kind("telecharger", "t-lilas", _plain("Données emportées pour {who}")),
        "families.noted": Kind("document", "t-soleil", _plain("Note interne changée")),
        "pricing.quotient_given": Kind("calculette", "t-menthe", _from_a_day("Quotient enregistré")),
        "families.read": Kind("oeil", "t-lilas", _plain("Dossier lu")),
        "registration.invited": Kind("envoyer", "t-ciel", _plain("{who} est invité à ouvrir un compte")),
        "registration.invitation_revoked": Kind("croix", "t-corail", _plain("Invitation de {who} annulée")),
        "registration.code_printed": Kind("imprimer", "t-ciel", _plain("Lettre avec code imprimée pour {who}")),
        "registration.code_mailed": Kind("envoyer", "t-ciel", _plain("Code envoyé à {who}")),
        "enrolments.enrolled": Kind("inscriptions", "t-pomme", _enrolled),
        "bookings.followed_custody": Kind("balance", "t-lilas", _followed),
        "bookings.confirmed": Kind("planning", "t-soleil", _booked),
        "billing.attempt_opened": Kind("carte", "t-menthe", _plain("Paiement en ligne commencé")),
    }
)
"""How each action about a family is told. A test asks for all those that the code writes."""
UNTOLD = Kind("historique", "", _plain("Dossier modifié"))


def entries_of(family: Family) -> QuerySet[Entry]:
    """The journal of a file, the latest first; openings of the file by agents are left out."""
    return Entry.objects.filter(family=family.code).exclude(action="families.read").order_by("-at", "-pk")


def readings_of(family: Family) -> QuerySet[Entry]:
    """When agents opened the file, the latest first."""
    return Entry.objects.filter(family=family.code, action="families.read").order_by("-at", "-pk")


def told_of(family: Family, *, limit: int) -> list[Told]:
    """The latest entries of a file, in sentences: six queries at most."""
    return tell(list(entries_of(family)[:limit]))


def tell(entries: Sequence[Entry]) -> list[Told]:
    """Entries in sentences, with the names of today."""
    words = _read_words(entries)
    told = []
    for entry in entries:
        kind = KINDS.get(entry.action, UNTOLD)
        sentence = kind.tell(entry, words)
        counter = entry.facts.get("channel") == Channel.COUNTER
        told.append(Told(entry.at, sentence, words.actors.get(entry.actor, PORTAL), counter, kind.icon, kind.colour))
    return told


def _read_words(entries: Sequence[Entry]) -> Words:
    codes = {code for entry in entries for code in (entry.subject, entry.participant) if code}
    facts = [entry.facts for entry in entries]
    people = {adult.code: str(adult) for adult in Adult.objects.filter(code__in=codes)}
    people |= {person.code: person.first_name for person in Participant.objects.filter(code__in=codes)}
    activities = Activity.objects.filter(code__in={str(each["activity"]) for each in facts if "activity" in each})
    services = Service.objects.filter(code__in={str(each["service"]) for each in facts if "service" in each})
    files = Family.objects.filter(code__in={str(each["other"]) for each in facts if "other" in each})
    return Words(
        people,
        dict(activities.values_list("code", "name")),
        dict(services.values_list("code", "name")),
        _actors({entry.actor for entry in entries}),
        dict(files.values_list("code", "number")),
    )


def _actors(names: Collection[str]) -> dict[str, str]:
    """Who acted, by the name that the journal gives them."""
    codes = {name.partition(":")[2] for name in names if name != SYSTEM}
    users = User.objects.filter(code__in=codes)
    return {user.journal_name: str(user) for user in users}
