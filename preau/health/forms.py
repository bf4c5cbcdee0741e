"""The short forms of a sheet: one for each item, each with its `value` as the sheet keeps it."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField

from preau.core.forms import DayField, PortalForm
from preau.demarches.account_fields import PhoneField
from preau.health.choices import BloodGroup, DoseState, Illness, Severity, Vaccine
from preau.health.rules.vaccines import Dose, Scheme, dose_faults

YES, NO = "oui", "non"
YES_OR_NO = [(NO, "Non"), (YES, "Oui")]
MOST_ROWS = 10
PLAIN = "Écrivez seulement ce qu’il faut savoir et ce qu’il faut faire, pas le nom d’une maladie ou d’un handicap."


def text_area(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class Conditional(PortalForm):
    """A form with fields that are asked for on a condition: the page does not call them optional."""

    conditional: ClassVar[tuple[str, ...]] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._need(needed=True)

    def full_clean(self) -> None:
        self._need(needed=False)
        super().full_clean()
        self._need(needed=True)

    def _need(self, *, needed: bool) -> None:
        for name, field in self.fields.items():
            if name.rstrip("0123456789").rstrip("_") in self.conditional:
                field.required = needed


class ItemForm(Conditional):
    """An item; `seen` is the version of the answer that the page showed."""

    seen = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    @property
    def value(self) -> dict[str, Any]:
        """What the sheet keeps."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen"}


class DoctorForm(ItemForm):
    name = forms.CharField(
        label="Nom du médecin", max_length=80, help_text="Par exemple\u00a0: Dr Martin, à Villejuif."
    )
    phone = PhoneField("Téléphone du médecin")


class AdviceForm(ItemForm):
    text = forms.CharField(
        label="Ce qu’il faut savoir",
        max_length=1000,
        required=False,
        widget=text_area(4),
        help_text=(
            "Lunettes, appareil dentaire ou auditif, difficulté à dormir, peurs… Laissez vide s’il n’y a rien à "
            f"signaler. {PLAIN}"
        ),
    )


class InsuranceForm(ItemForm):
    company = forms.CharField(
        label="Assureur", max_length=80, required=False, help_text="Assurance scolaire ou responsabilité civile."
    )
    number = forms.CharField(label="Numéro du contrat", max_length=40, required=False)
    until = DayField(label="Valable jusqu’au", required=False)

    @property
    def value(self) -> dict[str, Any]:
        until = self.cleaned_data["until"]
        return super().value | {"until": until.isoformat() if until else ""}


class BloodGroupForm(ItemForm):
    group = forms.ChoiceField(
        label="Groupe sanguin", choices=[("", "Je ne le connais pas"), *BloodGroup.choices], required=False
    )


