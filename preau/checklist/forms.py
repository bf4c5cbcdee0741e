"""Filters of the lists of agents, and the days of the file of the year."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet

from preau.activities.models import Activity
from preau.checklist.choices import Step
from preau.core.forms import DayField, PortalForm
from preau.enrolments.choices import LIVE
from preau.enrolments.models import Enrolment
from preau.families.models import Participant, Schooling
from preau.town.models import Level, Place

ANY = ("", "Tous")


class SchoolFilters(PortalForm):
    """A school of those whom the agent may see, and a level; what is unknown is any."""

    ecole = forms.ChoiceField(label="École", required=False)
    niveau = forms.ChoiceField(label="Niveau", required=False)

    def __init__(self, asked: Mapping[str, str], *, people: QuerySet[Participant], today: dt.date) -> None:
        super().__init__({name: asked.get(name, "") for name in self.base_fields})
        for field in self.fields.values():
            field.widget.attrs["class"] = "saisie"
        schooled = Schooling.objects.filter(participant__in=people.order_by().values("pk"), year__ends_on__gte=today)
        schools = Place.objects.filter(pk__in=schooled.values("place")).order_by("name")
        self._choose("ecole", [("", "Toutes"), *schools.values_list("code", "name")])
        self._choose("niveau", [ANY, *Level.objects.order_by("order").values_list("code", "name")])

    def _choose(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(choices)

    def value(self, name: str) -> Any:
        """What was asked, or what an empty field stands for."""
        return self.cleaned_data.get(name) or None if self.is_valid() or name not in self.errors else None

    def text(self, name: str) -> str:
        return str(self.value(name) or "")


class MissingFilters(SchoolFilters):
    """Besides, an activity, something asked for, and the day on which the files are looked at."""

    activite = forms.ChoiceField(label="Activité", required=False)
    element = forms.ChoiceField(label="Ce qui manque", required=False)
    jour = DayField(label="À la date du", required=False)

    def __init__(
        self,
        asked: Mapping[str, str],
        *,
        people: QuerySet[Participant],
        items: Iterable[tuple[str, str]],
        today: dt.date,
    ) -> None:
        super().__init__(asked, people=people, today=today)
        used = Enrolment.objects.filter(participant__in=people.order_by().values("pk"), state__in=LIVE)
        activities = Activity.objects.filter(pk__in=used.filter(ends_on__gte=today).values("activity"))
        told = [
            (code, f"{name} ({year})" if year else name)
            for code, name, year in activities.order_by("name", "starts_on").values_list("code", "name", "year__code")
        ]
        self._choose("activite", [("", "Toutes"), *told])
        self._choose("element", [("", "Tout"), *items])


class SeasonForm(PortalForm):
    """When the file of the year is open, when families are reminded, and what they look at again."""

    opens_on = DayField(label="Premier jour")
    closes_on = DayField(label="Dernier jour")
    reminders = forms.CharField(
        label="Rappels, en jours avant le dernier",
        required=False,
        help_text="Par exemple\u00a0: 21, 7, 1. Chaque famille qui n’a pas terminé reçoit alors un e-mail.",
    )
    steps = forms.MultipleChoiceField(
        label="Ce que les familles relisent", choices=Step.choices, widget=forms.CheckboxSelectMultiple
    )

    def clean_reminders(self) -> list[int]:
        words = self.cleaned_data["reminders"].replace(",", " ").replace(";", " ").split()
        if not all(word.isascii() and word.isdigit() and int(word) <= 120 for word in words):
            raise forms.ValidationError("Écrivez des nombres de jours, de 0 à 120, par exemple 21, 7, 1")
        return sorted({int(word) for word in words}, reverse=True)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("opens_on"), cleaned.get("closes_on")
        if first and last and last < first:
            self.add_error("closes_on", "Le dernier jour vient après le premier\u00a0: choisissez une date plus tard")
        return cleaned
