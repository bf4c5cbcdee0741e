"""What people write about their requests."""

from typing import Any

from django import forms
from django.utils import timezone

from preau.core.dates import local_day
from preau.core.forms import PortalForm
from preau.demarches import rules

LONGEST_TEXT = 2000


class BirthDateField(forms.CharField):
    """A date of birth, of which only the year or the month may be known; kept as 1985-03-14, 1985-03 or 1985."""

    def __init__(self, **kwargs: Any) -> None:
        help_text = "Par exemple 14/03/1985. Si vous ne connaissez que l’année, écrivez-la seule."
        super().__init__(label="Date de naissance", help_text=help_text, max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return rules.birth_date(super().clean(value), today=local_day(timezone.now()))
        except ValueError:
            raise forms.ValidationError("Écrivez une date de naissance, par exemple 14/03/1985") from None

    def prepare_value(self, value: Any) -> Any:
        """As it is written in France."""
        return "/".join(reversed(value.split("-"))) if isinstance(value, str) else value


class PhoneField(forms.CharField):
    def __init__(self, label: str, *, autocomplete: str = "tel") -> None:
        attrs = {"type": "tel", "autocomplete": autocomplete}
        super().__init__(label=label, max_length=20, required=False, widget=forms.TextInput(attrs=attrs))

    def clean(self, value: Any) -> str:
        number: str = super().clean(value)
        if number and not rules.is_phone(number):
            raise forms.ValidationError("Écrivez un numéro de téléphone, par exemple 06 12 34 56 78")
        return number


class CompleteForm(PortalForm):
    """What an agent asked for."""

    text = forms.CharField(
        label="Votre réponse",
        help_text="Répondez à ce que l’agent demande. Ne donnez jamais un mot de passe.",
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": "Écrivez votre réponse"},
    )


class AskAgentForm(PortalForm):
    """What helps an agent to find the file of somebody who is already known by name."""

    claimed_number = forms.CharField(label="Numéro de dossier, si vous en avez un", max_length=40, required=False)
    claimed_name = forms.CharField(label="Nom du dossier", max_length=120, required=False)
    birth_date = BirthDateField(required=False)
    phone_mobile = PhoneField("Téléphone")
