"""A draft or a submission told line by line: what changes, what it costs, what is refused and why."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from preau.accounts.models import User
from preau.bookings.choices import BookingState, LineResult, Refusal
from preau.bookings.models import Booking, DraftChange, Submission
from preau.bookings.queries.catalogue import Catalogue, UnitEntry, catalogue
from preau.bookings.queries.children import Child, read_children
from preau.bookings.queries.plans import Plan, bar_incomplete, decide_plan, read_plan
from preau.bookings.rules.lines import Cell, CellFacts, Decision
from preau.core.dates import Month, local_day
from preau.core.prepared import Prepared
from preau.pricing.queries import PriceBook
from preau.pricing.rules import TariffHole
from preau.town.models import Town


@dataclass(frozen=True, slots=True)
class Ticked:
    """A change of the draft, by its row's key, and when it was ticked."""

    key: int
    wanted: bool
    at: dt.datetime


Draft = Mapping[Cell, Ticked]


@dataclass(frozen=True, slots=True)
class UnitChange:
    """A unit booked, or freed. `cents` is its price; None when the town has voted none for this case."""

    unit: UnitEntry
    is_booked: bool
    cents: int | None

    @property
    def difference(self) -> int:
        return (self.cents or 0) * (1 if self.is_booked else -1)


@dataclass(frozen=True, slots=True)
class RecapLine:
    """A line of the draft and what becomes of it. Refused for lateness: `deadline` has passed; for a file that is not
    complete: what `missing` names, in the middle of a sentence, must be given first."""

    child: Child
    day: dt.date
    changes: tuple[UnitChange, ...]
    result: LineResult
    refusal: Refusal | None
    at_fault: UnitEntry | None
    deadline: dt.datetime | None
    ticked_at: dt.datetime
    missing: tuple[str, ...] = ()

    @property
    def cents(self) -> int:
        """What the line changes to the cost; nothing unless it is done."""
        return sum(change.difference for change in self.changes) if self.is_done else 0

    @property
    def is_done(self) -> bool:
        return self.result == LineResult.DONE

    @property
    def is_refused(self) -> bool:
        return self.result == LineResult.REFUSED

    @property
    def booked(self) -> list[UnitChange]:
        return [change for change in self.changes if change.is_booked]

    @property
    def cancelled(self) -> list[UnitChange]:
        return [change for change in self.changes if not change.is_booked]


@dataclass(frozen=True, slots=True)
class MonthCost:
    """What the household's bookings of a month cost before and after the draft."""

    month: Month
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Recap:
    """A draft checked now, or a submission as it ended. `months` only for a draft."""

    lines: list[RecapLine]
    months: list[MonthCost]

    @property
    def done(self) -> list[RecapLine]:
        return [line for line in self.lines if line.is_done]

    @property
    def refused(self) -> list[RecapLine]:
        return [line for line in self.lines if line.is_refused]

    @property
    def already(self) -> list[RecapLine]:
        return [line for line in self.lines if line.result == LineResult.ALREADY]

    @property
    def added_cents(self) -> int:
        return sum(change.difference for line in self.done for change in line.booked)

    @property
    def removed_cents(self) -> int:
        return sum(change.difference for line in self.done for change in line.cancelled)

    @property
    def difference_cents(self) -> int:
        return self.added_cents + self.removed_cents


def read_draft(user: User, *, lock: bool = False) -> dict[Cell, Ticked]:
    """All that `user` has ticked, whatever the month and the child. One query; `lock` keeps it for this transaction."""
    rows = (LOCKED_DRAFT if lock else DRAFT).rows(user=user.pk)
    return {Cell(participant, day, unit): Ticked(key, wanted, at) for key, participant, day, unit, wanted, at in rows}


def _draft(user: int) -> QuerySet[DraftChange, Any]:
    rows = DraftChange.objects.filter(user=user).order_by("pk")
    return rows.values_list("pk", "participant", "day", "unit", "wanted", "at")


DRAFT = Prepared(_draft)
LOCKED_DRAFT = Prepared(lambda user: _draft(user).select_for_update(of=("self",)))


def recap_of_draft(user: User, *, town: Town, now: dt.datetime) -> Recap:
    """What confirming the draft at this instant would do. It takes nothing and locks nothing."""
    draft = read_draft(user)
    if not draft:
        return Recap([], [])
    plan = plan_draft(user, draft, town=town, now=now)
    decided = decide_plan(plan, now=now, lock=False)
    months = sorted({Month.of(cell.day) for cell in draft})
    book = read_prices(plan, town, months[0].first, months[-1].last)
    lines = lines_of_decisions(decided.decisions, plan, decided.facts, draft, book)
    return Recap(lines, _month_costs(plan, book, months, lines))


