"""The five steps: a draft on the server, found again by the session."""

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
from preau.registration.choices import Step
from preau.registration.forms import AboutForm, AcceptForm, FileForm
from preau.registration.models import Registration
from preau.registration.rules import Done, may_open, open_step
from preau.registration.texts import ReadText, read_text
from preau.town.choices import Proof, TextCode, WayIn
from preau.town.context import town_of
from preau.town.models import Town

KEY = "registration"
LABELS = [step.label for step in Step]
JUST_SENT = "Un courriel vient de partir. Attendez une minute avant d’en demander un autre."
SENT_AGAIN = "Le courriel est reparti. L’ancien lien ne marche plus."
TEXT_CHANGED = "Ce texte vient de changer. Lisez la nouvelle version, puis répondez."

StepView = Callable[[HttpRequest, Registration | None], HttpResponse]


def current_registration(request: HttpRequest) -> Registration | None:
    """The registration under way in this browser, whatever the way."""
    code = request.session.get(KEY)
    if not code:
        return None
    rows = Registration.objects.select_related("terms", "privacy")
    return rows.filter(code=code, user=None, expires_at__gt=timezone.now()).first()


def five_steps(view: Callable[..., HttpResponse]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A public page of the five steps: only where the town opens them, and for those who are not signed in."""

    def page(request: HttpRequest, registration: Registration | None) -> HttpResponse:
        if WayIn.FIVE_STEPS not in town_of(request).ways:
            raise Http404
        is_theirs = registration is None or registration.proof != Proof.FRANCECONNECT
        return view(request, registration if is_theirs else None)

    return newcomers_page(wraps(view)(page))


def newcomers_page(view: Callable[..., HttpResponse]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A public page for those who have no account yet, with what they have begun."""

    @wraps(view)
    def page(request: HttpRequest) -> HttpResponseBase:
        if request.user.is_authenticated:
            return redirect("accounts:landing")
        response = view(request, current_registration(request))
        add_never_cache_headers(response)
        return response

    return public_page(page)


def step_page(step: Step) -> Callable[[StepView], Callable[[HttpRequest], HttpResponseBase]]:
    """The page of a step; whoever has not done those before is sent to the first of them."""

    def decorate(view: StepView) -> Callable[[HttpRequest], HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, registration: Registration | None) -> HttpResponse:
            done = registration.done if registration else Done()
            return view(request, registration) if may_open(step, done) else to_step(open_step(done))

        return five_steps(require_http_methods(["GET", "HEAD", "POST"])(page))

    return decorate


def to_step(step: Step) -> HttpResponse:
    return redirect(f"registration:{step}")


def show(request: HttpRequest, step: Step, **context: Any) -> HttpResponse:
    place = list(Step).index(step)
    before = [{"label": earlier.label, "url": reverse(f"registration:{earlier}")} for earlier in list(Step)[:place]]
    context |= {"steps": LABELS, "step": step, "current": place + 1, "before": before}
    context |= {"start": {"label": "Créer mon compte", "url": reverse("registration:start")}}
    context |= {"cancel": reverse("registration:cancel")}
    return render(request, f"registration/public/{step}.html", context)


@five_steps
@require_safe
def start(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    """Before step 1: how long it takes, and what to have at hand."""
    step = open_step(registration.done) if registration else Step.ABOUT
    go_on = reverse(f"registration:{step}")
    context = {"go_on": go_on, "is_begun": step != Step.ABOUT, "proofs": proofs_of(town_of(request))}
    return render(request, "registration/public/start.html", context)


@step_page(Step.ABOUT)
def about(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    has_password = bool(registration and registration.password)
    initial = (
        {name: getattr(registration, name) for name in ("last_name", "first_name", "email", "username")}
        | {"email_again": registration.email}
        if registration
        else {}
    )
    form = AboutForm(request.POST or None, town=town_of(request), has_password=has_password, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return show(request, Step.ABOUT, form=form)
    now = timezone.now()
    if registration is None:
        registration = start_registration(now=now)
        request.session[KEY] = registration.code
    values = {name: form.cleaned_data[name] for name in ("last_name", "first_name", "email", "username")}
    if password := form.cleaned_data["password"]:
        values["password"] = make_password(password)
    write_step(registration=registration, values=values, now=now)
    return to_step(open_step(registration.done))


@step_page(Step.FILE)
def file(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    assert registration is not None
    town = town_of(request)
    proofs = proofs_of(town)
    initial = {
        "number": registration.file_number,
        "name": registration.file_name,
        "proof": registration.proof if registration.proof in proofs else next(iter(proofs), ""),
    }
    kept = registration.proof_digest
    form = FileForm(request.POST or None, proofs=proofs, kept_digest=kept, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return show(request, Step.FILE, form=form, registration=registration, offers_request=WayIn.REQUEST in town.ways)
    values = {
        "file_number": form.cleaned_data["number"],
        "file_name": form.cleaned_data["name"],
        "proof": form.chosen_proof,
        "proof_digest": form.digest,
    }
    write_step(registration=registration, values=values, now=timezone.now())
    return to_step(open_step(registration.done))


def proofs_of(town: Town) -> list[str]:
    """The proofs that this page can take; FranceConnect has its own way in."""
    return [proof for proof in town.proofs if proof in (Proof.CODE, Proof.CONTACT, Proof.AGENT)]


@step_page(Step.TERMS)
def terms(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return _read_and_answer(request, registration, Step.TERMS, read_text(TextCode.TERMS))


@step_page(Step.PRIVACY)
def privacy(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return _read_and_answer(request, registration, Step.PRIVACY, read_text(TextCode.PRIVACY))


ACCEPTS = {
    Step.TERMS: "J’ai lu et j’accepte les conditions d’utilisation",
    Step.PRIVACY: "J’ai pris connaissance de la politique de confidentialité de mes données personnelles",
}


def _read_and_answer(
    request: HttpRequest, registration: Registration | None, step: Step, read: ReadText
) -> HttpResponse:
    assert registration is not None
    form = AcceptForm(request.POST or None, label=ACCEPTS[step], version=read.version)
    if request.method == "POST" and form.is_valid():
        accept_text(registration=registration, code=read.code, text=read.text, now=timezone.now())
        return to_step(open_step(registration.done))
    if "version" in form.errors:
        messages.warning(request, TEXT_CHANGED)
        return to_step(step)
    return show(request, step, form=form, read=read, registration=registration)


@step_page(Step.RECAP)
def recap(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    """What was answered; POST sends it. A second POST finds it sent."""
    assert registration is not None
    town = town_of(request)
    if registration.submitted_at is not None:
        return redirect("registration:sent")
    if request.method == "POST":
        if not ratelimit.consume(request, action="signup"):
            return render(request, "429.html", status=429)
        submit_registration(registration=registration, now=timezone.now())
        return redirect("registration:sent")
    hours = town.hours_of_link(WayIn.FIVE_STEPS)
    return show(request, Step.RECAP, registration=registration, hours=hours)


@newcomers_page
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    """« Un courriel vous a été envoyé », whatever is true; POST sends it again."""
    if not {WayIn.FIVE_STEPS, WayIn.FRANCECONNECT}.intersection(town_of(request).ways):
        raise Http404
    if registration is None:
        return redirect("accounts:login")
    if registration.submitted_at is None:
        return to_step(open_step(registration.done))
    if request.method == "POST":
        if send_link_again(registration=registration, now=timezone.now()):
            messages.success(request, SENT_AGAIN)
        else:
            messages.info(request, JUST_SENT)
        return redirect("registration:sent")
    hours = town_of(request).hours_of_link(WayIn.FIVE_STEPS)
    mend = "registration:identity" if registration.proof == Proof.FRANCECONNECT else "registration:about"
    context = {"registration": registration, "hours": hours, "mend": reverse(mend)}
    return render(request, "registration/public/sent.html", context)


@five_steps
@require_POST
def cancel(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    """The person refuses a text, or gives up: nothing is kept."""
    if registration is not None:
        cancel_registration(registration=registration, now=timezone.now())
    request.session.pop(KEY, None)
    return redirect("registration:cancelled")


@five_steps
@require_safe
def cancelled(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return render(request, "registration/public/cancelled.html")
