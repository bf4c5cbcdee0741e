"""What somebody without a file writes to ask for an account, as the towns' guides order it."""

from typing import Any

from django import forms
from django.utils import timezone

from preau.core.dates import local_day
from preau.core.forms import PortalForm
from preau.core.photos import PhotoField, PhotoForm
from preau.demarches import rules
from preau.families.choices import PreferredContact
from preau.families.rules import PHONE_FIELDS
from preau.registration.forms import KEPT, NewPassword, person_name, typed

BIRTH_PLACE = ("birth_country", "birth_department", "birth_town")
PHOTO_HELP = (
    "Elle aide un agent à vous reconnaître. Elle est effacée dès qu’il a répondu. JPEG, PNG ou WebP, 5 Mo au plus."
)
CIVILITIES = [("Madame", "Madame"), ("Monsieur", "Monsieur"), ("", "Je ne le dis pas")]


class IdentityForm(PhotoForm):
    """« Identité »: the name in use and the first names; the rest helps an agent to find a file."""

    civility = forms.ChoiceField(label="Civilité", choices=CIVILITIES, required=False, widget=forms.RadioSelect)
    last_name = forms.CharField(label="Nom d’usage", max_length=60, widget=forms.TextInput(attrs=typed("family-name")))
    birth_name = forms.CharField(
        label="Nom de naissance", max_length=60, required=False, help_text="S’il est différent du nom d’usage."
    )
    first_name = forms.CharField(label="Prénom(s)", max_length=60, widget=forms.TextInput(attrs=typed("given-name")))
    birth_date = forms.CharField(
        label="Date de naissance",
        max_length=20,
        required=False,
        help_text="Par exemple 14/03/1985. Si vous ne connaissez que l’année, écrivez-la seule. Aide à retrouver un "
        "dossier qui existe déjà.",
        widget=forms.TextInput(attrs=typed("bday")),
    )
    birth_country = forms.CharField(label="Pays de naissance", max_length=80, required=False)
    birth_department = forms.CharField(
        label="Département de naissance", max_length=80, required=False, help_text="En France seulement."
    )
    birth_town = forms.CharField(label="Commune de naissance", max_length=80, required=False)
    photo = PhotoField(label="Photo", help_text=PHOTO_HELP)
    field_order = ("civility", "last_name", "birth_name", "first_name", "birth_date", *BIRTH_PLACE, "photo")

    def clean_last_name(self) -> str:
        return person_name(self.cleaned_data["last_name"])

    def clean_first_name(self) -> str:
        return person_name(self.cleaned_data["first_name"])

    def clean_birth_date(self) -> str:
        try:
            return rules.birth_date(self.cleaned_data["birth_date"], today=local_day(timezone.now()))
        except ValueError:
            raise forms.ValidationError("Écrivez une date de naissance, par exemple 14/03/1985") from None


def phone(label: str) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=20, required=False, widget=forms.TextInput(attrs=typed("tel", type="tel"))
    )


class ContactForm(PortalForm):
    """« Coordonnées ». The preferred way must be one that is given."""

    address = forms.CharField(
        label="Adresse",
        max_length=200,
        help_text="Numéro et rue, bâtiment, étage.",
        widget=forms.TextInput(attrs=typed("street-address")),
    )
    postcode = forms.CharField(
        label="Code postal", max_length=10, widget=forms.TextInput(attrs=typed("postal-code", inputmode="numeric"))
    )
    city = forms.CharField(label="Commune", max_length=80, widget=forms.TextInput(attrs=typed("address-level2")))
    phone_home = phone("Téléphone du domicile")
    phone_mobile = phone("Téléphone portable")
    phone_work = phone("Téléphone du travail")
    email = forms.EmailField(
        label="Courriel",
        max_length=254,
        help_text="Nous y enverrons un lien pour confirmer votre adresse, puis la réponse.",
        widget=forms.EmailInput(attrs=typed("email")),
    )
    email_again = forms.EmailField(
        label="Confirmation du courriel", max_length=254, widget=forms.EmailInput(attrs=typed("email"))
    )
    preferred_contact = forms.ChoiceField(
        label="Moyen de contact préféré", choices=PreferredContact.choices, widget=forms.RadioSelect
    )

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        email, again = given.get("email"), given.get("email_again")
        if email and again and email.lower() != again.lower():
            self.add_error("email_again", "Écrivez deux fois le même courriel")
        for name in PHONE_FIELDS.values():
            if given.get(name) and not rules.is_phone(given[name]):
                self.add_error(name, "Écrivez un numéro de téléphone, par exemple 06 12 34 56 78")
        wanted = PHONE_FIELDS.get(given.get("preferred_contact", ""))
        if wanted and not given.get(wanted) and wanted not in self.errors:
            self.add_error(wanted, "Écrivez ce numéro, ou choisissez un autre moyen de contact")
        return given


class SignInForm(NewPassword):
    """« Identifiants »: how one will sign in. `has_password` once one was chosen: left empty, it stays."""

    def __init__(self, *args: Any, words: dict[str, str], has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.words = words
        if has_password:
            for name in ("password", "password_again"):
                self.fields[name].required = False
            self.fields["password"].help_text = KEPT

    @property
    def own_words(self) -> dict[str, str]:
        return self.words | {"username": self.cleaned_data.get("username", "")}
