"""What pages of the area are asked."""

import datetime as dt
import re
from collections.abc import Iterable
from typing import Any

from django import forms

from preau.billing.rules.reading import LONGEST_DELAY
from preau.core.dates import Month
from preau.core.forms import DayField, PortalForm

CODE = re.compile("[0-9a-z]{1,10}")
MOST = 50
DUE_IN_THE_PAST = "Choisissez une date à partir d’aujourd’hui"
DUE_TOO_FAR = "Choisissez une date dans l’année qui vient"


def codes_in(values: Iterable[str]) -> list[str] | None:
    """The public codes in an address or a form, each once; None when one of them cannot be a code."""
    codes = list(dict.fromkeys(values))
    return codes if len(codes) <= MOST and all(CODE.fullmatch(code) for code in codes) else None


class PrepareForm(PortalForm):
    """Which month of which régie to bill; both come from the page."""

    regie = forms.SlugField(max_length=40)
    month = forms.CharField(max_length=7)

    def clean_month(self) -> Month:
        try:
            return Month.parse(self.cleaned_data["month"])
        except ValueError as unknown:
            raise forms.ValidationError("Choisissez un des mois proposés") from unknown


class IssueForm(PortalForm):
    """The last words before invoices that never change."""

    due_on = DayField(label="À payer avant le")
    checked = forms.BooleanField(label="J’ai vérifié l’aperçu")

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_due_on(self) -> dt.date:
        due_on: dt.date = self.cleaned_data["due_on"]
        if due_on < self.today:
            raise forms.ValidationError(DUE_IN_THE_PAST)
        if due_on > self.today + LONGEST_DELAY:
            raise forms.ValidationError(DUE_TOO_FAR)
        return due_on


class SearchForm(PortalForm):
    """A name or a number among the invoices of a campaign."""

    q = forms.CharField(label="Famille, dossier ou numéro", max_length=60, required=False, widget=forms.SearchInput)
