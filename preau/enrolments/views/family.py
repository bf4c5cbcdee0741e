"""« Inscriptions » : what the children are enrolled in, and enrolling them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.activities.models import Activity
from preau.core.dates import Month, local_day
from preau.core.forms import DayField
from preau.core.templatetags.ui import date_longue
from preau.enrolments.actions import EnrolmentRefused, enrol
from preau.enrolments.asking import asked_by
from preau.enrolments.choices import Refusal
from preau.enrolments.forms import STEPS, EnrolmentForm
from preau.enrolments.models import Enrolment
from preau.enrolments.queries import enrolments_of, new_enrolment
from preau.families.choices import AccessLevel, Sex, Subject
from preau.families.models import Participant
from preau.families.permissions import participants_visible_to
from preau.families.queries import children_of, household_of, schooling_on
from preau.town.context import town_of

ABOUT_THE_DAY = (Refusal.TOO_EARLY, Refusal.TOO_LATE)


@family_page
@require_safe
def enrolments(request: FamilyRequest) -> HttpResponse:
    """Per child, the enrolments in force or to come."""
    _section_or_404(request)
    today = local_day(timezone.now())
    people = children_of(request.user, on=today)
    act = participants_visible_to(request.user, Subject.PLANNING, on=today, level=AccessLevel.ACT)
    may_enrol = set(act.values_list("pk", flat=True))
    by_person: dict[int, list[Enrolment]] = defaultdict(list)
    for enrolment in enrolments_of(people, on=today):
        by_person[enrolment.participant_id].append(enrolment)
    cards = [
        {
            "person": person,
            "inscrit": inscrit(person),
            "schooling": schooling_on(person.schoolings.all(), today),
            "enrolments": by_person[person.pk],
            "may_enrol": person.pk in may_enrol,
        }
        for person in people
    ]
    context = {"cards": cards, "today": today, "month": Month.of(today), "latest": request.GET.get("nouvelle", "")}
    return render(request, "enrolments/family/list.html", context)


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: FamilyRequest) -> HttpResponse:
    """One page for all the steps: each « Continuer » (or each choice, with htmx) shows the next."""
    _section_or_404(request)
    today = local_day(timezone.now())
    people = children_of(request.user, on=today, level=AccessLevel.ACT)
    if request.method != "POST":
        return _show(request, people, request.GET, today)
    if "continuer" in request.POST:
        step = EnrolmentForm(request.POST, step=request.POST["continuer"])
        if not step.is_valid():
            return _show(request, people, request.POST, today, form=step)
        return redirect(f"{reverse('enrolments:new')}?{_chosen_so_far(request.POST)}")
    person = _person_or_404(people, request.POST.get("enfant", ""))
    form = EnrolmentForm(request.POST)
    enrolment = _enrolment(form, person, request) if person and form.is_valid() else None
    if enrolment is None:
        return _show(request, people, request.POST, today, form=form)
    messages.success(
        request,
        f"{enrolment.participant.first_name} est {inscrit(enrolment.participant)}\u00a0: {enrolment.activity}, "
        f"à partir du {date_longue(enrolment.starts_on)}. Vous pouvez réserver ses journées dans le planning.",
    )
    return redirect(
        f"{reverse('enrolments:list')}?{urlencode({'nouvelle': enrolment.code})}#{enrolment.participant.code}"
    )


def _enrolment(form: EnrolmentForm, person: Participant, request: FamilyRequest) -> Enrolment | None:
    """The enrolment made, or None once the form says why there is none."""
    activity = Activity.objects.filter(code=form.cleaned_data["activite"]).first()
    if activity is None:
        form.add_error("activite", "Choisissez une activité de la liste")
        return None
    try:
        return enrol(
            participant=person,
            activity=activity,
            starts_on=form.cleaned_data["entree"],
            by=request.user,
            now=timezone.now(),
        )
    except EnrolmentRefused as refused:
        form.add_error("entree" if refused.reason in ABOUT_THE_DAY else "activite", str(refused.reason.label))
        return None


def _show(
    request: FamilyRequest,
    people: Sequence[Participant],
    wanted: Mapping[str, str],
    today: dt.date,
    form: EnrolmentForm | None = None,
) -> HttpResponse:
    person = _person_or_404(people, wanted.get("enfant", ""))
    page = new_enrolment(
        person,
        household=household_of(request.user),
        theme=wanted.get("type", ""),
        activity=wanted.get("activite", ""),
        day=_day(wanted.get("entree", "")),
        on=today,
    )
    form = form or EnrolmentForm(initial={"entree": page.day})
    if page.offer:
        form.bound_entry_to(page.offer.entry)
    context: dict[str, Any] = {"people": people, "person": person, "page": page, "form": form, "today": today}
    asked = asked_by(request.user, person, page.offer.activity, today) if person and page.offer else []
    context["asked"] = [one for one in asked if not one.is_given]
    context["given"] = [one.label for one in asked if one.is_given]
    if person:
        context |= {"inscrit": inscrit(person), "schooling": schooling_on(person.schoolings.all(), today)}
    template = "_new.html" if request.htmx else "new.html"
    return render(request, f"enrolments/family/{template}", context)


def inscrit(person: Participant) -> str:
    return {Sex.GIRL.value: "inscrite", Sex.BOY.value: "inscrit"}.get(person.sex, "inscrit(e)")


def _person_or_404(people: Sequence[Participant], code: str) -> Participant | None:
    """The one chosen; without a choice the only one, or None."""
    if not code:
        return people[0] if len(people) == 1 else None
    person = next((person for person in people if person.code == code), None)
    if person is None:
        raise Http404
    return person


def _day(text: str) -> dt.date | None:
    try:
        day: dt.date | None = DayField(required=False).clean(text)
    except ValidationError:
        return None
    return day


def _chosen_so_far(data: Mapping[str, str]) -> str:
    return urlencode({key: data[key] for key in STEPS if data.get(key)})


def _section_or_404(request: FamilyRequest) -> None:
    """A town without this section enrols at the desk."""
    if not town_of(request).has_section("inscriptions"):
        raise Http404
