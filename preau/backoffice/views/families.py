"""« Familles »: finding a file, and reading it on one page."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.permissions import holds_everywhere
from preau.backoffice.filing import was_billed_since
from preau.backoffice.forms import SearchForm
from preau.backoffice.queries.families import (
    balance_of,
    demarches_of,
    files_of,
    found_files,
    invoices_of,
    read_file,
)
from preau.backoffice.queries.history import entries_of, readings_of, tell
from preau.backoffice.queries.likeness import files_like
from preau.billing.permissions import regies_in_scope
from preau.billing.rules.invoices import standing
from preau.core.dates import local_day
from preau.demarches.permissions import demarches_in_scope
from preau.documents.queries import to_read_of
from preau.families.actions import note_reading
from preau.families.models import Family, Merge
from preau.families.permissions import families_in_scope
from preau.town.context import town_of

PER_PAGE = 25
ENTRIES = 50


@staff_page(Capability.SEE_FAMILIES)
@require_safe
def search(request: StaffRequest) -> HttpResponse:
    """The files that the words find; none until something is typed."""
    form, today = SearchForm(request.GET), local_day(timezone.now())
    page = Paginator(files_of(request.user, form.words, on=today), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "words": form.words,
        "page": page,
        "rows": found_files(page, on=today),
        "compares": holds_everywhere(request.user, Capability.MERGE_FAMILIES, today),
    }
    return render(request, "backoffice/families/search.html", context)


def family_or_404(request: StaffRequest, family_code: str, capability: str = Capability.SEE_FAMILIES) -> Family:
    """The file, if it is within what this agent may do with `capability`."""
    today = local_day(timezone.now())
    return get_object_or_404(families_in_scope(request.user, capability, on=today), code=family_code)


@staff_page(Capability.SEE_FAMILIES)
@require_safe
def overview(request: StaffRequest, family_code: str) -> HttpResponse:
    """Everything that an agent asks first. Opening it is noted, once a day."""
    family, now = family_or_404(request, family_code), timezone.now()
    if family.merged_into is not None:
        messages.info(request, f"Le dossier n°\u00a0{family.number} est réuni à celui-ci.")
        return redirect("backoffice:family", family.merged_into.code)
    note_reading(family=family, by=request.user, now=now)
    file = read_file(request.user, family, town=town_of(request), now=now)
    erases = request.user.may(Capability.PROTECT_DATA)
    context = {"file": file, "merging": _merging(request, family), "erases": erases, **tabs(request, family)}
    return render(request, "backoffice/families/overview.html", context)


def _merging(request: StaffRequest, family: Family) -> dict[str, Any]:
    """For who may merge and archive this file: the files like it, and its last merge while it can be undone."""
    today = local_day(timezone.now())
    scope = families_in_scope(request.user, Capability.MERGE_FAMILIES, on=today)
    if not request.user.may(Capability.MERGE_FAMILIES) or not scope.filter(pk=family.pk).exists():
        return {"may": False}
    last = Merge.objects.filter(kept=family, undone_at=None).select_related("gone").order_by("-at", "-pk").first()
    alike = files_like(request.user, family, on=today) if family.archived_at is None else []
    return {"may": True, "alike": alike, "last": last if last and not was_billed_since(last) else None}


@staff_page(Capability.SEE_FAMILIES)
@require_safe
def history(request: StaffRequest, family_code: str) -> HttpResponse:
    """All that was done about the file, and who opened it."""
    family = family_or_404(request, family_code)
    is_about_readings = request.GET.get("lectures") == "oui"
    entries = readings_of(family) if is_about_readings else entries_of(family)
    page = Paginator(entries, ENTRIES).get_page(request.GET.get("page"))
    context = {"page": page, "told": tell(list(page)), "readings": is_about_readings, **tabs(request, family)}
    return render(request, "backoffice/families/history.html", context)


@staff_page(Capability.SEE_FAMILIES)
@require_safe
def invoices(request: StaffRequest, family_code: str) -> HttpResponse:
    """What the household was billed, whoever pays; an invoice opens for who may read its régie's."""
    family, today = family_or_404(request, family_code), local_day(timezone.now())
    page = Paginator(invoices_of(family), PER_PAGE).get_page(request.GET.get("page"))
    regies = set(regies_in_scope(request.user, Capability.PREPARE_INVOICES, today).values_list("pk", flat=True))
    rows = [(each, standing(each.due_cents, each.due_on or today, today), each.regie_id in regies) for each in page]
    context = {"page": page, "rows": rows, "balance": balance_of(family), **tabs(request, family)}
    return render(request, "backoffice/families/invoices.html", context)


@staff_page(Capability.SEE_FAMILIES)
@require_safe
def demarches(request: StaffRequest, family_code: str) -> HttpResponse:
    """What the family asked; a request opens for who may answer it."""
    family, today = family_or_404(request, family_code), local_day(timezone.now())
    page = Paginator(demarches_of(family, request.user, on=today), PER_PAGE).get_page(request.GET.get("page"))
    mine = demarches_in_scope(request.user, today) if request.user.may(Capability.HANDLE_REQUESTS) else None
    keys = [each.pk for each in page]
    opens = set(mine.filter(pk__in=keys).values_list("pk", flat=True)) if mine is not None else set()
    context = {"page": page, "rows": [(each, each.pk in opens) for each in page], **tabs(request, family)}
    return render(request, "backoffice/families/demarches.html", context)


def may_edit(request: StaffRequest, family: Family) -> bool:
    """Whether this agent may write in the file."""
    if family.archived_at is not None or not request.user.may(Capability.EDIT_FAMILIES):
        return False
    scope = families_in_scope(request.user, Capability.EDIT_FAMILIES, on=local_day(timezone.now()))
    return scope.filter(pk=family.pk).exists()


def tabs(request: StaffRequest, family: Family) -> dict[str, Any]:
    """What the head of each page of a file needs."""
    return {
        "family": family,
        "edits": may_edit(request, family),
        "sees_accounts": request.user.may(Capability.INVITE_FAMILIES) and family.archived_at is None,
        "to_read": to_read_of(request.user, family, on=local_day(timezone.now())),
        "form": SearchForm(),
    }
