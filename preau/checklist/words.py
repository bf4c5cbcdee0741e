"""How what is owed is told to families, in sentences and with the page where each thing is given."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.urls import reverse

from preau.checklist.choices import Item, Stage, State
from preau.checklist.queries.demands import DOCUMENT, kinds_of
from preau.checklist.rules import Missing
from preau.core.money import NBSP
from preau.core.templatetags.ui import date_longue, enumeration
from preau.documents.choices import Holder, Sensitivity
from preau.documents.models import DocumentKind
from preau.families.choices import Subject
from preau.town.queries import the_town

MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Words:
    """How an item is told: `action` is what its link says, `name` what it is in a list, `discreet` in a mail."""

    action: str
    name: str
    icon: str
    page: str
    subject: Subject  # the kind of data that one must be able to act on
    has_person: bool = False  # whether the page is about one child
    is_shared: bool = False  # given once for the whole household
    discreet: str = ""  # in a mail; the name unless it says otherwise
    piece: str = ""  # the code of a kind of document
    part: str = ""  # the part of that page, when it tells of other things first

    def url(self, code: str) -> str:
        """The page where it is given, for the participant of this code."""
        if self.piece:
            asked = {"piece": self.piece, "pour": code} if code and not self.is_shared else {"piece": self.piece}
            return f"{reverse(self.page)}?{urlencode(asked)}"
        return reverse(self.page, args=[code] if self.has_person else []) + (f"#{self.part}" if self.part else "")


WORDS: Mapping[str, Words] = {
    Item.COORDINATES: Words(
        "Donner une adresse et un numéro de téléphone",
        "Adresse et téléphone",
        "telephone",
        "demarches:contact",
        Subject.IDENTITY,
        is_shared=True,
    ),
    Item.SCHOOL: Words(
        "Dire son école et son niveau",
        "École et niveau",
        "ecole",
        "portal:child",
        Subject.IDENTITY,
        has_person=True,
    ),
    Item.IMAGE_RIGHTS: Words(
        "Répondre sur le droit à l’image",
        "Réponse sur le droit à l’image",
        "photo",
        "members:authorisations",
        Subject.IDENTITY,
        has_person=True,
        part="t-image",
    ),
    Item.HEALTH_SHEET: Words(
        "Compléter la fiche sanitaire",
        "Fiche sanitaire",
        "sante",
        "health:sheet",
        Subject.HEALTH,
        has_person=True,
        discreet="un élément de la fiche sanitaire",
    ),
    Item.VACCINES: Words(
        "Donner les dates des vaccins",
        "Vaccins",
        "vaccin",
        "health:vaccines",
        Subject.HEALTH,
        has_person=True,
        discreet="un élément de la fiche sanitaire",
    ),
    Item.PERSON_TO_CALL: Words(
        "Nommer une personne à appeler en cas d’urgence",
        "Personne à appeler en cas d’urgence",
        "telephone",
        "members:authorisations",
        Subject.PICKUP,
        has_person=True,
    ),
    Item.AUTHORISATIONS: Words(
        "Répondre aux autorisations parentales",
        "Autorisations parentales",
        "coche",
        "members:authorisations",
        Subject.PICKUP,
        has_person=True,
        part="t-autoriser",
    ),
}


def words_of(item: str, version: int | None = None) -> Words:
    """The words of an item; those of a document are the town’s.

    `version` is that of its catalogue: whoever tells many items reads it once. None reads it here.
    """
    if item in WORDS:
        return WORDS[item]
    kinds = kinds_of(the_town().catalogue_version if version is None else version)
    known = kinds.get(item)  # a kind that was retired since is still told in what was kept
    return _of_document(known or DocumentKind.objects.get(code=item.removeprefix(DOCUMENT)))


def _of_document(kind: DocumentKind) -> Words:
    name = kind.label
    return Words(
        f"Envoyer{NBSP}: {in_a_sentence(name)}",
        name,
        "document",
        "documents:hand_in",
        Subject.HEALTH if kind.sensitivity == Sensitivity.HEALTH else Subject.DOCUMENTS,
        is_shared=kind.holder != Holder.CHILD,
        discreet="une pièce du dossier" if kind.is_sealed else "",
        piece=kind.code,
    )


def discreet(item: str, version: int | None = None) -> str:
    """What it is in the middle of a sentence, without a word of health."""
    words = words_of(item, version)
    return words.discreet or in_a_sentence(words.name)


def names_of(items: Iterable[str], version: int) -> tuple[str, ...]:
    """What these items are in the middle of a sentence, each once: several may bear one discreet name."""
    return tuple(dict.fromkeys(discreet(item, version) for item in items))


def in_a_sentence(name: str) -> str:
    """« Livret de famille » is « livret de famille » there, « PAI » stays."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def told_alike(items: Iterable[str], version: int) -> dict[str, list[str]]:
    """The items by the words that tell them, in order: an agent can tell no one of health from another."""
    found: dict[str, list[str]] = defaultdict(list)
    for item in sorted(items):
        found[discreet(item, version)].append(item)
    return dict(sorted(found.items()))


def told(missing: Missing, on: dt.date) -> str:
    """By when it must be given and what it blocks, in plain words."""
    return " ".join(part for part in (_trouble(missing), _consequence(missing, on)) if part)


def _trouble(missing: Missing) -> str:
    """What is wrong with what was given."""
    if missing.state.state == State.REFUSED:
        return f"Refusé{NBSP}: {missing.state.note}" if missing.state.note else "Refusé."
    if missing.state.state == State.EXPIRED and missing.state.since:
        return f"Périmé depuis le {date_longue(missing.state.since)}."
    return missing.state.note


def _consequence(missing: Missing, on: dt.date) -> str:
    if missing.stage == Stage.OPTIONAL:
        return missing.cost or "Vous pouvez le donner plus tard."
    if missing.everything:
        return "Sans cela, vous ne pouvez rien réserver."
    if missing.blocks:
        since = " Le délai est passé." if missing.is_late else ""
        return f"Sans cela, vous ne pouvez pas réserver{NBSP}: {_names(missing)}.{since}"
    if missing.by is None:
        return "À donner avant le premier jour d’une activité."
    if missing.stage == Stage.PROVISIONAL:
        return f"À donner avant le {date_longue(missing.by)}. Après cette date, vous ne pourrez plus réserver."
    if missing.is_late:
        return f"À donner dès que possible{NBSP}: l’accueil a déjà commencé."
    return f"À donner au plus tard le {date_longue(missing.by)}, pour{NBSP}: {_names(missing)}."


def _names(missing: Missing) -> str:
    """« Accueil du matin, Restauration et 2 autres »."""
    names = [*missing.names[:MOST_NAMES]]
    more = len(missing.names) - len(names)
    if more:
        names.append("1 autre" if more == 1 else f"{more} autres")
    return enumeration(names)
