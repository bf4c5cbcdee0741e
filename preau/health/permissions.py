"""Whose sheet a parent may see or fill in, and an agent read."""

import datetime as dt
from collections.abc import Collection

from django.db.models import Q, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import Scope, holds_everywhere, scopes_of
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Participant, Schooling
from preau.families.permissions import participants_visible_to
from preau.health.expecting import is_attending, is_expected

ONE_DAY = dt.timedelta(days=1)


def sheets_visible_to(user: User, *, on: dt.date, level: AccessLevel = AccessLevel.SEE) -> QuerySet[Participant]:
    """The children whose sheet this parent may see, or fill in with level ACT. Adults have no sheet."""
    return participants_visible_to(user, Subject.HEALTH, on=on, level=level).filter(adult=None)


def sheets_in_scope(user: User, *, on: dt.date) -> QuerySet[Participant]:
    """The children whose sheet this agent may read on that day, for a reason or without."""
    return looked_after_by(user, Capability.SEE_HEALTH, on=on)


def fillable_by(user: User, *, on: dt.date) -> QuerySet[Participant]:
    """The children whose sheet this parent may fill in, or this agent at the counter."""
    if user.is_family:
        return sheets_visible_to(user, on=on, level=AccessLevel.ACT)
    return sheets_in_scope(user, on=on) if user.may(Capability.EDIT_FAMILIES) else Participant.objects.none()


def looked_after_by(user: User, capability: Capability, *, on: dt.date) -> QuerySet[Participant]:
    """The children of open files whom `capability` reaches: all for who holds it on the whole town, else those schooled
    or received at their places, on that day or later.

    A grant on one service alone gives none: a child belongs to no service.
    """
    children = Participant.objects.filter(adult=None, homes__family__archived_at__isnull=True).distinct()
    if holds_everywhere(user, capability, on):
        return children
    scopes = placed_scopes(user, capability, on)
    schooled = Schooling.objects.filter(place__in=_places(scopes), year__ends_on__gte=on)
    return children.filter(
        Q(pk__in=schooled.values("participant")) | is_expected(scopes, *_around(on)) | is_attending(scopes, on)
    )


def readable_by(
    user: User, participants: Collection[Participant], capability: Capability = Capability.SEE_HEALTH, *, on: dt.date
) -> set[int]:
    """Those of these children whose sheet, or other page, this agent may open, as keys: what a list may link to."""
    if not user.may(capability):
        return set()
    pks = [person.pk for person in participants]
    return set(looked_after_by(user, capability, on=on).filter(pk__in=pks).values_list("pk", flat=True))


def is_at_own_place(user: User, participant: Participant, *, on: dt.date) -> bool:
    """Whether the child is schooled or expected, on that day or the one before or after, at a place that is this
    agent's own: then no reason is asked for."""
    scopes, (first, last) = placed_scopes(user, Capability.SEE_HEALTH, on), _around(on)
    schooled = Schooling.objects.filter(year__starts_on__lte=last, year__ends_on__gte=first, place__in=_places(scopes))
    here = Q(pk__in=schooled.values("participant")) | is_expected(scopes, first, last)
    return Participant.objects.filter(here, pk=participant.pk).exists()


def placed_scopes(user: User, capability: Capability, on: dt.date) -> list[Scope]:
    """Where this agent looks after children: their own grants that name a place."""
    return [scope for scope in scopes_of(user, capability, on) if scope.places]


def _places(scopes: Collection[Scope]) -> set[int]:
    return {place for scope in scopes for place in scope.places or ()}


def _around(on: dt.date) -> tuple[dt.date, dt.date]:
    return on - ONE_DAY, on + ONE_DAY
