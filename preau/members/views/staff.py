"""Who may collect a child, disagreements between parents, and what judges decided."""

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused
from preau.demarches.models import Demarche
from preau.demarches.permissions import demarches_in_scope
from preau.demarches.queries import history_of
from preau.families.models import Participant
from preau.families.permissions import families_in_scope
from preau.families.queries import schooling_on, with_schooling
from preau.health.permissions import looked_after_by
from preau.members.actions.disagreements import close_disagreement
from preau.members.actions.trusting import bar_person, lift_bar, note_collectors_read, note_judgments_read
from preau.members.choices import DISAGREEMENT
from preau.members.forms import BarForm, NoteForm
from preau.members.models import Barred
from preau.members.permissions import children_in_scope
from preau.members.queries.authorisations import authorisation_states
from preau.members.queries.collecting import barred_from, collectors
from preau.members.reading import disagreement_lines

MOVED = "Cette demande a changé pendant que vous l’aviez ouverte. Relisez-la."


def demarche_of_kind(request: StaffRequest, code: str, *kinds: str) -> Demarche:
    """The request of this code, of one of these kinds, if this agent may answer it; else no such page."""
    found = demarches_in_scope(request.user, local_day(timezone.now())).filter(kind__in=kinds)
    related = ("service", "family", "participant", "asked_by", "answered_by")
    return get_object_or_404(found.select_related(*related), code=code)


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def disagreement(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """What each parent says, and what the agent notes: nothing is decided here."""
    demarche = demarche_of_kind(request, demarche_code, DISAGREEMENT)
    form = NoteForm(initial={"version": demarche.version})
    if request.method == "POST":
        form = NoteForm(request.POST)
        if form.is_valid():
            note, version = form.cleaned_data["note"], form.cleaned_data["version"]
            try:
                close_disagreement(demarche, note=note, by=request.user, version=version, now=timezone.now())
            except DemarcheRefused:
                messages.error(request, MOVED)
                return redirect("members:disagreement", demarche_code)
            messages.success(request, "C’est noté. Les réponses des parents n’ont pas changé.")
            return redirect("demarches:worklist")
    context = {
        "demarche": demarche,
        "lines": disagreement_lines(demarche),
        "events": history_of(demarche),
        "form": form,
        "may_judge": demarche.participant is not None and demarche.participant in _judged(request),
    }
    return render(request, "members/staff/disagreement.html", context)


def _judged(request: StaffRequest) -> QuerySet[Participant]:
    return children_in_scope(request.user, Capability.SEE_JUDGMENTS, on=local_day(timezone.now()))


def _child(request: StaffRequest, who: str) -> Participant:
    return get_object_or_404(_judged(request), code=who)


@staff_page(Capability.SEE_CHILDREN)
@require_safe
def collecting(request: StaffRequest, who: str) -> HttpResponse:
    """Who may collect a child, whom to call, what its parents allow; whom a judgment keeps away, for who may know."""
    now = timezone.now()
    on = local_day(now)
    children = looked_after_by(request.user, Capability.SEE_CHILDREN, on=on).prefetch_related(with_schooling())
    child = get_object_or_404(children, code=who)
    found, may_judge = collectors(child, on), _judged(request).filter(pk=child.pk).exists()
    note_collectors_read(participant=child, by=request.user, now=now)
    if may_judge and found.barred:
        note_judgments_read(participant=child, by=request.user, now=now)
    context = {
        "child": child,
        "schooling": schooling_on(child.schoolings.all(), on),
        "found": found,
        "may_judge": may_judge,
        "states": authorisation_states([child], on=on)[child.pk],
    }
    return render(request, "members/staff/collecting.html", context)


@staff_page(Capability.SEE_JUDGMENTS)
@require_http_methods(["GET", "HEAD", "POST"])
def judgments(request: StaffRequest, who: str) -> HttpResponse:
    """Those whom a judgment keeps away from a child, and one more."""
    child, now = _child(request, who), timezone.now()
    form = BarForm(today=local_day(now))
    if request.method == "POST":
        form = BarForm(request.POST, today=local_day(now))
        if form.is_valid():
            barred = bar_person(participant=child, by=request.user, now=now, **form.cleaned_data)
            messages.success(request, f"{barred} est écarté\u00a0: les parents ne le voient pas.")
            return redirect("members:judgments", who)
    note_judgments_read(participant=child, by=request.user, now=now)
    past = Barred.objects.filter(participant=child, lifted_at__isnull=False).order_by("-lifted_at")
    mine = families_in_scope(request.user, Capability.SEE_FAMILIES, on=local_day(now))
    files = mine.filter(homes__participant=child).order_by("name", "pk")
    context = {"child": child, "form": form, "barred": barred_from(child), "past": past, "files": files}
    return render(request, "members/staff/judgments.html", context)


@staff_page(Capability.SEE_JUDGMENTS)
@require_POST
def lifting(request: StaffRequest, who: str, barred_code: str) -> HttpResponse:
    """Another judgment lets that person come again."""
    barred = get_object_or_404(Barred, participant=_child(request, who), code=barred_code)
    lift_bar(barred=barred, by=request.user, now=timezone.now())
    messages.success(request, f"L’interdiction de {barred} est levée.")
    return redirect("members:judgments", who)
