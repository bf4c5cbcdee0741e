"""The desk's pages: who is expected on a day, and how full groups are."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, ask_again, is_fresh
from preau.activities.models import Activity
from preau.bookings.charts import chart_of
from preau.bookings.forms import DayFilters, OccupancyFilters, told, written
from preau.bookings.queries.catalogue import town_days
from preau.bookings.queries.day import ActivityDay, GroupList, closed_because, day_counts, day_list, units_of_day
from preau.bookings.queries.occupancy import DayPlaces, intakes_in_scope, occupancy_of
from preau.bookings.rules.periods import Period
from preau.core.dates import local_day
from preau.core.exports import download
from preau.enrolments.models import Intake
from preau.journal.actions import record
from preau.town.models import Place

ONE_DAY = dt.timedelta(days=1)
LAST_YEAR = dt.timedelta(days=400)


def offered(intakes: Iterable[Intake]) -> tuple[list[Activity], list[Place]]:
    """The activities in the town's order and the places by name, once each."""
    activities = {intake.activity_id: intake.activity for intake in intakes}
    places = {intake.group.place_id: intake.group.place for intake in intakes}
    return list(activities.values()), sorted(places.values(), key=lambda place: place.name)


def by_code(things: Iterable[Any], code: str) -> Any:
    """The one with this code, None for "" (all of them)."""
    return next((thing for thing in things if thing.code == code), None)


@staff_page(Capability.SEE_BOOKINGS)
@require_safe
def occupancy(request: StaffRequest) -> HttpResponse:
    today = local_day(timezone.now())
    intakes = list(intakes_in_scope(request.user, on=today).filter(activity__ends_on__gte=today - LAST_YEAR))
    activities, places = offered(intakes)
    if not activities:
        return render(request, "bookings/staff/occupancy.html", {"activity": None})
    form = OccupancyFilters(request.GET.dict(), activities=activities, places=places, today=today)
    activity, place = by_code(activities, form.value("activite")), by_code(places, form.value("lieu"))
    period: Period = form.value("periode")
    groups = [intake.group for intake in intakes if intake.activity_id == activity.pk]
    found = occupancy_of(activity, groups, first=period.first, last=period.last, place=place)
    if wants_csv(request):
        return download(f"occupation-{activity.code}-{written(period)}", occupancy_rows(found.chosen.days))
    context = {
        "form": form,
        "activity": activity,
        "place": place,
        "told": told(period),
        "before": written(period.previous),
        "after": written(period.next),
        "found": found.chosen,
        "chart": chart_of(found.chosen.days),
        "one_group": all(len(row.groups) == 1 for row in found.chosen.days),
    }
    days = one_day(found.everywhere.days, request.GET.get("jour", ""), today)
    return render(request, "bookings/staff/occupancy.html", context | days)


def one_day(days: Sequence[DayPlaces], asked: str, today: dt.date) -> dict[str, DayPlaces | None]:
    """The day asked for when it is open, else the next one from today, else the first; and the open days around it."""
    chosen = next((row for row in days if row.day.isoformat() == asked), None)
    to_come = next((row for row in days if row.day >= today), None)
    shown = chosen or to_come or next(iter(days), None)
    before = [row for row in days if shown and row.day < shown.day]
    after = [row for row in days if shown and row.day > shown.day]
    return {"day": shown, "day_before": before[-1] if before else None, "day_after": after[0] if after else None}


def occupancy_rows(days: Iterable[DayPlaces]) -> Iterator[Sequence[object]]:
    yield "Jour", "Lieu", "Groupe", "Moment le plus chargé", "Réservés", "Places", "Restantes", "Ouvert"
    for day in days:
        for row in day.groups:
            yield (
                f"{day.day:%d/%m/%Y}",
                row.group.place.name,
                row.group.name,
                row.moment,
                row.places.taken,
                "" if row.places.capacity is None else row.places.capacity,
                "" if row.places.left is None else row.places.left,
                "oui" if row.places.is_open else "non",
            )


@staff_page(Capability.SEE_BOOKINGS)
@require_safe
def day(request: StaffRequest) -> HttpResponseBase:
    today = local_day(timezone.now())
    running = intakes_in_scope(request.user, on=today).filter(activity__ends_on__gte=today - LAST_YEAR)
    activities, places = offered(running)
    form = DayFilters(request.GET.dict(), activities=activities, places=places, today=today)
    shown: dt.date = form.value("jour")
    context = {
        "form": form,
        "shown": shown,
        "today": today,
        "before": shown - ONE_DAY,
        "after": shown + ONE_DAY,
        "activity": by_code(activities, form.value("activite")),
        "place": by_code(places, form.value("lieu")),
    }
    return show_list(request, context) if context["activity"] else show_overview(request, context)


def show_overview(request: StaffRequest, context: dict[str, Any]) -> HttpResponse:
    """Every activity: those that receive children that day, or should not any more, then those that are closed."""
    counts = day_counts(request.user, day=context["shown"], on=context["today"], place=context["place"])
    if wants_csv(request):
        return download(f"reservations-{context['shown']}", count_rows(counts))
    context |= {
        "label": town_days().label(context["shown"]),
        "running": [row for row in counts if not row.closed or row.total],
        "closed": [row for row in counts if row.closed and not row.total],
    }
    return render(request, "bookings/staff/day.html", context)


def show_list(request: StaffRequest, context: dict[str, Any]) -> HttpResponseBase:
    """The children of one activity."""
    activity, shown = context["activity"], context["shown"]
    groups = day_list(request.user, activity, day=shown, on=context["today"], place=context["place"])
    if wants_csv(request):
        if not is_fresh(request, minutes=EXPORT_MINUTES):
            return ask_again(request)
        rows = list(list_rows(groups, shown))
        facts = {"day": shown.isoformat(), "rows": str(len(rows) - 1)}
        record(request.user, "bookings.children_exported", at=timezone.now(), subject=activity.code, facts=facts)
        return download(f"reservations-{shown}-{activity.code}", rows)
    context |= {
        "label": town_days().label(shown),
        "groups": groups,
        "closed": closed_because(units_of_day([activity.pk], shown)[activity.pk]),
    }
    return render(request, "bookings/staff/day_list.html", context)


def count_rows(counts: Iterable[ActivityDay]) -> Iterator[Sequence[object]]:
    yield "Activité", "Lieu", "Groupe", "Unité", "Réservations"
    for row in counts:
        for group in row.groups:
            for unit in group.units:
                yield row.activity.name, group.group.place.name, group.group.name, unit.unit.name, unit.count


def list_rows(groups: Iterable[GroupList], day: dt.date) -> Iterator[Sequence[object]]:
    yield "Jour", "Lieu", "Groupe", "Nom", "Prénom", "École", "Niveau", "Réservé", "État"
    for group in groups:
        for child in group.children:
            yield (
                f"{day:%d/%m/%Y}",
                group.group.place.name,
                group.group.name,
                child.participant.last_name,
                child.participant.first_name,
                child.school,
                child.level,
                ", ".join(unit.name for unit in child.units),
                "place retenue" if child.is_held else "réservé",
            )


def wants_csv(request: StaffRequest) -> bool:
    return request.GET.get("export") == "csv"
