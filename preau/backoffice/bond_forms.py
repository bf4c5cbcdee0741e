"""What an agent types to change a bond, or when an adult leaves a household."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django import forms

from preau.core.forms import DayField, PortalForm, speak_plainly
from preau.families.choices import AccessLevel, Situation, Subject
from preau.families.models import Participant

NOTHING_LEFT = (Situation.WITHDRAWN, Situation.ENDED)
AS_USUAL = ("", "Comme d’habitude pour ce lien")
TELLS = "Prévenir par e-mail les personnes concernées"


def seen_of(form: forms.Form, names: Iterable[str]) -> str:
    """What the agent was shown the effects of: other answers are shown again before anything is written."""
    return "|".join(f"{form.cleaned_data.get(name, '')}" for name in names)


class BondForm(PortalForm):
    """A bond from a day on; the levels that a judgment adjusts are left empty as a rule."""

    situation = forms.ChoiceField(label="Lien", choices=Situation.choices)
    starts_on = DayField(label="À partir du")
    reason = forms.CharField(
        label="Ce que vous avez vu",
        max_length=300,
        help_text="Par exemple\u00a0: jugement du 12 mars 2026. La personne peut demander à le lire, restez sobre",
    )
    tells = forms.BooleanField(
        label=TELLS,
        required=False,
        help_text="Décochez seulement pour protéger quelqu’un\u00a0: prévenez alors autrement",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: dt.date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for subject in Subject:
            choices = [AS_USUAL, *((str(level.value), level.label.capitalize()) for level in AccessLevel)]
            field = forms.ChoiceField(label=subject.label.capitalize(), choices=choices, required=False)
            speak_plainly(field, subject.label.capitalize())
            self.fields[f"level_{subject.value}"] = field

    def clean_starts_on(self) -> dt.date:
        starts_on: dt.date = self.cleaned_data["starts_on"]
        if not self.today - dt.timedelta(days=730) <= starts_on <= self.today + dt.timedelta(days=400):
            raise forms.ValidationError("Choisissez une date de ces deux dernières années, ou de l’année qui vient")
        return starts_on

    def clean(self) -> dict[str, Any] | None:
        given = super().clean() or self.cleaned_data
        if given.get("situation") in NOTHING_LEFT:
            for name in self.level_names:
                if given.get(name, "") not in ("", "0"):
                    self.add_error(name, "Ce lien ne laisse rien voir\u00a0: choisissez «\u00a0Comme d’habitude\u00a0»")
        return given

    @property
    def has_adjusted(self) -> bool:
        """Whether something is answered under the fold, or wrong there."""
        return any(self[name].errors or self[name].value() for name in self.level_names)

    @property
    def level_names(self) -> list[str]:
        return [f"level_{subject.value}" for subject in Subject]

    @property
    def level_fields(self) -> list[Any]:
        return [self[name] for name in self.level_names]

    @property
    def levels(self) -> dict[Subject, AccessLevel]:
        given = self.cleaned_data
        return {one: AccessLevel(int(told)) for one in Subject if (told := given.get(f"level_{one.value}"))}

    @property
    def as_seen(self) -> str:
        return seen_of(self, ["situation", "starts_on", *self.level_names])


class LeavingForm(PortalForm):
    """Who leaves, and which children live there too."""

    children = forms.MultipleChoiceField(
        label="Enfants qui vivront aussi chez cette personne",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=(),
    )
    tells = forms.BooleanField(
        label=TELLS,
        required=False,
        help_text="Décochez seulement pour protéger quelqu’un\u00a0: prévenez alors autrement",
    )
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, children: Iterable[Participant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["children"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(child.code, child.first_name) for child in children]

    @property
    def as_seen(self) -> str:
        return seen_of(self, ["children"])
