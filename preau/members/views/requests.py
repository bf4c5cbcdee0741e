"""Asking the town hall about the members of one's file: a child, a guardian, custody, a school."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.core.dates import local_day
from preau.demarches.models import Demarche
from preau.documents.queries import Somebody
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, Participant
from preau.families.permissions import participants_visible_to
from preau.families.queries import adults_of_household, children_of, schooling_on, with_schooling
from preau.members.actions.asking import ask
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL
from preau.members.papers import papers_to_give, words_of
from preau.members.queries.custody import Changing, changing
from preau.members.request_forms import USUAL_CUSTODY, ChildForm, CustodyForm, GuardianForm, SchoolForm
from preau.members.rules import Stay
from preau.members.views.asking import (
    child_summary,
    custody_summary,
    guardian_summary,
    offered,
    other_parents,
    school_summary,
    weeks_of,
)
from preau.members.views.child import opened

GET_OR_POST = ["GET", "HEAD", "POST"]


@family_page
@require_safe
def choosing(request: FamilyRequest) -> HttpResponse:
    """What may be asked, and for which child."""
    children = _acted_on(request, local_day(timezone.now()))
    return render(request, "members/family/requests.html", {"children": children})


def _acted_on(request: FamilyRequest, today: dt.date) -> list[Participant]:
    acted_on = children_of(request.user, on=today, subject=Subject.IDENTITY, level=AccessLevel.ACT)
    return [child for child in acted_on if child.adult_id is None]


def _me(request: FamilyRequest) -> Adult | None:
    return Adult.objects.select_related("family").filter(user=request.user, family__archived_at__isnull=True).first()


def _sent(request: FamilyRequest, demarche: Demarche) -> HttpResponse:
    messages.success(request, "Votre demande est envoyée. Suivez-la ici\u00a0: vous serez prévenu de la réponse.")
    return redirect("demarches:followed", demarche.code)


def _show(
    request: FamilyRequest,
    kind: str,
    title: str,
    me: Adult,
    context: dict[str, Any],
    *,
    template: str = "members/family/ask.html",
) -> HttpResponse:
    holders: list[Somebody] = [one for one in (me.family, context["child"]) if one is not None]
    papers = papers_to_give(kind, request.user, holders, on=local_day(timezone.now()))
    return render(request, template, {"words": words_of(kind), "papers": papers, "title": title, **context})


@family_page
@require_http_methods(GET_OR_POST)
def child(request: FamilyRequest) -> HttpResponse:
    """A child to add to one's household."""
    me, now = _me(request), timezone.now()
    if me is None:
        return redirect("portal:dossier")
    adults = adults_of_household(request.user)
    form = ChildForm(initial={"last_name": me.last_name, "parents": [me.code]}, adults=adults, today=local_day(now))
    if request.method == "POST":
        form = ChildForm(request.POST, adults=adults, today=local_day(now))
        if form.is_valid():
            asked = form.asked
            summary = child_summary(asked)
            return _sent(request, ask(kind=CHILD, adult=me, asked=asked, summary=summary, by=request.user, now=now))
    return _show(request, CHILD, "Ajouter un enfant", me, {"form": form, "child": None})


@family_page
@require_http_methods(GET_OR_POST)
def guardian(request: FamilyRequest) -> HttpResponse:
    """A grown-up to add to one's household."""
    me, now = _me(request), timezone.now()
    if me is None:
        return redirect("portal:dossier")
    seen = participants_visible_to(request.user, Subject.IDENTITY, on=local_day(now), level=AccessLevel.ACT)
    children = seen.filter(adult__isnull=True, homes__family=me.family_id).order_by("born_on", "pk")
    form = GuardianForm(initial={"children": [one.code for one in children]}, children=children)
    if request.method == "POST":
        form = GuardianForm(request.POST, children=children)
        if form.is_valid():
            asked = form.asked
            summary = guardian_summary(asked)
            return _sent(request, ask(kind=GUARDIAN, adult=me, asked=asked, summary=summary, by=request.user, now=now))
    return _show(request, GUARDIAN, "Ajouter un responsable", me, {"form": form, "child": None})


@family_page
@require_http_methods(GET_OR_POST)
def custody(request: FamilyRequest, who: str) -> HttpResponse:
    """Whose days: shown before they are asked."""
    page = opened(request, who, subject=Subject.IDENTITY, level=AccessLevel.ACT)
    others = other_parents(page.child, page.adult, on=page.today)
    initial = {"starts_on": page.today, **USUAL_CUSTODY}
    form = CustodyForm(initial=initial, others=others, today=page.today)
    preview: tuple[tuple[Stay, str], ...] = ()
    moves: list[Changing] = []
    if request.method == "POST":
        form = CustodyForm(request.POST, others=others, today=page.today)
        if form.is_valid():
            if "envoyer" in request.POST:
                sent = ask(
                    kind=CUSTODY,
                    adult=page.adult,
                    asked=form.asked,
                    summary=custody_summary(form.asked),
                    child=page.child,
                    by=request.user,
                    now=page.now,
                )
                return _sent(request, sent)
            preview = weeks_of(form.asked, page.adult, others)
            moves = changing(form.asked, page.child, page.adult.family, me="vous")
    context = {"form": form, "child": page.child, "preview": preview, "has_others": bool(others), "changing": moves}
    return _show(request, CUSTODY, "Déclarer une séparation ou une garde partagée", page.adult, context)


@family_page
@require_http_methods(GET_OR_POST)
def school(request: FamilyRequest, who: str) -> HttpResponse:
    """The first school of a child, or another: that of the sector, unless the family asks for a « dérogation »."""
    page = opened(request, who, subject=Subject.IDENTITY, level=AccessLevel.ACT)
    known = Participant.objects.filter(pk=page.child.pk).prefetch_related(with_schooling()).get()
    offer = offered(request, page.child, page.adult.family, today=page.today)
    form = SchoolForm(initial={"year": offer.year and offer.year.code, "level": offer.level}, **offer.given)
    if request.method == "POST":
        form = SchoolForm(request.POST, **offer.given)
        if form.is_valid():
            asked = form.asked
            sent = ask(
                kind=SCHOOL,
                adult=page.adult,
                asked=asked,
                summary=school_summary(asked, offer, known),
                child=page.child,
                by=request.user,
                now=page.now,
            )
            return _sent(request, sent)
    now_at = schooling_on(known.schoolings.all(), page.today)
    context = {
        "form": form,
        "child": page.child,
        "years": sorted(
            (row for row in known.schoolings.all() if row.year.ends_on >= page.today),
            key=lambda row: row.year.starts_on,
        ),
        "today": page.today,
        "offer": offer,
    }
    title = "Demander une autre école" if now_at else "Inscrire à l’école"
    return _show(request, SCHOOL, title, page.adult, context, template="members/family/school.html")
