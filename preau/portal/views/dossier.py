"""« Mon dossier » : the children, and what the family asked of the town."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.audience import FamilyRequest, family_page
from preau.accounts.models import User
from preau.core.dates import local_day
from preau.documents.papers import papers_of_file
from preau.families.choices import Subject
from preau.families.queries import children_of, household_of, schooling_on
from preau.portal.child_news import ChildCard, lines_of
from preau.portal.counter import counter_acts
from preau.portal.following import HOUSEHOLD, drawn, followed_page
from preau.portal.quotient import quotient_alert

SHOWN = 4
PAPERS_SHOWN = 8


@family_page
@require_safe
def dossier(request: FamilyRequest) -> HttpResponse:
    user, now = request.user, timezone.now()
    today = local_day(now)
    latest = followed_page(user, on=today, number="1")
    family = household_of(user)
    papers = papers_of_file(user, family, on=today) if family else []
    context = {
        "family": family,
        "papers": papers[:PAPERS_SHOWN],
        "papers_count": len(papers),
        "quotient": quotient_alert(user, family, papers, on=today) if family else None,
        "cards": cards_of(user, today),
        "followed": drawn(user, list(latest)[:SHOWN], on=today, now=now),
        "has_more": latest.paginator.count > SHOWN,
    }
    return render(request, "portal/family/dossier.html", context)


@family_page
@require_safe
def demarches(request: FamilyRequest) -> HttpResponse:
    """All that was asked, for everybody or for one."""
    user, now = request.user, timezone.now()
    today = local_day(now)
    children = children_of(user, on=today, subject=Subject.PLANNING)
    asked = request.GET.get("pour", "")
    about = asked if asked == HOUSEHOLD or asked in {child.code for child in children} else ""
    page = followed_page(user, on=today, number=request.GET.get("page", ""), about=about)
    followed = drawn(user, list(page), on=today, now=now)
    family = household_of(user) if about in ("", HOUSEHOLD) and page.number == 1 else None
    context = {
        "page": page,
        "followed": followed,
        "children": children,
        "about": about,
        "counter": counter_acts(family) if family else [],
    }
    return render(request, "portal/family/demarches.html", context)


def cards_of(user: User, on: dt.date) -> list[ChildCard]:
    """The children whose identity this parent may see, the eldest first: the same queries whatever their number."""
    people = children_of(user, on=on, subject=Subject.IDENTITY)
    children = [person for person in people if person.adult_id is None]
    lines = lines_of(user, children, on)
    cards = []
    for child in children:
        schooling = schooling_on(child.schoolings.all(), on)
        level, school = (schooling.level.name, schooling.place.name) if schooling else ("", "")
        cards.append(ChildCard(child, level, school, lines[child.pk]))
    return cards
