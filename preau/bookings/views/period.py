"""What the page of a month, a fortnight or a week shows around the grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from preau.bookings.grid import grid_parts, is_holiday_week, short_month, until_words
from preau.bookings.queries.barred import BarredChild
from preau.bookings.queries.changes import pending_changes
from preau.bookings.queries.planning import ColumnDay, Planning
from preau.bookings.rules.periods import Period, PeriodKind
from preau.core.dates import Month
from preau.core.templatetags.ui import jour, mois, periode

ALL = "tous"
WEEK_PAGES = {PeriodKind.WEEK: "bookings:week", PeriodKind.FORTNIGHT: "bookings:fortnight"}
KINDS = ((PeriodKind.MONTH, "Mois"), (PeriodKind.FORTNIGHT, "Quinzaine"), (PeriodKind.WEEK, "Semaine"))


HERE = SafeString("<!-- grille -->")


def period_response(request: HttpRequest, shown: Planning, who: str, barred: Sequence[BarredChild]) -> HttpResponse:
    """The page. The grid joins it after the template engine, which would copy it at each of its levels."""
    page = render_to_string("bookings/family/period.html", {**period_page(shown, who), "barred": barred}, request)
    before, here, after = page.partition(HERE)
    return HttpResponse(b"".join([before.encode(), *grid_parts(shown), after.encode()]) if here else page)


@dataclass(frozen=True, slots=True)
class WeekChoice:
    """A button that shows a week on a phone, which has room for one."""

    number: int
    label: str
    note: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class RuleLine:
    """The deadlines of a unit, in words."""

    title: str
    book: str
    cancel: str


@lru_cache(maxsize=4096)  # a page links to a dozen of them
def address(who: str, period: Period) -> str:
    """The page of a period, for a child (by code) or for all."""
    if period.kind == PeriodKind.MONTH:
        return reverse("bookings:month", args=[who, Month.of(period.first)])
    return reverse(WEEK_PAGES[period.kind], args=[who, period.first])


def title(period: Period) -> str:
    """« Octobre 2026 », « Du 5 au 11 octobre 2026 »."""
    words = mois(period.first) if period.kind == PeriodKind.MONTH else periode(period.first, period.last)
    return words[:1].upper() + words[1:]


def period_page(shown: Planning, who: str) -> dict[str, Any]:
    """The context of `bookings/family/period.html`."""
    period, today = shown.period, shown.today
    near = today if today in period else period.first
    return {
        "planning": shown,
        "title": title(period),
        "grid": HERE,
        "weeks": tuple(week_choices(shown)),
        "deadline": next_deadline(shown),
        "rules": tuple(rule_lines(shown)),
        "changes": pending_changes(shown),
        "problems": [],
        "here": address(who, period),
        "steps": [
            {"icon": icon_name, "words": words, "title": title(step), "url": address(who, step)}
            for icon_name, words, step in (
                ("gauche", "précédente", period.previous),
                ("droite", "suivante", period.next),
            )
        ],
        "today_url": "" if today in period else address(who, Period.around(period.kind, today)),
        "kinds": [
            {"label": label, "is_chosen": kind == period.kind, "url": address(who, Period.around(kind, near))}
            for kind, label in KINDS
        ],
        "people": [
            {"child": child, "is_chosen": child is shown.who, "url": address(child.code, period)}
            for child in shown.children.values()
        ],
        "everyone_url": address(ALL, period),
    }


def week_choices(shown: Planning) -> list[WeekChoice]:
    """The weeks of the period; the one shown first is that of today, or the next, else the first that can change."""
    open_days = (day for day, deadlines in zip(shown.days, shown.until, strict=False) if deadlines)
    wanted = shown.today if shown.today in shown.period else next(open_days, shown.period.first)
    later = [number for number, week in enumerate(shown.weeks, start=1) if week[-1].day >= wanted]
    chosen = min(later, default=len(shown.weeks))
    return [
        WeekChoice(number, _short(week), _note(week, shown), number == chosen)
        for number, week in enumerate(shown.weeks, start=1)
    ]


def _short(week: Sequence[ColumnDay]) -> str:
    first, last = week[0].day, week[-1].day
    return str(first.day) if first == last else f"{first.day}–{last.day}"


def _note(week: Sequence[ColumnDay], shown: Planning) -> str:
    if any(column.day == shown.today for column in week):
        return "en cours"
    return "vacances" if is_holiday_week(week) else short_month(week[0].day)


def next_deadline(shown: Planning) -> dict[str, str] | None:
    """The first day that may still change, and until when; None when none may."""
    coming = [(min(deadlines), day) for day, deadlines in zip(shown.days, shown.until, strict=False) if deadlines]
    if not coming:
        return None
    deadline, day = min(coming)
    return {"day": jour(day), "until": until_words(deadline, shown.today)}


def rule_lines(shown: Planning) -> list[RuleLine]:
    """The deadlines of what the page shows, each once."""
    return list(dict.fromkeys(RuleLine(row.title, row.unit.book_rule, row.unit.cancel_rule) for row in shown.rows))
