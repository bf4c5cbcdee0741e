"""What a parent chooses to receive."""

from typing import Any

from django import forms

from preau.core.forms import PortalForm


class SubscriptionsForm(PortalForm):
    """One box for each thing that the portal sends; `shown` are those that exist for this person."""

    invoices = forms.BooleanField(label="Mes factures, par e-mail", required=False)
    requests = forms.BooleanField(label="La réponse à mes demandes, par e-mail", required=False)
    reminders = forms.BooleanField(label="Les rappels de ce qui manque au dossier, par e-mail", required=False)

    def __init__(self, *args: Any, shown: set[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - shown:
            del self.fields[name]
