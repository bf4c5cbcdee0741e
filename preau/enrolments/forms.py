"""What a family asks for."""

from typing import Any

from django import forms

from preau.core.forms import DayField, PortalForm
from preau.core.templatetags.ui import date_longue
from preau.enrolments.rules import EntrySpan

STEPS = ("enfant", "type", "activite", "entree")


class EnrolmentForm(PortalForm):
    """Codes and a day of entry, step after step: what comes after `step` is not asked yet.

    The page draws the choices; the action decides.
    """

    enfant = forms.CharField(
        label="Enfant", widget=forms.RadioSelect, error_messages={"required": "Choisissez un enfant"}
    )
    type = forms.CharField(
        label="Type d’activité",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez un type d’activité"},
    )
    activite = forms.CharField(
        label="Activité", widget=forms.RadioSelect, error_messages={"required": "Choisissez une activité"}
    )
    entree = DayField(
        label="Date d’entrée souhaitée", error_messages={"required": "Indiquez la date d’entrée souhaitée"}
    )

    def __init__(self, *args: Any, step: str = "entree", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = STEPS[: STEPS.index(step) + 1] if step in STEPS else ()
        for name in STEPS:
            self.fields[name].required = name in asked

    def bound_entry_to(self, span: EntrySpan) -> None:
        """Tell the family, and the browser's calendar, between which days to choose."""
        entry = self["entree"]
        entry.help_text = f"Au plus tôt le {date_longue(span.first)}, au plus tard le {date_longue(span.last)}"
        entry.field.widget.attrs |= {"min": span.first.isoformat(), "max": span.last.isoformat()}
