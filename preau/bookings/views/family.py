"""The planning of a parent: tick, read again, confirm, see what came of it."""

import datetime as dt
from collections import Counter

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.bookings import actions
from preau.bookings.choices import Refusal
from preau.bookings.models import Submission
from preau.bookings.queries.barred import barred_children
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.queries.changes import pending_changes
from preau.bookings.queries.children import read_children
from preau.bookings.queries.planning import read_planning
from preau.bookings.queries.plans import read_plan, refusals
from preau.bookings.queries.recaps import Recap, recap_of_draft, recap_of_submission
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.ticks import read_ticks
from preau.bookings.views.period import ALL, address, period_response
from preau.core.codes import is_code, new_code
from preau.core.dates import Month, local_day
from preau.town.context import town_of

NOT_KEPT = {
    Refusal.TOO_LATE: "le délai est passé",
    Refusal.CLOSED: "c’est fermé ce jour-là",
    Refusal.NOT_ENROLLED: "l’enfant n’est pas inscrit à cette date",
    Refusal.READ_ONLY: "la mairie gère cette réservation",
    Refusal.OTHER_HOME: "c’est un jour de l’autre parent",
    Refusal.NO_RIGHT: "ce planning n’est pas le vôtre",
}


@family_page
@require_safe
def planning(request: FamilyRequest) -> HttpResponse:
    """The month of today, of the first child."""
    today = local_day(timezone.now())
    children = read_children(request.user, on=today)
    who = next((child.code for child in children.values()), ALL)
    return redirect("bookings:month", who, Month.of(today))


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def month(request: FamilyRequest, who: str, month: Month) -> HttpResponse:
    return _period(request, who, Period.around(PeriodKind.MONTH, month.first))


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def weeks(request: FamilyRequest, who: str, kind: str, day: dt.date) -> HttpResponse:
    return _period(request, who, Period.around(PeriodKind(kind), day))


def _period(request: FamilyRequest, who: str, period: Period) -> HttpResponse:
    """Show a period. A form posted to it, from this page or its neighbour, first leaves its ticks in the draft."""
    now = timezone.now()
    problems: list[str] = []
    if request.method == "POST":
        problems = _take_form(request, who, now)
        if not request.htmx:
            for problem in problems:
                messages.warning(request, problem)
            return _after(request, who, period)
    shown = read_planning(request.user, town=town_of(request), who=None if who == ALL else who, period=period, now=now)
    if shown is None:
        raise Http404
    if request.htmx:
        context = {"changes": pending_changes(shown), "problems": problems}
        return render(request, "bookings/family/_changes.html", context)
    barred = barred_children(shown, catalogue_version=town_of(request).catalogue_version)
    return period_response(request, shown, who, barred)


def _take_form(request: FamilyRequest, who: str, now: dt.datetime) -> list[str]:
    """Leave the ticks of the form in the draft, or empty it; returns what could not be kept, in words."""
    children = read_children(request.user, on=local_day(now))
    if who != ALL and who not in {child.code for child in children.values()}:
        raise Http404
    if request.POST.get("action") == "annuler":
        actions.clear_draft(user=request.user)
        return []
    kept = catalogue(town_of(request).catalogue_version)
    touched = request.POST.get("touche", "").split()
    ticks = read_ticks(request.POST.getlist("vu"), request.POST.getlist("r"), children, kept, touched=touched)
    refused = refusals(read_plan(ticks.clicked, children, kept), now=now)
    wanted = {cell: want for cell, want in ticks.clicked.items() if cell not in refused}
    actions.save_draft(user=request.user, changes=wanted, dropped=ticks.put_back, now=now)
    problems = [
        f"{count} case{'s' if count > 1 else ''} non gardée{'s' if count > 1 else ''}\u00a0: {NOT_KEPT[refusal]}."
        for refusal, count in Counter(refused.values()).items()
    ]
    if ticks.unreadable:
        problems.append("Une partie du planning n’a pas pu être lue\u00a0: vérifiez vos cases.")
    return problems


def _after(request: FamilyRequest, who: str, period: Period) -> HttpResponse:
    match request.POST.get("action"):
        case "valider":
            return redirect("bookings:recap")
        case "brouillon":
            messages.success(request, "Votre brouillon est gardé. Rien n’est réservé tant que vous n’avez pas validé.")
        case "annuler":
            messages.success(request, "Vos modifications sont effacées. Vos réservations n’ont pas changé.")
    return redirect(address(who, period))


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def recap(request: FamilyRequest) -> HttpResponse:
    """« Validation des modifications »: the whole draft, checked now; then booked, or emptied."""
    now = timezone.now()
    if request.method == "POST":
        return _end(request, now)
    shown = recap_of_draft(request.user, town=town_of(request), now=now)
    context = {"recap": shown, "token": new_code(), "back": _month_of(shown, otherwise=local_day(now))}
    return render(request, "bookings/family/recap.html", context)


def _month_of(shown: Recap, *, otherwise: dt.date) -> str:
    """The planning of the first month that the lines change, for their child or for all."""
    people = {line.child.code for line in shown.lines}
    first = min((line.day for line in shown.lines), default=otherwise)
    return reverse("bookings:month", args=[next(iter(people)) if len(people) == 1 else ALL, Month.of(first)])


def _end(request: FamilyRequest, now: dt.datetime) -> HttpResponse:
    if request.POST.get("action") == "supprimer":
        back = _month_of(recap_of_draft(request.user, town=town_of(request), now=now), otherwise=local_day(now))
        actions.clear_draft(user=request.user)
        messages.success(request, "Vos modifications sont effacées. Vos réservations n’ont pas changé.")
        return redirect(back)
    token = request.POST.get("jeton", "")
    if request.POST.get("action") != "terminer" or not is_code(token):
        messages.error(request, "Cette page n’a pas pu être lue. Relisez vos modifications, puis terminez.")
        return redirect("bookings:recap")
    try:
        submission = actions.confirm_draft(by=request.user, token=token, now=now)
    except actions.TokenTaken as taken:
        raise Http404 from taken
    return redirect("bookings:outcome", submission.token)


@family_page
@require_safe
def outcome(request: FamilyRequest, token: str) -> HttpResponse:
    """What became of each line of a draft."""
    submission = get_object_or_404(Submission, pk=token, user=request.user)
    ended = recap_of_submission(submission, user=request.user, town=town_of(request), now=timezone.now())
    back = _month_of(ended, otherwise=local_day(submission.at))
    context = {"recap": ended, "mailed_to": submission.outcome["mailed_to"], "back": back}
    return render(request, "bookings/family/outcome.html", context)
