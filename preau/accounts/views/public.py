"""Signing in and out, and what mailed links open."""

import datetime as dt
from typing import Any

from allauth.account.views import LoginView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts import credentials, throttling
from preau.accounts.choices import LinkPurpose
from preau.accounts.credentials import AddressTaken, LinkOver
from preau.accounts.devices import trust
from preau.accounts.forms import ForgottenForm, SignInForm
from preau.accounts.franceconnect import kept
from preau.accounts.kept_forms import owner_of
from preau.accounts.links import fault_of, find_link
from preau.accounts.models import EmailChange, MailedLink, User
from preau.accounts.passwords import ChoosesPassword, words_of
from preau.accounts.signing_in import REMEMBER
from preau.accounts.views.franceconnect import sign_out_of_franceconnect
from preau.core.audience import public_page
from preau.town.context import town_of

PASSWORD_LINKS = throttling.Pace(
    "password-link", free=3, first_wait=dt.timedelta(minutes=1), longest_wait=dt.timedelta(minutes=10)
)


class SignIn(LoginView):
    """allauth's page, with our form and without the links to what does not exist here."""

    form_class = SignInForm
    template_name = "accounts/login.html"

    def get_initial(self) -> dict[str, Any]:
        """Whoever was signed in here a short while ago, and has left something half sent, finds their name."""
        owner = owner_of(self.request) if self.is_resuming else None
        return {"login": owner.username} if owner else {}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # Past LoginView's own context, which wants the addresses of allauth's other pages.
        context: dict[str, Any] = super(LoginView, self).get_context_data(**kwargs)  # type: ignore[no-untyped-call]
        return context | {"is_resuming": self.is_resuming}

    @property
    def is_resuming(self) -> bool:
        return self.request.GET.get("next") == resolve_url("accounts:resume")

    def form_valid(self, form: SignInForm) -> HttpResponse:
        self.request.session[REMEMBER] = form.cleaned_data["remember"]
        response: HttpResponse = super().form_valid(form)
        return response

    def form_invalid(self, form: SignInForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=429 if form.is_slowed_down else 200)


sign_in = public_page(SignIn.as_view())


@public_page
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    id_token = request.session.get(kept.ID_TOKEN)
    logout(request)
    if id_token and (leaving := sign_out_of_franceconnect(request, id_token)):
        return leaving
    messages.success(request, "Vous êtes déconnecté.")
    return redirect("portal:welcome")


@public_page
@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    """Where one arrives: families and agents have each their own space."""
    if not isinstance(request.user, User):
        return redirect("accounts:login")
    return redirect("backoffice:desk" if request.user.is_staff else "portal:home")


# A forgotten password


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def forgotten(request: HttpRequest) -> HttpResponse:
    """Same page, words and time whether the account exists: the worker looks for it."""
    form = ForgottenForm(request.POST or None)
    wait = None
    if request.method == "POST" and form.is_valid():
        wait = ask_link(request, form.cleaned_data["login"])
    context = {
        "form": form,
        "is_sent": wait == throttling.NOTHING,
        "wait": throttling.in_words(wait) if wait else "",
        "hours": credentials.PASSWORD_HOURS,
    }
    return render(request, "accounts/forgotten.html", context, status=429 if wait else 200)


def ask_link(request: HttpRequest, login: str) -> dt.timedelta:
    """Ask for a link, or say how long to wait before asking: one mail is enough, and others' boxes are not ours."""
    now = timezone.now()
    guess = throttling.Guess(PASSWORD_LINKS, login.strip().lower(), throttling.network_of(request))
    wait = throttling.wait_before(guess, now=now)
    if not wait:
        throttling.was_wrong(guess, now=now)
        credentials.ask_password_link(login, now=now)
    return wait


@public_page
@never_cache
@sensitive_post_parameters("password", "password_again")
@require_http_methods(["GET", "HEAD", "POST"])
def choose_password(request: HttpRequest, link_token: str) -> HttpResponse:
    """What the mailed link opens; only sending the form uses it."""
    now = timezone.now()
    link = find_link(link_token, LinkPurpose.PASSWORD)
    if link is None or link.user is None or fault_of(link, now=now):
        return link_over(request, link, now=now, again="accounts:forgotten", action="Recevoir un autre lien")
    form = ChoosesPassword(request.POST or None, town=town_of(request), words=words_of(link.user))
    if request.method == "POST" and form.is_valid():
        try:
            user = credentials.choose_password_by_link(link, form.cleaned_data["password"], now=now)
        except LinkOver:
            return link_over(request, link, now=now, again="accounts:forgotten", action="Recevoir un autre lien")
        trust(request, user)  # whoever reads this mailbox is the owner, and waits for nobody else's tries
        messages.success(request, "Votre mot de passe est changé. Connectez-vous avec le nouveau.")
        return redirect("accounts:login")
    return render(request, "accounts/choose_password.html", {"form": form, "username": link.user.username})


# A new address


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def confirm_email(request: HttpRequest, link_token: str) -> HttpResponse:
    """Opened from the new address."""
    now = timezone.now()
    link, change = _change_of(link_token, LinkPurpose.EMAIL, now=now)
    if link is None or change is None:
        return link_over(request, link, now=now, again="accounts:email", action="Changer mon adresse")
    if request.method == "POST":
        try:
            credentials.confirm_email_change(link, now=now)
        except LinkOver:
            return link_over(request, link, now=now, again="accounts:email", action="Changer mon adresse")
        except AddressTaken:
            return render(request, "accounts/email_taken.html", status=409)
        messages.success(request, f"Votre adresse est maintenant {change.new_email}.")
        return redirect("accounts:account" if request.user.is_authenticated else "accounts:login")
    return render(request, "accounts/confirm_email.html", {"change": change})


@public_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def undo_email(request: HttpRequest, link_token: str) -> HttpResponse:
    """Opened from the old address, within a week."""
    now = timezone.now()
    link, change = _change_of(link_token, LinkPurpose.EMAIL_UNDO, now=now)
    if link is None or change is None:
        return link_over(request, link, now=now, again="accounts:forgotten", action="Choisir un nouveau mot de passe")
    if request.method == "POST":
        try:
            token = credentials.undo_email_change(link, now=now)
        except LinkOver:
            return link_over(
                request, link, now=now, again="accounts:forgotten", action="Choisir un nouveau mot de passe"
            )
        except AddressTaken:
            return render(request, "accounts/email_taken.html", status=409)
        messages.success(request, f"Votre adresse est de nouveau {change.old_email}. Choisissez un mot de passe.")
        return redirect("accounts:choose_password", link_token=token)
    return render(request, "accounts/undo_email.html", {"change": change})


def _change_of(token: str, purpose: LinkPurpose, *, now: dt.datetime) -> tuple[MailedLink | None, EmailChange | None]:
    """The link whatever its state, and what it changes as long as it may."""
    link = find_link(token, purpose)
    if link is None or fault_of(link, now=now):
        return link, None
    return link, credentials.email_change_of(link)


def link_over(
    request: HttpRequest, link: MailedLink | None, *, now: dt.datetime, again: str, action: str
) -> HttpResponse:
    """The page of a link that does nothing any more, with what to do next: the page named `again`."""
    fault = fault_of(link, now=now)
    why = fault.label if fault else "Cette demande a été abandonnée."
    return render(
        request, "accounts/link_over.html", {"why": why, "url": resolve_url(again), "action": action}, status=410
    )