def plan_draft(user: User, draft: Draft, *, town: Town, now: dt.datetime) -> Plan:
    """The plan of a draft, with the rights and enrolments of today, and what the files lack."""
    changes, today = {cell: ticked.wanted for cell, ticked in draft.items()}, local_day(now)
    plan = read_plan(changes, read_children(user, on=today), catalogue(town.catalogue_version))
    bar_incomplete(plan, catalogue_version=town.catalogue_version, on=today)
    return plan


def read_prices(plan: Plan, town: Town, first: dt.date, last: dt.date) -> PriceBook:
    """The prices of this parent's household for all the units of the plan."""
    return PriceBook.read(
        unit_ids={want.cell.unit for want in plan.wants},
        family_ids={child.household for child in plan.children.values()},
        first=first,
        last=last,
        catalogue_version=town.catalogue_version,
    )


def price_of(book: PriceBook, cell: Cell, household: int) -> int | None:
    """The price of a cell for a household; None when the town has voted none for this case."""
    try:
        return book.price(unit_id=cell.unit, family_id=household, participant_id=cell.participant, day=cell.day).cents
    except TariffHole:
        return None


def lines_of_decisions(
    decisions: Iterable[Decision], plan: Plan, facts: Mapping[Cell, CellFacts], draft: Draft, book: PriceBook
) -> list[RecapLine]:
    """The decisions as they are told. Children whom this parent may no longer see are left out."""
    return [
        RecapLine(
            child=child,
            day=first.day,
            changes=tuple(
                UnitChange(plan.unit(want.cell), want.wanted, price_of(book, want.cell, child.household))
                for want in decision.line
            ),
            result=decision.result,
            refusal=decision.refusal,
            at_fault=plan.unit(decision.at_fault) if decision.at_fault else None,
            deadline=_missed_deadline(decision, facts),
            ticked_at=min(draft[want.cell].at for want in decision.line),
            missing=plan.missing.get(decision.at_fault, ()) if decision.at_fault else (),
        )
        for decision in decisions
        for first in [decision.line[0].cell]
        if (child := plan.children.get(first.participant)) is not None
    ]


def _missed_deadline(decision: Decision, facts: Mapping[Cell, CellFacts]) -> dt.datetime | None:
    if decision.refusal != Refusal.TOO_LATE or decision.at_fault is None:
        return None
    wanted = any(want.wanted for want in decision.line if want.cell == decision.at_fault)
    return facts[decision.at_fault].book_by if wanted else facts[decision.at_fault].cancel_by


def _month_costs(plan: Plan, book: PriceBook, months: Collection[Month], lines: Iterable[RecapLine]) -> list[MonthCost]:
    households = {child.household for child in plan.children.values()}
    booked = Booking.objects.filter(
        participant__in=plan.children,
        family__in=households,
        state=BookingState.BOOKED,
        day__range=(min(months).first, max(months).last),
    )
    before = dict.fromkeys(months, 0)
    for participant, day, unit, household in booked.values_list("participant", "day", "unit", "family"):
        if Month.of(day) in before:
            before[Month.of(day)] += price_of(book, Cell(participant, day, unit), household) or 0
    after = dict(before)
    for line in lines:
        after[Month.of(line.day)] += line.cents
    return [MonthCost(month, before[month], after[month]) for month in months]


def dump_line(line: RecapLine) -> dict[str, Any]:
    """A line as a submission keeps it: keys, not names, so that erasing a person leaves none behind."""
    return {
        "participant": line.child.key,
        "day": line.day.isoformat(),
        "changes": [[change.unit.key, change.is_booked, change.cents] for change in line.changes],
        "result": str(line.result),
        "refusal": str(line.refusal) if line.refusal else None,
        "at_fault": line.at_fault.key if line.at_fault else None,
        "deadline": line.deadline.isoformat() if line.deadline else None,
        "ticked_at": line.ticked_at.isoformat(),
        "missing": list(line.missing),
    }


def recap_of_submission(submission: Submission, *, user: User, town: Town, now: dt.datetime) -> Recap:
    """How a submission ended, for whom `user` may still see. One query."""
    children = read_children(user, on=local_day(now))
    kept = catalogue(town.catalogue_version)
    lines = [_load_line(row, children, kept) for row in submission.outcome["lines"]]
    return Recap([line for line in lines if line is not None], [])


def _load_line(row: Mapping[str, Any], children: Mapping[int, Child], kept: Catalogue) -> RecapLine | None:
    if row["participant"] not in children:
        return None
    return RecapLine(
        child=children[row["participant"]],
        day=dt.date.fromisoformat(row["day"]),
        changes=tuple(UnitChange(kept.units[unit], booked, cents) for unit, booked, cents in row["changes"]),
        result=LineResult(row["result"]),
        refusal=Refusal(row["refusal"]) if row["refusal"] else None,
        at_fault=kept.units[row["at_fault"]] if row["at_fault"] else None,
        deadline=dt.datetime.fromisoformat(row["deadline"]) if row["deadline"] else None,
        ticked_at=dt.datetime.fromisoformat(row["ticked_at"]),
        missing=tuple(row.get("missing", ())),  # outcomes of before have none
    )
