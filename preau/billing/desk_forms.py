"""What régisseurs ask to see."""

import datetime as dt
from typing import Any

from preau.core.forms import YEARS_OF_MONTHS, DayField, DayInput, PortalForm

A_MONTH = dt.timedelta(days=30)
A_YEAR = dt.timedelta(days=366)


class PeriodForm(PortalForm):
    """A period of payments, both days included."""

    du = DayField(label="Du", years=YEARS_OF_MONTHS, widget=DayInput(attrs={"class": "saisie"}))
    au = DayField(label="Au", years=YEARS_OF_MONTHS, widget=DayInput(attrs={"class": "saisie"}))

    def clean(self) -> dict[str, Any]:
        first, last = self.cleaned_data.get("du"), self.cleaned_data.get("au")
        if first and last and last < first:
            self.add_error("au", "Choisissez une fin qui vient après le début")
        elif first and last and last - first > A_YEAR:
            self.add_error("au", "Choisissez une période d’un an au plus")
        return self.cleaned_data
