"""Pages behind the mailed links: opening one shows a page, its button acts."""

from collections.abc import Callable

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from preau.accounts.actions import EmailTaken, UsernameTaken
from preau.accounts.choices import LinkPurpose
from preau.accounts.franceconnect import kept
from preau.accounts.franceconnect.actions import TieRefused
from preau.accounts.links import find_link, is_open
from preau.accounts.models import MailedLink, User
from preau.accounts.signing_in import enter
from preau.core.audience import public_page
from preau.registration.actions.activating import LinkIsOver, activate, confirm_request
from preau.registration.actions.drafting import send_link_again
from preau.registration.actions.inviting import InvitationIsOver, accept_invitation, invite_again
from preau.registration.forms import InvitedForm, UsernameForm
from preau.registration.models import Invitation, Registration
from preau.registration.texts import read_text
from preau.registration.views.request_steps import REQUEST
from preau.registration.views.steps import FIVE_STEPS
from preau.registration.views.walks import JUST_SENT
from preau.town.choices import Proof, TextCode
from preau.town.context import town_of

USERNAME_TAKEN = "Ce nom d’utilisateur est déjà pris. Choisissez-en un autre, par exemple avec un chiffre à la fin"
AGAIN = "renvoyer"  # the button of a link that has expired


def address_of(request: HttpRequest) -> str:
    """The network address that a request comes from, behind our own proxy or not."""
    return str(get_adapter(request).get_client_ip(request))


# Registrations: an account comes of the button


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def activation(request: HttpRequest, link_token: str) -> HttpResponse:
    """The end of the five steps, or of FranceConnect's page."""
    return _registration_page(request, link_token, LinkPurpose.ACTIVATION, "activation", _activate)


def _activate(request: HttpRequest, link: MailedLink, registration: Registration, username: str) -> HttpResponse:
    try:
        done = activate(link=link, username=username, address=address_of(request), now=timezone.now())
    except TieRefused:
        return _page(request, "identity_taken", {}, status=409)
    if request.session.get(FIVE_STEPS.key) == registration.code:
        kept.forget_pending(request.session)
        return _enter(request, done.user)
    return _to_sign_in(request, by_franceconnect=registration.proof == Proof.FRANCECONNECT)


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def confirmation(request: HttpRequest, link_token: str) -> HttpResponse:
    """The address is confirmed: the account exists, and its request leaves for an agent."""
    return _registration_page(request, link_token, LinkPurpose.REQUEST, "confirmation", _confirm)


def _confirm(request: HttpRequest, link: MailedLink, registration: Registration, username: str) -> HttpResponse:
    user = confirm_request(link=link, username=username, now=timezone.now())
    if request.session.get(REQUEST.key) == registration.code:
        return _enter(request, user)
    return _to_sign_in(request, by_franceconnect=False)


Act = Callable[[HttpRequest, MailedLink, Registration, str], HttpResponse]


def _registration_page(request: HttpRequest, token: str, purpose: LinkPurpose, page: str, act: Act) -> HttpResponse:
    """The page `registration:<page>`, whose button does `act` under the user name that was chosen, or another one when
    somebody has taken it meanwhile."""
    link = find_link(token, purpose)
    registration = _registration_of(link)
    if link is None or registration is None or not is_open(link, now=timezone.now()):
        if registration and AGAIN in request.POST:
            return _sent_again(request, send_link_again(registration=registration, now=timezone.now()))
        return _over(request, link, may_ask=registration is not None)
    here = redirect(f"registration:{page}", token)
    if AGAIN in request.POST:
        return here
    chosen = {"username": registration.username}
    form = UsernameForm(request.POST if "username" in request.POST else None, initial=chosen)
    if request.method == "POST" and (not form.is_bound or form.is_valid()):
        username = form.cleaned_data["username"] if form.is_bound else registration.username
        try:
            return act(request, link, registration, username)
        except LinkIsOver:
            return here
        except EmailTaken:
            return _page(request, "email_taken", {"email": registration.email}, status=409)
        except UsernameTaken:
            form = UsernameForm({"username": username})
            form.is_valid()
            form.add_error("username", USERNAME_TAKEN)
    return _page(
        request, page, {"registration": registration, "token": token, "form": form, "asks_name": form.is_bound}
    )


