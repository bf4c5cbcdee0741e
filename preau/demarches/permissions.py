"""Whose démarches a person may see."""

import datetime as dt
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.demarches.kinds import KINDS, Reach
from preau.demarches.models import Demarche
from preau.families.choices import Subject
from preau.families.permissions import families_visible_to, participants_visible_to


def demarches_in_scope(user: User, on: dt.date) -> QuerySet[Demarche]:
    """The requests that this agent may answer on that day: all, or those of their services, but what is closed to them.

    A grant on one place gives none: a request is sent to a whole service.
    """
    scopes = [scope for scope in scopes_of(user, Capability.HANDLE_REQUESTS, on) if scope.places is None]
    told = Demarche.objects.exclude(closed_to(user, on))
    if any(scope.services is None for scope in scopes):
        return told
    services = {service for scope in scopes for service in scope.services or ()}
    return told.filter(service__in=services) if services else Demarche.objects.none()


def closed_to(user: User, on: dt.date) -> Q:
    """The requests that this agent may not even know of, in any list."""
    return reduce(or_, (kind.closed(user, on) for kind in KINDS.values()))


def demarches_visible_to(user: User, *, on: dt.date) -> QuerySet[Demarche]:
    """The requests that this parent follows on that day.

    Those about their household or themselves that they sent; those about their household that another adult of it
    sent, if the kind says so (Reach.HOUSEHOLD): never a request about another person, such as their phone numbers.
    Those about a child, whoever sent them, as long as this parent may see what the kind is about: with a bond that was
    withdrawn, not even one's own. What is read in each is another question: `reads_all`.
    """
    household = Q(kind__in=_kinds(Reach.HOUSEHOLD), family__in=families_visible_to(user))
    found = Q(participant__isnull=True) & (Q(asked_by=user) | household)
    for subject in {kind.subject for kind in KINDS.values()}:
        children = participants_visible_to(user, subject, on=on)
        mine = Q(kind__in=[kind.code for kind in KINDS.values() if kind.subject == subject], asked_by=user)
        found |= Q(participant__in=children) & (mine | Q(kind__in=_kinds(Reach.CHILD, subject)))
    return Demarche.objects.filter(found)


def _kinds(reach: Reach, subject: Subject | None = None) -> list[str]:
    return [kind.code for kind in KINDS.values() if kind.reach == reach and subject in (None, kind.subject)]


def reads_all(user: User, demarche: Demarche) -> bool:
    """Whether this parent reads what was asked and answered, and may act. The others who follow the request read that
    it exists, when it was sent and where it has got to: the words and the contacts of another adult are not theirs."""
    return demarche.asked_by_id == user.pk
