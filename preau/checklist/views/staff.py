"""What agents see of files: those that lack something, and who has not looked at theirs for the year."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, ask_again, is_fresh
from preau.accounts.permissions import holds_everywhere
from preau.checklist.actions.asking import save_season
from preau.checklist.actions.reminding import recipients_of, remind_of_missing, remind_of_year, told_of_missing
from preau.checklist.forms import MissingFilters, SchoolFilters, SeasonForm
from preau.checklist.models import Season
from preau.checklist.permissions import participants_in_scope
from preau.checklist.queries.demands import demands_of
from preau.checklist.queries.missing import Lack, counts_of, enrolled_in, lacks_of
from preau.checklist.queries.unfinished import at_school, of_children, progress_of, unfinished
from preau.checklist.queries.years import season_of
from preau.checklist.words import told_alike
from preau.core.dates import local_day
from preau.core.exports import FILES, download
from preau.families.models import Participant
from preau.families.queries import schooling_on, with_schooling
from preau.journal.actions import record
from preau.town.context import town_of

PER_PAGE, MOST_PRINTED = 50, 5000
GET_OR_POST = ["GET", "HEAD", "POST"]


@staff_page(Capability.REVIEW_DOCUMENTS)
@require_http_methods(GET_OR_POST)
def missing(request: StaffRequest) -> HttpResponseBase:
    """The files that lack something, by school, activity, thing or day; « Envoyer un rappel » tells whom first."""
    now = timezone.now()
    today = local_day(now)
    version = town_of(request).catalogue_version
    asked = told_alike({demand.item for demand in demands_of(version)}, version)
    named = [(items[0], f"{name[:1].upper()}{name[1:]}") for name, items in asked.items()]
    scope = participants_in_scope(request.user, Capability.REVIEW_DOCUMENTS, on=today)
    form = MissingFilters(request.GET, people=scope, items=named, today=today)
    on = form.value("jour") or today
    people = at_school(scope, on=today, place=form.text("ecole"), level=form.text("niveau"))
    people = enrolled_in(people, form.text("activite"), on=today)
    wanted = next((items for items in asked.values() if form.text("element") in items), ())
    lacks = list(lacks_of(people, on=on, wanted=wanted))
    if request.method == "POST":
        sent = remind_of_missing(lacks, on=on, by=request.user, now=now)
        return _reminded(request, sent)
    if (kind := request.GET.get("export", "")) in FILES:
        return _export(request, f"dossiers-incomplets-{on}", kind, _missing_rows(lacks))
    context = {
        "form": form,
        "page": _page(request, lacks),
        "counts": counts_of(lacks),
        "total": len(lacks),
        "on": on,
        "today": today,
        "asked": _asked(request),
        "recipients": list(told_of_missing(lacks, on=on, today=today)) if _asks_whom(request) else None,
    }
    return render(request, "checklist/staff/missing.html", context)


def _missing_rows(lacks: Iterable[Lack]) -> Iterator[Sequence[object]]:
    yield "Nom", "Prénom", "École", "Niveau", "Ce qui manque", "Réservation bloquée", "Depuis le", "Pour le"
    for lack in lacks:
        yield (
            lack.last_name,
            lack.first_name,
            lack.school,
            lack.level,
            ", ".join(lack.items),
            "oui" if lack.is_blocked else "non",
            lack.since or "",
            lack.by or "",
        )


@staff_page(Capability.PREPARE_SCHOOL_YEAR)
@require_http_methods(GET_OR_POST)
def year(request: StaffRequest) -> HttpResponseBase:
    """Who has not finished the file of the year, by school and level, with a reminder to each family."""
    now = timezone.now()
    today = local_day(now)
    season = season_of(today)
    scope = participants_in_scope(request.user, Capability.PREPARE_SCHOOL_YEAR, on=today)
    form = SchoolFilters(request.GET, people=scope, today=today)
    people = at_school(scope, on=today, place=form.text("ecole"), level=form.text("niveau"))
    may_edit = holds_everywhere(request.user, Capability.PREPARE_SCHOOL_YEAR, today)
    if season is None:
        return render(request, "checklist/staff/year.html", {"season": None, "may_edit": may_edit})
    if request.method == "POST":
        return _reminded(request, remind_of_year(season, people, by=request.user, now=now))
    left = unfinished(people, season).order_by("last_name", "first_name", "pk").prefetch_related(with_schooling())
    if (kind := request.GET.get("export", "")) in FILES:
        return _export(request, f"dossiers-non-termines-{season.year.code}", kind, _year_rows(left, season, today))
    page = _page(request, left)
    context = {
        "form": form,
        "season": season,
        "is_open": season.is_open(today),
        "progress": progress_of(people, season),
        "page": page,
        "rows": [(child, schooling_on(child.schoolings.all(), today)) for child in page],
        "steps": len(of_children(season)),
        "may_edit": may_edit,
        "asked": _asked(request),
        "recipients": recipients_of(unfinished(people, season).order_by().values_list("pk", flat=True), on=today)
        if _asks_whom(request)
        else None,
    }
    return render(request, "checklist/staff/year.html", context)


def _year_rows(left: QuerySet[Participant], season: Season, on: dt.date) -> Iterator[Sequence[object]]:
    yield "Nom", "Prénom", "École", "Niveau", "Étapes faites", "Étapes"
    steps = len(of_children(season))
    for child in left.iterator(chunk_size=1000):
        schooling = schooling_on(child.schoolings.all(), on)
        where = (schooling.place.name, schooling.level.name) if schooling else ("", "")
        yield child.last_name, child.first_name, *where, child.steps_done, steps  # type: ignore[attr-defined]


@staff_page(Capability.PREPARE_SCHOOL_YEAR)
@require_http_methods(GET_OR_POST)
def season(request: StaffRequest) -> HttpResponse:
    """The days of the file of the year, its reminders and its steps: for the whole town."""
    now = timezone.now()
    if not holds_everywhere(request.user, Capability.PREPARE_SCHOOL_YEAR, local_day(now)):
        raise Http404
    held = season_of(local_day(now))
    if held is None:
        raise Http404
    initial = {
        "opens_on": held.opens_on,
        "closes_on": held.closes_on,
        "reminders": ", ".join(map(str, held.reminders)),
        "steps": held.steps,
    }
    form = SeasonForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        save_season(held.year.code, form.cleaned_data, by=request.user, now=now)
        messages.success(request, "Les dates du dossier d’inscription sont enregistrées.")
        return redirect("checklist:unfinished")
    return render(request, "checklist/staff/season.html", {"form": form, "season": held})


def _asks_whom(request: StaffRequest) -> bool:
    """Whether the agent asks whom the reminder would be sent to."""
    return request.GET.get("rappel") == "1"


def _reminded(request: StaffRequest, sent: int) -> HttpResponse:
    if sent:
        s = "s" if sent > 1 else ""
        messages.success(request, f"{sent} e-mail{s} envoyé{s}. Personne n’en reçoit deux le même jour.")
    else:
        messages.info(request, "Aucun e-mail à envoyer\u00a0: ces familles ont déjà été prévenues aujourd’hui.")
    asked = _asked(request)
    return redirect(f"{request.path}?{asked}" if asked else request.path)


def _asked(request: StaffRequest) -> str:
    """The filters, as the address has them."""
    asked = request.GET.copy()
    for name in ("rappel", "page", "export", "tout"):
        asked.pop(name, None)
    return asked.urlencode()


def _page(request: StaffRequest, rows: Sequence[Any] | QuerySet[Any]) -> Page[Any]:
    """A page of the list; the whole of it to be printed."""
    size = MOST_PRINTED if request.GET.get("tout") == "1" else PER_PAGE
    return Paginator(rows, size).get_page(request.GET.get("page"))


def _export(request: StaffRequest, name: str, kind: str, rows: Iterable[Sequence[object]]) -> HttpResponseBase:
    """A list of names to keep: the password is asked again, and the journal notes it."""
    if not is_fresh(request, minutes=EXPORT_MINUTES):
        return ask_again(request)
    record(request.user, "checklist.exported", at=timezone.now(), subject=slugify(name)[:80])
    return download(name, rows, kind)
