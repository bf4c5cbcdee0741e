"""The desk: where an agent arrives."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.backoffice.queries.desk import received_on, to_bill
from preau.bookings.queries.day import day_counts
from preau.bookings.queries.occupancy import full_days
from preau.core.dates import local_day
from preau.demarches.queries import to_handle

A_WEEK = dt.timedelta(days=6)
FULL_SHOWN = 8


@staff_page(None)
@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    """What this agent may see of today; an agent without any capability is told whom to ask."""
    user, now = request.user, timezone.now()
    today = local_day(now)
    context: dict[str, Any] = {"today": today, "until": today + A_WEEK, "capabilities": user.capabilities}
    if user.may(Capability.HANDLE_REQUESTS):
        context["requests"] = to_handle(user, now=now, on=today)
    if user.may(Capability.SEE_BOOKINGS):
        context |= bookings_of(user, today)
    if user.may(Capability.PREPARE_INVOICES):
        context["bills"] = to_bill(user, today=today)
    if user.may(Capability.SEE_PAYMENTS):
        context["received"] = received_on(user, today)
    return render(request, "backoffice/desk.html", context)


def bookings_of(user: User, today: dt.date) -> dict[str, Any]:
    counts = [row for row in day_counts(user, day=today, on=today) if row.total or not row.closed]
    full = full_days(user, first=today, last=today + A_WEEK, on=today)
    return {
        "counts": counts,
        "booked": sum(row.total for row in counts),
        "full": full[:FULL_SHOWN],
        "full_count": len(full),
        "full_hidden": max(0, len(full) - FULL_SHOWN),
    }
