"""What régisseurs ask to see."""

import datetime as dt
from typing import Any

from django import forms

from preau.core.forms import DayField, DayInput, PortalForm

FIRST_YEAR, LAST_YEAR = 2001, 2198
A_MONTH = dt.timedelta(days=30)
A_YEAR = dt.timedelta(days=366)


class PeriodForm(PortalForm):
    """A period of payments, both days included."""

    du = DayField(label="Du", widget=DayInput(attrs={"class": "saisie"}))
    au = DayField(label="Au", widget=DayInput(attrs={"class": "saisie"}))

    def clean_du(self) -> dt.date:
        return _near(self.cleaned_data["du"])

    def clean_au(self) -> dt.date:
        return _near(self.cleaned_data["au"])

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("du"), self.cleaned_data.get("au")
        if first and last and last < first:
            self.add_error("au", "Choisissez une fin qui vient après le début")
        elif first and last and last - first > A_YEAR:
            self.add_error("au", "Choisissez une période d’un an au plus")
        return self.cleaned_data


def _near(day: dt.date) -> dt.date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise forms.ValidationError("Écrivez une année proche, par exemple 2026")
    return day
