"""Mon compte: how one signs in, on which devices, and how pages look. Parents and agents have the same pages."""

import re
from dataclasses import dataclass
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render, resolve_url
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts import conditions, credentials
from preau.accounts.acceptances import accepted_by
from preau.accounts.actions import UsernameTaken, close_other_sessions
from preau.accounts.audience import SignedInRequest, layout_of, signed_in_page
from preau.accounts.factors import factors_of
from preau.accounts.forms import ConfirmForm, DisplayForm, EmailForm, NamesForm, PasswordForm
from preau.accounts.franceconnect.actions import tie_of
from preau.accounts.franceconnect.provider import is_open
from preau.accounts.fresh import ask_again, fresh, is_fresh
from preau.accounts.kept_forms import FIELD, fields_of, is_sealed, waiting_form
from preau.accounts.models import Session, User
from preau.accounts.passwords import words_of
from preau.core.codes import is_code
from preau.core.forms import PortalForm
from preau.town.choices import TextCode
from preau.town.context import town_of
from preau.town.models import Text
from preau.town.rules import Block, blocks

GET_OR_POST = ["GET", "HEAD", "POST"]
SEALED_MINUTES = 15


@signed_in_page
@require_safe
def account(request: SignedInRequest) -> HttpResponse:
    user = request.user
    context: dict[str, Any] = {
        "change": credentials.pending_email_change(user, now=timezone.now()),
        "has_password": user.has_usable_password(),
        "factors": factors_of(user),
        "has_franceconnect": user.is_family and is_open(),
        "is_tied": user.is_family and is_open() and tie_of(user) is not None,
        "languages": settings.LANGUAGES if len(settings.LANGUAGES) > 1 else [],
        "acceptances": accepted_by(user),
        "language": dict(settings.LANGUAGES).get(user.language or settings.LANGUAGE_CODE),
    }
    return _show(request, "account", **context)


@signed_in_page
@require_http_methods(GET_OR_POST)
def names(request: SignedInRequest) -> HttpResponse:
    user = User.objects.get(pk=request.user.pk)  # a refused name must not show in the frame of the page
    known = {"first_name": user.first_name, "last_name": user.last_name, "username": user.username}
    form = NamesForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            credentials.change_names(user, **form.cleaned_data, now=timezone.now())
        except UsernameTaken:
            form.add_error("username", "Quelqu’un a déjà ce nom d’utilisateur. Choisissez-en un autre.")
        else:
            return _done(request, "C’est enregistré.")
    return _form(request, "names", form)


@signed_in_page
@fresh(minutes=15)
@require_http_methods(GET_OR_POST)
def email(request: SignedInRequest) -> HttpResponse:
    user = request.user
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        new = form.cleaned_data["email"]
        if new.lower() == user.email.lower():
            form.add_error("email", "C’est déjà votre adresse. Écrivez la nouvelle.")
        else:
            credentials.ask_email_change(user, new, now=timezone.now())
            return _done(request, f"Un e-mail est parti vers {new}. Ouvrez-le : votre adresse change ensuite.")
    return _form(request, "email", form, hours=credentials.EMAIL_HOURS)


@signed_in_page
@require_POST
def cancel_email(request: SignedInRequest) -> HttpResponse:
    credentials.cancel_email_change(request.user, now=timezone.now())
    return _done(request, "Votre adresse reste la même.")


@signed_in_page
@sensitive_post_parameters("old_password", "password", "password_again")
@require_http_methods(GET_OR_POST)
def password(request: SignedInRequest) -> HttpResponse:
    """The old one is asked here, so that no other confirmation is."""
    user = request.user
    if not user.has_usable_password():
        return redirect("accounts:forgotten")
    form = PasswordForm(request.POST or None, town=town_of(request), words=words_of(user))
    if request.method == "POST" and form.is_valid() and _is_password(request, form, "old_password"):
        key = request.session.session_key
        credentials.set_password(user, form.cleaned_data["password"], keep=key, now=timezone.now())
        update_session_auth_hash(request, user)
        return _done(request, "Votre mot de passe est changé. Vos autres appareils sont déconnectés.")
    return _form(request, "password", form, status=429 if getattr(form, "is_slowed_down", False) else 200)


@signed_in_page
@sensitive_post_parameters("password")
@require_http_methods(GET_OR_POST)
def confirm(request: SignedInRequest) -> HttpResponse:
    """Asked again before what matters most (see `fresh`)."""
    form = ConfirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _is_password(request, form, "password"):
        record_authentication(request, request.user, method="password", reauthenticated=True)
        return redirect(next_page(request))
    status = 429 if getattr(form, "is_slowed_down", False) else 200
    user = request.user
    ways = {
        "has_password": user.has_usable_password(),
        "has_key": bool(factors_of(user).passkeys),
        "is_tied": is_open() and tie_of(user) is not None,
    }
    return _form(request, "confirm", form, next=next_page(request), status=status, **ways)


def _is_password(request: SignedInRequest, form: PortalForm, name: str) -> bool:
    """Whether the form holds the person's password; it says so otherwise. Guesses are slowed as when signing in."""
    user, adapter = request.user, get_adapter(request)
    try:
        found = adapter.authenticate(request, username=user.username, password=form.cleaned_data[name])
    except ValidationError as slowed_down:
        form.is_slowed_down = True  # type: ignore[attr-defined]
        form.add_error(name, slowed_down)
        return False
    if found is None or found.pk != user.pk:
        form.add_error(name, "Ce n’est pas votre mot de passe. Vérifiez-le, puis essayez encore.")
        return False
    return True


