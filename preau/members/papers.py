"""The papers that the town hall asks to see before it grants a request about a member."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from preau.accounts.models import User
from preau.core.asked import AskedPaper
from preau.demarches.models import Demarche
from preau.documents.papers import FAMILY_BOOK, HOME_PROOF, JUDGMENT, VACCINES, asked_papers, papers_in_review
from preau.documents.queries import Somebody
from preau.families.models import Participant
from preau.members.actions.asking import asked_in
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL
from preau.members.rules import GuardianAsked


@dataclass(frozen=True, slots=True)
class Wanted:
    """Something to prove: in words, and by a document of any of these kinds; without one, it is shown in person."""

    words: str
    codes: tuple[str, ...] = ()


WANTED: Mapping[str, tuple[Wanted, ...]] = {
    CHILD: (Wanted("le livret de famille, ou l’acte de naissance de l’enfant", (FAMILY_BOOK,)),),
    GUARDIAN: (
        Wanted("sa pièce d’identité"),
        Wanted("le livret de famille, ou le jugement", (FAMILY_BOOK, JUDGMENT)),
    ),
    CUSTODY: (Wanted("le jugement, ou l’accord signé par les deux parents", (JUDGMENT,)),),
    SCHOOL: (
        Wanted("un justificatif de domicile", (HOME_PROOF,)),
        Wanted("le carnet de vaccination", (VACCINES,)),
        Wanted("ce qui appuie les raisons données"),
    ),
}


def words_of(kind: str) -> list[str]:
    return [wanted.words for wanted in WANTED[kind]]


def papers_to_give(kind: str, user: User, holders: Sequence[Somebody], *, on: dt.date) -> list[AskedPaper]:
    """For who asks, or is about to: where they stand with each paper."""
    note = "À montrer à l’accueil de la mairie\u00a0: cela ne s’envoie pas en ligne."
    return _told(kind, note, lambda codes: asked_papers(user, codes, holders, on=on))


def papers_of(demarche: Demarche, user: User, on: dt.date) -> list[AskedPaper]:
    """For who sent this request."""
    return papers_to_give(demarche.kind, user, _holders(demarche), on=on)


def papers_to_check(demarche: Demarche, user: User, on: dt.date) -> list[AskedPaper]:
    """For the agent who answers: those that they may open, each with its page."""
    family = demarche.family
    assert family is not None  # members belong to a household
    holders, note = _holders(demarche), "À voir au guichet\u00a0: la famille ne peut pas l’envoyer en ligne."
    return _told(demarche.kind, note, lambda codes: papers_in_review(user, codes, holders, household=family, on=on))


def _holders(demarche: Demarche) -> list[Somebody]:
    holders: list[Somebody] = [one for one in (demarche.family, demarche.participant) if one is not None]
    if demarche.kind == GUARDIAN:
        codes = asked_in(demarche, GuardianAsked).children
        holders += Participant.objects.filter(code__in=codes, homes__family=demarche.family).order_by("born_on", "pk")
    return holders


def _told(kind: str, note: str, read: Callable[[list[str]], Sequence[AskedPaper]]) -> list[AskedPaper]:
    """Of the kinds that prove the same, what is missing is not told once one is there; `note` goes with what is shown
    in person."""
    found = read([code for wanted in WANTED[kind] for code in wanted.codes])
    papers: list[AskedPaper] = []
    for wanted in WANTED[kind]:
        theirs = [paper for paper in found if paper.code in wanted.codes]
        papers += [paper for paper in theirs if paper.is_given] or theirs or [_in_words(wanted, note)]
    return papers


def _in_words(wanted: Wanted, note: str) -> AskedPaper:
    label = wanted.words[:1].upper() + wanted.words[1:]
    return AskedPaper("", label, "À montrer", "", "info", note)
