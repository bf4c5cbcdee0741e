"""Of which participants an agent may know what is missing."""

import datetime as dt

from django.db.models import QuerySet

from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.families.models import Home, Participant, Schooling


def open_participants() -> QuerySet[Participant]:
    """Those of files that are open."""
    return Participant.objects.filter(
        pk__in=Home.objects.filter(family__archived_at__isnull=True).values("participant")
    )


def participants_in_scope(user: User, capability: str, *, on: dt.date) -> QuerySet[Participant]:
    """The participants of open files in which this agent may use `capability` on that day: all, or those schooled at
    their places, this year or later. A grant on one service gives none: a file belongs to no service."""
    people = open_participants()
    scopes = [scope for scope in scopes_of(user, capability, on) if scope.services is None]
    if any(scope.places is None for scope in scopes):
        return people
    places = {place for scope in scopes for place in scope.places or ()}
    if not places:
        return Participant.objects.none()
    schooled = Schooling.objects.filter(place__in=places, year__ends_on__gte=on)
    return people.filter(pk__in=schooled.values("participant"))
