"""Whose day it is: in which household a child is, day by day."""

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet

from preau.core.prepared import Prepared
from preau.families.choices import CustodyHolidays, CustodyMode
from preau.families.models import Home
from preau.families.rules import CustodyException, CustodyPlan, home_on
from preau.town.rules import Span


@dataclass(slots=True)
class _Custody:
    starts_on: dt.date
    plan: CustodyPlan
    exceptions: dict[int, CustodyException] = field(default_factory=dict)


@dataclass(slots=True)
class Households:
    """The homes and custody plans of the children who live in several. The others are always at their only home."""

    breaks: tuple[Span, ...]  # the school holidays, which parents may share
    homes: dict[int, list[int]] = field(default_factory=dict)
    plans: dict[int, dict[int, _Custody]] = field(default_factory=dict)

    def home(self, participant: int, day: dt.date, *, mine: int) -> int:
        """The household whose day it is. Without a plan it is the only home, else `mine` when the child lives there."""
        in_force = [plan for plan in self.plans.get(participant, {}).values() if plan.starts_on <= day]
        if in_force:
            latest = max(in_force, key=lambda plan: plan.starts_on)
            return home_on(latest.plan, latest.exceptions.values(), day, self.breaks)
        homes = self.homes.get(participant, [])
        return mine if mine in homes or not homes else min(homes)

    def days_of_others(self, participant: int, period: Iterable[dt.date], *, mine: int) -> set[dt.date]:
        """The days of the period that are not those of the household `mine`."""
        if participant not in self.plans and self.homes.get(participant, [mine]) == [mine]:
            return set()
        return {day for day in period if self.home(participant, day, mine=mine) != mine}


def read_households(participants: Collection[int], breaks: tuple[Span, ...]) -> Households:
    """Who has these participants when. One query, none for nobody."""
    households = Households(breaks)
    if not participants:
        return households
    for participant, family, custody, *dated in HOMES.rows(participants=participants):
        homes = households.homes.setdefault(participant, [])
        if family not in homes:
            homes.append(family)
        if custody is not None:
            _add_plan(households.plans.setdefault(participant, {}), custody, dated)
    return households


def _homes(participants: Collection[int]) -> QuerySet[Any, Any]:
    """A row for each home, custody plan and exception of each participant."""
    return Home.objects.filter(participant__in=participants).values_list(
        "participant",
        "family",
        "participant__custodies",
        "participant__custodies__starts_on",
        "participant__custodies__mode",
        "participant__custodies__home_a",
        "participant__custodies__home_b",
        "participant__custodies__anchor_on",
        "participant__custodies__pattern",
        "participant__custodies__holidays",
        "participant__custodies__exceptions",
        "participant__custodies__exceptions__starts_on",
        "participant__custodies__exceptions__ends_on",
        "participant__custodies__exceptions__home",
    )


HOMES = Prepared(_homes)


def _add_plan(plans: dict[int, _Custody], custody: int, dated: list[Any]) -> None:
    starts_on, mode, home_a, home_b, anchor_on, pattern, holidays, exception, first, last, home = dated
    if custody not in plans:
        plan = CustodyPlan(CustodyMode(mode), home_a, home_b, anchor_on, pattern, CustodyHolidays(holidays))
        plans[custody] = _Custody(starts_on, plan)
    if exception is not None:
        plans[custody].exceptions[exception] = CustodyException(Span(first, last), home)
