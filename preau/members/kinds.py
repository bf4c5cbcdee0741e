"""The kinds of requests about members, as the worklist reads and answers them."""

from collections.abc import Callable, Sequence

from preau.demarches.kinds import Kind, Line
from preau.demarches.models import Demarche
from preau.members.actions.asking import ACCEPT, refuse
from preau.members.actions.disagreements import close_disagreement, leave_disagreement
from preau.members.choices import CHILD, CUSTODY, DISAGREEMENT, GUARDIAN, SCHOOL
from preau.members.models import Disagreement, MemberAsked
from preau.members.reading import child_lines, custody_lines, disagreement_lines, guardian_lines, school_lines


def _kind(code: str, label: str, lines: Callable[[Demarche], Sequence[Line]]) -> Kind:
    return Kind(code, label, "members:asked", MemberAsked, lines, accept=ACCEPT[code], refuse=refuse)


ALL = (
    _kind(CHILD, "Enfant à ajouter", child_lines),
    _kind(GUARDIAN, "Responsable à ajouter", guardian_lines),
    _kind(CUSTODY, "Garde", custody_lines),
    _kind(SCHOOL, "École", school_lines),
    Kind(
        code=DISAGREEMENT,
        label="Désaccord entre parents",
        page="members:disagreement",
        detail=Disagreement,
        lines=disagreement_lines,
        accept=close_disagreement,
        refuse=leave_disagreement,
    ),
)
