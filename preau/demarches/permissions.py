"""Whose démarches a person may see."""

import datetime as dt

from django.db.models import Q, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.demarches.models import Demarche


def demarches_in_scope(user: User, on: dt.date) -> QuerySet[Demarche]:
    """The requests that this agent may answer on that day: all, or those of their services.

    A grant on one place gives none: a request is sent to a whole service.
    """
    scopes = [scope for scope in scopes_of(user, Capability.HANDLE_REQUESTS, on) if scope.places is None]
    if any(scope.services is None for scope in scopes):
        return Demarche.objects.all()
    services = {service for scope in scopes for service in scope.services or ()}
    return Demarche.objects.filter(Q(service__in=services)) if services else Demarche.objects.none()


def demarches_visible_to(user: User) -> QuerySet[Demarche]:
    """The requests that this person sent."""
    return Demarche.objects.filter(asked_by=user)
