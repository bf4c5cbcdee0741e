"""« Données personnelles », for who answers of them: how long they are kept, who read what, erasing somebody."""

import datetime as dt

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, ask_again, fresh, is_fresh
from preau.core.dates import local_day
from preau.core.exports import FILES, download
from preau.families.models import Family
from preau.families.searching import files_found
from preau.journal.actions import record
from preau.privacy.actions.erasing import ErasureRefused, erase
from preau.privacy.erasing import foreseen, named, refusals, whom
from preau.privacy.forms import AccessForm, EraseForm, PersonForm
from preau.privacy.models import DataExport, Erasure
from preau.privacy.queries.accesses import Sought, accesses, erasable, readers, register_rows, told
from preau.privacy.retention import retention_lines

PER_PAGE = 50
MOST_FILES = 20
LATEST = 5


@staff_page(Capability.PROTECT_DATA)
@require_safe
def desk(request: StaffRequest) -> HttpResponse:
    """How long each sort is kept, what would go tonight, what went; who was erased lately."""
    lines = retention_lines(now=timezone.now())
    context = {
        "lines": lines,
        "to_go": sum(line.cleared.count for line in lines if line.is_purged),
        "exports": DataExport.objects.filter(adult__family__archived_at=None, adult__isnull=False)
        .select_related("adult")
        .order_by("asked_at"),
        "erasures": Erasure.objects.select_related("by").order_by("-at", "-pk")[:LATEST],
    }
    return render(request, "privacy/staff/desk.html", context)


@staff_page(Capability.PROTECT_DATA)
@require_safe
def register(request: StaffRequest) -> HttpResponseBase:
    """Who read or took away what; as a spreadsheet too, which is noted in its turn."""
    form = AccessForm(request.GET, agents=readers())
    sought, kind = form.sought, request.GET.get("format", "")
    rows = accesses(sought)
    if kind in FILES:
        return _file(request, kind, sought) if is_fresh(request, minutes=EXPORT_MINUTES) else ask_again(request)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"form": form, "page": page, "accesses": told(list(page)), "total": page.paginator.count}
    return render(request, "privacy/staff/register.html", context)


def _file(request: StaffRequest, kind: str, sought: Sought) -> HttpResponse:
    now, rows = timezone.now(), list(register_rows(accesses(sought)))
    facts = {
        "format": kind,
        "rows": str(len(rows) - 1),
        "first": str(sought.first or ""),
        "last": str(sought.last or ""),
    }
    record(request.user, "privacy.accesses_exported", at=now, subject=sought.agent, facts=facts)
    return download(f"acces-{local_day(now)}", rows, kind, title="Accès")


@staff_page(Capability.PROTECT_DATA)
@require_safe
def choosing(request: StaffRequest) -> HttpResponse:
    """Whom to erase."""
    form = PersonForm(request.GET)
    open_files = Family.objects.filter(merged_into__isnull=True)
    found = list(files_found(open_files, form.words).order_by("name", "number", "pk")[:MOST_FILES])
    context = {"form": form, "words": form.words, "files": erasable(found), "most": MOST_FILES}
    return render(request, "privacy/staff/choose.html", context)


@staff_page(Capability.PROTECT_DATA)
@fresh(minutes=EXPORT_MINUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def erasing(request: StaffRequest, erased_kind: str, erased_code: str) -> HttpResponseBase:
    """What would go and what the law keeps; POST erases."""
    who = whom(erased_kind, erased_code)
    if who is None:
        raise Http404
    form, now = EraseForm(request.POST if request.method == "POST" else None), timezone.now()
    name = named(erased_kind, erased_code)
    if request.method == "POST" and form.is_valid():
        return _erase(request, erased_kind, erased_code, now)
    plan = foreseen(who)
    context = {
        "name": name,
        "title": "",
        "others": "",
        "demarche": None,
        "gone": [line for line in plan if not line.why],
        "kept": [line for line in plan if line.why],
        "reasons": refusals(who, on=local_day(now)),
        "form": form,
    }
    return render(request, "privacy/staff/erase.html", context)


def _erase(request: StaffRequest, kind: str, code: str, now: dt.datetime) -> HttpResponse:
    try:
        erase(kind=kind, code=code, by=request.user, now=now)
    except ErasureRefused as refused:
        messages.error(request, " ".join(reason.label for reason in refused.reasons))
        return redirect("privacy:erase", kind, code)
    messages.success(request, "C’est effacé. Ce que la loi garde reste, sans le nom.")
    return redirect("privacy:desk")
