"""« Gérer mes autorisations parentales »: who may collect a child, and what its parents answer to the town."""

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult
from preau.members.actions.authorising import sign_authorisations
from preau.members.models import TrustedPerson
from preau.members.queries.authorisations import Answered, State, authorisation_states, history_of, subject_of
from preau.members.queries.collecting import collecting_rule, named_as_it_holds, named_for
from preau.members.queries.diets import diets_offered, diets_on
from preau.members.queries.parents import bonds_with
from preau.members.views.child import Opened, opened, siblings_of


@dataclass(frozen=True, slots=True)
class Question:
    """What the page asks: the state, this parent's own answer (None: not theirs to give) and the other parents'."""

    state: State
    mine: Answered | None
    others: tuple[Answered, ...]


@family_page
@require_http_methods(["GET", "HEAD", "POST"])
def authorisations(request: FamilyRequest, who: str) -> HttpResponse:
    """The persons, then the questions; sent, the answers of this parent."""
    page = opened(request, who)
    asked = authorisation_states([page.child], on=page.today)[page.child.pk]
    states = [state for state in asked if page.sees(subject_of(state.kind))]
    if request.method == "POST":
        return _sign(request, page, states)
    parents = _parents(page)
    named = named_as_it_holds(named_for(page.child), {one.pk for one in parents})
    mine = [person for person in named if person.signed_by_id == page.adult.pk]
    questions = [_question(state, page.adult) for state in states]
    context = {
        "child": page.child,
        "today": page.today,
        "me": page.adult,
        "parents": parents,
        "mine": mine,
        "others": [person for person in named if person.signed_by_id != page.adult.pk],
        "may_act": page.acts(Subject.PICKUP),
        "left": collecting_rule().most - _counted(named, page.adult),
        "siblings": siblings_of(request, page) if mine else [],
        "permissions": [question for question in questions if not question.state.kind.is_image],
        "images": [question for question in questions if question.state.kind.is_image],
        "may_answer": any(question.mine for question in questions),
        "diets": diets_on([page.child], on=page.today)[page.child.pk] if page.sees(Subject.IDENTITY) else [],
        "may_eat": page.acts(Subject.IDENTITY) and bool(diets_offered(on=page.today)),
    }
    return render(request, "members/family/authorisations.html", context)


def _sign(request: FamilyRequest, page: Opened, states: list[State]) -> HttpResponse:
    yes_or_no = {"oui": True, "non": False}
    answers = {
        state.kind.code: yes_or_no[said]
        for state in states
        if (said := request.POST.get(f"reponse-{state.kind.code}", "")) in yes_or_no
    }
    signed = sign_authorisations(
        adult=page.adult, participant=page.child, answers=answers, by=request.user, now=page.now
    )
    if signed:
        kept = "Votre réponse est enregistrée" if signed == 1 else f"Vos {signed} réponses sont enregistrées"
        messages.success(request, f"{kept}. L’autre parent, s’il a un compte, en est prévenu.")
    else:
        messages.info(request, "Rien n’a changé.")
    return redirect("members:authorisations", page.child.code)


def _question(state: State, adult: Adult) -> Question:
    others = tuple(one for one in state.answers if one.adult.pk != adult.pk and one.given is not None)
    return Question(state, state.answer_of(adult), others)


def _parents(page: Opened) -> list[Adult]:
    """Who decides for the child, whoever reads first."""
    adults = [bond.adult for bond in bonds_with([page.child], Subject.PICKUP, on=page.today, level=AccessLevel.ACT)]
    return sorted(adults, key=lambda adult: (adult.pk != page.adult.pk, adult.first_name))


def _counted(named: list[TrustedPerson], adult: Adult) -> int:
    return sum(person.signed_by.family_id == adult.family_id for person in named)


@family_page
@require_safe
def history(request: FamilyRequest, who: str) -> HttpResponse:
    """What was answered and by whom, and the persons that this parent named before."""
    page = opened(request, who)
    past = TrustedPerson.objects.filter(participant=page.child, signed_by=page.adult, withdrawn_at__isnull=False)
    context = {"child": page.child, "answers": history_of(page.child), "persons": past.order_by("-withdrawn_at")[:60]}
    return render(request, "members/family/history.html", context)
