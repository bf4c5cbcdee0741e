"""The five steps: a draft on the server, found again by the session."""

from django.contrib.auth.hashers import make_password
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.registration.actions.drafting import start_registration, write_step
from preau.registration.choices import Step
from preau.registration.forms import AboutForm, FileForm
from preau.registration.models import Registration
from preau.registration.views.walks import Walk
from preau.town.choices import Proof, TextCode, WayIn
from preau.town.context import town_of
from preau.town.models import Town

FIVE_STEPS = Walk(WayIn.FIVE_STEPS, Step, "registration", "Créer mon compte", "registration:start")


@FIVE_STEPS.page
@require_safe
def start(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    """Before step 1: how long it takes, and what to have at hand."""
    step = FIVE_STEPS.next_step(registration)
    go_on = FIVE_STEPS.address(step)
    context = {"go_on": go_on, "is_begun": step != Step.ABOUT, "proofs": proofs_of(town_of(request))}
    return render(request, "registration/public/start.html", context)


@FIVE_STEPS.step_page(Step.ABOUT)
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
        return FIVE_STEPS.show(request, Step.ABOUT, form=form)
    now = timezone.now()
    if registration is None:
        registration = start_registration(now=now)
        request.session[FIVE_STEPS.key] = registration.code
    values = {name: form.cleaned_data[name] for name in ("last_name", "first_name", "email", "username")}
    if password := form.cleaned_data["password"]:
        values["password"] = make_password(password)
    write_step(registration=registration, values=values, now=now)
    return FIVE_STEPS.go_on(registration)


@FIVE_STEPS.step_page(Step.FILE)
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
        return FIVE_STEPS.show(
            request, Step.FILE, form=form, registration=registration, offers_request=WayIn.REQUEST in town.ways
        )
    values = {
        "file_number": form.cleaned_data["number"],
        "file_name": form.cleaned_data["name"],
        "proof": form.chosen_proof,
        "proof_digest": form.digest,
    }
    write_step(registration=registration, values=values, now=timezone.now())
    return FIVE_STEPS.go_on(registration)


def proofs_of(town: Town) -> list[str]:
    """The proofs that this page can take; FranceConnect has its own way in."""
    return [proof for proof in town.proofs if proof in (Proof.CODE, Proof.CONTACT, Proof.AGENT)]


@FIVE_STEPS.step_page(Step.TERMS)
def terms(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return FIVE_STEPS.read_and_answer(request, registration, Step.TERMS, TextCode.TERMS)


@FIVE_STEPS.step_page(Step.PRIVACY)
def privacy(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return FIVE_STEPS.read_and_answer(request, registration, Step.PRIVACY, TextCode.PRIVACY)


@FIVE_STEPS.step_page(Step.RECAP)
def recap(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return FIVE_STEPS.recap(request, registration)


@FIVE_STEPS.newcomers_page
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    """Where FranceConnect's page leads too."""
    if not {WayIn.FIVE_STEPS, WayIn.FRANCECONNECT}.intersection(town_of(request).ways):
        raise Http404
    if registration is None:
        return redirect("accounts:login")
    mend = "registration:identity" if registration.proof == Proof.FRANCECONNECT else "registration:about"
    return FIVE_STEPS.sent(request, registration, mend=reverse(mend))


@FIVE_STEPS.page
@require_POST
def cancel(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return FIVE_STEPS.cancel(request, registration)


@FIVE_STEPS.page
@require_safe
def cancelled(request: HttpRequest, registration: Registration | None) -> HttpResponse:
    return render(request, "registration/public/cancelled.html")