def _registration_of(link: MailedLink | None) -> Registration | None:
    if link is None:
        return None
    waiting = Registration.objects.filter(code=link.subject, user=None, submitted_at__isnull=False)
    return waiting.filter(expires_at__gt=timezone.now()).first()


def _to_sign_in(request: HttpRequest, *, by_franceconnect: bool) -> HttpResponse:
    """Another browser than the one in which the person began: whoever opened the mail must show who they are."""
    how = "avec FranceConnect" if by_franceconnect else "avec le mot de passe que vous avez choisi"
    messages.success(request, f"Votre compte est activé. Connectez-vous {how}.")
    return redirect("accounts:login")


def _enter(request: HttpRequest, user: User) -> HttpResponse:
    enter(request, user)
    messages.success(request, "Votre compte est prêt. Bienvenue\u00a0!")
    return redirect("accounts:landing")


# Accounts made by the town


@public_page
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, link_token: str) -> HttpResponse:
    link = find_link(link_token, LinkPurpose.INVITATION)
    found = _invitation_of(link)
    if link is None or found is None or not is_open(link, now=timezone.now()):
        if found and AGAIN in request.POST:
            return _sent_again(request, invite_again(invitation=found, by=None, now=timezone.now()))
        return _over(request, link, may_ask=found is not None)
    if AGAIN in request.POST:
        return redirect("registration:invitation", link_token)
    texts = [read_text(TextCode.TERMS), read_text(TextCode.PRIVACY)]
    form = InvitedForm(
        request.POST or None, town=town_of(request), words=_words_of(found), initial={"username": found.username}
    )
    if request.method == "POST" and form.is_valid():
        try:
            user = accept_invitation(
                link=link,
                username=form.cleaned_data["username"],
                password_hash=make_password(form.cleaned_data["password"]),
                texts=[read.text for read in texts if read.text],
                now=timezone.now(),
            )
        except InvitationIsOver:
            return redirect("registration:invitation", link_token)
        except EmailTaken:
            return _page(request, "email_taken", {"email": found.email}, status=409)
        except UsernameTaken:
            form.add_error("username", USERNAME_TAKEN)
        else:
            return _enter(request, user)
    context = {"invitation": found, "form": form, "terms": texts[0], "privacy": texts[1], "token": link_token}
    return _page(request, "invitation", context)


def _words_of(invitation: Invitation) -> dict[str, str]:
    """What a password may not hold: what is written on the family's papers."""
    adult, file = invitation.adult, invitation.adult.family
    names = {"first_name": adult.first_name, "last_name": adult.last_name, "email": invitation.email}
    return names | {"number": file.number, "file_name": file.name}


def _invitation_of(link: MailedLink | None) -> Invitation | None:
    if link is None:
        return None
    opened = Invitation.objects.select_related("adult__family").filter(code=link.subject)
    return opened.filter(accepted_at=None, revoked_at=None, adult__user=None).first()


# Links that no longer work


def _over(request: HttpRequest, link: MailedLink | None, *, may_ask: bool) -> HttpResponse:
    """What to do with a link that was used, has expired or was never ours; `may_ask` for another, with a button."""
    if link is None:
        return _page(request, "link_unknown", {}, status=404)
    if link.used_at is not None:
        return _page(request, "link_used", {}, status=410)
    return _page(request, "link_expired", {"may_ask": may_ask}, status=410)


def _sent_again(request: HttpRequest, is_sent: bool) -> HttpResponse:
    return _page(request, "sent_again", {"is_sent": is_sent, "just_sent": JUST_SENT})


def _page(request: HttpRequest, name: str, context: dict[str, object], *, status: int = 200) -> HttpResponse:
    response = render(request, f"registration/public/{name}.html", context, status=status)
    add_never_cache_headers(response)
    return response
