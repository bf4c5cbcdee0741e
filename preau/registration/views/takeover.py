"""Taking over the shared accounts of an old portal: a file is checked, then done, and its report read."""

import datetime as dt

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, ask_again, is_fresh
from preau.core.dates import local_day
from preau.core.exports import download
from preau.journal.actions import record
from preau.registration.actions.takeovers import do_takeover, keep_takeover
from preau.registration.desk_forms import TakeoverForm
from preau.registration.models import Takeover
from preau.registration.permissions import sees_every_file
from preau.registration.queries.takeovers import HEADINGS, invitations_of, known_example, report_of
from preau.registration.takeover_file import COLUMNS, EXAMPLE, read_takeover
from preau.town.choices import WayIn
from preau.town.context import town_of

PER_PAGE = 100
FAULTS_SHOWN = 100


def _refuse_others(request: StaffRequest, now: dt.datetime) -> None:
    """The file names families of the whole town, and the town must invite."""
    if not sees_every_file(request.user, local_day(now)) or WayIn.INVITED not in town_of(request).ways:
        raise Http404


@staff_page(Capability.INVITE_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def takeover(request: StaffRequest) -> HttpResponse:
    """The file to hand in; with a fault, nothing is kept and each is said with its line."""
    now = timezone.now()
    _refuse_others(request, now)
    if request.GET.get("exemple") == "csv":
        return download("anciens-comptes", [COLUMNS, *(known_example() if settings.DEMO else EXAMPLE)])
    form = TakeoverForm(request.POST, request.FILES) if request.method == "POST" else TakeoverForm()
    faults = []
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        read = read_takeover(file.read())
        if not read.faults:
            kept = keep_takeover(name=file.name, lines=read.lines, by=request.user, now=now)
            return redirect("registration:takeover_report", kept.code)
        faults = read.faults
    context = {
        "form": form,
        "faults": faults[:FAULTS_SHOWN],
        "more_faults": max(0, len(faults) - FAULTS_SHOWN),
        "earlier": Takeover.objects.filter(done_at__isnull=False).order_by("-done_at")[:10],
    }
    return render(request, "registration/staff/takeover.html", context)


@staff_page(Capability.INVITE_FAMILIES)
@require_http_methods(["GET", "HEAD", "POST"])
def takeover_report(request: StaffRequest, takeover_code: str) -> HttpResponseBase:
    """Before: what will be done. POST does it. After: what could not be, to read or to open in a spreadsheet."""
    now = timezone.now()
    _refuse_others(request, now)
    found = get_object_or_404(Takeover, code=takeover_code)
    if request.method == "POST":
        done = do_takeover(takeover=found, by=request.user, now=now)
        sent = "Une invitation est partie." if done.invited == 1 else f"{done.invited} invitations sont parties."
        messages.success(request, f"Reprise faite. {sent}")
        return redirect("registration:takeover_report", found.code)
    rows = report_of(found, on=local_day(now))
    if request.GET.get("export") == "csv":
        if not is_fresh(request, minutes=EXPORT_MINUTES):
            return ask_again(request)
        facts = {"rows": str(len(rows))}
        record(request.user, "registration.takeover_exported", at=now, subject=found.code, facts=facts)
        return download(f"reprise-{found.code}", [HEADINGS, *(row.cells for row in rows)])
    context = {
        "takeover": found,
        "invitations": invitations_of(found, on=local_day(now)),
        "page": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "registration/staff/takeover_report.html", context)
