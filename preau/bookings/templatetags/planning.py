"""Words that the planning's pages and mails share."""

from collections.abc import Sequence

from django import template

from preau.bookings.choices import Refusal
from preau.bookings.queries.recaps import RecapLine, UnitChange
from preau.core.money import NBSP, euros
from preau.core.templatetags.ui import echeance, enumeration, jour

register = template.Library()

BECAUSE = {
    Refusal.CLOSED: "C’est fermé ce jour-là.",
    Refusal.FULL: "Il n’y a plus de place ce jour-là.",
    Refusal.OVERLAP: "Deux activités se tiennent au même moment\u00a0: gardez-en une seule.",
    Refusal.NOT_ENROLLED: "Il n’y a pas d’inscription à cette activité à cette date.",
    Refusal.READ_ONLY: "La mairie gère elle-même cette réservation.",
    Refusal.OTHER_HOME: "Ce jour est celui de l’autre parent.",
    Refusal.NO_RIGHT: "Seuls les responsables de l’enfant peuvent modifier ce planning.",
}


@register.filter
def ecart(cents: int) -> str:
    """A difference: « + 4,55 € », « − 3,50 € », « 0,00 € »."""
    return f"+{NBSP}{euros(cents)}" if cents > 0 else euros(cents)


@register.filter
def unites(changes: Sequence[UnitChange]) -> str:
    """« Matin et repas »: the units of some changes; one alone with its hours."""
    if len(changes) == 1:
        return f"{changes[0].unit.name}, {changes[0].unit.hours}"
    names = [change.unit.name for change in changes]
    return enumeration([names[0], *(name[:1].lower() + name[1:] for name in names[1:])])


@register.filter
def raison(line: RecapLine) -> str:
    """Why a line is refused, in a sentence or two."""
    if line.refusal == Refusal.INCOMPLETE:
        return f"Il manque dans le dossier{NBSP}: {enumeration(line.missing)}."
    if line.refusal != Refusal.TOO_LATE:
        return BECAUSE[line.refusal] if line.refusal else ""
    what = "La réservation fermait" if line.booked else "L’annulation fermait"
    since = f" Vous aviez coché cette case le {jour(line.ticked_at)}, en brouillon."
    return f"{what} le {echeance(line.deadline)}.{since}"
