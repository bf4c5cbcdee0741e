"""Adding, changing, ending, copying the persons named for a child; the other parent's no."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import FamilyRequest, family_page
from preau.families.choices import AccessLevel
from preau.members.actions.trusting import (
    NamingRefused,
    accept_person,
    change_person,
    contest_person,
    copy_persons,
    end_person,
    name_person,
    named_in,
)
from preau.members.choices import NamingRefusal
from preau.members.forms import LINKS, CopyForm, PersonForm
from preau.members.models import TrustedPerson
from preau.members.queries.collecting import collecting_rule, named_for
from preau.members.views.child import Opened, opened, siblings_of
from preau.town.context import town_of

GET_OR_POST = ["GET", "HEAD", "POST"]
ABOUT = {NamingRefusal.TOO_YOUNG: "born_on"}


@family_page
@require_http_methods(GET_OR_POST)
def adding(request: FamilyRequest, who: str) -> HttpResponse:
    """Somebody more, for one child or for several."""
    page = opened(request, who, level=AccessLevel.ACT)
    siblings = siblings_of(request, page)
    if request.method != "POST":
        initial = {"starts_on": page.today, "may_collect": True}
        return _show(request, page, PersonForm(initial=initial, siblings=siblings, today=page.today))
    form = PersonForm(request.POST, siblings=siblings, today=page.today)
    if not form.is_valid():
        return _show(request, page, form)
    children = [page.child, *form.others]
    try:
        name_person(adult=page.adult, participants=children, named=form.named, by=request.user, now=page.now)
    except NamingRefused as refused:
        return _refused(request, page, form, refused)
    names = " et ".join(child.first_name for child in children)
    messages.success(request, f"{form.named} est dans la liste, pour {names}.")
    return redirect("members:authorisations", who)


@family_page
@require_http_methods(GET_OR_POST)
def changing(request: FamilyRequest, who: str, person_code: str) -> HttpResponse:
    """Other words for a person that this parent named."""
    page = opened(request, who, level=AccessLevel.ACT)
    person = _mine(page, person_code)
    known = named_in(person)
    initial = {name: getattr(known, name) for name in known.__slots__}
    initial["emergency_order"] = str(known.emergency_order or "")
    form = PersonForm(request.POST if request.method == "POST" else None, initial=initial, today=page.today)
    if not form.is_valid():
        return _show(request, page, form, person)
    try:
        change_person(person=person, named=form.named, by=request.user, now=page.now)
    except NamingRefused as refused:
        return _refused(request, page, form, refused, person)
    messages.success(request, f"{form.named}\u00a0: c’est enregistré.")
    return redirect("members:authorisations", who)


def _refused(
    request: FamilyRequest, page: Opened, form: PersonForm, refused: NamingRefused, person: TrustedPerson | None = None
) -> HttpResponse:
    reason = refused.reason.label
    if refused.reason == NamingRefusal.ASK_US:
        reason += f" au {town_of(request).phone}"
    elif refused.reason == NamingRefusal.TOO_YOUNG:
        reason = f"{reason}\u00a0: il faut {collecting_rule().youngest} ans"
    if refused.participant.pk != page.child.pk:
        reason += f" ({refused.participant.first_name})"
    form.add_error(ABOUT.get(refused.reason), f"{reason}.")
    return _show(request, page, form, person)


def _show(request: FamilyRequest, page: Opened, form: PersonForm, person: TrustedPerson | None = None) -> HttpResponse:
    context: dict[str, Any] = {"child": page.child, "form": form, "person": person, "links": LINKS}
    return render(request, "members/family/person.html", context | {"youngest": collecting_rule().youngest})


def _mine(page: Opened, code: str) -> TrustedPerson:
    return get_object_or_404(named_for(page.child), code=code, signed_by=page.adult)


@family_page
@require_http_methods(GET_OR_POST)
def ending(request: FamilyRequest, who: str, person_code: str) -> HttpResponse:
    """A person is named no more."""
    page = opened(request, who, level=AccessLevel.ACT)
    person = _mine(page, person_code)
    if request.method == "POST":
        end_person(person=person, by=request.user, now=page.now)
        messages.success(request, f"{person} n’est plus dans la liste.")
        return redirect("members:authorisations", who)
    return render(request, "members/family/person_end.html", {"child": page.child, "person": person})


@family_page
@require_http_methods(GET_OR_POST)
def contesting(request: FamilyRequest, who: str, person_code: str) -> HttpResponse:
    """This parent says no to a person that another named, or says so no more."""
    page = opened(request, who, level=AccessLevel.ACT)
    person = get_object_or_404(named_for(page.child).exclude(signed_by=page.adult), code=person_code)
    if request.method != "POST":
        return render(
            request, "members/family/person_contest.html", {"child": page.child, "person": person, "me": page.adult}
        )
    if request.POST.get("reponse") == "lever":
        accept_person(person=person, adult=page.adult, by=request.user, now=page.now)
        messages.success(request, "Votre opposition est levée. L’autre parent en est prévenu.")
    else:
        contest_person(person=person, adult=page.adult, by=request.user, now=page.now)
        messages.success(request, "Votre opposition est enregistrée. L’autre parent et la mairie en sont prévenus.")
    return redirect("members:authorisations", who)


@family_page
@require_http_methods(GET_OR_POST)
def copying(request: FamilyRequest, who: str) -> HttpResponse:
    """The same persons for brothers and sisters."""
    page = opened(request, who, level=AccessLevel.ACT)
    siblings = siblings_of(request, page)
    mine = [person for person in named_for(page.child) if person.signed_by_id == page.adult.pk]
    form = CopyForm(request.POST if request.method == "POST" else None, siblings=siblings)
    if form.is_valid():
        made, refused = copy_persons(adult=page.adult, source=page.child, to=form.chosen, by=request.user, now=page.now)
        _tell_copied(request, made, refused)
        return redirect("members:authorisations", who)
    context = {"child": page.child, "siblings": siblings, "mine": mine, "form": form}
    return render(request, "members/family/persons_copy.html", context)


def _tell_copied(request: FamilyRequest, made: int, refused: Sequence[NamingRefused]) -> None:
    if made:
        messages.success(request, "Les personnes sont copiées\u00a0: relisez la liste de chaque enfant.")
    elif not refused:
        messages.info(request, "Ces personnes étaient déjà dans la liste.")
    for one in refused:
        messages.warning(
            request,
            f"{one.participant.first_name}\u00a0: une personne n’a pas été copiée. {one.reason.label}"
            + (f" au {town_of(request).phone}." if one.reason == NamingRefusal.ASK_US else "."),
        )
