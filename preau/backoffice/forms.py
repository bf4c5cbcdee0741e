"""What agents type at the desk."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from preau.activities.models import Activity
from preau.activities.queries import activity_choices, named
from preau.backoffice.queries.children import Wanted
from preau.backoffice.queries.comparing import Side, likely_same
from preau.core.dates import local_day
from preau.core.forms import YEARS_OF_MONTHS, DayField, PortalForm
from preau.demarches.account_fields import NO_PHONE, AllocataireField, BirthDateField, PhoneField
from preau.families.choices import PreferredContact, Sex
from preau.families.merging import SamePeople
from preau.families.models import Participant
from preau.families.rules import Contact, phone_wanted
from preau.pricing.choices import QuotientSource
from preau.town.models import Level, Place

CIVILITIES = [("", "Sans"), ("Madame", "Madame"), ("Monsieur", "Monsieur")]


class SearchForm(PortalForm):
    """The words of a search."""

    q = forms.CharField(
        label="Nom, enfant, numéro, téléphone ou e-mail",
        max_length=120,
        required=False,
        widget=forms.TextInput(attrs={"class": "saisie", "type": "search", "size": 34}),
    )

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", "")) if self.is_valid() else ""


class AdultForm(PortalForm):
    """An adult of a file, as an agent writes it for them."""

    civility = forms.ChoiceField(
        label="Civilité", choices=CIVILITIES, required=False, widget=forms.Select(attrs={"class": "saisie"})
    )
    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom d’usage", max_length=60)
    birth_name = forms.CharField(label="Nom de naissance", max_length=60, required=False)
    birth_date = BirthDateField(required=False)
    email = forms.EmailField(
        label="Adresse e-mail",
        max_length=254,
        required=False,
        help_text="Celle du dossier. L’adresse avec laquelle la personne se connecte ne change pas.",
    )
    phone_mobile = PhoneField("Téléphone portable")
    phone_home = PhoneField("Téléphone du domicile")
    phone_work = PhoneField("Téléphone du travail")
    preferred_contact = forms.ChoiceField(
        label="Moyen de contact préféré",
        choices=[("", "Pas dit"), *PreferredContact.choices],
        required=False,
        widget=forms.Select(attrs={"class": "saisie"}),
    )
    invoices_by_email = forms.BooleanField(label="Reçoit les factures par e-mail", required=False)

    def __init__(self, *args: Any, has_invoices: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_invoices:
            del self.fields["invoices_by_email"]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        wanted = phone_wanted(Contact(*(given.get(name, "") for name in Contact.__slots__)))
        if wanted and wanted not in self.errors:
            self.add_error(wanted, NO_PHONE)
        return given


class AddressForm(PortalForm):
    """Where a household lives from a day on."""

    lines = forms.CharField(label="Adresse", max_length=200, help_text="Numéro et rue, bâtiment, étage.")
    postcode = forms.CharField(label="Code postal", max_length=10)
    city = forms.CharField(label="Ville", max_length=80)
    is_resident = forms.BooleanField(label="Cette adresse est dans la commune", required=False)
    starts_on = DayField(label="Depuis le")


class AllocataireForm(PortalForm):
    """The number of a household at the CAF or the MSA."""

    allocataire = AllocataireField("Il est sur l’attestation de la CAF ou de la MSA. Vide\u00a0: aucun numéro.")


class ChildForm(PortalForm):
    """Who a child is; the e-mail and the phone are those of a teenager."""

    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60)
    sex = forms.ChoiceField(
        label="Sexe",
        choices=[("", "Pas dit"), *Sex.choices],
        required=False,
        widget=forms.Select(attrs={"class": "saisie"}),
    )
    born_on = DayField(label="Date de naissance")
    email = forms.EmailField(label="Son adresse e-mail", max_length=254, required=False)
    phone_mobile = PhoneField("Son téléphone portable")

    def __init__(self, *args: Any, is_teenager: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_teenager:
            del self.fields["email"], self.fields["phone_mobile"]

    def clean_born_on(self) -> dt.date:
        day: dt.date = self.cleaned_data["born_on"]
        if not OLDEST <= day <= local_day(timezone.now()):
            raise forms.ValidationError("Écrivez une date de naissance, par exemple 14/03/2021")
        return day


OLDEST = dt.date(1900, 1, 1)


class QuotientForm(PortalForm):
    """The quotient of a household, as it is read on a paper."""

    is_known = forms.ChoiceField(
        label="Quotient familial",
        choices=[("oui", "La famille l’a montré"), ("non", "Inconnu ou refusé\u00a0: tarif le plus haut")],
        widget=forms.RadioSelect,
    )
    value = forms.DecimalField(
        label="Montant en euros", min_value=0, max_value=100_000, decimal_places=2, required=False, localize=True
    )
    source = forms.ChoiceField(
        label="Lu sur",
        choices=[choice for choice in QuotientSource.choices if choice[0] != QuotientSource.API],
        widget=forms.Select(attrs={"class": "saisie"}),
    )
    proof = forms.CharField(
        label="Papier montré",
        max_length=160,
        required=False,
        help_text="Par exemple\u00a0: attestation du 3 janvier, numéro d’allocataire vérifié.",
    )
    starts_on = DayField(label="Valable à partir du")

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or self.cleaned_data
        if given.get("is_known") == "oui" and given.get("value") is None and "value" not in self.errors:
            self.add_error("value", "Écrivez le quotient, par exemple 742")
        return given

    @property
    def cents(self) -> int | None:
        return int(self.cleaned_data["value"] * 100) if self.cleaned_data["is_known"] == "oui" else None


class NoteForm(PortalForm):
    """What agents tell each other of a file."""

    text = forms.CharField(
        label="Note interne",
        max_length=2000,
        required=False,
        help_text=(
            "La famille peut demander à la lire. N’écrivez rien sur la santé, la religion ou l’origine. "
            "Laissez vide pour l’effacer."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


class EnrolmentForm(PortalForm):
    """An activity for someone, from a day on."""

    activity = forms.ChoiceField(label="Activité", widget=forms.Select(attrs={"class": "saisie"}))
    starts_on = DayField(label="Date d’entrée")
    reason = forms.CharField(
        label="Raison d’aller au-delà des règles",
        max_length=200,
        required=False,
        help_text="Seulement si l’âge, l’école ou le nombre de places ne le permettent pas.",
    )

    def __init__(self, *args: Any, activities: Sequence[Activity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.activities = {activity.code: activity for activity in activities}
        choices = named(activities, among=activities)
        self.fields["activity"].choices = [("", "Choisissez"), *choices]  # type: ignore[attr-defined]


class ChildrenForm(PortalForm):
    """Which children to list. What is wrong in the address is said, and left out."""

    ecole = forms.ModelChoiceField(Place.objects.none(), label="École", to_field_name="code", required=False)
    niveau = forms.ModelChoiceField(Level.objects.none(), label="Niveau", to_field_name="code", required=False)
    activite = forms.ModelChoiceField(Activity.objects.none(), label="Activité", to_field_name="code", required=False)
    jour = DayField(label="Jour", years=YEARS_OF_MONTHS, required=False)

    def __init__(
        self,
        *args: Any,
        schools: QuerySet[Place],
        levels: QuerySet[Level],
        activities: QuerySet[Activity],
        today: dt.date,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field: Any
        for name, rows, empty in (("ecole", schools, "Toutes"), ("niveau", levels, "Tous")):
            field = self.fields[name]
            field.queryset, field.empty_label = rows, empty
        field = self.fields["activite"]
        field.queryset = activities
        field.choices = [("", "Aucune en particulier"), *activity_choices(list(activities), today)]
        for field in self.fields.values():
            field.widget.attrs["class"] = "saisie"

    def wanted(self, today: dt.date) -> Wanted:
        """What is asked; today without a day, or with one that means nothing."""
        given = self.cleaned_data if self.is_bound and self.is_valid() else getattr(self, "cleaned_data", {})
        return Wanted(
            day=given.get("jour") or today,
            school=given.get("ecole"),
            level=given.get("niveau"),
            activity=given.get("activite"),
        )


NOBODY = "autre"


class MergeForm(PortalForm):
    """Who, of the file that goes away, is somebody of the one that is kept, and why they are one family."""

    reason = forms.CharField(
        label="Pourquoi est-ce la même famille\u00a0?", max_length=1000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, kept: Side, gone: Side, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        likely, both = likely_same(kept, gone), {one.pk for one in kept.children}
        self.keys: dict[str, int] = {}
        self.people = {one.code: one.pk for one in kept.people}
        for one in gone.adults:
            self._ask("adulte", one, kept.adults, likely.adults)
        for child in gone.children:
            if child.pk not in both:
                self._ask("enfant", child, kept.children, likely.participants)

    def _ask(self, kind: str, one: Any, theirs: Sequence[Any], likely: Mapping[int, int]) -> None:
        """Who it is, of those of the file that is kept."""
        name = f"{kind}-{one.code}"
        label = f"{one} ({one.born_on:%d/%m/%Y})" if isinstance(one, Participant) else str(one)
        self.keys[name] = one.pk
        self.fields[name] = forms.ChoiceField(
            label=f"{label} est",
            initial=next((each.code for each in theirs if each.pk == likely.get(one.pk)), NOBODY),
            choices=[(NOBODY, "Quelqu’un d’autre, à ajouter"), *((each.code, str(each)) for each in theirs)],
            widget=forms.Select(attrs={"class": "saisie"}),
        )

    @property
    def people_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.keys]

    @property
    def same(self) -> SamePeople:
        """Who is who, as the form has it now; what means nothing is nobody."""
        return SamePeople(self._pairs("adulte"), self._pairs("enfant"))

    def _pairs(self, kind: str) -> dict[int, int]:
        said = {name: str(self[name].value() or "") for name in self.keys if name.startswith(f"{kind}-")}
        return {self.keys[name]: self.people[code] for name, code in said.items() if code in self.people}
