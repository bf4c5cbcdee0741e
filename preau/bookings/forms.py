"""What agents ask to see: a day or a period, an activity, a place."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from preau.activities.models import Activity
from preau.bookings.rules.periods import Period, PeriodKind
from preau.core.dates import Month
from preau.core.forms import DayField, DayInput, PortalForm
from preau.core.templatetags.ui import mois, periode
from preau.town.models import Place

FIRST_YEAR, LAST_YEAR = 2001, 2198
FORTNIGHTS_BEFORE, FORTNIGHTS_AFTER = 2, 6
MONTHS_BEFORE, MONTHS_AFTER = 3, 6


class ChoiceOf(forms.ChoiceField):
    """A list; `refusal` answers a value that is not in it."""

    def __init__(self, refusal: str, **kwargs: Any) -> None:
        super().__init__(widget=_select(), error_messages={"invalid_choice": refusal}, **kwargs)


def _select() -> forms.Select:
    return forms.Select(attrs={"class": "saisie"})


class PeriodField(forms.CharField):
    """`2026-11` is a month; `2026-11-09` the two weeks from the Monday of that day."""

    widget = forms.Select

    def to_python(self, value: Any) -> Any:
        try:
            return parse_period(str(value))
        except ValueError:
            raise forms.ValidationError("Choisissez une période de la liste") from None


def parse_period(text: str) -> Period:
    """Raises ValueError on anything else than a month or a day, or too far from now to mean something."""
    is_month = len(text) == len("2026-11")
    day = Month.parse(text).first if is_month else dt.date.fromisoformat(text)
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValueError(f"too far: {text}")
    return Period.around(PeriodKind.MONTH if is_month else PeriodKind.FORTNIGHT, day)


def written(period: Period) -> str:
    """A period as the address has it; `parse_period` reads it back."""
    return str(Month.of(period.first)) if period.kind == PeriodKind.MONTH else period.first.isoformat()


def told(period: Period) -> str:
    """« février 2026 », « du 9 au 22 février 2026 »."""
    return mois(period.first) if period.kind == PeriodKind.MONTH else periode(period.first, period.last)


class Filters(PortalForm):
    """A form of the address: what is missing takes its default, what is wrong is said and takes its default too."""

    def __init__(self, asked: Mapping[str, Any], defaults: Mapping[str, str]) -> None:
        self.defaults = defaults
        super().__init__({name: asked.get(name, default) for name, default in defaults.items()})

    def value(self, name: str) -> Any:
        """What was asked, or else the default."""
        if self.is_valid() or name in self.cleaned_data:
            return self.cleaned_data[name]
        return self.fields[name].to_python(self.defaults[name])


class OccupancyFilters(Filters):
    activite = ChoiceOf("Choisissez une activité de la liste", label="Activité")
    lieu = ChoiceOf("Choisissez un lieu de la liste", label="Lieu", required=False)
    periode = PeriodField(label="Période", widget=_select())

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        activities: Iterable[Activity],
        places: Iterable[Place],
        today: dt.date,
    ) -> None:
        shown = list(activities)
        this = Period.around(PeriodKind.FORTNIGHT, today)
        super().__init__(asked, {"activite": shown[0].code if shown else "", "lieu": "", "periode": written(this)})
        _set_choices(self.fields["activite"], [(activity.code, activity.name) for activity in shown])
        _set_choices(self.fields["lieu"], [("", "Tous les lieux"), *_place_choices(places)])
        _set_choices(self.fields["periode"], period_choices(this, today, self.value("periode")))


def period_choices(this: Period, today: dt.date, chosen: Period) -> list[tuple[str, list[tuple[str, str]]]]:
    """Fortnights and months around today, and the one that is shown."""
    fortnights, months = [this], [Period.around(PeriodKind.MONTH, today)]
    for around, before, after in ((fortnights, FORTNIGHTS_BEFORE, FORTNIGHTS_AFTER), (months, MONTHS_BEFORE, MONTHS_AFTER)):
        for _ in range(before):
            around.insert(0, around[0].previous)
        for _ in range(after):
            around.append(around[-1].next)
    listed = months if chosen.kind == PeriodKind.MONTH else fortnights
    if chosen not in listed:
        listed.append(chosen)
        listed.sort(key=lambda period: period.first)
    return [
        ("Deux semaines", [(written(period), told(period)) for period in fortnights]),
        ("Un mois", [(written(period), told(period).capitalize()) for period in months]),
    ]


class DayFilters(Filters):
    jour = DayField(label="Jour", widget=DayInput(attrs={"class": "saisie"}))
    activite = ChoiceOf("Choisissez une activité de la liste", label="Activité", required=False)
    lieu = ChoiceOf("Choisissez un lieu de la liste", label="Lieu", required=False)

    def __init__(
        self,
        asked: Mapping[str, Any],
        *,
        activities: Iterable[Activity],
        places: Iterable[Place],
        today: dt.date,
    ) -> None:
        super().__init__(asked, {"jour": today.isoformat(), "activite": "", "lieu": ""})
        choices = [(activity.code, activity.name) for activity in activities]
        _set_choices(self.fields["activite"], [("", "Toutes les activités"), *choices])
        _set_choices(self.fields["lieu"], [("", "Tous les lieux"), *_place_choices(places)])

    def clean_jour(self) -> dt.date:
        day: dt.date = self.cleaned_data["jour"]
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise forms.ValidationError("Écrivez une année proche, par exemple 2026")
        return day


def _place_choices(places: Iterable[Place]) -> list[tuple[str, str]]:
    return [(place.code, place.name) for place in places]


def _set_choices(field: forms.Field, choices: list[Any]) -> None:
    field.choices = choices  # type: ignore[attr-defined]
    field.widget.choices = choices  # type: ignore[attr-defined]
