"""What an agent is shown before booking for a household, and whom the household's mails reach."""

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from preau.accounts.models import User
from preau.bookings.choices import Refusal
from preau.bookings.models import Slot
from preau.bookings.queries.catalogue import UnitEntry, catalogue
from preau.bookings.queries.children import Child
from preau.bookings.queries.plans import Decided, Plan, bar_incomplete, decide_plan, read_plan
from preau.bookings.queries.recaps import Recap, Ticked, lines_of_decisions, read_prices
from preau.bookings.rules.lines import Cell
from preau.core.dates import local_day
from preau.families.choices import AccessLevel
from preau.families.models import Family, Guardianship
from preau.town.models import Town


@dataclass(frozen=True, slots=True)
class Beyond:
    """A line that the rules refuse. `taken` and `capacity` of the fullest slot when places lack."""

    child: Child
    day: dt.date
    unit: UnitEntry
    refusal: Refusal
    taken: int | None = None
    capacity: int | None = None


@dataclass(frozen=True, slots=True)
class CounterRecap:
    """What saving would do now, and what of it goes beyond the rules."""

    recap: Recap
    beyond: list[Beyond]


def recap_at_counter(
    changes: Mapping[Cell, bool], children: Mapping[int, Child], *, town: Town, now: dt.datetime
) -> CounterRecap:
    """What saving these changes at this instant would do. It takes nothing and locks nothing."""
    if not changes:
        return CounterRecap(Recap([], []), [])
    plan = read_plan(changes, children, catalogue(town.catalogue_version), at_counter=True)
    bar_incomplete(plan, catalogue_version=town.catalogue_version, on=local_day(now))
    decided = decide_plan(plan, now=now, lock=False)
    days = [cell.day for cell in changes]
    book = read_prices(plan, town, min(days), max(days))
    draft = {cell: Ticked(0, wanted, now) for cell, wanted in changes.items()}
    lines = lines_of_decisions(decided.decisions, plan, decided.facts, draft, book)
    return CounterRecap(Recap(lines, []), _beyond(decided, plan))


def _beyond(decided: Decided, plan: Plan) -> list[Beyond]:
    """One more query when places lack."""
    lacking = {
        slot
        for decision in decided.beyond
        if decision.refusal == Refusal.FULL and decision.at_fault
        for slot in decided.facts[decision.at_fault].slots or ()
    }
    slots = {slot.pk: slot for slot in Slot.objects.filter(pk__in=lacking, capacity__isnull=False)} if lacking else {}
    found = []
    for decision in decided.beyond:
        cell = decision.at_fault
        if cell is None or decision.refusal is None:
            continue
        mine = [slots[key] for key in decided.facts[cell].slots or () if key in slots]
        fullest = max(mine, key=lambda slot: slot.taken - (slot.capacity or 0), default=None)
        is_full = decision.refusal == Refusal.FULL and fullest is not None
        found.append(
            Beyond(
                plan.children[cell.participant],
                cell.day,
                plan.unit(cell),
                decision.refusal,
                taken=fullest.taken if is_full and fullest else None,
                capacity=fullest.capacity if is_full and fullest else None,
            )
        )
    return found


def holders_of(family: Family, children: Collection[int], *, now: dt.datetime) -> list[User]:
    """The accounts of the household that may see the planning of one of these children. Two queries."""
    bonds = Guardianship.objects.filter(
        adult__family=family, participant__in=list(children), starts_on__lte=local_day(now)
    ).order_by("starts_on")
    in_force = {(adult, child): level for adult, child, level in bonds.values_list("adult", "participant", "planning")}
    adults = {adult for (adult, _), level in in_force.items() if level >= AccessLevel.SEE}
    return list(User.objects.filter(adult__in=adults, is_active=True).exclude(email="").order_by("pk"))
