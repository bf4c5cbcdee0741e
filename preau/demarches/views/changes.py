"""Answering a change of the file: what it says, what is asked, and what the machine already looked at."""

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused, accept_change, read_of
from preau.demarches.choices import FieldState, Refusal
from preau.demarches.file_fields import ADDRESS, is_in_town, live_values, told
from preau.demarches.forms import AcceptForm
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche, FileChange
from preau.demarches.queries import history_of
from preau.demarches.views.staff import STILL_OPEN, demarche_of, moved_in_words
from preau.families.permissions import opens_file
from preau.town.fields import FIELDS

MOVED = "Le dossier a changé pendant que vous lisiez. Comparez de nouveau, puis répondez."
NO_NUMBER = "Le moyen de contact préféré n’aurait plus de numéro. Demandez un complément à la famille."


@dataclass(frozen=True, slots=True)
class Compared:
    """A field: what the file said when it was asked, what it says now, what is asked. All three differ when somebody
    changed the file meanwhile."""

    label: str
    then: str
    now: str
    asked: str

    @property
    def has_moved(self) -> bool:
        return self.then != self.now


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """The change side by side; POST accepts it."""
    demarche = demarche_of(request, demarche_code)
    if kind_of(demarche.kind).detail is not FileChange:
        raise Http404
    if request.method != "POST":
        return _show(request, demarche, None)
    form = AcceptForm(request.POST)
    if not form.is_valid():
        messages.warning(request, STILL_OPEN)
        return redirect("demarches:change", demarche.code)
    given = form.cleaned_data
    asks_where = _asked_address(demarche) is not None
    try:
        accept_change(
            demarche,
            by=request.user,
            version=given["version"],
            read=given["read"],
            is_resident=given["is_resident"] if asks_where else None,
            now=timezone.now(),
        )
    except DemarcheRefused as refused:
        return _not_done(request, demarche, refused)
    messages.success(
        request, f"«\u00a0{demarche.summary}\u00a0»\u00a0: le dossier est à jour. Un e-mail prévient la famille."
    )
    return redirect("demarches:worklist")


def _not_done(request: StaffRequest, demarche: Demarche, refused: DemarcheRefused) -> HttpResponse:
    """Why nothing was written; what somebody else did is said."""
    fresh = demarche_of(request, demarche.code)
    if not fresh.is_open:
        messages.error(request, moved_in_words(fresh, request.user))
    elif refused.reason == Refusal.STALE:
        messages.error(request, MOVED)
    else:
        messages.error(request, NO_NUMBER if refused.reason == Refusal.PREFERRED_UNKNOWN else STILL_OPEN)
    return redirect("demarches:change", demarche.code)


def _show(request: StaffRequest, demarche: Demarche, form: forms.Form | None) -> HttpResponse:
    change: FileChange = demarche.file_change
    kind, now, address = kind_of(demarche.kind), timezone.now(), _asked_address(demarche)
    initial = {
        "version": demarche.version,
        "read": read_of(change, now=now),
        "is_resident": bool(address and is_in_town(address)),
    }
    context = {
        "demarche": demarche,
        "kind": kind,
        "change": change,
        "compared": _compared(demarche),
        "checks": kind.checks(demarche) if demarche.is_open else (),
        "events": history_of(demarche),
        "opens": opens_file(request.user, demarche.family, on=local_day(now)),
        "form": form or AcceptForm(initial=initial),
        "asks_where": address is not None,
    }
    return render(request, "demarches/staff/change.html", context)


def _asked_address(demarche: Demarche) -> dict[str, str] | None:
    row = demarche.file_change.fields.filter(field=ADDRESS, state=FieldState.PENDING).first()
    return row.new if row is not None and isinstance(row.new, dict) else None


def _compared(demarche: Demarche) -> list[Compared]:
    change: FileChange = demarche.file_change
    live = live_values(change.target, on=change.starts_on or local_day(timezone.now()))
    rows = change.fields.order_by("pk")
    if demarche.is_open:
        rows = rows.filter(state=FieldState.PENDING)
    return [
        Compared(
            label=FIELDS[row.field].label,
            then=told(row.field, row.old),
            now=told(row.field, live[row.field] if demarche.is_open else row.old),
            asked=told(row.field, row.new),
        )
        for row in rows
    ]
