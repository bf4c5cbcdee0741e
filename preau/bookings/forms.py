"""What agents ask to see: a day or a period, an activity, a place."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms

from preau.activities.models import Activity
from preau.activities.queries import activity_choices
from preau.bookings.rules.periods import Period, PeriodKind
from preau.core.dates import Month
from preau.core.forms import YEARS_OF_MONTHS, DayField, DayInput, PortalForm
from preau.core.templatetags.ui import mois, periode
from preau.town.models import Place

Choices = list[tuple[str, Any]]  # values with their words, or titles with their choices


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
    if day.year not in YEARS_OF_MONTHS:
        raise ValueError(f"too far: {text}")
    return Period.around(PeriodKind.MONTH if is_month else PeriodKind.FORTNIGHT, day)


def written(period: Period) -> str:
    """A period as the address has it; `parse_period` reads it back."""
    return str(Month.of(period.first)) if period.kind == PeriodKind.MONTH else period.first.isoformat()


def told(period: Period) -> str:
    """« février 2026 », « du 9 au 22 février 2026 »."""
    return mois(period.first) if period.kind == PeriodKind.MONTH else periode(period.first, period.last)


class Filters(PortalForm):
    """A form of the address: what is missing takes its default; what is wrong is said, and takes its default too."""

    def __init__(self, asked: Mapping[str, str], defaults: Mapping[str, str]) -> None:
        self.defaults = defaults
        super().__init__({name: asked.get(name) or default for name, default in defaults.items()})

    def value(self, name: str) -> Any:
        """What was asked or, when it is wrong, the default."""
        if name in self.errors:
            return self.fields[name].to_python(self.defaults[name])
        return self.cleaned_data[name]

    def show_defaults(self) -> None:
        """Show the default where what was asked is wrong, as the rest of the page does: lists have no other way."""
        self.data = {name: self.defaults[name] if name in self.errors else asked for name, asked in self.data.items()}


class OccupancyFilters(Filters):
    """`activities` has at least one; the first that runs today is the default."""

    activite = ChoiceOf("Choisissez une activité de la liste", label="Activité")
    lieu = ChoiceOf("Choisissez un lieu de la liste", label="Lieu", required=False)
    periode = PeriodField(label="Période", widget=_select())

    def __init__(
        self, asked: Mapping[str, str], *, activities: Sequence[Activity], places: Iterable[Place], today: dt.date
    ) -> None:
        this = Period.around(PeriodKind.FORTNIGHT, today)
        running = [activity for activity in activities if activity.starts_on <= today <= activity.ends_on]
        super().__init__(asked, {"activite": [*running, *activities][0].code, "lieu": "", "periode": written(this)})
        _offer(self.fields["activite"], activity_choices(activities, today))
        _offer(self.fields["lieu"], [("", "Tous les lieux"), *_codes(places)])
        self.fields["periode"].widget.choices = period_choices(this, today, self.value("periode"))
        self.show_defaults()


class DayFilters(Filters):
    jour = DayField(label="Jour", years=YEARS_OF_MONTHS, widget=DayInput(attrs={"class": "saisie"}))
    activite = ChoiceOf("Choisissez une activité de la liste", label="Activité", required=False)
    lieu = ChoiceOf("Choisissez un lieu de la liste", label="Lieu", required=False)

    def __init__(
        self, asked: Mapping[str, str], *, activities: Sequence[Activity], places: Iterable[Place], today: dt.date
    ) -> None:
        super().__init__(asked, {"jour": today.isoformat(), "activite": "", "lieu": ""})
        _offer(self.fields["activite"], [("", "Toutes les activités"), *activity_choices(activities, today)])
        _offer(self.fields["lieu"], [("", "Tous les lieux"), *_codes(places)])
        self.show_defaults()


def period_choices(this: Period, today: dt.date, chosen: Period) -> list[tuple[str, list[tuple[str, str]]]]:
    """Fortnights and months around today, and the one that is shown."""
    fortnights = around(this, before=2, after=6)
    months = around(Period.around(PeriodKind.MONTH, today), before=3, after=6)
    listed = months if chosen.kind == PeriodKind.MONTH else fortnights
    if chosen not in listed:
        listed.append(chosen)
        listed.sort(key=lambda period: period.first)
    return [
        ("Deux semaines", [(written(period), told(period).capitalize()) for period in fortnights]),
        ("Un mois", [(written(period), told(period).capitalize()) for period in months]),
    ]


def around(period: Period, *, before: int, after: int) -> list[Period]:
    """The period between some that come before and some that follow."""
    shown = [period]
    for _ in range(before):
        shown.insert(0, shown[0].previous)
    for _ in range(after):
        shown.append(shown[-1].next)
    return shown


def _codes(places: Iterable[Place]) -> list[tuple[str, str]]:
    return [(place.code, place.name) for place in places]


def _offer(field: forms.Field, choices: Choices) -> None:
    cast(forms.ChoiceField, field).choices = choices
