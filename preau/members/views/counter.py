"""« Au guichet »: an agent asks for an adult of a file what this adult could ask online. Answering is another page."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any, TypedDict

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability, Channel
from preau.accounts.models import User
from preau.core.dates import local_day
from preau.core.forms import PortalForm
from preau.core.templatetags.ui import date_longue, de
from preau.demarches.models import Demarche
from preau.demarches.permissions import demarches_in_scope
from preau.families.choices import Subject
from preau.families.models import Adult, Participant
from preau.families.permissions import acted_on_by, adults_at_counter_of, families_in_scope
from preau.families.queries import with_schooling
from preau.health.permissions import readable_by
from preau.members.actions.asking import Asked, ask
from preau.members.actions.authorising import sign_authorisations
from preau.members.actions.eating import choose_diets
from preau.members.actions.trusting import NamingRefused, end_person, name_person
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL, NamingRefusal
from preau.members.forms import AnswersForm, DietForm, PersonForm
from preau.members.papers import words_of
from preau.members.queries.authorisations import authorisation_states
from preau.members.queries.collecting import collecting_rule, named_for
from preau.members.queries.custody import Changing, changing
from preau.members.queries.diets import diets_offered, diets_on
from preau.members.request_forms import USUAL_CUSTODY, ChildForm, CounterSchoolForm, CustodyForm, GuardianForm
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

GET_OR_POST = ["GET", "HEAD", "POST"]


class How(TypedDict):
    channel: Channel
    by: User
    now: dt.datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """For which adult an agent acts, the day and instant."""

    request: StaffRequest
    adult: Adult
    today: dt.date
    now: dt.datetime

    @property
    def how(self) -> How:
        """What an action is told: by whom, when, and that it was at the counter."""
        return {"channel": Channel.COUNTER, "by": self.request.user, "now": self.now}

    @property
    def sees_diets(self) -> bool:
        scope = families_in_scope(self.request.user, Capability.SEE_DIETS, on=self.today)
        return scope.filter(pk=self.adult.family_id).exists()

    def child_or_404(self, code: str, subject: Subject = Subject.IDENTITY) -> Participant:
        """The child of this code, if this adult may act on `subject`: an agent does no more than the family could."""
        return get_object_or_404(acted_on_by(self.adult, subject, on=self.today), code=code)


def desk_or_404(request: StaffRequest, family_code: str, adult_code: str) -> Desk:
    """An adult of an open file in which this agent may write."""
    now = timezone.now()
    adults = adults_at_counter_of(request.user, on=local_day(now))
    adult = get_object_or_404(adults, code=adult_code, family__code=family_code)
    return Desk(request, adult, local_day(now), now)


@staff_page(Capability.EDIT_FAMILIES)
@require_safe
def choosing(request: StaffRequest, family_code: str, adult_code: str) -> HttpResponse:
    """What this adult may ask, and for which child."""
    desk = desk_or_404(request, family_code, adult_code)
    theirs = acted_on_by(desk.adult, Subject.HEALTH, on=desk.today)
    context = {
        "family": desk.adult.family,
        "adult": desk.adult,
        "others": desk.adult.family.adults.exclude(pk=desk.adult.pk).order_by("pk"),
        "children": acted_on_by(desk.adult, Subject.IDENTITY, on=desk.today),
        "sheets": readable_by(request.user, theirs, on=desk.today),
        "has_diets": desk.sees_diets and bool(diets_offered(on=desk.today)),
    }
    return render(request, "members/staff/requests.html", context)


def _show(desk: Desk, kind: str, title: str, context: dict[str, Any]) -> HttpResponse:
    around = {"family": desk.adult.family, "adult": desk.adult, "title": title, "words": words_of(kind)}
    empty = {"child": None, "preview": (), "changing": (), "has_others": None, "offer": None}
    return render(desk.request, "members/staff/ask.html", {**empty, **around, **context})


def _written(desk: Desk, kind: str, asked: Asked, summary: str, child: Participant | None = None) -> HttpResponse:
    """Who may answer it reads it at once, with the papers to look at; for others, it is in the worklist."""
    demarche = ask(
        kind=kind,
        adult=desk.adult,
        asked=asked,
        summary=summary,
        child=child,
        **desk.how,
    )
    if _answers(desk, demarche):
        messages.success(desk.request, "La demande est écrite. Vérifiez les papiers, puis répondez.")
        return redirect("members:asked", demarche.code)
    messages.success(desk.request, f"La demande est écrite. {demarche.service.name} va y répondre.")
    return redirect("backoffice:family", desk.adult.family.code)


def _answers(desk: Desk, demarche: Demarche) -> bool:
    user = desk.request.user
    if not user.may(Capability.HANDLE_REQUESTS):
        return False
    return demarches_in_scope(user, desk.today).filter(pk=demarche.pk).exists()


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(GET_OR_POST)
def child(request: StaffRequest, family_code: str, adult_code: str) -> HttpResponse:
    """A child to add to the household."""
    desk = desk_or_404(request, family_code, adult_code)
    adults = desk.adult.family.adults.order_by("pk")
    initial = {"last_name": desk.adult.last_name, "parents": [desk.adult.code]}
    sent = request.POST if request.method == "POST" else None
    form = ChildForm(sent, initial=initial, adults=adults, today=desk.today)
    if form.is_valid():
        return _written(desk, CHILD, form.asked, child_summary(form.asked))
    return _show(desk, CHILD, "Ajouter un enfant", {"form": form})


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(GET_OR_POST)
def guardian(request: StaffRequest, family_code: str, adult_code: str) -> HttpResponse:
    """A grown-up to add to the household."""
    desk = desk_or_404(request, family_code, adult_code)
    children = acted_on_by(desk.adult, Subject.IDENTITY, on=desk.today).filter(homes__family=desk.adult.family)
    initial = {"children": [one.code for one in children]}
    form = GuardianForm(request.POST if request.method == "POST" else None, initial=initial, children=children)
    if form.is_valid():
        return _written(desk, GUARDIAN, form.asked, guardian_summary(form.asked))
    return _show(desk, GUARDIAN, "Ajouter un responsable", {"form": form})


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(GET_OR_POST)
def custody(request: StaffRequest, family_code: str, adult_code: str, who: str) -> HttpResponse:
    """Whose days, and who pays them: shown before it is written."""
    desk = desk_or_404(request, family_code, adult_code)
    person = desk.child_or_404(who)
    others = other_parents(person, desk.adult, on=desk.today)
    initial = {"starts_on": desk.today, **USUAL_CUSTODY}
    sent = request.POST if request.method == "POST" else None
    form = CustodyForm(sent, initial=initial, others=others, today=desk.today, me=desk.adult)
    preview: tuple[tuple[Stay, str], ...] = ()
    moves: list[Changing] = []
    if form.is_valid():
        asked = replace(form.asked, mine=desk.adult.code)
        if "envoyer" in request.POST:
            return _written(desk, CUSTODY, asked, custody_summary(asked), person)
        preview = weeks_of(asked, desk.adult, others)
        moves = changing(asked, person, desk.adult.family, me=str(desk.adult))
    context = {"form": form, "child": person, "preview": preview, "has_others": bool(others), "changing": moves}
    return _show(desk, CUSTODY, f"Garde {de(person.first_name)}", context)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(GET_OR_POST)
def school(request: StaffRequest, family_code: str, adult_code: str, who: str) -> HttpResponse:
    """The first school of a child, or another: that of the sector, or a « dérogation »."""
    desk = desk_or_404(request, family_code, adult_code)
    person = Participant.objects.prefetch_related(with_schooling()).get(pk=desk.child_or_404(who).pk)
    offer = offered(request, person, desk.adult.family, today=desk.today)
    initial = {"year": offer.year and offer.year.code, "level": offer.level}
    form = CounterSchoolForm(request.POST if request.method == "POST" else None, initial=initial, **offer.given)
    if form.is_valid():
        return _written(desk, SCHOOL, form.asked, school_summary(form.asked, offer, person), person)
    context = {"form": form, "child": person, "offer": offer}
    return _show(desk, SCHOOL, f"École {de(person.first_name)}", context)


def _fill(desk: Desk, child: Participant, title: str, form: PortalForm, **more: Any) -> HttpResponse:
    context = {"intro": "", "button": "Enregistrer pour la famille", "persons": None, **more}
    around = {"family": desk.adult.family, "adult": desk.adult, "child": child, "title": title, "form": form}
    return render(desk.request, "members/staff/act.html", context | around)


def _back(desk: Desk, told: str) -> HttpResponse:
    messages.success(desk.request, told)
    return redirect("members:counter", desk.adult.family.code, desk.adult.code)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(GET_OR_POST)
def diet(request: StaffRequest, family_code: str, adult_code: str, who: str) -> HttpResponse:
    """What a child does not eat, for an agent who may see it."""
    desk = desk_or_404(request, family_code, adult_code)
    person, offered_diets = desk.child_or_404(who), diets_offered(on=desk.today)
    if not offered_diets or not desk.sees_diets:
        raise Http404
    known = [one.code for one in diets_on([person], on=desk.today)[person.pk]]
    sent = request.POST if request.method == "POST" else None
    initial = {"diets": known, "starts_on": desk.today}
    form = DietForm(sent, initial=initial, offered=offered_diets, today=desk.today)
    if form.is_valid():
        starts_on = form.cleaned_data["starts_on"]
        choose_diets(adult=desk.adult, participant=person, diets=form.chosen, starts_on=starts_on, **desk.how)
        return _back(desk, f"Le régime {de(person.first_name)} est enregistré, à partir du {date_longue(starts_on)}.")
    intro = "N’écrivez pas pourquoi\u00a0: la cuisine n’en a pas besoin. Une allergie se dit dans la fiche sanitaire."
    return _fill(desk, person, f"Régime {de(person.first_name)}", form, intro=intro)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(GET_OR_POST)
def answers(request: StaffRequest, family_code: str, adult_code: str, who: str) -> HttpResponse:
    """The authorisations that this parent signed on paper."""
    desk = desk_or_404(request, family_code, adult_code)
    person = desk.child_or_404(who)
    states = authorisation_states([person], on=desk.today)[person.pk]
    form = AnswersForm(request.POST if request.method == "POST" else None, states=states, adult=desk.adult)
    if form.is_valid():
        signed = sign_authorisations(adult=desk.adult, participant=person, answers=form.answers, **desk.how)
        return _back(desk, "Les réponses sont enregistrées." if signed else "Rien n’a changé.")
    intro = f"Écrivez ce que {desk.adult} a signé sur le papier. L’autre parent en est prévenu."
    return _fill(desk, person, f"Autorisations pour {person.first_name}", form, intro=intro)


@staff_page(Capability.EDIT_FAMILIES)
@require_http_methods(GET_OR_POST)
def persons(request: StaffRequest, family_code: str, adult_code: str, who: str) -> HttpResponse:
    """Those whom this parent names: one more, or one less."""
    desk = desk_or_404(request, family_code, adult_code)
    person = desk.child_or_404(who, Subject.PICKUP)
    mine = [one for one in named_for(person) if one.signed_by_id == desk.adult.pk]
    if request.method == "POST" and "retirer" in request.POST:
        gone = next((one for one in mine if one.code == request.POST["retirer"]), None)
        if gone is None:
            raise Http404
        end_person(person=gone, **desk.how)
        return _back(desk, f"{gone} n’est plus dans la liste {de(person.first_name)}.")
    sent = request.POST if request.method == "POST" else None
    form = PersonForm(sent, initial={"starts_on": desk.today, "may_collect": True}, today=desk.today)
    form.fields["emergency_order"].label = "À prévenir en cas d’urgence, si les parents ne répondent pas"
    if form.is_valid() and _named(desk, person, form):
        return _back(desk, f"{form.named} est dans la liste {de(person.first_name)}.")
    intro = f"Pour venir chercher un enfant, il faut avoir {collecting_rule().youngest} ans."
    intro += " L’autre parent est prévenu\u00a0: il verra le nom et le lien, pas le téléphone."
    more = {"intro": intro, "persons": mine}
    return _fill(desk, person, f"Personnes autorisées pour {person.first_name}", form, button="Ajouter", **more)


def _named(desk: Desk, child: Participant, form: PersonForm) -> bool:
    """Whether the person is in the list now; the form says why not."""
    try:
        name_person(adult=desk.adult, participants=[child], named=form.named, **desk.how)
    except NamingRefused as refused:
        asks_us = refused.reason == NamingRefusal.ASK_US
        told = (
            "Cette personne ne peut pas être ajoutée\u00a0: voyez votre responsable"
            if asks_us
            else refused.reason.label
        )
        form.add_error("born_on" if refused.reason == NamingRefusal.TOO_YOUNG else None, f"{told}.")
        return False
    return True
