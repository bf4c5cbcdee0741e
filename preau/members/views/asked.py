"""What an agent checks, sees and grants of a request about a member."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability
from preau.core.dates import local_day
from preau.demarches.actions import DemarcheRefused
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche
from preau.demarches.queries import history_of
from preau.families.choices import Situation
from preau.families.models import Participant
from preau.families.permissions import opens_file
from preau.members.actions.asking import ACCEPT, NotGranted, asked_in, home_of_asker
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL
from preau.members.papers import papers_to_check
from preau.members.queries.alike import children_alike
from preau.members.queries.custody import Changing, changing, known_custodies
from preau.members.request_forms import GrantForm
from preau.members.rules import ChildAsked, CustodyAsked, GuardianAsked, SchoolAsked
from preau.members.views.staff import MOVED, demarche_of_kind
from preau.town.choices import PlaceKind
from preau.town.models import Level, Place

NEW = "nouveau"
Choices = Mapping[str, Iterable[tuple[str, str]] | None]
DONE: Mapping[str, tuple[str, ...]] = {
    CHILD: (
        "L’enfant est écrit dans ce dossier.",
        "Les parents cochés exercent l’autorité parentale dès aujourd’hui, sauf si un autre lien est déjà écrit.",
    ),
    GUARDIAN: (
        "La personne est écrite dans ce dossier, liée aux enfants cochés.",
        "Elle n’a pas de compte\u00a0: invitez-la ensuite, page «\u00a0Comptes des familles\u00a0».",
    ),
    CUSTODY: (
        "L’enfant vit dans les deux foyers\u00a0; chaque jour est à l’un ou à l’autre, qui le paie.",
        "Un parent du même foyer reçoit un dossier à lui\u00a0: ses factures passées ne changent pas.",
        "Chaque réservation à venir va au foyer dont c’est le jour, qui la paie. Ce qui est facturé ne change pas.",
    ),
    SCHOOL: (
        "L’école et le niveau de l’enfant sont écrits pour cette année.",
        "Pour ne pas donner une dérogation, choisissez l’école du secteur et dites pourquoi.",
        "Les réservations ne changent pas.",
    ),
}


@staff_page(Capability.HANDLE_REQUESTS)
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: StaffRequest, demarche_code: str) -> HttpResponse:
    """What is asked, what granting it will do, and doing it."""
    demarche = demarche_of_kind(request, demarche_code, *ACCEPT)
    alike = children_alike(asked_in(demarche, ChildAsked)) if demarche.kind == CHILD and demarche.is_open else []
    shown, initial = _choices(demarche, alike)
    wished = initial.get("place", "")
    form = GrantForm(shown=shown, wished=wished, initial={"version": demarche.version, **initial})
    if request.method == "POST":
        form = GrantForm(request.POST, shown=shown, wished=wished)
        if form.is_valid():
            return _grant(request, demarche, form, alike)
    context = {
        "demarche": demarche,
        "kind": kind_of(demarche.kind),
        "lines": kind_of(demarche.kind).lines(demarche),
        "checks": kind_of(demarche.kind).checks(demarche) if demarche.is_open else (),
        "events": history_of(demarche),
        "alike": alike,
        "will": (*DONE[demarche.kind], *_known(demarche)),
        "papers": papers_to_check(demarche, request.user, local_day(timezone.now())) if demarche.is_open else (),
        "opens": opens_file(request.user, demarche.family, on=local_day(timezone.now())),
        "changing": _changing(demarche),
        "form": form,
    }
    return render(request, "members/staff/asked.html", context)


def _known(demarche: Demarche) -> list[str]:
    if demarche.kind != CUSTODY or not demarche.is_open or demarche.participant is None:
        return []
    return known_custodies(demarche.participant, asked_in(demarche, CustodyAsked).starts_on)


def _changing(demarche: Demarche) -> list[Changing] | None:
    """The bookings that would change home; None for what is no custody."""
    if demarche.kind != CUSTODY or not demarche.is_open or demarche.participant is None:
        return None
    family = home_of_asker(demarche)
    return changing(asked_in(demarche, CustodyAsked), demarche.participant, family, me=f"la famille {family.name}")


def _choices(demarche: Demarche, alike: list[Participant]) -> tuple[Choices, dict[str, Any]]:
    """What the agent chooses for this kind, and what is proposed: nothing when a child looks like another."""
    if demarche.kind == CHILD and alike:
        known = [(child.code, f"Oui\u00a0: {child}, né le {child.born_on:%d/%m/%Y}") for child in alike]
        return {"existing": [(NEW, "Non, c’est un autre enfant"), *known]}, {}
    if demarche.kind == GUARDIAN:
        return {"situation": None}, {"situation": asked_in(demarche, GuardianAsked).situation}
    if demarche.kind == SCHOOL:
        wish = asked_in(demarche, SchoolAsked)
        places = Place.objects.filter(kind=PlaceKind.SCHOOL, retired_on__isnull=True).order_by("name")
        levels = Level.objects.order_by("order")
        shown: Choices = {
            "place": list(places.values_list("code", "name")),
            "level": list(levels.values_list("code", "name")),
            "reason": None,
        }
        return shown, {"place": wish.place, "level": wish.level}
    return {}, {}


def _grant(request: StaffRequest, demarche: Demarche, form: GrantForm, alike: list[Participant]) -> HttpResponse:
    given, more = form.cleaned_data, _chosen(demarche.kind, form.cleaned_data, alike)
    try:
        ACCEPT[demarche.kind](demarche, by=request.user, version=given["version"], now=timezone.now(), **more)
    except DemarcheRefused:
        messages.error(request, MOVED)
    except NotGranted as refused:
        messages.error(request, refused.why)
    else:
        told = ", et la famille en est prévenue" if demarche.asked_by else ""
        messages.success(request, f"C’est fait\u00a0: le dossier est à jour{told}.")
        return redirect("demarches:worklist")
    return redirect("members:asked", demarche.code)


def _chosen(kind: str, given: Mapping[str, Any], alike: list[Participant]) -> dict[str, Any]:
    if kind == CHILD:
        return {"existing": next((child for child in alike if child.code == given.get("existing")), None)}
    if kind == GUARDIAN:
        return {"situation": Situation(given["situation"])}
    if kind == SCHOOL:
        place, level = Place.objects.get(code=given["place"]), Level.objects.get(code=given["level"])
        return {"place": place, "level": level, "reason": given["reason"]}
    return {}