def next_page(request: SignedInRequest) -> str:
    """Where one was going, among our pages."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    ours = asked.startswith("/") and url_has_allowed_host_and_scheme(asked, allowed_hosts=None)
    return asked if ours else resolve_url("accounts:account")


@signed_in_page
@require_http_methods(GET_OR_POST)
def display(request: SignedInRequest) -> HttpResponse:
    user = request.user
    known = {"text_size": user.text_size, "language": user.language or settings.LANGUAGE_CODE}
    form = DisplayForm(request.POST or None, initial=known, languages=list(settings.LANGUAGES))
    if request.method == "POST" and form.is_valid():
        for name, value in form.cleaned_data.items():
            setattr(user, name, value)
        user.save(update_fields=list(form.cleaned_data))
        return _done(request, "C’est enregistré.")
    return _form(request, "display", form)


# Devices


@signed_in_page
@require_safe
def devices(request: SignedInRequest) -> HttpResponse:
    sessions = Session.objects.filter(user=request.user, expire_date__gt=timezone.now()).order_by("-seen_at")
    here = request.session.session_key
    rows = sorted(sessions, key=lambda session: session.session_key != here)
    return _show(request, "devices", sessions=rows, here=here)


@signed_in_page
@require_POST
def end_device(request: SignedInRequest, session_code: str) -> HttpResponse:
    session = get_object_or_404(Session, user=request.user, code=session_code)
    if session.session_key == request.session.session_key:
        logout(request)
        return redirect("accounts:login")
    session.delete()
    return _done(request, "Cet appareil est déconnecté.", to="accounts:devices")


@signed_in_page
@require_POST
def end_other_devices(request: SignedInRequest) -> HttpResponse:
    close_other_sessions(request.user, but=request.session.session_key)
    return _done(request, "Vous êtes déconnecté partout ailleurs.", to="accounts:devices")


# What was typed when the session ended


@signed_in_page
@require_http_methods(GET_OR_POST)
def resume(request: SignedInRequest) -> HttpResponseBase:
    """What this person had typed; the form goes to its own page, this one only drops it."""
    kept = waiting_form(request.user, now=timezone.now())
    if kept is None:
        return redirect("accounts:landing")
    if is_sealed(kept) and not is_fresh(request, minutes=SEALED_MINUTES):
        return ask_again(request)
    if request.method == "POST":
        kept.delete()
        return _done(request, "Votre saisie est effacée. Rien n’est envoyé.", to="accounts:landing")
    fields = fields_of(kept)
    if fields is None:
        kept.delete()
        return redirect("accounts:landing")
    said = [value for name, values in fields for value in values if name != "version" and not MARK.fullmatch(value)]
    typed = [_as_written(value) for value in said if _is_for_people(value)]
    words = sum(len(value.split()) for value in typed)
    context: dict[str, Any] = {"kept": kept, "fields": fields, "field": FIELD, "typed": typed, "words": words}
    return _show(request, "resume", is_button=not said and not kept.files, **context)


MARK = re.compile(r"[0-9a-f]{32,}|\d{4}-\d\d-\d\dT[\d:.+Z-]+")
"""What a form carries to know its own page again: no person typed it."""


def _as_written(value: str) -> str:
    """A day as in France, anything else as it is."""
    return re.sub(r"^(\d{4})-(\d\d)-(\d\d)$", r"\3/\2/\1", value)


def _is_for_people(value: str) -> bool:
    """Not the ticks and the codes of a form, which mean nothing out of their page."""
    is_a_code = is_code(value) and any(sign.isdigit() for sign in value)
    return any(sign.isalnum() for sign in value) and value != "on" and not is_a_code


# Conditions


@dataclass(frozen=True, slots=True)
class Asked:
    """A text to accept, or to take note of; `changes` is empty the first time."""

    text: Text
    blocks: list[Block]
    changes: list[Block]

    @property
    def is_notice(self) -> bool:
        return self.text.code == TextCode.PRIVACY


@conditions.before_conditions
@signed_in_page
@require_http_methods(GET_OR_POST)
def accept_conditions(request: SignedInRequest) -> HttpResponse:
    """Before anything else: the texts in force that this person has not accepted; refusing signs out."""
    texts = conditions.texts_to_accept(request.user)
    if not texts:
        conditions.release(request)
        return redirect(next_page(request))
    missing = []
    if request.method == "POST":
        if "refuse" in request.POST:
            logout(request)
            messages.warning(
                request,
                "Vous n’avez pas accepté : vous êtes déconnecté. Vous pourrez accepter à la prochaine connexion.",
            )
            return redirect("portal:welcome")
        missing = [text for text in texts if f"accept-{text.pk}" not in request.POST]
        if not missing:
            conditions.accept(request.user, texts, now=timezone.now())
            conditions.release(request)
            return redirect(next_page(request))
    known = conditions.codes_known_to(request.user)
    asked = [Asked(text, blocks(text.body), blocks(text.changes) if text.code in known else []) for text in texts]
    return _show(request, "conditions", asked=asked, missing=missing, next=next_page(request))


def _show(request: SignedInRequest, page: str, *, status: int = 200, **context: Any) -> HttpResponse:
    context["layout"] = layout_of(request.user)
    return render(request, f"accounts/account/{page}.html", context, status=status)


def _form(request: SignedInRequest, page: str, form: PortalForm, *, status: int = 200, **context: Any) -> HttpResponse:
    return _show(request, page, form=form, status=status, **context)


def _done(request: SignedInRequest, text: str, *, to: str = "accounts:account") -> HttpResponse:
    messages.success(request, text)
    return redirect(to)
