"""The kinds of requests about members, as the worklist reads and answers them."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.urls import reverse

from preau.demarches.kinds import Kind, Line, Reach
from preau.demarches.models import Demarche
from preau.families.choices import Subject
from preau.members.actions.asking import ACCEPT, refuse
from preau.members.actions.disagreements import close_disagreement, leave_disagreement
from preau.members.choices import CHILD, CUSTODY, DISAGREEMENT, GUARDIAN, SCHOOL
from preau.members.models import Disagreement, MemberAsked
from preau.members.papers import papers_of
from preau.members.reading import (
    child_lines,
    custody_lines,
    disagreement_lines,
    guardian_lines,
    school_checks,
    school_lines,
)

THEN = {
    CHILD: "L’enfant est dans votre dossier. Complétez sa fiche, puis inscrivez-le à ses activités.",
    GUARDIAN: "Cette personne est dans le dossier. La mairie peut l’inviter à créer son compte.",
    CUSTODY: "Le planning et les factures suivent ce calendrier.",
    SCHOOL: "Prenez rendez-vous avec l’école pour l’admission de votre enfant.",
}


def _again(demarche: Demarche) -> str:
    """The page where it is asked anew."""
    if demarche.kind in (CHILD, GUARDIAN) or demarche.participant is None:
        return reverse("members:ask_child" if demarche.kind == CHILD else "members:ask_guardian")
    page = "members:ask_custody" if demarche.kind == CUSTODY else "members:ask_school"
    return reverse(page, args=[demarche.participant.code])


def _kind(code: str, label: str, lines: Callable[[Demarche], Sequence[Line]], reach: Reach = Reach.ASKER) -> Kind:
    return Kind(
        code=code,
        label=label,
        page="members:asked",
        detail=MemberAsked,
        lines=lines,
        accept=ACCEPT[code],
        refuse=refuse,
        reach=reach,
        subject=Subject.PLANNING if code == CUSTODY else Subject.IDENTITY,
        papers=papers_of,
        again=_again,
        then=lambda demarche: THEN[demarche.kind],
    )


def _authorisations(demarche: Demarche) -> str:
    """Where each parent may still change what they said: then the disagreement is over."""
    assert demarche.participant is not None  # parents disagree about a child
    return reverse("members:authorisations", args=[demarche.participant.code])


ALL = (
    _kind(CHILD, "Enfant à ajouter", child_lines),
    _kind(GUARDIAN, "Responsable à ajouter", guardian_lines),
    _kind(CUSTODY, "Garde", custody_lines, Reach.CHILD),
    replace(_kind(SCHOOL, "École", school_lines), checks=school_checks),
    Kind(
        code=DISAGREEMENT,
        label="Désaccord entre parents",
        page="members:disagreement",
        detail=Disagreement,
        lines=disagreement_lines,
        accept=close_disagreement,
        refuse=leave_disagreement,
        reach=Reach.CHILD,
        subject=Subject.PICKUP,
        change_page=_authorisations,
        stays=True,
        then=lambda demarche: "Vous n’avez rien d’autre à faire.",
    ),
)
