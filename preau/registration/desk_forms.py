"""What agents ask of the accounts of families."""

from typing import Any

from django import forms

from preau.core.codes import is_code
from preau.core.forms import PortalForm
from preau.registration.choices import AccountState
from preau.registration.rules import number_key
from preau.town.models import Service

MOST_AT_ONCE = 500


class FindForm(PortalForm):
    """Which adults to show."""

    q = forms.CharField(
        label="Nom, numéro de dossier ou e-mail",
        max_length=80,
        required=False,
        widget=forms.TextInput(attrs={"class": "saisie", "type": "search"}),
    )
    etat = forms.ChoiceField(
        label="Compte",
        required=False,
        choices=[("", "Tous"), *AccountState.choices],
        widget=forms.Select(attrs={"class": "saisie"}),
    )

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", ""))

    @property
    def state(self) -> str:
        return str(self.cleaned_data.get("etat", ""))


class AddressForm(PortalForm):
    """The address at which to invite one adult."""

    email = forms.EmailField(
        label="Adresse e-mail", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )


class NumberForm(PortalForm):
    """The number of a household at a service that has its own."""

    service = forms.ModelChoiceField(
        Service.objects.none(),
        label="Service",
        to_field_name="code",
        empty_label=None,
        widget=forms.Select(attrs={"class": "saisie"}),
    )
    number = forms.CharField(
        label="Numéro", max_length=20, required=False, help_text="Laissez vide pour retirer le numéro de ce service."
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        services: Any = self.fields["service"]
        services.queryset = Service.objects.filter(retired_on__isnull=True).order_by("name")

    def clean_number(self) -> str:
        number = str(self.cleaned_data["number"])
        if number and not number_key(number):
            raise forms.ValidationError("Écrivez un numéro, par exemple 20418")
        return number


def codes_chosen(values: list[str]) -> list[str]:
    """The codes of the boxes ticked; what cannot be one is left out."""
    return [value for value in dict.fromkeys(values) if is_code(value)]


class TakeoverForm(PortalForm):
    """The file of an old portal."""

    file = forms.FileField(
        label="Fichier CSV",
        help_text="Une ligne par dossier, avec les colonnes dossier, courriel et adultes.",
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )

    MOST_BYTES = 2_000_000

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > self.MOST_BYTES:
            raise forms.ValidationError("Choisissez un fichier de 2 Mo au plus")
        return file
