"""« Enfants »: lists by school, level or activity, to read, to print, to keep."""

import datetime as dt
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, ask_again, is_fresh
from preau.backoffice.forms import ChildrenForm
from preau.backoffice.queries.children import (
    ChildList,
    Wanted,
    activities_listed,
    lists_of,
    rows_to_keep,
    schools_in_scope,
)
from preau.core.dates import local_day
from preau.core.exports import FILES, download
from preau.journal.actions import record
from preau.town.models import Level


@staff_page(Capability.SEE_CHILDREN)
@require_safe
def children(request: StaffRequest) -> HttpResponseBase:
    """The sheets of a school or an activity; a file that names children asks for the password again."""
    user, now = request.user, timezone.now()
    today = local_day(now)
    schools, activities = schools_in_scope(user, on=today), activities_listed(user, on=today)
    levels = Level.objects.order_by("order", "pk")
    form = ChildrenForm(request.GET or None, schools=schools, levels=levels, activities=activities, today=today)
    wanted = form.wanted(today)
    kind = request.GET.get("format", "")
    if kind in FILES and (wanted.school or wanted.activity) and not is_fresh(request, minutes=EXPORT_MINUTES):
        return ask_again(request)
    sheets = lists_of(user, wanted, on=today)
    if kind in FILES and sheets:
        return _file(request, kind, wanted, sheets, now)
    context: dict[str, Any] = {
        "form": form,
        "wanted": wanted,
        "sheets": sheets,
        "total": sum(len(sheet.rows) for sheet in sheets),
        "reaches": user.may(Capability.SEE_FAMILIES),
        "feeds": user.may(Capability.SEE_DIETS),
    }
    return render(request, "backoffice/children.html", context)


def _file(request: StaffRequest, kind: str, wanted: Wanted, sheets: list[ChildList], now: dt.datetime) -> HttpResponse:
    reaches, feeds = (request.user.may(each) for each in (Capability.SEE_FAMILIES, Capability.SEE_DIETS))
    rows = list(rows_to_keep(sheets, reaches=reaches, feeds=feeds))
    asked = {"school": wanted.school, "level": wanted.level, "activity": wanted.activity}
    facts = {name: thing.code for name, thing in asked.items() if thing is not None}
    facts |= {"day": wanted.day.isoformat(), "format": kind, "rows": str(len(rows) - 1)}
    record(request.user, "backoffice.children_exported", at=now, facts=facts)
    return download(f"enfants-{wanted.activity or wanted.school}-{wanted.day}", rows, kind, title="Enfants")
