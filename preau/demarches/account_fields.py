"""What people write of themselves to ask for an account, as the towns' guides order it: in the steps that lead to the
request (registration), and when they complete it."""

import re
from typing import Any

from django import forms
from django.utils import timezone

from preau.accounts.names import person_name
from preau.core.dates import local_day
from preau.core.forms import PortalForm
from preau.core.photos import PhotoField, PhotoForm
from preau.demarches import rules
from preau.families.choices import PreferredContact
from preau.families.rules import PHONE_FIELDS

CIVILITIES = [("Madame", "Madame"), ("Monsieur", "Monsieur"), ("", "Je ne le dis pas")]
DATE_HELP = "Par exemple 14/03/1985. Si vous ne connaissez que l’année, écrivez-la seule."
PHOTO_HELP = (
    "Elle aide un agent à vous reconnaître. Elle est effacée dès qu’il a répondu. "
    "JPEG, PNG, HEIC ou WebP, 5 Mo au plus."
)
NO_PHONE = "Écrivez ce numéro, ou choisissez un autre moyen de contact"
KEPT_DATE = re.compile(r"\d{4}(?:-\d{2}){0,2}")


def typed(autocomplete: str, **attrs: str) -> dict[str, str]:
    return {"autocomplete": autocomplete, **attrs}


class BirthDateField(forms.CharField):
    """A date of birth, of which only the year or the month may be known; kept as 1985-03-14, 1985-03 or 1985."""

    def __init__(self, *, help_text: str = DATE_HELP, **kwargs: Any) -> None:
        super().__init__(label="Date de naissance", help_text=help_text, max_length=20, **kwargs)

    def clean(self, value: Any) -> str:
        try:
            return rules.birth_date(super().clean(value), today=local_day(timezone.now()))
        except ValueError:
            raise forms.ValidationError("Écrivez une date de naissance, par exemple 14/03/1985") from None

    def prepare_value(self, value: Any) -> Any:
        """What is kept, as it is written in France; what was typed, as it was."""
        is_kept = isinstance(value, str) and KEPT_DATE.fullmatch(value)
        return "/".join(reversed(value.split("-"))) if is_kept else value


class PhoneField(forms.CharField):
    def __init__(self, label: str) -> None:
        super().__init__(
            label=label, max_length=20, required=False, widget=forms.TextInput(attrs=typed("tel", type="tel"))
        )

    def clean(self, value: Any) -> str:
        number: str = super().clean(value)
        if number and not rules.is_phone(number):
            raise forms.ValidationError("Écrivez un numéro de téléphone, par exemple 06 12 34 56 78")
        return number


class StreetField(forms.CharField):
    def __init__(self) -> None:
        widget = forms.TextInput(attrs=typed("street-address"))
        super().__init__(label="Adresse", max_length=200, help_text="Numéro et rue, bâtiment, étage.", widget=widget)


class PostcodeField(forms.CharField):
    def __init__(self) -> None:
        widget = forms.TextInput(attrs=typed("postal-code", inputmode="numeric"))
        super().__init__(label="Code postal", max_length=10, widget=widget)


class CityField(forms.CharField):
    def __init__(self) -> None:
        super().__init__(label="Commune", max_length=80, widget=forms.TextInput(attrs=typed("address-level2")))


class IdentityFields(PhotoForm):
    """« Identité »: the name in use and the first names; the rest helps an agent to find a file."""

    civility = forms.ChoiceField(label="Civilité", choices=CIVILITIES, required=False, widget=forms.RadioSelect)
    last_name = forms.CharField(label="Nom d’usage", max_length=60, widget=forms.TextInput(attrs=typed("family-name")))
    birth_name = forms.CharField(
        label="Nom de naissance", max_length=60, required=False, help_text="S’il est différent du nom d’usage."
    )
    first_name = forms.CharField(label="Prénom(s)", max_length=60, widget=forms.TextInput(attrs=typed("given-name")))
    birth_date = BirthDateField(
        help_text=f"{DATE_HELP} Aide à retrouver un dossier qui existe déjà.",
        required=False,
        widget=forms.TextInput(attrs=typed("bday")),
    )
    birth_country = forms.CharField(label="Pays de naissance", max_length=80, required=False)
    birth_department = forms.CharField(
        label="Département de naissance", max_length=80, required=False, help_text="En France seulement."
    )
    birth_town = forms.CharField(label="Commune de naissance", max_length=80, required=False)
    photo = PhotoField(label="Photo", help_text=PHOTO_HELP)
    field_order = (
        *("civility", "last_name", "birth_name", "first_name", "birth_date"),
        *("birth_country", "birth_department", "birth_town", "photo", "photo_removed"),
    )

    def clean_last_name(self) -> str:
        return person_name(self.cleaned_data["last_name"])

    def clean_first_name(self) -> str:
        return person_name(self.cleaned_data["first_name"])


class ContactFields(PortalForm):
    """« Coordonnées ». The preferred way must be one that is given."""

    address = StreetField()
    postcode = PostcodeField()
    city = CityField()
    phone_home = PhoneField("Téléphone du domicile")
    phone_mobile = PhoneField("Téléphone portable")
    phone_work = PhoneField("Téléphone du travail")
    preferred_contact = forms.ChoiceField(
        label="Moyen de contact préféré", choices=PreferredContact.choices, widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = PHONE_FIELDS.get(given.get("preferred_contact", ""))
        if wanted and not given.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, NO_PHONE)
        return given


class AllocataireField(forms.CharField):
    """The number of a household at the CAF or the MSA."""

    def __init__(self, help_text: str) -> None:
        super().__init__(
            label="Numéro d’allocataire (CAF ou MSA)",
            max_length=15,
            required=False,
            help_text=help_text,
            widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text"}),
        )

    def clean(self, value: Any) -> str:
        number: str = re.sub(r"\s", "", super().clean(value)).upper()
        if number and not re.fullmatch(r"[0-9]{5,13}[A-Z0-9]{0,2}", number):
            raise forms.ValidationError("Écrivez le numéro tel qu’il est sur vos courriers, par exemple 1234567")
        return number
