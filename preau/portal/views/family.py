"""The families' home page."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.accounts.models import User
from preau.billing.queries import amounts_due
from preau.bookings.queries import ComingDay, coming_days, draft_summary
from preau.checklist.queries.todo import lines_of, todo_of
from preau.core.dates import Month, local_day
from preau.families.models import Participant, Schooling
from preau.families.queries import adults_of_household, schooling_on, with_schooling
from preau.portal.following import in_progress
from preau.portal.sections import account_section, sections_of
from preau.town.context import town_of

DAYS_SHOWN = 3
DEMARCHES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class MemberCard:
    """A child (or a grown-up who takes part) and what is planned for them."""

    participant: Participant
    schooling: Schooling | None
    days: tuple[ComingDay, ...]


@dataclass(frozen=True, slots=True)
class GrownupTag:
    """An adult of the household; `url` is empty for those about whom there is no page."""

    first_name: str
    url: str


@family_page
@require_safe
def home(request: FamilyRequest) -> HttpResponse:
    now = timezone.now()
    today = local_day(now)
    sections = {chosen.section.code: chosen for chosen in sections_of(town_of(request))}
    members = coming_days(request.user, first=today, count=DAYS_SHOWN)
    prefetch_related_objects([row.participant for row in members], with_schooling())
    context = {
        "today": today,
        "month": Month.of(today),
        "dues": amounts_due(request.user) if "facturation" in sections else [],
        "draft": draft_summary(request.user) if "planning" in sections else None,
        "todo": lines_of(todo_of(request.user, on=today)),
        "members": [
            MemberCard(row.participant, schooling_on(row.participant.schoolings.all(), today), row.days)
            for row in members
        ],
        "grownups": grownups_beside(request.user, [row.participant for row in members]),
        "followed": in_progress(request.user, on=today, now=now, count=DEMARCHES_SHOWN)
        if "dossier" in sections
        else [],
        "sections": sections,
        "blocks": [*(chosen for chosen in sections.values() if chosen.section.links), account_section(request.user)],
    }
    return render(request, "portal/family/home.html", context)


def grownups_beside(user: User, participants: Sequence[Participant]) -> list[GrownupTag]:
    """The adults of the household, save those who take part and are told with the children."""
    taking_part = {participant.adult_id for participant in participants}
    return [
        GrownupTag(adult.first_name, reverse("accounts:account") if adult.user_id == user.pk else "")
        for adult in adults_of_household(user)
        if adult.pk not in taking_part
    ]
