"""What families write to change their coordinates, or what the file says of a child: the town decides of each field."""

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any

from django import forms

from preau.accounts.names import person_name
from preau.core.forms import DayField, PortalForm
from preau.demarches.account_fields import (
    NO_PHONE,
    AllocataireField,
    CityField,
    PhoneField,
    PostcodeField,
    StreetField,
)
from preau.demarches.coordinates import FieldRow
from preau.demarches.file_fields import Value, is_in_town
from preau.families.choices import PreferredContact
from preau.families.rules import PHONE_FIELDS

EARLIEST, LATEST = dt.timedelta(days=92), dt.timedelta(days=366)
UNDERSTOOD = "J’ai compris que mes tarifs vont changer"


class FileForm(PortalForm):
    """A form on fields of the file: those that the town hides are not there, and it says which are required."""

    names: Mapping[str, str] = {}  # of the form's fields, by code in the file

    def __init__(self, *args: Any, rows: Mapping[str, FieldRow], **kwargs: Any) -> None:
        self.rows = rows
        initial = {name: rows[code].wanted for code, name in self.names.items() if code in rows}
        super().__init__(*args, initial=initial, **kwargs)
        for code, name in self.names.items():
            if code not in rows:
                del self.fields[name]
            elif rows[code].is_required:
                self.fields[name].required = True

    @property
    def wanted(self) -> dict[str, Value]:
        return {code: self.cleaned_data[name] for code, name in self.names.items() if name in self.cleaned_data}


class AddressForm(PortalForm):
    """Where the household lives from a day on. `understood` is there once the prices would change."""

    lines = StreetField()
    postcode = PostcodeField()
    city = CityField()
    starts_on = DayField(label="À partir du", help_text="Le jour où vous emménagez.")
    understood = forms.BooleanField(label=UNDERSTOOD, required=False)

    def __init__(self, *args: Any, row: FieldRow, today: dt.date, was_resident: bool, **kwargs: Any) -> None:
        self.today, self.was_resident, self.is_checked = today, was_resident, row.is_checked
        address = row.wanted if isinstance(row.wanted, dict) else {}
        asked_from = row.asked.starts_on if row.asked and row.asked.is_mine else None
        super().__init__(*args, initial={**address, "starts_on": asked_from or today}, **kwargs)
        self.changes_prices = False

    def clean_postcode(self) -> str:
        postcode: str = self.cleaned_data["postcode"]
        if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 -]{1,9}", postcode):
            raise forms.ValidationError("Écrivez un code postal, par exemple 94800")
        return postcode

    def clean_starts_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["starts_on"]
        first = self.today - EARLIEST if self.is_checked else self.today
        if not first <= day <= self.today + LATEST:
            raise forms.ValidationError(
                f"Choisissez une date entre le {first:%d/%m/%Y} et le {self.today + LATEST:%d/%m/%Y}"
            )
        return day

    def clean(self) -> dict[str, Any]:
        """A new address in or out of the town changes what everything costs: that is read before it is sent."""
        given = self.cleaned_data
        if self.errors or is_in_town(given) == self.was_resident:
            return given
        self.changes_prices = True
        if not given["understood"]:
            self.add_error("understood", "Vos tarifs vont changer\u00a0: cochez la case pour continuer")
        return given

    @property
    def address(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("lines", "postcode", "city")}


class PhonesForm(FileForm):
    """How this person is reached. The preferred way must be one that is given."""

    phone_mobile = PhoneField("Téléphone portable")
    phone_home = PhoneField("Téléphone du domicile")
    phone_work = PhoneField("Téléphone du travail")
    preferred_contact = forms.ChoiceField(
        label="Moyen de contact préféré",
        choices=[("", "Je ne le dis pas"), *PreferredContact.choices],
        required=False,
        widget=forms.RadioSelect,
    )
    names = {
        "phone-mobile": "phone_mobile",
        "phone-home": "phone_home",
        "phone-work": "phone_work",
        "preferred-contact": "preferred_contact",
    }

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        wanted = PHONE_FIELDS.get(given.get("preferred_contact", ""))
        if wanted and not given.get(wanted) and wanted not in self.errors:
            self.add_error(wanted if wanted in self.fields else "preferred_contact", NO_PHONE)
        return given


class AllocataireForm(FileForm):
    """The number of the household at the CAF or the MSA."""

    allocataire = AllocataireField(
        "Il est sur vos courriers et sur votre compte de la CAF ou de la MSA. Par exemple 1234567."
    )
    names = {"allocataire": "allocataire"}


class ChildForm(FileForm):
    """The names of a child and, from twelve on, how they are reached themselves."""

    first_name = forms.CharField(label="Prénom(s)", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60)
    email = forms.EmailField(
        label="Son e-mail", required=False, help_text="À lui ou à elle, si vous voulez bien.", max_length=254
    )
    phone_mobile = PhoneField("Son téléphone portable")
    names = {
        "child-first-name": "first_name",
        "child-last-name": "last_name",
        "child-email": "email",
        "child-phone": "phone_mobile",
    }

    def clean_first_name(self) -> str:
        return person_name(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return person_name(self.cleaned_data["last_name"])
