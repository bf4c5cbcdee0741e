"""The sheet of a child, for its parents: a summary, then a short page for each item."""

import datetime as dt

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import FamilyRequest
from preau.core.asked import AskedPaper
from preau.core.dates import local_day
from preau.families.choices import AccessLevel
from preau.families.models import Adult, Participant
from preau.health.around import papers_of
from preau.health.choices import Item
from preau.health.permissions import sheets_visible_to
from preau.health.queries.sheets import OpenSheet, readings_of, readings_this_month
from preau.health.queries.states import sheet_rules
from preau.health.views import filling
from preau.health.views.opening import sheet_page
from preau.town.queries import year_on

GET_OR_POST = ["GET", "HEAD", "POST"]


def _side(request: FamilyRequest, child: Participant) -> filling.Side:
    trail = (("Mon dossier", reverse("portal:dossier")),)
    return filling.Side(request, child, "core/family.html", "health:", (child.code,), trail)


@sheet_page(AccessLevel.SEE)
@require_safe
def sheet(request: FamilyRequest, child: Participant) -> HttpResponse:
    """Where the sheet stands, subject by subject, and what is confirmed once a year."""
    now, side = timezone.now(), _side(request, child)
    today, opened = local_day(now), side.opened()
    context = {
        "side": side,
        "child": child,
        "sheet": opened,
        "rows": filling.rows_of(side, opened),
        "may_fill": _may_fill(request, child),
        "year": year_on(today),
        "readings": readings_this_month(child, now=now) if sheet_rules().show_readings else None,
        "papers": _papers(request, opened, today),
    }
    return render(request, "health/sheet.html", context)


def _papers(request: FamilyRequest, opened: OpenSheet, on: dt.date) -> list[AskedPaper]:
    """Those that go with what the sheet says: without a PAI or a treatment, none is waited for."""
    papers, wanted = papers_of(request.user, opened.child, on), {Item.VACCINES}
    wanted |= {one.item for one in opened.items if (one.value or {}).get("has")}
    asked = {one.item for one in opened.items}
    return [paper for item, paper in papers.items() if item in asked and (item in wanted or paper.is_given)]


def _may_fill(request: FamilyRequest, child: Participant) -> bool:
    fillable = sheets_visible_to(request.user, on=local_day(timezone.now()), level=AccessLevel.ACT)
    return fillable.filter(pk=child.pk).exists()


@sheet_page(AccessLevel.ACT)
@require_POST
def confirming(request: FamilyRequest, child: Participant) -> HttpResponse:
    """« Rien n’a changé »."""
    return filling.confirming(_side(request, child), get_object_or_404(Adult, user=request.user))


@sheet_page(AccessLevel.ACT)
@require_http_methods(GET_OR_POST)
def item(request: FamilyRequest, child: Participant, subject: str) -> HttpResponse:
    """The short form of an item."""
    return filling.item(_side(request, child), subject)


@sheet_page(AccessLevel.ACT)
@require_safe
def vaccines(request: FamilyRequest, child: Participant) -> HttpResponse:
    """Each vaccine, with what is owed."""
    return filling.vaccines(_side(request, child))


@sheet_page(AccessLevel.ACT)
@require_http_methods(GET_OR_POST)
def vaccine(request: FamilyRequest, child: Participant, vaccine: str) -> HttpResponse:
    """The dates of one vaccine."""
    return filling.vaccine(_side(request, child), vaccine)


@sheet_page(AccessLevel.SEE)
@require_safe
def readings(request: FamilyRequest, child: Participant) -> HttpResponse:
    """Which agents opened the sheet, when and why; a town may keep that to itself."""
    if not sheet_rules().show_readings:
        raise Http404
    return render(request, "health/family/readings.html", {"child": child, "readings": readings_of(child)})
