"""Forms in the design's markup: labels, help, errors and their summary, without a line of HTML in the pages.

A form derives from `PortalForm` or, to edit one row, from `Portal` and `ModelForm`. In a page: `{{ form }}` for the
summary and every field, or `core/ui/_errors.html` and `{{ form.name.as_field_group }}` one by one.
"""

import datetime as dt
from typing import Any

from django import forms
from django.forms.renderers import DjangoTemplates
from django.forms.utils import pretty_name


class PortalRenderer(DjangoTemplates):
    form_template_name = "core/ui/_form.html"
    field_template_name = "core/ui/_field.html"


class Portal(forms.BaseForm):
    """What all forms share: the server alone validates, and an error says what to do."""

    use_required_attribute = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            # Not `self[name].label`: a bound field keeps the label and the help of the moment when it is first asked.
            speak_plainly(field, pretty_name(name) if field.label is None else str(field.label))


class PortalForm(Portal, forms.Form):
    """A form that edits no row."""


class DayInput(forms.DateInput):
    """The browser's own date picker, which reads and writes 2026-02-12 whatever the language."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


EVERY_YEAR, YEARS_OF_MONTHS = range(1900, 2200), range(2001, 2199)
"""Of a birth or an end; of what is shown month by month (core.dates.Month), with the months around."""


class DayField(forms.DateField):
    """A day of these `years`; 12/02/2026 is understood too, for browsers without a picker."""

    widget = DayInput
    default_error_messages = {"far": "Écrivez une date avec la bonne année, par exemple 12/02/2026"}

    def __init__(self, *, years: range = EVERY_YEAR, **kwargs: Any) -> None:
        self.years = years
        super().__init__(input_formats=["%Y-%m-%d", "%d/%m/%Y", "%d/%m/%y"], **kwargs)

    def validate(self, value: dt.date | None) -> None:
        """What is counted from a day is then a day too."""
        super().validate(value)
        if value is not None and value.year not in self.years:
            raise forms.ValidationError(self.error_messages["far"], code="far")


# The first kind that fits wins: DecimalField is an IntegerField.
INVALID: tuple[tuple[type[forms.Field], str], ...] = (
    (forms.EmailField, "Écrivez une adresse e-mail complète, par exemple zoe@exemple.fr"),
    (forms.DateField, "Écrivez une date avec le jour, le mois et l’année, par exemple 12/02/2026"),
    (forms.DecimalField, "Écrivez un nombre, par exemple 12,50"),
    (forms.IntegerField, "Écrivez un nombre entier, par exemple 3"),
)


def speak_plainly(field: forms.Field, label: str) -> None:
    """Replace Django's general messages by ones that say what to do; those that a form wrote itself stay."""
    general: dict[str, Any] = {}
    for kind in reversed(type(field).__mro__):
        general |= getattr(kind, "default_error_messages", {})
    for code, text in plain_messages(field, label).items():
        if field.error_messages.get(code) is general.get(code):
            field.error_messages[code] = text


def plain_messages(field: forms.Field, label: str) -> dict[str, str]:
    if isinstance(field, forms.BooleanField):
        return {"required": f"Cochez la case « {label} »"}
    if isinstance(field, forms.ChoiceField | forms.ModelChoiceField):
        ask = f"Choisissez une réponse pour « {label} »"
        return {"required": ask, "invalid_choice": ask}
    invalid = next((text for kind, text in INVALID if isinstance(field, kind)), None)
    return {"required": f"Remplissez « {label} »"} | ({"invalid": invalid} if invalid else {})
