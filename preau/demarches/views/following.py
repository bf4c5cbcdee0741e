"""A request as the family follows it: where it has got to, what an agent answered, adding to it, giving it up."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.core.asked import AskedPaper
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused, complete, withdraw
from preau.demarches.choices import DemarcheState
from preau.demarches.forms import AddForm
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche
from preau.demarches.permissions import reads_all
from preau.demarches.queries import following, history_of

GET_OR_POST = ["GET", "HEAD", "POST"]
MOVED = "Votre demande a changé entre-temps. Relisez ce que vous avez écrit, puis envoyez-le de nouveau."
OVER = "Cette demande a déjà sa réponse\u00a0: rien n’a été enregistré."


@family_page
@require_safe
def followed(request: FamilyRequest, demarche_code: str) -> HttpResponse:
    demarche = _followed(request, demarche_code)
    kind, is_mine = kind_of(demarche.kind), reads_all(request.user, demarche)
    again = None if kind.stays else kind.again or kind.change_page
    context = {
        "demarche": demarche,
        "kind": kind,
        "is_mine": is_mine,
        "lines": kind.lines(demarche) if is_mine else _shared(request, demarche),
        "change_url": kind.change_page(demarche) if is_mine and demarche.is_open and kind.change_page else "",
        "papers": _papers(request, demarche) if is_mine else (),
        "then": kind.then(demarche) if is_mine and demarche.state == DemarcheState.ACCEPTED else "",
        "again_url": again(demarche) if is_mine and again and demarche.state == DemarcheState.REFUSED else "",
        "events": history_of(demarche),
        "now": timezone.now(),
    }
    return render(request, "demarches/family/followed.html", context)


@family_page
@require_http_methods(GET_OR_POST)
def completing(request: FamilyRequest, demarche_code: str) -> HttpResponse:
    """Answer the agent who asked, or add what was forgotten."""
    demarche = _mine(request, demarche_code)
    if not demarche.is_open:
        messages.warning(request, OVER)
        return redirect("demarches:followed", demarche.code)
    form = AddForm(request.POST if request.method == "POST" else None, initial={"version": demarche.version})
    if not form.is_valid():
        return _show_completing(request, demarche, form)
    demarche.version = form.cleaned_data["version"]
    text = form.cleaned_data["text"]
    try:
        complete(demarche, text=text, by=request.user, now=timezone.now())
    except DemarcheRefused:
        fresh = _mine(request, demarche_code)
        if fresh.is_open:
            again = AddForm({"text": text, "version": fresh.version})
            again.add_error(None, MOVED)
            return _show_completing(request, fresh, again)
        messages.warning(request, OVER)
    else:
        messages.success(request, "Votre message est envoyé.")
    return redirect("demarches:followed", demarche.code)


def _show_completing(request: FamilyRequest, demarche: Demarche, form: AddForm) -> HttpResponse:
    kind = kind_of(demarche.kind)
    change_url = kind.change_page(demarche) if kind.change_page else ""
    papers = _papers(request, demarche)
    context = {"demarche": demarche, "form": form, "change_url": change_url, "papers": papers}
    return render(request, "demarches/family/followed_complete.html", context)


@family_page
@require_http_methods(GET_OR_POST)
def withdrawing(request: FamilyRequest, demarche_code: str) -> HttpResponse:
    """Give up the request: the page says what happens, its button does it."""
    demarche = _mine(request, demarche_code)
    if kind_of(demarche.kind).stays:
        raise Http404
    if not demarche.is_open:
        messages.warning(request, OVER)
    elif request.method != "POST":
        return render(request, "demarches/family/followed_withdraw.html", {"demarche": demarche})
    else:
        give_up = kind_of(demarche.kind).withdraw or withdraw
        try:
            give_up(demarche, by=request.user, now=timezone.now())
        except DemarcheRefused:
            messages.warning(request, OVER)
        else:
            messages.success(request, "Votre demande est annulée.")
    return redirect("demarches:followed", demarche.code)


def _papers(request: FamilyRequest, demarche: Demarche) -> Sequence[AskedPaper]:
    """What is to be shown before an agent answers."""
    return kind_of(demarche.kind).papers(demarche, request.user, local_day(timezone.now())) if demarche.is_open else ()


def _followed(request: FamilyRequest, code: str) -> Demarche:
    return get_object_or_404(following(request.user, on=local_day(timezone.now())), code=code)


def _mine(request: FamilyRequest, code: str) -> Demarche:
    """One that this person sent, and may act on."""
    demarche = _followed(request, code)
    if not reads_all(request.user, demarche):
        raise Http404
    return demarche


def _shared(request: FamilyRequest, demarche: Demarche) -> object:
    """What the household shares, for its adults alone: another household reads the header of what is about a child."""
    kind, adult = kind_of(demarche.kind), getattr(request.user, "adult", None)
    is_ours = adult is not None and demarche.family_id is not None and adult.family_id == demarche.family_id
    return kind.shared_lines(demarche) if is_ours else ()
