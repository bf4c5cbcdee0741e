"""« Je n’ai pas d’espace »: asking for an account without a file, step after step, with a draft on the server."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.hashers import make_password
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.core.audience import public_page
from preau.registration.actions.drafting import (
    accept_text,
    cancel_registration,
    send_link_again,
    start_registration,
    submit_registration,
    write_step,
)
from preau.registration.choices import RequestStep, Step
from preau.registration.forms import AcceptForm
from preau.registration.models import Registration
from preau.registration.request_forms import ContactForm, IdentityForm, SignInForm
from preau.registration.rules import RequestDone, may_open_request, open_request_step
from preau.registration.texts import ReadText, read_text
from preau.registration.views.steps import ACCEPTS, JUST_SENT, SENT_AGAIN, TEXT_CHANGED
from preau.town.choices import TextCode, WayIn
from preau.town.context import town_of

REQUEST_KEY = "account_request"
OWN = ("civility", "birth_name", "birth_date", "birth_country", "birth_department", "birth_town")
CONTACT = ("address", "postcode", "city", "phone_home", "phone_mobile", "phone_work", "preferred_contact")

TEMPLATES = {RequestStep.TERMS: "terms", RequestStep.PRIVACY: "privacy", RequestStep.RECAP: "request_recap"}
"""Those of the five steps serve here too; a step that is a form has theirs for forms."""

StepView = Callable[[HttpRequest, Registration | None], HttpResponse]


def current_request(request: HttpRequest) -> Registration | None:
    """The request under way in this browser."""
    code = request.session.get(REQUEST_KEY)
    if not code:
        return None
    rows = Registration.objects.select_related("terms", "privacy").filter(way=WayIn.REQUEST, user=None)
    return rows.filter(code=code, expires_at__gt=timezone.now()).first()


def request_page(view: Callable[..., HttpResponse]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A public page of a request: only where the town opens this way, and for those who are not signed in."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponseBase:
        if WayIn.REQUEST not in town_of(request).ways:
            raise Http404
        if request.user.is_authenticated:
            return redirect("accounts:landing")
        response = view(request, current_request(request))
        add_never_cache_headers(response)
        return response

    return public_page(page)


def step_page(step: RequestStep) -> Callable[[StepView], Callable[[HttpRequest], HttpResponseBase]]:
    """The page of a step; whoever has not done those before is sent to the first of them."""

    def decorate(view: StepView) -> Callable[[HttpRequest], HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, draft: Registration | None) -> HttpResponse:
            done = draft.request_done if draft else RequestDone()
            return view(request, draft) if may_open_request(step, done) else to_step(open_request_step(done))

        return request_page(require_http_methods(["GET", "HEAD", "POST"])(page))

    return decorate


def to_step(step: RequestStep) -> HttpResponse:
    return redirect(f"registration:request_{step}")


def show(request: HttpRequest, step: RequestStep, **context: Any) -> HttpResponse:
    steps = list(RequestStep)
    place = steps.index(step)
    before = [{"label": one.label, "url": reverse(f"registration:request_{one}")} for one in steps[:place]]
    context |= {"steps": [one.label for one in steps], "step": step, "current": place + 1, "before": before}
    context |= {"start": {"label": "Demander un espace", "url": reverse("registration:request")}}
    context |= {"cancel": reverse("registration:request_cancel")}
    return render(request, f"registration/public/{TEMPLATES.get(step, 'about')}.html", context)


@request_page
@require_safe
def start(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    """Before the first step: for whom it is, how long it takes, by when one is answered."""
    step = open_request_step(draft.request_done) if draft else RequestStep.IDENTITY
    days = town_of(request).account_request_days
    context = {"go_on": reverse(f"registration:request_{step}"), "is_begun": draft is not None, "days": days}
    return render(request, "registration/public/request_start.html", context)


@step_page(RequestStep.IDENTITY)
def identity(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    known = (draft.asked | {"first_name": draft.first_name, "last_name": draft.last_name}) if draft else {}
    if known.get("birth_date"):
        known["birth_date"] = "/".join(reversed(known["birth_date"].split("-")))
    form = IdentityForm(request.POST or None, initial=known)
    if request.method != "POST" or not form.is_valid():
        return show(request, RequestStep.IDENTITY, form=form)
    now = timezone.now()
    if draft is None:
        draft = start_registration(way=WayIn.REQUEST, now=now)
        request.session[REQUEST_KEY] = draft.code
    given = form.cleaned_data
    values = {"first_name": given["first_name"], "last_name": given["last_name"]}
    own = draft.asked | {name: given[name] for name in OWN}
    write_step(registration=draft, values={**values, "asked": own}, now=now)
    return to_step(open_request_step(draft.request_done))


@step_page(RequestStep.CONTACT)
def contact(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    assert draft is not None
    known = {"preferred_contact": "email"} | draft.asked | {"email": draft.email, "email_again": draft.email}
    form = ContactForm(request.POST or None, initial=known)
    if request.method != "POST" or not form.is_valid():
        return show(request, RequestStep.CONTACT, form=form)
    given = form.cleaned_data
    own = draft.asked | {name: given[name] for name in CONTACT}
    write_step(registration=draft, values={"email": given["email"], "asked": own}, now=timezone.now())
    return to_step(open_request_step(draft.request_done))


@step_page(RequestStep.SIGN_IN)
def sign_in(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    assert draft is not None
    words = {"first_name": draft.first_name, "last_name": draft.last_name, "email": draft.email}
    form = SignInForm(
        request.POST or None,
        town=town_of(request),
        words=words,
        has_password=bool(draft.password),
        initial={"username": draft.username},
    )
    if request.method != "POST" or not form.is_valid():
        return show(request, RequestStep.SIGN_IN, form=form)
    values = {"username": form.cleaned_data["username"]}
    if password := form.cleaned_data["password"]:
        values["password"] = make_password(password)
    write_step(registration=draft, values=values, now=timezone.now())
    return to_step(open_request_step(draft.request_done))


@step_page(RequestStep.TERMS)
def terms(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    return _read_and_answer(request, draft, RequestStep.TERMS, read_text(TextCode.TERMS), ACCEPTS[Step.TERMS])


@step_page(RequestStep.PRIVACY)
def privacy(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    return _read_and_answer(request, draft, RequestStep.PRIVACY, read_text(TextCode.PRIVACY), ACCEPTS[Step.PRIVACY])


def _read_and_answer(
    request: HttpRequest, draft: Registration | None, step: RequestStep, read: ReadText, label: str
) -> HttpResponse:
    assert draft is not None
    form = AcceptForm(request.POST or None, label=label, version=read.version)
    if request.method == "POST" and form.is_valid():
        accept_text(registration=draft, code=read.code, text=read.text, now=timezone.now())
        return to_step(open_request_step(draft.request_done))
    if "version" in form.errors:
        messages.warning(request, TEXT_CHANGED)
        return to_step(step)
    return show(request, step, form=form, read=read)


@step_page(RequestStep.RECAP)
def recap(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    """What was written; POST sends it. A second POST finds it sent."""
    assert draft is not None
    if draft.submitted_at is not None:
        return redirect("registration:request_sent")
    if request.method == "POST":
        if not ratelimit.consume(request, action="signup"):
            return render(request, "429.html", status=429)
        submit_registration(registration=draft, now=timezone.now())
        return redirect("registration:request_sent")
    town = town_of(request)
    hours = town.hours_of_link(WayIn.REQUEST)
    born = "/".join(reversed(draft.asked.get("birth_date", "").split("-")))
    context = {"registration": draft, "hours": hours, "days": town.account_request_days, "born": born}
    return show(request, RequestStep.RECAP, **context)


@request_page
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    """« Un courriel vous a été envoyé », whatever is true; POST sends it again."""
    if draft is None:
        return redirect("registration:request")
    if draft.submitted_at is None:
        return to_step(open_request_step(draft.request_done))
    if request.method == "POST":
        if send_link_again(registration=draft, now=timezone.now()):
            messages.success(request, SENT_AGAIN)
        else:
            messages.info(request, JUST_SENT)
        return redirect("registration:request_sent")
    context = {"registration": draft, "hours": town_of(request).hours_of_link(WayIn.REQUEST)}
    context |= {"mend": reverse("registration:request_contact")}
    return render(request, "registration/public/sent.html", context)


@request_page
@require_POST
def cancel(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    """The person refuses a text, or gives up: nothing is kept."""
    if draft is not None:
        cancel_registration(registration=draft, now=timezone.now())
    request.session.pop(REQUEST_KEY, None)
    return redirect("registration:request_cancelled")


@request_page
@require_safe
def cancelled(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    return render(request, "registration/public/request_cancelled.html")
