"""An account was taken over, or used for what it is not for: what it could reach and did, and whom that concerns."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from preau.accounts.agents import end_access
from preau.accounts.models import Session, User
from preau.core.dates import PARIS
from preau.families.models import Adult, Family, Home, Participant
from preau.journal.actions import record
from preau.journal.models import Entry
from preau.privacy.queries.accesses import ACCESSES, EXPORTS
from preau.privacy.sections.acts import ACTS

SAID = 30  # kinds of actions that the report tells
LISTED = {"school": "école", "level": "niveau", "activity": "activité", "day": "jour", "format": "fichier"}
"""What the journal notes of a list that was taken away, in the words of the report."""


@dataclass(frozen=True, slots=True)
class Reached:
    """What an account did between two instants: how many actions of each kind, and the households concerned.

    `by_hand` are the lists that it took away, whose people the journal does not name: to be added by hand.
    """

    account: User
    since: dt.datetime
    until: dt.datetime
    actions: Counter[str]
    families: tuple[Family, ...]
    children: tuple[Participant, ...]
    sheets: int
    by_hand: tuple[Entry, ...]


def find_account(text: str) -> User | None:
    """By its code, its user name or its address, whatever the case; None when nobody, or more than one, has it."""
    found = User.objects.filter(Q(code=text) | Q(username__iexact=text) | Q(email__iexact=text))
    return found.get() if found.count() == 1 else None


def reached(account: User, *, since: dt.datetime, until: dt.datetime) -> Reached:
    """From the journal alone; `until` is excluded. Six queries, whatever was done."""
    entries = list(Entry.objects.filter(actor=account.journal_name, at__gte=since, at__lt=until).order_by("at", "pk"))
    codes = {entry.participant for entry in entries if entry.participant}
    children = list(Participant.objects.filter(code__in=codes).order_by("pk"))
    homes = Home.objects.filter(participant__in=children).values("family")
    own = Q(code__in={entry.family for entry in entries if entry.family}) | Q(pk__in=homes) | Q(adults__user=account)
    families = Family.objects.filter(own).distinct().order_by("name", "pk")
    return Reached(
        account=account,
        since=since,
        until=until,
        actions=Counter(entry.action for entry in entries),
        families=tuple(families),
        children=tuple(children),
        sheets=len({entry.participant for entry in entries if entry.action == "health.read"}),
        by_hand=tuple(entry for entry in entries if entry.action in EXPORTS),
    )


def concerned_rows(found: Reached) -> Iterator[Sequence[object]]:
    """Whom to tell, for a spreadsheet: each adult of each household, with an address when there is one."""
    yield "Dossier", "Famille", "Civilité", "Prénom", "Nom", "E-mail", "Téléphone"
    adults = Adult.objects.filter(family__in=found.families).select_related("family", "user")
    for adult in adults.order_by("family__name", "family", "pk"):
        email = adult.user.email if adult.user else adult.email
        phone = adult.phone_mobile or adult.phone_home or adult.phone_work
        yield (
            *(adult.family.number, adult.family.name, adult.civility, adult.first_name, adult.last_name),
            *(email, phone),
        )


def told(found: Reached) -> Iterator[str]:
    """The report, line by line."""
    yield f"Compte {found.account} ({found.account.username}), {found.account.get_kind_display()}"
    yield f"Du {_when(found.since)} au {_when(found.until)}"
    yield f"{_count(sum(found.actions.values()), 'action')} au journal\u00a0:"
    for action, count in found.actions.most_common(SAID):
        yield f"{count:8}  {ACCESSES.get(action) or ACTS.get(action, action)}"
    files, children = _count(len(found.families), "dossier"), _count(len(found.children), "enfant")
    yield f"{files}, {children}, {_count(found.sheets, 'fiche sanitaire lue')}"
    for entry in found.by_hand:
        details = [f"{entry.facts.get('rows', '?')} lignes", *_asked(entry)]
        yield f"À compléter à la main\u00a0: {ACCESSES[entry.action]}, {_when(entry.at)}, {', '.join(details)}"


def _asked(entry: Entry) -> Iterator[str]:
    """Which list was taken away: enough to make it again."""
    for name, label in LISTED.items():
        if value := entry.facts.get(name):
            yield f"{label} {value}"


def _count(number: int, words: str) -> str:
    """« 0 dossier », « 2 fiches sanitaires lues »: each word takes its mark."""
    return f"{number} {words if number < 2 else ' '.join(f'{word}s' for word in words.split())}"


def letter(found: Reached, *, town: str, contact: str, now: dt.datetime) -> str:
    """What the CNIL asks within 72 hours (GDPR, article 33.3), as far as the portal knows; the rest is in brackets."""
    nature = "identité, coordonnées, inscriptions" + (", données de santé" if found.sheets else "")
    if found.actions["documents.read"] or found.actions["members.judgments_read"]:
        nature += ", pièces de santé ou jugements"
    limit, contact = now + dt.timedelta(hours=72), contact or "[à compléter]"
    return f"""NOTIFICATION D’UNE VIOLATION DE DONNÉES PERSONNELLES
(RGPD, art. 33 : à déposer sur https://notifications.cnil.fr, au plus tard le {_when(limit)}
si la mairie a eu connaissance de l’incident le {_when(now)})

1. Responsable du traitement : {town}
   Contact (déléguée ou délégué à la protection des données) : {contact}

2. Nature de la violation
   [Perte de confidentialité] [d’intégrité] [de disponibilité]
   Un compte ({found.account.get_kind_display()}) a été utilisé [par un tiers ; à d’autres fins que son travail].
   Du {_when(found.since)} au {_when(found.until)}. Découvert le [date et heure], par [qui, comment].

3. Personnes concernées
   {_count(len(found.families), "foyer")}, {_count(len(found.children), "enfant")}{_more(found)}

4. Données concernées
   {nature}. [À préciser]
   {_count(found.sheets, "fiche sanitaire lue")}.

5. Conséquences probables pour les personnes
   [Usurpation d’identité, hameçonnage, atteinte à la vie privée, sécurité d’un enfant…]

6. Mesures prises
   Les sessions du compte sont closes : [date et heure]. Mot de passe et deuxième protection : [à compléter].
   Journal vérifié par « preau verify » : [intact ; sinon, lignes en cause].

7. Information des personnes (RGPD, art. 34, si le risque est élevé)
   [Oui, le … par … ; non, parce que …]
   Modèle : « Le [date], une personne non autorisée a pu lire [données]. Nous avons [mesures]. Nous vous conseillons
   [changer votre mot de passe, vous méfier des appels et des messages qui s’en serviraient]. Contact : {contact}. »
"""


def _more(found: Reached) -> str:
    if not found.by_hand:
        return "."
    return f", et les personnes de {_count(len(found.by_hand), 'liste emportée')} [à compter]."


def _when(at: dt.datetime) -> str:
    return f"{at.astimezone(PARIS):%d/%m/%Y %H:%M}"


@transaction.atomic
def freeze(account: User | None, *, now: dt.datetime) -> int:
    """Sign an account out everywhere and void the links it was sent, or (None) sign everybody out; returns how many
    sessions ended. Passwords stay: whoever has one signs in again, so close the account too."""
    count = Session.objects.filter(**({"user": account} if account else {})).count()
    if account is None:
        Session.objects.all().delete()
    else:
        end_access(account, now=now)
    record(None, "privacy.frozen", at=now, subject=account.code if account else "", facts={"sessions": count})
    return count
