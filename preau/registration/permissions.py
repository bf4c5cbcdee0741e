"""Which adults an agent may invite."""

import datetime as dt

from django.db.models import QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.families.models import Adult, Home


def adults_in_scope(user: User, on: dt.date) -> QuerySet[Adult]:
    """The adults of open files whose accounts this agent may open on that day: all, or those of the children schooled
    at their places, this year or later. A grant on one service gives none: a file belongs to no service."""
    adults = Adult.objects.filter(family__archived_at__isnull=True)
    scopes = [scope for scope in scopes_of(user, Capability.INVITE_FAMILIES, on) if scope.services is None]
    if any(scope.places is None for scope in scopes):
        return adults
    places = {place for scope in scopes for place in scope.places or ()}
    if not places:
        return adults.none()
    homes = Home.objects.filter(
        participant__schoolings__place__in=places, participant__schoolings__year__ends_on__gte=on
    )
    return adults.filter(family__in=homes.values("family"))


def sees_every_file(user: User, on: dt.date) -> bool:
    """Whether the agent may open accounts in the whole town, as taking over an old portal asks."""
    scopes = scopes_of(user, Capability.INVITE_FAMILIES, on)
    return any(scope.services is None and scope.places is None for scope in scopes)
