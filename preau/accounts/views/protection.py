"""One's own second factors: for parents who want them, and for agents, who cannot do without."""

import datetime as dt
import io
from typing import Any

import segno
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import generate_totp_secret
from allauth.mfa.utils import decrypt, encrypt
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts import factors, passkeys
from preau.accounts.actions import close_other_sessions
from preau.accounts.audience import SignedInRequest, must_protect, protecting_page, signed_in_page
from preau.accounts.forms import NO_KEY, CodeForm, KeyForm, NewKeyForm
from preau.accounts.fresh import fresh
from preau.accounts.views.account import next_page
from preau.accounts.views.second_factor import WRONG_CODE, guess, status_of, take_key

MINUTES = 15  # since one showed who one is (PRODUCT 4.13)
SECRET_KEY = "protection.secret"  # noqa: S105 (where the session keeps the secret of an application not added yet)
SHOWN_KEY = "protection.codes"
SHOWN_FOR = dt.timedelta(minutes=10)
STEPS = ("Choisir", "Installer", "Garder les codes")
KEEP_ONE = "Gardez au moins une protection. Ajoutez-en d’abord une autre, puis retirez celle-ci."


@protecting_page
@require_safe
def protection(request: SignedInRequest) -> HttpResponse:
    """What protects the account, or what to choose from."""
    return show(request, "protection.html", {"factors": factors.factors_of(request.user), "step": 1})


@protecting_page
@fresh(minutes=MINUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def add_app(request: SignedInRequest) -> HttpResponse:
    """The picture to scan, then the first code that the application shows."""
    form = CodeForm(request.POST if request.method == "POST" else None, for_agent=True)
    secret = decrypt(request.session.setdefault(SECRET_KEY, encrypt(generate_totp_secret())))
    if request.method == "POST" and (period := _period(request, form, secret)) is not None:
        now = timezone.now()
        first = not factors.has_factor(request.user)
        del request.session[SECRET_KEY]
        added = factors.add_app(request.user, secret=secret, period=period, now=now)
        return _added(request, added, "Votre application de codes protège maintenant votre compte.", first=first)
    url = get_adapter().build_totp_url(request.user, secret)
    spaced = " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
    context = {"form": form, "picture": qr_code(url), "secret": spaced, "step": 2}
    return show(request, "add_app.html", context, status=status_of(form))


def _period(request: SignedInRequest, form: CodeForm, secret: str) -> int | None:
    """The period of the code that was typed; else None, and the form says why."""
    return guess(form, request.user, WRONG_CODE, lambda code, now: factors.period_of(secret, code, now))


def qr_code(url: str) -> SafeString:
    """The picture, as SVG with attributes only: the policy of pages allows no style and no data: address."""
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        drawn, kind="svg", xmldecl=False, nl=False, border=3, light="#fff", svgclass="qr", lineclass=None, omitsize=True
    )
    return SafeString(drawn.getvalue().decode())


@protecting_page
@fresh(minutes=MINUTES)
@require_http_methods(["GET", "HEAD", "POST"])
def add_passkey(request: SignedInRequest) -> HttpResponse:
    form = NewKeyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            credential = passkeys.read_new_key(form.cleaned_data["credential"])
        except passkeys.NotAKey:
            form.add_error("credential", NO_KEY)
        else:
            name, first = form.cleaned_data["name"], not factors.has_factor(request.user)
            added = factors.add_passkey(request.user, name=name, credential=credential, now=timezone.now())
            return _added(
                request, added, f"La clé d’accès «\u00a0{name}\u00a0» protège maintenant votre compte.", first=first
            )
    context = {"form": form, "options": passkeys.creation_options(request.user), "step": 2}
    return show(request, "add_passkey.html", context)


def _added(request: SignedInRequest, added: Authenticator, words: str, *, first: bool) -> HttpResponse:
    """The first protection closes the other browsers, which gave a password alone, and shows the recovery codes."""
    post_authentication(request, added)
    messages.success(request, words)
    if not first:
        return redirect("accounts:protection")
    close_other_sessions(request.user, but=request.session.session_key)
    return _show_codes(request, first=True)


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """The codes, for a few minutes and until one has kept them."""
    if request.method == "POST":
        return _kept(request)
    until, first = request.session.get(SHOWN_KEY, (0, False))
    if timezone.now().timestamp() > until:
        return redirect("accounts:protection")
    context = {"codes": factors.codes_of(request.user), "step": 3, "made_at": timezone.now(), "is_first": first}
    return show(request, "recovery_codes.html", context)


def _kept(request: SignedInRequest) -> HttpResponse:
    _, first = request.session.pop(SHOWN_KEY, (0, False))
    return redirect("accounts:landing" if first else "accounts:protection")


@signed_in_page
@fresh(minutes=MINUTES)
@require_POST
def renew_codes(request: SignedInRequest) -> HttpResponse:
    if not factors.has_factor(request.user):
        return redirect("accounts:protection")
    factors.renew_codes(request.user, now=timezone.now())
    return _show_codes(request, first=False)


def _show_codes(request: SignedInRequest, *, first: bool) -> HttpResponse:
    request.session[SHOWN_KEY] = ((timezone.now() + SHOWN_FOR).timestamp(), first)
    return redirect("accounts:recovery_codes")


@signed_in_page
@fresh(minutes=MINUTES)
@require_POST
def remove_factor(request: SignedInRequest) -> HttpResponse:
    try:
        factors.remove_factor(request.user, _number(request.POST.get("factor", "")), now=timezone.now())
    except factors.LastFactor:
        messages.error(request, KEEP_ONE)
    return redirect("accounts:protection")


def _number(text: str) -> int:
    """A number that was sent; 0, which is nobody's, for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


@signed_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_by_key(request: SignedInRequest) -> HttpResponse:
    """Showing again who one is (see `fresh`), by a passkey instead of the password."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    going_to = next_page(request)
    if request.method == "POST" and (taken := take_key(form, request.user)):
        post_authentication(request, taken, reauthenticated=True)
        return redirect(going_to)
    context = {"key_form": form, "options": passkeys.request_options(request.user), "next": going_to}
    return show(request, "account/confirm_by_key.html", context)


def show(request: SignedInRequest, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The page, in the layout of whoever asks: an agent who is not protected yet has no menu."""
    first = must_protect(request)
    layout = "public" if first else "staff" if request.user.is_staff else "family"
    context = {"layout": f"core/{layout}.html", "is_first": first, "steps": STEPS} | context
    return render(request, f"accounts/{template}", context, status=status)
