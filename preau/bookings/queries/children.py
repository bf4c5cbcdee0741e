"""Whose planning a parent may see, and in what they are enrolled."""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Exists, FilteredRelation, OuterRef, Q, QuerySet

from preau.accounts.models import User
from preau.core.prepared import Prepared
from preau.enrolments.choices import EnrolmentState
from preau.families.choices import AccessLevel
from preau.families.models import Family, Home
from preau.families.permissions import bonds_in_force
from preau.town.rules import Span


@dataclass(frozen=True, slots=True)
class Enrolled:
    """An accepted enrolment: in which group, on which days."""

    group: int
    span: Span


@dataclass(slots=True)
class Child:
    """A participant whose planning this parent may see. `household` is the parent's own."""

    key: int
    code: str
    first_name: str
    sex: str  # see families.choices.Sex
    colour: str
    symbol: str
    may_act: bool
    household: int
    household_code: str
    is_shared: bool  # lives in another household too, or only there
    enrolments: dict[int, list[Enrolled]] = field(default_factory=dict)  # by activity

    def enrolled(self, activity: int, day: dt.date) -> Enrolled | None:
        """The enrolment in this activity that covers `day`."""
        for enrolment in self.enrolments.get(activity, ()):
            if day in enrolment.span:
                return enrolment
        return None


def read_children(user: User, *, on: dt.date) -> dict[int, Child]:
    """The participants whose planning `user` may see on the day `on`, the eldest first. One query."""
    children: dict[int, Child] = {}
    for row in CHILDREN.rows(user=user.pk, on=on):
        key, code, name, sex, colour, symbol, level, household, family, shared, *enrolment = row
        child = children.get(key)
        if child is None:
            may_act = level >= AccessLevel.ACT
            child = children[key] = Child(
                key, code, name, sex, colour, symbol, may_act, household, family, bool(shared)
            )
        activity, group, starts_on, ends_on = enrolment
        if activity is not None:
            child.enrolments.setdefault(activity, []).append(Enrolled(group, Span(starts_on, ends_on)))
    return children


def children_of_household(family: Family, *, may_act: bool) -> dict[int, Child]:
    """Those who live in this household, the eldest first, as an agent reads them for it. One query."""
    elsewhere = Home.objects.filter(participant=OuterRef("participant")).exclude(family=family)
    rows = (
        Home.objects.filter(family=family)
        .annotate(
            is_shared=Exists(elsewhere),
            enrolment=FilteredRelation(
                "participant__enrolments", condition=Q(participant__enrolments__state=EnrolmentState.ACCEPTED)
            ),
        )
        .order_by("participant__born_on", "participant__first_name", "participant", "enrolment__starts_on")
    )
    children: dict[int, Child] = {}
    for row in rows.values_list(
        *(f"participant__{name}" for name in ("pk", "code", "first_name", "sex", "colour", "symbol")),
        "is_shared",
        *(f"enrolment__{name}" for name in ("activity", "group", "starts_on", "ends_on")),
    ):
        key, code, name, sex, colour, symbol, shared, activity, group, starts_on, ends_on = row
        child = children.setdefault(
            key, Child(key, code, name, sex, colour, symbol, may_act, family.pk, family.code, bool(shared))
        )
        if activity is not None:
            child.enrolments.setdefault(activity, []).append(Enrolled(group, Span(starts_on, ends_on)))
    return children


def _children(user: int, on: dt.date) -> QuerySet[Any, Any]:
    """A row for each accepted enrolment of each participant; one without, for those who have none."""
    elsewhere = Home.objects.filter(participant=OuterRef("participant")).exclude(family=OuterRef("adult__family"))
    return (
        bonds_in_force(user, on=on)
        .filter(planning__gte=AccessLevel.SEE)
        .annotate(
            is_shared=Exists(elsewhere),
            enrolment=FilteredRelation(
                "participant__enrolments", condition=Q(participant__enrolments__state=EnrolmentState.ACCEPTED)
            ),
        )
        .order_by("participant__born_on", "participant__first_name", "participant", "enrolment__starts_on")
        .values_list(
            "participant",
            "participant__code",
            "participant__first_name",
            "participant__sex",
            "participant__colour",
            "participant__symbol",
            "planning",
            "adult__family",
            "adult__family__code",
            "is_shared",
            "enrolment__activity",
            "enrolment__group",
            "enrolment__starts_on",
            "enrolment__ends_on",
        )
    )


CHILDREN = Prepared(_children)