class IllnessesForm(ItemForm):
    known = forms.MultipleChoiceField(
        label="Maladies déjà eues", choices=Illness.choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class PaiForm(ItemForm):
    conditional = ("starts_on", "ends_on", "text")
    has = forms.ChoiceField(
        label="A-t-il ou elle un PAI (projet d’accueil individualisé)\u00a0?",
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
        help_text="Un document signé avec l’école et un médecin, pour une allergie ou une maladie qui dure.",
    )
    starts_on = DayField(label="Valable à partir du", required=False)
    ends_on = DayField(label="Valable jusqu’au", required=False, help_text="Souvent la fin de l’année scolaire.")
    text = forms.CharField(
        label="Ce que prévoit le PAI",
        max_length=2000,
        required=False,
        widget=text_area(5),
        help_text=f"Les gestes, les médicaments et où ils sont, le repas. {PLAIN}",
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("has") != YES:
            return given
        for name, ask in (
            ("starts_on", "Écrivez le premier jour du PAI"),
            ("ends_on", "Écrivez le dernier jour du PAI"),
        ):
            if not given.get(name) and name not in self.errors:
                self.add_error(name, ask)
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "Le PAI finit avant de commencer\u00a0: vérifiez les deux dates")
        if not given.get("text"):
            self.add_error("text", "Écrivez ce que prévoit le PAI, en quelques mots")
        return given

    @property
    def days(self) -> tuple[dt.date | None, dt.date | None]:
        """The days of the PAI; (None, None) without one."""
        has = self.cleaned_data["has"] == YES
        return (self.cleaned_data["starts_on"], self.cleaned_data["ends_on"]) if has else (None, None)


class RowsForm(ItemForm):
    """« Non », or « Oui » and a list of things, a row each. `parts` names the fields of a row, the first one needed.

    Rows are added by a button that sends the form: what is written stays.
    """

    parts: ClassVar[tuple[str, ...]] = ()
    row_name: ClassVar[str] = ""
    ask: ClassVar[str] = ""
    rows = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, count: int = 1, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.count = min(max(1, self._sent(count)), MOST_ROWS)
        self.initial["rows"] = self.count
        for number in range(self.count):
            for name, field in self.row_fields().items():
                self.fields[f"{name}_{number}"] = field
        self._need(needed=True)

    def _sent(self, count: int) -> int:
        sent = str(self.data.get("rows", "")) if self.is_bound else ""
        return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 3 else count

    def row_fields(self) -> dict[str, forms.Field]:
        raise AssertionError("each form says what its rows are made of")

    @property
    def table(self) -> Iterator[list[BoundField]]:
        """The fields, row by row."""
        for number in range(self.count):
            yield [self[f"{name}_{number}"] for name in self.parts]

    @property
    def may_grow(self) -> bool:
        return self.count < MOST_ROWS

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("has") == YES:
            first = f"{self.parts[0]}_0"
            if not any(given.get(f"{self.parts[0]}_{number}") for number in range(self.count)):
                self.add_error(first, self.ask)
            for number in range(self.count):
                name = f"{self.parts[0]}_{number}"
                if name != first and not given.get(name) and any(self._typed(given, number)):
                    self.add_error(name, self.ask)
        return given

    def _typed(self, given: Mapping[str, Any], number: int) -> list[Any]:
        return [given.get(f"{part}_{number}") for part in self.parts[1:]]

    @property
    def value(self) -> dict[str, Any]:
        given, has = self.cleaned_data, self.cleaned_data["has"] == YES
        rows = [{part: given[f"{part}_{number}"] for part in self.parts} for number in range(self.count)]
        return {"has": has, "list": [row for row in rows if row[self.parts[0]]] if has else []}


class AllergiesForm(RowsForm):
    has = forms.ChoiceField(label="A-t-il ou elle des allergies\u00a0?", choices=YES_OR_NO, widget=forms.RadioSelect)
    parts = ("cause", "action", "severity")
    conditional = ("cause",)
    row_name = "Allergie"
    ask = "Écrivez à quoi, par exemple\u00a0: arachide"

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "cause": forms.CharField(label="Allergie à quoi\u00a0?", max_length=80, required=False),
            "action": forms.CharField(
                label="Que faire\u00a0?",
                max_length=500,
                required=False,
                widget=text_area(2),
                help_text="Par exemple\u00a0: stylo d’adrénaline dans la pochette rouge du cartable.",
            ),
            "severity": forms.ChoiceField(
                label="Est-ce grave\u00a0?", choices=[("", "Je ne sais pas"), *Severity.choices], required=False
            ),
        }


class TreatmentsForm(RowsForm):
    has = forms.ChoiceField(
        label="Prend-il ou elle des médicaments pendant l’accueil\u00a0?",
        choices=YES_OR_NO,
        widget=forms.RadioSelect,
    )
    parts = ("name", "how")
    conditional = ("name",)
    row_name = "Médicament"
    ask = "Écrivez le nom du médicament"
    prescription = forms.BooleanField(
        label="J’ai une ordonnance récente",
        required=False,
        help_text="Sans ordonnance, personne ne peut donner un médicament à l’enfant.",
    )

    def row_fields(self) -> dict[str, forms.Field]:
        return {
            "name": forms.CharField(label="Nom du médicament", max_length=80, required=False),
            "how": forms.CharField(
                label="Comment le donner\u00a0?",
                max_length=300,
                required=False,
                help_text="Par exemple\u00a0: une dose à midi, pendant le repas.",
            ),
        }

    @property
    def value(self) -> dict[str, Any]:
        value = super().value
        return value | {"prescription": value["has"] and self.cleaned_data["prescription"]}


