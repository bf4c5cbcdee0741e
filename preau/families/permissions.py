"""Which participants and families a person may see or act for, kind of data by kind of data, on a day; which files an
agent may open."""

import datetime as dt

from django.db.models import OuterRef, QuerySet, Subquery

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, Family, Guardianship, Home, Participant


def bonds_in_force(user: User | int, *, on: dt.date) -> QuerySet[Guardianship]:
    """The bonds of this parent, a user or its key, on the day `on`: of each pair, the latest row not after it."""
    in_force = (
        Guardianship.objects.filter(adult=OuterRef("adult"), participant=OuterRef("participant"), starts_on__lte=on)
        .order_by("-starts_on")
        .values("pk")[:1]
    )
    return Guardianship.objects.filter(adult__user=user, adult__family__archived_at__isnull=True, pk=Subquery(in_force))


def participants_visible_to(
    user: User, subject: Subject, *, on: dt.date, level: AccessLevel = AccessLevel.SEE
) -> QuerySet[Participant]:
    """Children (and oneself) whose `subject` this parent may see (or act on, with level ACT) on the day `on`.

    An ended or withdrawn bond gives nothing.
    """
    bonds = bonds_in_force(user, on=on).filter(**{f"{subject}__gte": level})
    return Participant.objects.filter(pk__in=bonds.values("participant"))


def acted_on_by(
    adult: Adult, subject: Subject, *, on: dt.date, level: AccessLevel = AccessLevel.ACT
) -> QuerySet[Participant]:
    """The children for whom this adult, with an account or without, may act on `subject` on that day, or see it with
    level SEE."""
    in_force = (
        Guardianship.objects.filter(adult=adult, participant=OuterRef("participant"), starts_on__lte=on)
        .order_by("-starts_on")
        .values("pk")[:1]
    )
    bonds = Guardianship.objects.filter(adult=adult, pk=Subquery(in_force), **{f"{subject}__gte": level})
    return Participant.objects.filter(adult__isnull=True, pk__in=bonds.values("participant")).order_by("born_on", "pk")


def families_visible_to(user: User) -> QuerySet[Family]:
    """The household of this parent: bills, quotient, address. Never reached through a child."""
    return Family.objects.filter(adults__user=user, archived_at__isnull=True)


def families_in_scope(user: User, capability: str, *, on: dt.date) -> QuerySet[Family]:
    """The files, archived ones included, in which this agent may use `capability` on that day: all, or those of the
    children schooled at their places, this year or later. A grant on one service gives none: a file belongs to no
    service."""
    scopes = [scope for scope in scopes_of(user, capability, on) if scope.services is None]
    if any(scope.places is None for scope in scopes):
        return Family.objects.all()
    places = {place for scope in scopes for place in scope.places or ()}
    if not places:
        return Family.objects.none()
    homes = Home.objects.filter(
        participant__schoolings__place__in=places, participant__schoolings__year__ends_on__gte=on
    )
    return Family.objects.filter(pk__in=homes.values("family"))


def adults_at_counter_of(user: User, *, on: dt.date) -> QuerySet[Adult]:
    """The adults of open files for whom this agent may write."""
    files = families_in_scope(user, Capability.EDIT_FAMILIES, on=on).filter(archived_at=None)
    return Adult.objects.filter(family__in=files).select_related("family", "user")


def opens_file(user: User, family: Family | None, *, on: dt.date) -> bool:
    """Whether this agent may open the page of this file; a link to it is shown to nobody else."""
    if family is None or not user.may(Capability.SEE_FAMILIES):
        return False
    return families_in_scope(user, Capability.SEE_FAMILIES, on=on).filter(pk=family.pk).exists()
