"""After the password: a code, a passkey or a recovery code. And a passkey alone, which is both factors at once."""

import datetime as dt
from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.internal.decorators import login_stage_required
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.core.internal import ratelimit
from allauth.mfa.base.internal.flows import post_authentication
from allauth.mfa.internal.flows.trust import trust_browser
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from preau.accounts import factors, passkeys
from preau.accounts.forms import NO_KEY, CodeForm, KeyForm, RecoveryCodeForm
from preau.accounts.models import User
from preau.accounts.stages import SecondFactorStage
from preau.accounts.throttling import SLOWED_DOWN, claim_code
from preau.core.audience import public_page

WRONG_CODE = "Ce code ne convient pas. Attendez le code suivant, puis recopiez-le."
WRONG_RECOVERY_CODE = "Ce code de secours ne convient pas, ou il a déjà servi. Essayez-en un autre."

T = TypeVar("T")
Page = Callable[[HttpRequest, SecondFactorStage], HttpResponse]


def after_password(page: Page) -> Callable[[HttpRequest], HttpResponse]:
    """A page for whoever gave a right password a moment ago; others go and give it."""

    @public_page
    @login_stage_required(stage=SecondFactorStage.key, redirect_urlname="accounts:login")  # type: ignore[untyped-decorator]
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest) -> HttpResponse:
        stage: SecondFactorStage = request._login_stage  # type: ignore[attr-defined]
        if not stage.user.is_active:
            clear_login(request)
            return redirect("accounts:login")
        return page(request, stage)

    return cast(Callable[[HttpRequest], HttpResponse], view)


@after_password
def second_factor(request: HttpRequest, stage: SecondFactorStage) -> HttpResponse:
    """A code of the application, or a passkey."""
    user = stage.user
    form, key_form = CodeForm(for_agent=user.is_staff), KeyForm()
    if request.method == "POST" and "credential" in request.POST:
        key_form = KeyForm(request.POST)
        if taken := take_key(key_form, user):
            return _open(request, stage, taken)
    elif request.method == "POST":
        form = CodeForm(request.POST, for_agent=user.is_staff)
        if taken := take_code(form, user, factors.APP, WRONG_CODE):
            return _open(request, stage, taken, remember=form.cleaned_data.get("remember", False))
    return _show(request, "second_factor.html", user, form=form, key_form=key_form)


@after_password
def recovery_code(request: HttpRequest, stage: SecondFactorStage) -> HttpResponse:
    """A code kept for the day when the telephone is lost."""
    form = RecoveryCodeForm(request.POST or None)
    if request.method == "POST" and (taken := take_code(form, stage.user, factors.RECOVERY, WRONG_RECOVERY_CODE)):
        return _open(request, stage, taken)
    return render(request, "accounts/recovery_code.html", {"form": form}, status=status_of(form))


def take_code(form: Form, user: User, kind: str, refusal: str) -> Authenticator | None:
    """The factor that the form's code shows; else None, and the form says why."""
    return guess(form, user, refusal, lambda code, now: factors.take_code(user, code, kinds=[kind], now=now))


def guess(form: Form, user: User, refusal: str, find: Callable[[str, dt.datetime], T | None]) -> T | None:
    """What the form's code opens; else None, and the form says why. Wrong codes make one wait."""
    if not form.is_valid():
        return None
    now = timezone.now()
    try:
        forget = claim_code(user, now=now)
    except ValidationError as slowed:
        form.add_error("code", slowed)
        return None
    found = find(form.cleaned_data["code"], now)
    if found is None:
        form.add_error("code", refusal)
    else:
        forget()
    return found


def take_key(form: KeyForm, user: User | None) -> Authenticator | None:
    """The passkey that the form shows; else None, and the form says so."""
    if not form.is_valid():
        return None
    try:
        return passkeys.read_key(form.cleaned_data["credential"], user)
    except passkeys.NotAKey:
        form.add_error("credential", NO_KEY)
        return None


def status_of(form: Form) -> int:
    return 429 if form.has_error("code", SLOWED_DOWN) else 200


def _open(
    request: HttpRequest, stage: SecondFactorStage, taken: Authenticator, *, remember: bool = False
) -> HttpResponse:
    post_authentication(request, taken)
    response: HttpResponse = stage.exit()  # type: ignore[no-untyped-call]
    if remember:
        trust_browser(request, stage.user, response)
    return response


def _show(request: HttpRequest, template: str, user: User, *, form: CodeForm, key_form: KeyForm) -> HttpResponse:
    found = factors.factors_of(user)
    context: dict[str, Any] = {
        "form": form,
        "key_form": key_form,
        "factors": found,
        "is_demo": settings.DEMO,
        "is_agent": user.is_staff,
    }
    if found.passkeys:
        context["options"] = passkeys.request_options(user)
    return render(request, f"accounts/{template}", context, status=status_of(form))


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def passkey(request: HttpRequest) -> HttpResponse:
    """Signing in with a passkey alone."""
    if request.user.is_authenticated:
        return redirect("accounts:landing")
    if not ratelimit.consume(request, app="allauth.mfa", action="webauthn_login", limit_get=True):
        return ratelimit.respond_429(request)
    going_to = get_next_redirect_url(request)
    form = KeyForm(request.POST or None)
    if request.method == "POST" and (taken := take_key(form, None)):
        if taken.user.is_active:
            return _open_with_key(request, taken, going_to)
        form.add_error("credential", NO_KEY)
    context = {"key_form": form, "options": passkeys.request_options(None), "next": going_to}
    return render(request, "accounts/passkey.html", context)


def _open_with_key(request: HttpRequest, taken: Authenticator, going_to: str | None) -> HttpResponse:
    post_authentication(request, taken, passwordless=True)
    response: HttpResponse = perform_login(request, Login(user=taken.user, redirect_url=going_to))
    return response
