"""Mes souscriptions and Mes consentements, beside the pages of Mon compte."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.accounts.choices import Topic
from preau.accounts.notifying import choose, wants
from preau.core.dates import local_day
from preau.families.actions import answer_consent, choose_invoices_by_email
from preau.families.choices import Subject
from preau.families.forms import SubscriptionsForm
from preau.families.models import Adult
from preau.families.queries import Asked, asks_use_by_use, children_of, consents_of
from preau.town.choices import TextCode, WayIn
from preau.town.context import town_of
from preau.town.rules import blocks

GET_OR_POST = ["GET", "HEAD", "POST"]


@family_page
@require_http_methods(GET_OR_POST)
def subscriptions(request: FamilyRequest) -> HttpResponse:
    """A box only for what the portal sends to this person."""
    user = request.user
    adult = Adult.objects.select_related("family").filter(user=user).first()
    known = _known_choices(request, adult)
    form = SubscriptionsForm(request.POST or None, shown=set(known), initial=known)
    if request.method == "POST":
        form = SubscriptionsForm(request.POST, shown=set(known))
        form.is_valid()
        chosen = form.cleaned_data
        if adult is not None and "invoices" in chosen:
            choose_invoices_by_email(adult=adult, wanted=chosen["invoices"], by=user, now=timezone.now())
        if "requests" in chosen:
            choose(user, Topic.REQUESTS, is_on=chosen["requests"])
        if "reminders" in chosen:
            choose(user, Topic.REMINDERS, is_on=chosen["reminders"])
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect("families:subscriptions")
    return render(request, "families/family/subscriptions.html", {"form": form, "adult": adult})


def _known_choices(request: FamilyRequest, adult: Adult | None) -> dict[str, bool]:
    """What this person receives today, among what exists for them."""
    town, known = town_of(request), {}
    if adult is not None and town.has_section("facturation"):
        known["invoices"] = adult.invoices_by_email
    if WayIn.REQUEST in town.ways:
        known["requests"] = wants(request.user, Topic.REQUESTS)
    if adult is not None and town.has_section("dossier"):
        known["reminders"] = wants(request.user, Topic.REMINDERS)
    return known


@family_page
@require_safe
def consents(request: FamilyRequest) -> HttpResponse:
    today = local_day(timezone.now())
    asked = consents_of(request.user, on=today)
    acted_on = children_of(request.user, on=today, subject=Subject.PICKUP) if asks_use_by_use() else []
    children = [child for child in acted_on if child.adult_id is None]
    return render(request, "families/family/consents.html", {"asked": asked, "children": children})


@family_page
@require_http_methods(GET_OR_POST)
def quotient_consent(request: FamilyRequest) -> HttpResponse:
    return _consent(request, TextCode.CONSENT_QUOTIENT, "")


@family_page
@require_http_methods(GET_OR_POST)
def image_consent(request: FamilyRequest, who: str) -> HttpResponse:
    return _consent(request, TextCode.CONSENT_IMAGE, who)


def _consent(request: FamilyRequest, code: TextCode, who: str) -> HttpResponse:
    """A text, the answers so far, and the two buttons; who is "" about oneself."""
    asked = _asked(request, code, who)
    if request.method == "POST":
        if request.POST.get("version") != str(asked.text.version):
            messages.warning(request, "Le texte vient de changer\u00a0: relisez-le, puis répondez.")
        else:
            _answer(request, asked, given=request.POST.get("reponse") == "donner")
        return redirect(request.path)
    return render(request, "families/family/consent.html", {"asked": asked, "blocks": blocks(asked.text.body)})


def _asked(request: FamilyRequest, code: TextCode, who: str) -> Asked:
    """What this parent is asked; 404 for what is not theirs to answer, and for what the town does not ask."""
    for asked in consents_of(request.user, on=local_day(timezone.now())):
        if asked.text.code == code and (asked.participant.code if asked.participant else "") == who:
            return asked
    raise Http404


def _answer(request: FamilyRequest, asked: Asked, *, given: bool) -> None:
    answer_consent(
        adult=Adult.objects.select_related("family").get(user=request.user),
        participant=asked.participant,
        text=asked.text,
        given=given,
        by=request.user,
        now=timezone.now(),
    )
    messages.success(
        request, "Votre accord est enregistré." if given else "Vous n’êtes pas d’accord\u00a0: c’est enregistré."
    )
