"""Signing in with FranceConnect, tying it to an account, leaving it; and a page for each thing that may go wrong."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.utils import perform_login
from allauth.socialaccount.internal import statekit
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import SignedInRequest, signed_in_page
from preau.accounts.franceconnect import client, kept
from preau.accounts.franceconnect.actions import TieRefusal, TieRefused, account_of, note_sign_in, tie, tie_of, untie
from preau.accounts.franceconnect.client import SignIn
from preau.accounts.franceconnect.provider import ID, FranceConnectProvider, is_open, return_url
from preau.accounts.fresh import ask_again, is_fresh
from preau.accounts.models import User
from preau.core.audience import public_page

LOGIN, CONNECT = "login", "connect"
FRESH_MINUTES = 15  # since one last showed who one is, before a way into the account is added or taken away
TIED = "FranceConnect est relié à votre compte\u00a0: vous pouvez vous en servir pour vous connecter."
UNTIED = "FranceConnect n’ouvre plus votre compte."
SIGNED_OUT = "Vous êtes déconnecté de l’espace famille et de FranceConnect."

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failure:
    """What went wrong, and what to do next. `retries`: starting again may help."""

    title: str
    text: str
    status: int = 400
    retries: bool = True


CANCELLED = Failure(
    "Vous avez annulé",
    "Rien n’a changé. Vous pouvez recommencer, ou vous connecter avec votre mot de passe.",
    status=200,
)
EXPIRED = Failure(
    "La connexion a pris trop de temps",
    "Le retour de FranceConnect ne vaut que quelques secondes, et une seule fois. Recommencez.",
)
REFUSED = Failure(
    "FranceConnect n’a pas pu vous identifier",
    "Le fournisseur d’identité a rencontré une difficulté. Recommencez, ou choisissez-en un autre chez FranceConnect.",
)
DOWN = Failure(
    "FranceConnect ne répond pas",
    "Le service est peut-être en panne. Recommencez dans quelques minutes, ou connectez-vous avec votre mot de passe.",
    status=503,
)
UNTRUSTED = Failure(
    "La réponse de FranceConnect n’est pas sûre",
    "Nous n’avons pas pu vérifier qu’elle vient bien de FranceConnect\u00a0: par prudence, nous l’avons refusée. "
    "Recommencez. Si cela se reproduit, appelez la mairie.",
)
CLOSED = Failure(
    "Ce compte est fermé",
    "L’identité FranceConnect est bien la vôtre, mais le compte auquel elle est reliée est fermé. Appelez la mairie.",
    retries=False,
)
NOT_TIED: Mapping[str, Failure] = {
    TieRefusal.TAKEN: Failure(
        "Cette identité est reliée à un autre compte",
        "Une identité FranceConnect n’ouvre qu’un compte. Connectez-vous avec FranceConnect pour retrouver l’autre "
        "compte, ou appelez la mairie.",
        retries=False,
    ),
    TieRefusal.ALREADY: Failure(
        "Votre compte est déjà relié à une autre identité",
        "Si ce n’est pas la vôtre, déliez-la dans «\u00a0Mon compte\u00a0», puis recommencez.",
        retries=False,
    ),
    TieRefusal.NOT_A_FAMILY_ACCOUNT: Failure(
        "FranceConnect est réservé aux familles",
        "Les agents se connectent avec leur mot de passe et leur deuxième protection.",
        retries=False,
    ),
}


# Signing in


@public_page
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """On to FranceConnect; back to `next` afterwards."""
    _require_open()
    try:
        response = redirect(FranceConnectProvider(request).address(LOGIN, next_url=_next_of(request)))
    except (client.Unavailable, client.Untrusted) as fault:
        return _unanswered(request, fault)
    add_never_cache_headers(response)
    return response


@public_page
@require_safe
def come_back(request: HttpRequest) -> HttpResponse:
    """Back from FranceConnect, with a code or with an error."""
    _require_open()
    state = statekit.unstash_state(request, provider_id=ID, state_id=request.GET.get("state", ""))
    if state is None:
        return _failure(request, EXPIRED)
    if "code" not in request.GET:
        return _failure(request, CANCELLED if request.GET.get("error") == "access_denied" else REFUSED)
    try:
        sign_in = client.sign_in_of(code=request.GET["code"], nonce=state["nonce"], redirect_uri=return_url())
    except client.CodeExpired:
        return _failure(request, EXPIRED)
    except (client.Unavailable, client.Untrusted) as fault:
        return _unanswered(request, fault)
    if state["process"] == CONNECT:
        return _tie_asked(request, state, sign_in)
    return _enter(request, state, sign_in)


def _enter(request: HttpRequest, state: Mapping[str, Any], sign_in: SignIn) -> HttpResponse:
    user = account_of(sign_in.sub)
    if user is None:
        kept.keep_pending(request.session, sign_in, now=timezone.now())
        return redirect("accounts:franceconnect_unknown")
    if not user.is_active:
        return _failure(request, CLOSED)
    if request.user.is_authenticated and request.user != user:
        return _failure(request, NOT_TIED[TieRefusal.TAKEN])
    note_sign_in(user=user, sign_in=sign_in)
    record_authentication(request, user, method="socialaccount", provider=ID)
    then = state.get("next") or reverse("accounts:landing")
    if request.user == user:  # signed in already: this was to confirm who one is
        response: HttpResponse = redirect(then)
    else:
        response = perform_login(request, user, email_verification="none", redirect_url=then)
    request.session[kept.ID_TOKEN] = sign_in.id_token
    return response


@public_page
@require_safe
def unknown(request: HttpRequest) -> HttpResponse:
    """No account has this identity: an account to tie, or a new one."""
    _require_open()
    sign_in = kept.pending(request.session, now=timezone.now())
    if sign_in is None:
        return _failure(request, EXPIRED)
    if request.user.is_authenticated:
        return redirect("accounts:franceconnect_link")
    response = render(request, "accounts/franceconnect/unknown.html", {"pivot": sign_in.pivot})
    add_never_cache_headers(response)
    return response


# Tying and untying


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def link(request: SignedInRequest) -> HttpResponse:
    """The identity that waits in this session, and the account it is about to open: nothing before the button."""
    _require_family(request)
    now = timezone.now()
    sign_in = kept.pending(request.session, now=now)
    if sign_in is None:
        return redirect("accounts:franceconnect_account")
    if request.method == "POST":
        kept.forget_pending(request.session)
        return _tied(request, sign_in, reverse("accounts:landing"))
    return render(request, "accounts/franceconnect/link.html", {"pivot": sign_in.pivot})


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: SignedInRequest) -> HttpResponseBase:
    """FranceConnect in « Mon compte »: tied or not, and how to change that."""
    _require_family(request)
    if request.method == "POST":
        if not is_fresh(request, minutes=FRESH_MINUTES):
            return ask_again(request)
        return _untie_asked(request) if request.POST.get("geste") == "delier" else _leave_to_tie(request)
    context = {"tied": tie_of(request.user), "has_password": request.user.has_usable_password()}
    return render(request, "accounts/franceconnect/account.html", context)


def _leave_to_tie(request: SignedInRequest) -> HttpResponse:
    try:
        url = FranceConnectProvider(request).address(CONNECT, user=request.user.pk)
    except (client.Unavailable, client.Untrusted) as fault:
        return _unanswered(request, fault)
    return _leaving(request, url, "Direction FranceConnect", "Continuer vers FranceConnect")


def _tie_asked(request: HttpRequest, state: Mapping[str, Any], sign_in: SignIn) -> HttpResponse:
    """Only the account that asked is tied: whoever signed in meanwhile has asked for nothing."""
    if not request.user.is_authenticated or request.user.pk != state.get("user"):
        return _failure(request, EXPIRED)
    return _tied(request, sign_in, reverse("accounts:franceconnect_account"))


def _tied(request: HttpRequest, sign_in: SignIn, then: str) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    try:
        tie(user=user, sign_in=sign_in, by=user, now=timezone.now())
    except TieRefused as refused:
        return _failure(request, NOT_TIED[refused.reason])
    request.session[kept.ID_TOKEN] = sign_in.id_token
    messages.success(request, TIED)
    return redirect(then)


def _untie_asked(request: SignedInRequest) -> HttpResponse:
    try:
        untie(user=request.user, by=request.user, now=timezone.now())
    except TieRefused:
        return redirect("accounts:franceconnect_account")  # whose page says that a password comes first
    messages.success(request, UNTIED)
    return redirect("accounts:franceconnect_account")


# Leaving


def sign_out_of_franceconnect(request: HttpRequest, id_token: str) -> HttpResponse | None:
    """The page that ends the session at FranceConnect too, once ours is closed; None when it does not answer."""
    state = secrets.token_urlsafe(16)
    back = f"{settings.PUBLIC_URL}{reverse('accounts:franceconnect_signed_out')}"
    try:
        url = client.end_session_url(id_token=id_token, state=state, back=back)
    except (client.Unavailable, client.Untrusted) as fault:
        logger.warning("FranceConnect: no way to sign out (%s)", fault)
        return None
    request.session[kept.LEAVING] = state
    request.session.set_expiry(600)
    return _leaving(request, url, "Vous êtes déconnecté", "Me déconnecter aussi de FranceConnect")


@public_page
@require_safe
def signed_out(request: HttpRequest) -> HttpResponse:
    """Back from FranceConnect, signed out there too."""
    _require_open()
    expected = request.session.pop(kept.LEAVING, "")
    if expected and secrets.compare_digest(expected.encode(), request.GET.get("state", "").encode()):
        messages.success(request, SIGNED_OUT)
    return redirect("portal:welcome")


# Shared


def _leaving(request: HttpRequest, url: str, title: str, label: str) -> HttpResponse:
    response = render(request, "accounts/franceconnect/leaving.html", {"url": url, "title": title, "label": label})
    response["Refresh"] = f"1; url={url}"  # a form could not go there: form-action is 'self'
    add_never_cache_headers(response)
    return response


def _unanswered(request: HttpRequest, fault: Exception) -> HttpResponse:
    if isinstance(fault, client.Untrusted):
        logger.error("FranceConnect: an answer is refused (%s)", fault)
        return _failure(request, UNTRUSTED)
    logger.warning("FranceConnect does not answer (%s)", fault)
    return _failure(request, DOWN)


def _failure(request: HttpRequest, failure: Failure) -> HttpResponse:
    response = render(request, "accounts/franceconnect/failure.html", {"failure": failure}, status=failure.status)
    add_never_cache_headers(response)
    return response


def _require_open() -> None:
    if not is_open():
        raise Http404


def _require_family(request: SignedInRequest) -> None:
    if not (request.user.is_family and is_open()):
        raise Http404


def _next_of(request: HttpRequest) -> str:
    """Where one was going, in our own pages."""
    asked = request.GET.get("next", "")
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else ""
