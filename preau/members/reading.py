"""How a disagreement is told to the agent who reads it."""

from collections.abc import Sequence

from preau.core.dates import local_day
from preau.core.templatetags.ui import date_longue
from preau.demarches.kinds import Line
from preau.demarches.models import Demarche
from preau.members.models import Disagreement
from preau.members.queries.authorisations import Answered, authorisation_states


def disagreement_lines(demarche: Demarche) -> Sequence[Line]:
    """What it is about, and what each parent says today."""
    row: Disagreement = demarche.disagreement
    child = demarche.participant
    lines = [Line("Enfant", str(child))] if child else []
    if row.person is not None:
        person = row.person
        what = "peut venir chercher l’enfant" if person.may_collect else "à prévenir en cas d’urgence"
        lines += [
            Line("Personne", f"{person}, {person.link} : {what}"),
            Line("Nommée par", f"{person.signed_by}, le {date_longue(local_day(person.signed_at))}"),
        ]
        if person.contested_by and person.contested_at:
            when = date_longue(local_day(person.contested_at))
            lines.append(Line("Opposition de", f"{person.contested_by}, le {when}"))
        return lines
    if child is None:
        return lines
    states = authorisation_states([child], on=local_day(demarche.sent_at))[child.pk]
    for state in states:
        if row.kind_id == state.kind.pk:
            lines.append(Line("Question", state.text.title))
            lines += [Line(str(answer.adult), told(answer)) for answer in state.answers]
    return lines


def told(answer: Answered) -> str:
    """« oui, le 3 septembre 2026 »."""
    if answer.given is None or answer.at is None:
        return "pas encore de réponse"
    return f"{'oui' if answer.given else 'non'}, le {date_longue(local_day(answer.at))}"
