"""Answering several requests at once: refused with one message, or accepted when their kinds allow it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.core.codes import is_code
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused
from preau.demarches.actions.texts import save_answer_text
from preau.demarches.choices import DemarcheState, Refusal
from preau.demarches.forms import MessageForm
from preau.demarches.kinds import Line, kind_of
from preau.demarches.models import Demarche
from preau.demarches.permissions import demarches_in_scope
from preau.demarches.queries import WorklistRow, answer_texts, rows_of, who_of

MOST_AT_ONCE = 50
NOTHING_TICKED = "Cochez les demandes auxquelles vous voulez répondre."


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def refusing_many(request: StaffRequest) -> HttpResponse:
    """The requests that were ticked, and the message that all will read; POST refuses them.

    `d` is the code of each and, once read here, its version: what moves meanwhile is left as it is.
    """
    ticked = request.POST if request.method == "POST" else request.GET
    read = dict(value.partition("-")[::2] for value in ticked.getlist("d")[:MOST_AT_ONCE])
    chosen = _chosen(request, read)
    if request.method != "POST":
        chosen = [demarche for demarche in chosen if demarche.is_open]
    if not chosen:
        messages.warning(request, NOTHING_TICKED)
        return redirect("demarches:worklist")
    form = MessageForm(request.POST if request.method == "POST" else None, texts=answer_texts(DemarcheState.REFUSED))
    if not form.is_valid():
        rows = [(row, read[row.demarche.code] or row.demarche.version) for row in rows_of(chosen, now=timezone.now())]
        return render(request, "demarches/staff/refuse_many.html", {"form": form, "rows": rows})
    _refuse(request, chosen, read, form)
    return redirect("demarches:worklist")


def _chosen(request: StaffRequest, codes: Iterable[str]) -> list[Demarche]:
    """Those that this agent may answer, the one that waits the longest first."""
    found = demarches_in_scope(request.user, local_day(timezone.now()))
    known = found.filter(code__in=[code for code in codes if is_code(code)])
    return list(known.select_related("family", "participant", "asked_by", "service").order_by("sent_at", "pk"))


def _refuse(request: StaffRequest, chosen: Iterable[Demarche], read: dict[str, str], form: MessageForm) -> None:
    now, message, done = timezone.now(), form.cleaned_data["message"], 0
    for demarche in chosen:
        version = read[demarche.code]
        try:
            kind = kind_of(demarche.kind)
            kind.refuse(demarche, reason=message, by=request.user, version=_number(version), now=now)
            done += 1
        except DemarcheRefused:
            messages.warning(
                request,
                f"«\u00a0{demarche.summary}\u00a0», {who_of(demarche)}\u00a0: "
                f"cette demande a changé, elle n’est pas refusée.",
            )
    if done and form.cleaned_data["keep"]:
        title = Truncator(message).chars(60)
        save_answer_text(state=DemarcheState.REFUSED, title=title, body=message, by=request.user, now=now)
    if done:
        one = "La demande est refusée. Un e-mail prévient la personne."
        many = f"{done} demandes sont refusées. Un e-mail prévient chaque personne."
        messages.success(request, one if done == 1 else many)


def _number(text: str) -> int:
    """A version as the page wrote it; 0, which none has, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0


@dataclass(frozen=True, slots=True)
class Together:
    """A request that was ticked: what is asked, and why it must be read alone ("" when it need not)."""

    row: WorklistRow
    lines: Sequence[Line]
    version: int
    why_alone: str


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def accepting_many(request: StaffRequest) -> HttpResponse:
    """The requests that were ticked, as `refusing_many`; POST accepts those that may be together. What the machine
    finds odd, and the kinds that need more than a yes, are to be read one by one."""
    ticked = request.POST if request.method == "POST" else request.GET
    read = dict(value.partition("-")[::2] for value in ticked.getlist("d")[:MOST_AT_ONCE])
    chosen = [demarche for demarche in _chosen(request, read) if demarche.is_open or request.method == "POST"]
    if not chosen:
        messages.warning(request, NOTHING_TICKED)
        return redirect("demarches:worklist")
    if request.method == "POST":
        _accept(request, chosen, read)
        return redirect("demarches:worklist")
    rows = [_together(row) for row in rows_of(chosen, now=timezone.now())]
    context = {
        "together": [one for one in rows if not one.why_alone],
        "alone": [one for one in rows if one.why_alone],
    }
    return render(request, "demarches/staff/accept_many.html", context)


def _together(row: WorklistRow) -> Together:
    kind = kind_of(row.demarche.kind)
    bad = [check.text for check in kind.checks(row.demarche) if check.is_good is False]
    why = "Ce type de demande s’accepte une à une." if not kind.is_accepted_together else " ".join(bad)
    return Together(row, kind.lines(row.demarche), row.demarche.version, why)


def _accept(request: StaffRequest, chosen: Iterable[Demarche], read: dict[str, str]) -> None:
    now, done = timezone.now(), 0
    for demarche in chosen:
        kind = kind_of(demarche.kind)
        try:
            if not kind.is_accepted_together or any(check.is_good is False for check in kind.checks(demarche)):
                raise DemarcheRefused(Refusal.STALE)
            kind.accept(demarche, by=request.user, version=_number(read[demarche.code]), now=now)
            done += 1
        except DemarcheRefused:
            messages.warning(
                request,
                f"«\u00a0{demarche.summary}\u00a0», {who_of(demarche)}\u00a0: "
                f"cette demande a changé, elle n’est pas acceptée.",
            )
    if done:
        one = "La demande est acceptée. Un e-mail prévient la personne."
        many = f"{done} demandes sont acceptées. Un e-mail prévient chaque personne."
        messages.success(request, one if done == 1 else many)
