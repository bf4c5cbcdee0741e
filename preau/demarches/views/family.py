"""The page of an account that waits for its file, and what one may do from there."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import SignedInRequest, signed_in_page
from preau.accounts.kept_forms import has_lost_files
from preau.demarches.actions import DemarcheRefused, ask_account, complete_asked, withdraw_asked
from preau.demarches.actions.accounts import KEPT
from preau.demarches.forms import AskAgentForm, CompleteForm
from preau.demarches.models import AskedPhoto
from preau.demarches.queries import account_request_of, identity_of
from preau.town.context import town_of

P = ParamSpec("P")
TOO_LATE = "Votre demande a changé entre-temps\u00a0: rien n’a été enregistré. Voici où elle en est."
MOVED = "Votre demande a changé entre-temps. Relisez ce que vous avez écrit, puis envoyez-le de nouveau."


def waiting_page(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page for parents whose account waits; the others are led to their own space."""

    @wraps(view)
    def page(request: SignedInRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_staff or request.user.is_admitted:
            return redirect("accounts:landing")
        return view(request, *args, **kwargs)

    return signed_in_page(page)


@waiting_page
@require_safe
def waiting(request: SignedInRequest) -> HttpResponse:
    demarche = account_request_of(request.user)
    context: dict[str, object] = {
        "demarche": demarche,
        "now": timezone.now(),
        "days": town_of(request).account_request_days,
    }
    if demarche is None or not demarche.is_open:
        answered_at = demarche.answered_at if demarche else None
        context |= {"form": AskAgentForm(), "erased_at": answered_at and answered_at + KEPT}
    return render(request, "demarches/family/waiting.html", context)


@waiting_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: SignedInRequest) -> HttpResponse:
    """Ask an agent, from an account that has no request under way."""
    form = AskAgentForm(request.POST) if request.method == "POST" else AskAgentForm()
    if request.method != "POST" or not form.is_valid():
        return render(request, "demarches/family/ask.html", {"form": form})
    given = form.cleaned_data
    ask_account(
        user=request.user,
        identity=identity_of(request.user, birth_date=given["birth_date"], phone_mobile=given["phone_mobile"]),
        claimed_number=given["claimed_number"],
        claimed_name=given["claimed_name"],
        now=timezone.now(),
    )
    return redirect("demarches:waiting")


@waiting_page
@require_http_methods(["GET", "HEAD", "POST"])
def completing(request: SignedInRequest) -> HttpResponse:
    """Send what the agent asked for, or what was forgotten, and put right what was written."""
    demarche = account_request_of(request.user)
    if demarche is None or not demarche.is_open:
        return redirect("demarches:waiting")
    has_photo = AskedPhoto.objects.filter(asked=demarche.pk).exists()
    form = CompleteForm(
        *((request.POST, request.FILES) if request.method == "POST" else ()),
        asked=demarche.account_asked,
        has_photo=has_photo,
        is_photo_lost=has_lost_files(request),
    )
    if not form.is_valid():
        return render(request, "demarches/family/complete.html", {"form": form, "demarche": demarche})
    given = {"text": form.cleaned_data["text"], "identity": form.identity, "photo": form.new_photo}
    demarche.version = form.cleaned_data["version"] or demarche.version
    try:
        complete_asked(demarche, **given, by=request.user, now=timezone.now())
    except DemarcheRefused:
        now_is = account_request_of(request.user)
        if now_is is not None and now_is.is_open:
            form.add_error(None, MOVED)
            return render(request, "demarches/family/complete.html", {"form": form, "demarche": now_is})
        messages.warning(request, TOO_LATE)
    return redirect("demarches:waiting")


@waiting_page
@require_http_methods(["GET", "HEAD", "POST"])
def withdrawing(request: SignedInRequest) -> HttpResponse:
    """Give up the request: the page says what happens, its button does it."""
    demarche = account_request_of(request.user)
    if demarche is None or not demarche.is_open:
        return redirect("demarches:waiting")
    if request.method != "POST":
        return render(request, "demarches/family/withdraw.html", {"demarche": demarche})
    _try(request, lambda now: withdraw_asked(demarche, by=request.user, now=now))
    return redirect("demarches:waiting")


def _try(request: SignedInRequest, act: Callable[[dt.datetime], object]) -> None:
    """What an agent did in the same minute comes first, and is said."""
    try:
        act(timezone.now())
    except DemarcheRefused:
        messages.warning(request, TOO_LATE)
