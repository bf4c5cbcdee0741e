"""The step from one school year to the next: asked school by school, shown, done at once, undone for a week."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.permissions import holds_everywhere
from preau.core.dates import local_day
from preau.families.models import Schooling
from preau.members.actions.rolling import UNDONE_WITHIN, TooLate, repeat, roll_over, undo_roll_over
from preau.members.queries.school_year import (
    Years,
    children_named,
    classes_of,
    repeating_in,
    usual_next_schools,
    years_to_prepare,
)
from preau.members.rules import Step, steps_of
from preau.town.choices import PlaceKind
from preau.town.models import Level, Place

LEAVE = "quitte"


@dataclass(frozen=True, slots=True)
class Told:
    """A step in words."""

    place: Place
    level: Level
    count: int
    to_place: Place | None
    to_level: Level | None


def _years(request: StaffRequest) -> tuple[Years | None, dt.datetime]:
    """The years to prepare; no such page for whoever does not prepare the whole town."""
    now = timezone.now()
    if not holds_everywhere(request.user, Capability.PREPARE_SCHOOL_YEAR, local_day(now)):
        raise Http404
    return years_to_prepare(local_day(now)), now


@staff_page(Capability.PREPARE_SCHOOL_YEAR)
@require_http_methods(["GET", "HEAD", "POST"])
def preparing(request: StaffRequest) -> HttpResponse:
    """What would be done with the schools chosen, then doing it."""
    years, now = _years(request)
    if years is None or years.after is None:
        return render(request, "members/staff/school_year.html", {"years": years})
    places = {place.pk: place for place in Place.objects.filter(kind=PlaceKind.SCHOOL).order_by("name")}
    chosen, missing = _chosen(request.POST, places, usual_next_schools(years.before))
    groups, levels = classes_of(years), {level.pk: level for level in Level.objects.order_by("order")}
    steps = steps_of(groups, list(levels), chosen)
    asked = {step.group.place for step in steps if step.is_asked}
    if request.method == "POST" and not asked & missing and "confirmer" in request.POST:
        made, written = roll_over(before=years.before, after=years.after, steps=steps, by=request.user, now=now)
        messages.success(request, _written(written, years.after.code, is_first=made.made_at == now))
        return redirect("members:school_year")
    everywhere = {place.pk: place for place in Place.objects.filter(pk__in={group.place for group in groups})} | places
    context = {
        "years": years,
        "steps": [_told(step, everywhere, levels) for step in steps],
        "total": sum(group.count for group in groups),
        "leaving": sum(step.group.count for step in steps if step.to_place is None),
        "asked": [(everywhere[place], chosen.get(place), place in missing) for place in sorted(asked)],
        "schools": [place for place in places.values() if place.retired_on is None],
        "is_ready": request.method == "POST" and not asked & missing,
        "is_wrong": request.method == "POST" and bool(asked & missing),
        "repeating": repeating_in(years.before),
        "words": (words := request.GET.get("q", "").replace("\0", "")[:60]),
        "found": children_named(words, years.before) if words.strip() else [],
        "until": years.made.made_at + UNDONE_WITHIN if years.made else None,
        "may_undo": years.made is not None and now <= years.made.made_at + UNDONE_WITHIN,
    }
    return render(request, "members/staff/school_year.html", context)


def _written(written: int, year: str, *, is_first: bool) -> str:
    """The week to undo it runs from the first time."""
    if written == 0:
        return f"Rien à ajouter\u00a0: chaque enfant a déjà son école pour {year}."
    children = "1 enfant a" if written == 1 else f"{written} enfants ont"
    said = f"C’est fait\u00a0: {children} une école pour {year}."
    return f"{said} Vous pouvez annuler pendant une semaine." if is_first else said


def _taken_back(gone: int) -> str:
    if gone == 0:
        return "C’est annulé\u00a0: aucune école n’avait été écrite."
    return (
        f"C’est annulé\u00a0: {'1 enfant n’a' if gone == 1 else f'{gone} enfants n’ont'} plus d’école l’année suivante."
    )


def _chosen(
    sent: QueryDict, places: Mapping[int, Place], usual: Mapping[int, int]
) -> tuple[dict[int, int | None], set[int]]:
    """The school after each school: as it was sent, else as usual; and the schools about which nothing was said."""
    by_code = {place.code: place.pk for place in places.values()}
    chosen: dict[int, int | None] = dict(usual)
    missing = set(places)
    for place in places.values():
        said = sent.get(f"apres-{place.code}", "")
        if said == LEAVE or said in by_code:
            chosen[place.pk] = by_code.get(said)
            missing.discard(place.pk)
    return chosen, missing


def _told(step: Step, places: Mapping[int, Place], levels: Mapping[int, Level]) -> Told:
    return Told(
        places[step.group.place],
        levels[step.group.level],
        step.group.count,
        places.get(step.to_place or 0),
        levels.get(step.to_level or 0),
    )


@staff_page(Capability.PREPARE_SCHOOL_YEAR)
@require_POST
def repeating(request: StaffRequest) -> HttpResponse:
    """A child stays in its level, or goes up after all."""
    years, now = _years(request)
    if years is None:
        raise Http404
    rows = Schooling.objects.filter(year=years.before).select_related("participant")
    row = get_object_or_404(rows, participant__code=request.POST.get("enfant", "").replace("\0", "")[:10])
    is_repeating = request.POST.get("redouble") == "oui"
    repeat(participant=row.participant, year=years.before, is_repeating=is_repeating, by=request.user, now=now)
    what = "reste dans son niveau" if is_repeating else "passe au niveau suivant"
    messages.success(request, f"{row.participant} {what}.")
    return redirect("members:school_year")


@staff_page(Capability.PREPARE_SCHOOL_YEAR)
@require_POST
def undoing(request: StaffRequest) -> HttpResponse:
    """Take the roll-over back."""
    years, now = _years(request)
    if years is None or years.made is None:
        messages.info(request, "Il n’y a rien à annuler.")
        return redirect("members:school_year")
    try:
        gone = undo_roll_over(made=years.made, by=request.user, now=now)
        messages.success(request, _taken_back(gone))
    except TooLate:
        messages.error(
            request, "Une semaine a passé\u00a0: le passage ne s’annule plus. Corrigez les enfants un par un."
        )
    return redirect("members:school_year")
