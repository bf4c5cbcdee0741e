"""The kinds of requests about members, as the worklist reads and answers them."""

from preau.demarches.kinds import Kind
from preau.members.actions.disagreements import close_disagreement, leave_disagreement
from preau.members.choices import DISAGREEMENT
from preau.members.models import Disagreement
from preau.members.reading import disagreement_lines

ALL = (
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
