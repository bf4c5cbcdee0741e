"""What an agent reads and does of a request about somebody's data."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.accounts.fresh import EXPORT_MINUTES, fresh
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche
from preau.demarches.permissions import demarches_in_scope
from preau.demarches.queries import history_of
from preau.privacy.actions.asking import accept_asked, code_of, erase_asked
from preau.privacy.actions.erasing import ErasureRefused
from preau.privacy.choices import CORRECTION, ERASURE, OBJECTION
from preau.privacy.erasing import also_theirs, foreseen, named, refusals, whom
from preau.privacy.forms import DoneForm, EraseForm

MOVED = "Cette demande a changé pendant que vous l’aviez ouverte. Relisez-la."
PLAIN = "Ces données ne sont plus là\u00a0: il n’y a rien à effacer. Refusez la demande, en disant pourquoi."


def _asked(request: StaffRequest, code: str, *kinds: str) -> Demarche:
    """The request of this code, of one of these kinds, if this agent may answer it; else no such page."""
    found = demarches_in_scope(request.user, local_day(timezone.now())).filter(kind__in=kinds)
    related = ("service", "family", "asked_by", "answered_by", "data_asked")
    return get_object_or_404(found.select_related(*related), code=code)


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """What is asked; POST says what was done. An erasure is done on its own page."""
    demarche = _asked(request, demarche_code, CORRECTION, ERASURE, OBJECTION)
    form = DoneForm(initial={"version": demarche.version})
    if request.method == "POST" and demarche.kind != ERASURE:
        form = DoneForm(request.POST)
        if form.is_valid():
            return _accept(request, demarche, form)
    kind = kind_of(demarche.kind)
    context = {
        "demarche": demarche,
        "kind": kind,
        "lines": kind.lines(demarche),
        "checks": kind.checks(demarche) if demarche.is_open else (),
        "events": history_of(demarche),
        "form": form,
        "may_erase": request.user.may(Capability.PROTECT_DATA),
    }
    return render(request, "privacy/staff/asked.html", context)


def _accept(request: StaffRequest, demarche: Demarche, form: DoneForm) -> HttpResponse:
    given = form.cleaned_data
    try:
        accept_asked(demarche, reason=given["reason"], by=request.user, version=given["version"], now=timezone.now())
    except DemarcheRefused:
        messages.error(request, MOVED)
        return redirect("privacy:asked", demarche.code)
    messages.success(request, f"C’est répondu. Un e-mail en prévient {demarche.asked_by}.")
    return redirect("demarches:worklist")


@staff_page(Capability.PROTECT_DATA)
@fresh(minutes=EXPORT_MINUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def erasing_asked(request: StaffRequest, demarche_code: str) -> HttpResponseBase:
    """What would go and what the law keeps; POST erases, and answers."""
    demarche, now = _asked(request, demarche_code, ERASURE), timezone.now()
    if not demarche.is_open:
        return redirect("privacy:asked", demarche.code)
    about = demarche.data_asked.about
    who = whom(about, code_of(demarche, about))
    if who is None:
        messages.warning(request, PLAIN)
        return redirect("privacy:asked", demarche.code)
    form = EraseForm(request.POST if request.method == "POST" else None, version=demarche.version)
    if request.method == "POST" and form.is_valid():
        return _erase(request, demarche, form)
    plan = foreseen(who)
    context = {
        "title": demarche.summary,
        "name": named(about, code_of(demarche, about)),
        "others": also_theirs(who, besides=demarche.asked_by),
        "demarche": demarche,
        "gone": [line for line in plan if not line.why],
        "kept": [line for line in plan if line.why],
        "reasons": refusals(who, on=local_day(now), besides=demarche),
        "form": form,
    }
    return render(request, "privacy/staff/erase.html", context)


def _erase(request: StaffRequest, demarche: Demarche, form: EraseForm) -> HttpResponse:
    version = form.cleaned_data["version"] or demarche.version
    try:
        erase_asked(demarche, by=request.user, version=version, now=timezone.now())
    except ErasureRefused as refused:
        messages.error(request, " ".join(reason.label for reason in refused.reasons))
        return redirect("privacy:erase_asked", demarche.code)
    except DemarcheRefused:
        messages.error(request, MOVED)
        return redirect("privacy:asked", demarche.code)
    messages.success(request, "C’est effacé. Un dernier e-mail en prévient la personne.")
    return redirect("demarches:worklist")
