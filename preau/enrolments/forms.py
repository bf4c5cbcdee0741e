"""What a family asks for."""

from django import forms

from preau.core.forms import DayField, PortalForm
from preau.enrolments.rules import EntrySpan


class EnrolmentForm(PortalForm):
    """The activity by its code, and the day of entry. The page draws the activities; the action decides."""

    activite = forms.CharField(
        label="Activité",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une activité"},
    )
    entree = DayField(
        label="Date d’entrée souhaitée", error_messages={"required": "Indiquez la date d’entrée souhaitée"}
    )

    def bound_entry_to(self, span: EntrySpan) -> None:
        """Tell the browser's calendar, and the family, between which days to choose."""
        entry = self.fields["entree"]
        entry.widget.attrs |= {"min": span.first.isoformat(), "max": span.last.isoformat()}
