"""On which services and places an agent holds a capability; who administers."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Q

from preau.accounts.choices import Capability
from preau.accounts.models import Grant, GrantQuerySet, Right, User


@dataclass(frozen=True, slots=True)
class Scope:
    """Where a capability holds: services and places as ids; None means all of them."""

    services: frozenset[int] | None
    places: frozenset[int] | None

    def over(self, *, service: str = "", place: str = "") -> Q:
        """The condition, on these lookups (`"activity__service"`, `"place"`), of being in scope."""
        condition = Q()
        if service and self.services is not None:
            condition &= Q(**{f"{service}__in": self.services})
        if place and self.places is not None:
            condition &= Q(**{f"{place}__in": self.places})
        return condition


def scopes_of(user: User, capability: str, on: dt.date) -> list[Scope]:
    """The scopes in which `user` holds `capability` on that day: one per grant, to be joined by OR; [] is nowhere."""
    return [
        Scope(
            services=None if right.service is None else frozenset([right.service]),
            places=None if right.place is None else frozenset([right.place]),
        )
        for right in _rights(user, capability, on)
    ]


def _rights(user: User, capability: str, on: dt.date) -> list[Right]:
    return [right for right in user.rights if right.capability == capability and right.is_on(on)]


def in_scope(user: User, capability: str, on: dt.date, *, service: str = "", place: str = "") -> Q:
    """The condition that rows be within what `user` may do with `capability`; matches nothing without a grant."""
    condition = Q(pk__in=[])
    for scope in scopes_of(user, capability, on):
        rows = scope.over(service=service, place=place)
        if not rows:
            return Q()
        condition |= rows
    return condition


def administrators(on: dt.date) -> set[int]:
    """Those who manage agents on that day, as ids."""
    return set(administering(on).values_list("user", flat=True))


def administering(on: dt.date) -> GrantQuerySet:
    """The grants that make administrators on that day."""
    return Grant.objects.on(on).filter(
        service=None,
        place=None,
        user__is_active=True,
        role__capability_rows__capability=Capability.MANAGE_AGENTS,
    )


def holds_everywhere(user: User, capability: str, on: dt.date) -> bool:
    """Whether `user` holds `capability` on the whole town: for what belongs to no service and no place."""
    return any(right.is_everywhere for right in _rights(user, capability, on))
