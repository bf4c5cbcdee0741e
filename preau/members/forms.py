"""What parents write about those who may collect their children, and agents about judgments."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from preau.core.forms import DayField, PortalForm
from preau.demarches.rules import is_phone
from preau.families.models import Adult, Participant
from preau.members.actions.trusting import Named
from preau.members.models import Diet
from preau.members.queries.authorisations import State

LINKS = (
    "Grand-mère",
    "Grand-père",
    "Tante",
    "Oncle",
    "Frère",
    "Sœur",
    "Beau-parent",
    "Voisin",
    "Assistante maternelle",
)
NOT_A_PHONE = "Écrivez un numéro de téléphone, par exemple 06 12 34 56 78"
PLACES = (("", "Non"), *((str(rank), f"Oui, en {rank}e" if rank > 1 else "Oui, en 1er") for rank in range(1, 11)))


class PersonForm(PortalForm):
    """A person named for a child, and the brothers and sisters for whom she is named too."""

    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60)
    link = forms.CharField(
        label="Lien avec l’enfant",
        max_length=60,
        help_text="Par exemple\u00a0: grand-mère, voisin, assistante maternelle",
    )
    phone = forms.CharField(
        label="Téléphone", max_length=20, widget=forms.TextInput({"type": "tel", "class": "champ-court"})
    )
    other_phone = forms.CharField(
        label="Autre téléphone",
        max_length=20,
        required=False,
        widget=forms.TextInput({"type": "tel", "class": "champ-court"}),
    )
    may_collect = forms.BooleanField(label="Peut venir chercher l’enfant", required=False)
    emergency_order = forms.ChoiceField(
        label="À prévenir en cas d’urgence, si vous ne répondez pas", choices=PLACES, required=False
    )
    born_on = DayField(
        label="Date de naissance",
        required=False,
        help_text="Seulement si cette personne a moins de 18 ans\u00a0: un frère, une sœur…",
    )
    starts_on = DayField(label="À partir du")
    ends_on = DayField(label="Jusqu’au", required=False, help_text="Laissez vide si ce n’est pas pour un temps")
    also = forms.MultipleChoiceField(
        label="Aussi pour", required=False, widget=forms.CheckboxSelectMultiple, choices=()
    )

    def __init__(self, *args: Any, siblings: Iterable[Participant] = (), today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.siblings = {child.code: child for child in siblings}
        if self.siblings:
            field = self.fields["also"]
            assert isinstance(field, forms.MultipleChoiceField)
            field.choices = [(code, child.first_name) for code, child in self.siblings.items()]
        else:
            del self.fields["also"]

    def clean_phone(self) -> str:
        return checked_phone(self.cleaned_data["phone"])

    def clean_other_phone(self) -> str:
        return checked_phone(self.cleaned_data["other_phone"])

    def clean_born_on(self) -> dt.date | None:
        born_on: dt.date | None = self.cleaned_data["born_on"]
        if born_on is not None and not dt.date(1900, 1, 1) <= born_on <= self.today:
            raise forms.ValidationError("Vérifiez l’année de cette date de naissance")
        return born_on

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("may_collect") and not given.get("emergency_order") and "emergency_order" not in self.errors:
            self.add_error(
                "may_collect",
                "Dites ce que cette personne peut faire\u00a0: venir chercher l’enfant, être prévenue, ou les deux",
            )
        starts_on, ends_on = given.get("starts_on"), given.get("ends_on")
        first, last = self.today - dt.timedelta(days=366), self.today + dt.timedelta(days=800)
        if starts_on and starts_on != self.initial.get("starts_on") and not first <= starts_on <= last:
            self.add_error("starts_on", "Choisissez une date proche d’aujourd’hui")
        if starts_on and ends_on and ends_on < starts_on:
            self.add_error("ends_on", "La fin vient après le début")
        if ends_on and ends_on < self.today:
            self.add_error("ends_on", "Cette date est passée")
        return given

    @property
    def named(self) -> Named:
        """What a valid form says of the person."""
        given = self.cleaned_data
        order = given["emergency_order"]
        return Named(
            **{name: given[name] for name in Named.__slots__ if name != "emergency_order"},
            emergency_order=int(order) if order else None,
        )

    @property
    def others(self) -> list[Participant]:
        """The brothers and sisters that are ticked."""
        return [self.siblings[code] for code in self.cleaned_data.get("also", [])]


def checked_phone(text: str) -> str:
    if text and not is_phone(text):
        raise forms.ValidationError(NOT_A_PHONE)
    return text


class CopyForm(PortalForm):
    """The brothers and sisters for whom the same persons are named."""

    to = forms.MultipleChoiceField(label="Pour qui\u00a0?", widget=forms.CheckboxSelectMultiple, choices=())

    def __init__(self, *args: Any, siblings: Iterable[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.MultipleChoiceField)
        self.siblings = {child.code: child for child in siblings}
        field.choices = [(code, child.first_name) for code, child in self.siblings.items()]

    @property
    def chosen(self) -> list[Participant]:
        return [self.siblings[code] for code in self.cleaned_data["to"]]


class AnswersForm(PortalForm):
    """What a parent answers to the questions of the town, as an agent writes it: those that are this parent's."""

    def __init__(self, *args: Any, states: Iterable[State], adult: Adult, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for state in states:
            if (mine := state.answer_of(adult)) is None:
                continue
            self.fields[state.kind.code] = forms.ChoiceField(
                label=state.text.title,
                help_text=state.text.body,
                choices=(("oui", "Oui"), ("non", "Non")),
                widget=forms.RadioSelect,
                required=False,
                initial={True: "oui", False: "non"}.get(mine.given) if mine.given is not None else None,
            )

    @property
    def answers(self) -> dict[str, bool]:
        return {code: said == "oui" for code, said in self.cleaned_data.items() if said}


class DietForm(PortalForm):
    """The boxes of the kitchen, from a day on."""

    diets = forms.MultipleChoiceField(label="À table", required=False, widget=forms.CheckboxSelectMultiple, choices=())
    starts_on = DayField(label="À partir du")

    def __init__(self, *args: Any, offered: Iterable[Diet], today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.offered = {diet.code: diet for diet in offered}
        field = self.fields["diets"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(code, diet.name) for code, diet in self.offered.items()]

    def clean_starts_on(self) -> dt.date:
        starts_on: dt.date = self.cleaned_data["starts_on"]
        if not self.today <= starts_on <= self.today + dt.timedelta(days=400):
            raise forms.ValidationError("Choisissez aujourd’hui ou un jour à venir, dans l’année")
        return starts_on

    @property
    def chosen(self) -> list[Diet]:
        return [self.offered[code] for code in self.cleaned_data["diets"]]


class BarForm(PortalForm):
    """Somebody whom a judgment keeps away from a child."""

    first_name = forms.CharField(label="Prénom", max_length=60)
    last_name = forms.CharField(label="Nom", max_length=60)
    judged_on = DayField(label="Date du jugement")
    reason = forms.CharField(
        label="Ce que dit le jugement",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        help_text="Le dispositif seulement\u00a0: interdiction de contact, visites suspendues… Rien de la vie privée.",
    )

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_judged_on(self) -> dt.date:
        judged_on: dt.date = self.cleaned_data["judged_on"]
        if not dt.date(1990, 1, 1) <= judged_on <= self.today:
            raise forms.ValidationError("Un jugement ne peut pas être à venir\u00a0: vérifiez la date")
        return judged_on


class NoteForm(PortalForm):
    """What an agent notes before closing a disagreement; the parent who is heard reads it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(
        label="Ce qui a été dit et fait",
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text="Le parent qui a signé le dernier lira ces mots\u00a0: rien de l’autre foyer.",
    )
