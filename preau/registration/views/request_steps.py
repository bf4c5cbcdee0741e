"""« Je n’ai pas d’espace »: asking for an account without a file, step after step, with a draft on the server."""

from django.contrib.auth.hashers import make_password
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.registration.actions.drafting import start_registration, write_step
from preau.registration.choices import RequestStep
from preau.registration.models import DraftPhoto, Registration
from preau.registration.request_forms import ContactForm, IdentityForm, SignInForm
from preau.registration.views.walks import Walk
from preau.town.choices import TextCode, WayIn
from preau.town.context import town_of

FORM = "about"
REQUEST = Walk(
    WayIn.REQUEST,
    RequestStep,
    "account_request",
    "Demander un espace",
    "registration:request",
    prefix="request_",
    templates={
        RequestStep.IDENTITY: FORM,
        RequestStep.CONTACT: FORM,
        RequestStep.SIGN_IN: FORM,
        RequestStep.RECAP: "request_recap",
    },
)
OWN = ("civility", "birth_name", "birth_date", "birth_country", "birth_department", "birth_town")
CONTACT = ("address", "postcode", "city", "phone_home", "phone_mobile", "phone_work", "preferred_contact")


@REQUEST.page
@require_safe
def start(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    """Before the first step: for whom it is, how long it takes, by when one is answered."""
    days = town_of(request).account_request_days
    go_on = REQUEST.address(REQUEST.next_step(draft))
    context = {"go_on": go_on, "is_begun": draft is not None, "days": days}
    return render(request, "registration/public/request_start.html", context)


@REQUEST.step_page(RequestStep.IDENTITY)
def identity(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    known = (draft.asked | {"first_name": draft.first_name, "last_name": draft.last_name}) if draft else {}
    has_photo = draft is not None and DraftPhoto.objects.filter(registration=draft).exists()
    form = IdentityForm(request.POST or None, request.FILES or None, initial=known, has_photo=has_photo)
    if request.method != "POST" or not form.is_valid():
        return REQUEST.show(request, RequestStep.IDENTITY, form=form)
    now = timezone.now()
    if draft is None:
        draft = start_registration(way=WayIn.REQUEST, now=now)
        request.session[REQUEST.key] = draft.code
    given = form.cleaned_data
    values = {"first_name": given["first_name"], "last_name": given["last_name"]}
    own = draft.asked | {name: given[name] for name in OWN}
    write_step(registration=draft, values={**values, "asked": own}, photo=form.new_photo, now=now)
    return REQUEST.go_on(draft)


@REQUEST.step_page(RequestStep.CONTACT)
def contact(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    assert draft is not None
    known = {"preferred_contact": "email"} | draft.asked | {"email": draft.email, "email_again": draft.email}
    form = ContactForm(request.POST or None, initial=known)
    if request.method != "POST" or not form.is_valid():
        return REQUEST.show(request, RequestStep.CONTACT, form=form)
    given = form.cleaned_data
    own = draft.asked | {name: given[name] for name in CONTACT}
    write_step(registration=draft, values={"email": given["email"], "asked": own}, now=timezone.now())
    return REQUEST.go_on(draft)


@REQUEST.step_page(RequestStep.SIGN_IN)
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
        return REQUEST.show(request, RequestStep.SIGN_IN, form=form)
    values = {"username": form.cleaned_data["username"]}
    if password := form.cleaned_data["password"]:
        values["password"] = make_password(password)
    write_step(registration=draft, values=values, now=timezone.now())
    return REQUEST.go_on(draft)


@REQUEST.step_page(RequestStep.TERMS)
def terms(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    return REQUEST.read_and_answer(request, draft, RequestStep.TERMS, TextCode.TERMS)


@REQUEST.step_page(RequestStep.PRIVACY)
def privacy(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    return REQUEST.read_and_answer(request, draft, RequestStep.PRIVACY, TextCode.PRIVACY)


@REQUEST.step_page(RequestStep.RECAP)
def recap(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    assert draft is not None
    born = "/".join(reversed(draft.asked.get("birth_date", "").split("-")))
    has_photo = DraftPhoto.objects.filter(registration=draft).exists()
    days = town_of(request).account_request_days
    return REQUEST.recap(request, draft, days=days, born=born, has_photo=has_photo)


@REQUEST.page
@require_http_methods(["GET", "HEAD", "POST"])
def sent(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    if draft is None:
        return redirect("registration:request")
    return REQUEST.sent(request, draft, mend=REQUEST.address(RequestStep.CONTACT))


@REQUEST.page
@require_POST
def cancel(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    return REQUEST.cancel(request, draft)


@REQUEST.page
@require_safe
def cancelled(request: HttpRequest, draft: Registration | None) -> HttpResponse:
    return render(request, "registration/public/request_cancelled.html")
