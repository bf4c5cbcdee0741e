"""« Au guichet »: an agent who may read the sheet of a child writes what a parent brought on paper."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.core.dates import local_day
from preau.families.choices import Subject
from preau.families.models import Adult, Participant
from preau.families.permissions import acted_on_by, adults_at_counter_of
from preau.health.actions import open_sheet
from preau.health.choices import Purpose
from preau.health.permissions import sheets_in_scope
from preau.health.queries.sheets import has_just_read
from preau.health.queries.states import sheet_rules
from preau.health.views import filling
from preau.health.views.filling import Side
from preau.health.views.opening import opened
from preau.town.queries import year_on

GET_OR_POST = ["GET", "HEAD", "POST"]
P = ParamSpec("P")
View = Callable[Concatenate[StaffRequest, Side, P], HttpResponse]


def counter_page(view: View[P]) -> Callable[..., HttpResponseBase]:
    """A page on which an agent fills in the sheet of a child (`who`) for an adult who could do it: who may write in the
    file and read this sheet."""

    @wraps(view)
    def page(
        request: StaffRequest, /, family_code: str, adult_code: str, who: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        on = local_day(timezone.now())
        adults = adults_at_counter_of(request.user, on=on)
        adult = get_object_or_404(adults, code=adult_code, family__code=family_code)
        readable = sheets_in_scope(request.user, on=on)
        fillable = acted_on_by(adult, Subject.HEALTH, on=on).filter(pk__in=readable.values("pk"))
        side = _side(request, adult, get_object_or_404(fillable, code=who))
        return opened(request, lambda: view(request, side, *args, **kwargs), layout=side.layout)

    return staff_page(Capability.EDIT_FAMILIES)(sensitive_post_parameters()(page))


def _side(request: StaffRequest, adult: Adult, child: Participant) -> Side:
    family = adult.family
    trail = (
        ("Familles", reverse("backoffice:families")),
        (family.name, reverse("backoffice:family", args=[family.code])),
        (f"Agir pour {adult}", reverse("members:counter", args=[family.code, adult.code])),
    )
    args = (family.code, adult.code, child.code)
    return Side(request, child, "core/staff.html", "health:counter_", args, trail, adult)


def once_opened(view: View[P]) -> View[P]:
    """A page that shows what the sheet says: no link opens it before the button of the first page. What is sent later
    on is written, and is one more reading."""

    @wraps(view)
    def page(request: StaffRequest, side: Side, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not has_just_read(request.user, side.child, now=timezone.now()):
            if request.method != "POST":
                return redirect(side.sheet)
            _open(side)
        return view(request, side, *args, **kwargs)

    return page


def _open(side: Side) -> None:
    open_sheet(child=side.child, purpose=Purpose.COUNTER, by=side.request.user, now=timezone.now())


@counter_page
@require_http_methods(GET_OR_POST)
def sheet(request: StaffRequest, side: Side) -> HttpResponse:
    """A button first, which leaves a trace; then where the sheet stands, for half an hour."""
    if request.method == "POST":
        _open(side)
        return redirect(side.sheet)
    now = timezone.now()
    if not has_just_read(request.user, side.child, now=now):
        context = {"side": side, "child": side.child, "is_shown": sheet_rules().show_readings}
        return render(request, "health/staff/ask_counter.html", context)
    known = side.opened()
    context = {
        "side": side,
        "child": side.child,
        "sheet": known,
        "rows": filling.rows_of(side, known),
        "may_fill": True,
        "year": year_on(local_day(now)),
        "readings": None,
        "papers": (),
    }
    return render(request, "health/sheet.html", context)


@counter_page
@require_POST
def confirming(request: StaffRequest, side: Side) -> HttpResponse:
    """« Rien n’a changé », which this adult signed."""
    assert side.adult is not None
    return filling.confirming(side, side.adult)


@counter_page
@require_http_methods(GET_OR_POST)
@once_opened
def item(request: StaffRequest, side: Side, subject: str) -> HttpResponse:
    """The short form of an item."""
    return filling.item(side, subject)


@counter_page
@require_safe
@once_opened
def vaccines(request: StaffRequest, side: Side) -> HttpResponse:
    """Each vaccine, with what is owed."""
    return filling.vaccines(side)


@counter_page
@require_http_methods(GET_OR_POST)
@once_opened
def vaccine(request: StaffRequest, side: Side, vaccine: str) -> HttpResponse:
    """The dates of one vaccine."""
    return filling.vaccine(side, vaccine)
