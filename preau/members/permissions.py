"""Whose children an agent deals with, capability by capability."""

import datetime as dt

from django.db.models import QuerySet

from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.families.models import Participant


def children_in_scope(user: User, capability: str, *, on: dt.date) -> QuerySet[Participant]:
    """The children for whom this agent holds `capability` on that day: all, or those schooled at their places, this
    year or later. A grant on one service gives none: a child belongs to no service."""
    children = Participant.objects.filter(adult__isnull=True)
    scopes = [scope for scope in scopes_of(user, capability, on) if scope.services is None]
    if any(scope.places is None for scope in scopes):
        return children
    places = {place for scope in scopes for place in scope.places or ()}
    if not places:
        return children.none()
    schooled = Participant.objects.filter(schoolings__place__in=places, schoolings__year__ends_on__gte=on)
    return children.filter(pk__in=schooled.values("pk"))