# Vaccines


def at_about(months: int) -> str:
    """« vers 11 mois », « vers 6 ans »."""
    return f"vers {months}\u00a0mois" if months < 24 else f"vers {months // 12}\u00a0ans"


def seen_of(vaccine: Vaccine) -> str:
    return f"seen_{vaccine.value}"


class VaccineForm(Conditional):
    """The doses of a vaccine: a state and a date each. The hidden fields hold the version that the page showed of it,
    and of those that the dates may be for too."""

    conditional = ("on", "state")

    def __init__(
        self, *args: Any, scheme: Scheme, also: Sequence[Vaccine], born_on: dt.date, today: dt.date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.born_on, self.today, self.scheme = born_on, today, scheme
        for place, months in enumerate(scheme.ages):
            number = "1re" if place == 0 else f"{place + 1}e"
            label = f"{number} dose, {at_about(months)}"
            self.fields[f"on_{place}"] = DayField(label=label, required=False)
            self.fields[f"state_{place}"] = forms.ChoiceField(
                label=f"Où en est la {number} dose\u00a0?", choices=DoseState.choices, required=False
            )
        self._need(needed=True)
        self.vaccines = [scheme.vaccine, *also]
        for vaccine in self.vaccines:
            self.fields[seen_of(vaccine)] = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
        if also:
            self.fields["also"] = forms.MultipleChoiceField(
                label="Ces dates valent aussi pour",
                choices=[(one.value, one.label) for one in also],
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text="Cochez les vaccins faits par les mêmes piqûres\u00a0: leurs dates seront remplacées.",
            )

    @property
    def table(self) -> Iterator[list[BoundField]]:
        for place in range(len(self.scheme.ages)):
            yield [self[f"on_{place}"], self[f"state_{place}"]]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        self.doses = [self._dose(given, place) for place in range(len(self.scheme.ages))]
        for place, fault in dose_faults(self.doses, self.born_on, self.today).items():
            if f"on_{place}" not in self.errors:
                self.add_error(f"on_{place}", fault.label)
        return given

    def _dose(self, given: Mapping[str, Any], place: int) -> Dose | None:
        on = given.get(f"on_{place}")
        return Dose(DoseState(given.get(f"state_{place}") or DoseState.GIVEN), on) if on else None

    @property
    def told(self) -> list[Dose]:
        """The doses that something is said of, in order."""
        return [dose for dose in self.doses if dose is not None]

    @property
    def seen(self) -> dict[Vaccine, str]:
        return {vaccine: self.cleaned_data[seen_of(vaccine)] for vaccine in self.vaccines}

    @property
    def chosen(self) -> list[Vaccine]:
        """Those that the dates are for."""
        return [self.scheme.vaccine, *(Vaccine(code) for code in self.cleaned_data.get("also", ()))]


class ReadingForm(PortalForm):
    """Why an agent opens a sheet; outside of their place of the day, a reason is asked for."""

    purpose = forms.ChoiceField(label="Pourquoi ouvrez-vous cette fiche\u00a0?", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="Votre raison",
        max_length=300,
        widget=text_area(2),
        help_text="Les parents la liront, et les administrateurs sont prévenus de cette lecture.",
    )

    def __init__(self, *args: Any, purposes: Sequence[tuple[str, str]], asks_reason: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["purpose" if asks_reason else "reason"]
        if not asks_reason:
            self.fields["purpose"].choices = purposes  # type: ignore[attr-defined]
