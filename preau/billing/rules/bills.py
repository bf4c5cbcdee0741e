"""From booked days and prices to the lines of each payer's invoice."""

import bisect
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from preau.core.money import Cents
from preau.core.shares import share_out
from preau.pricing.rules import Price, Step

Weights = tuple[tuple[int, int], ...]  # (payer, weight), in a fixed order


class PricedDays(NamedTuple):
    """Days of a participant on a unit that have one price and one set of payers. Days are ISO texts, in order."""

    participant: int
    unit: int
    price: Price
    days: Sequence[str]
    payers: Weights


@dataclass(slots=True)
class DraftLine:
    """A line of an invoice. `share` is the payer's part such as "1/2"; "" when they pay all of it."""

    participant: int
    unit: int
    quantity: int
    unit_price_cents: int
    amount_cents: int
    care_cents: int
    food_cents: int
    days: Sequence[str]
    steps: Sequence[Step]
    share: str = ""


def cut(days: Sequence[str], marks: Sequence[str]) -> Iterator[Sequence[str]]:
    """`days`, in order, cut into runs at each mark: a mark is the first day on which something may change."""
    start = 0
    for mark in marks:
        end = bisect.bisect_left(days, mark, start)
        if end > start:
            yield days[start:end]
            start = end
    if start < len(days):
        yield days[start:]


def lines_by_payer(priced: Iterable[PricedDays]) -> dict[int, list[DraftLine]]:
    """The lines of one household, payer by payer: one line per participant, unit and unit price.

    A line reads quantity × unit price. When several share it, the parts add up to that product, cent for cent.
    """
    by_line: dict[tuple[int, int, int, Weights], list[PricedDays]] = {}
    for part in priced:
        by_line.setdefault((part.participant, part.unit, part.price.cents, _sharing(part.payers)), []).append(part)
    lines: dict[int, list[DraftLine]] = {}
    for parts in by_line.values():
        for payer, line in _shared(_line_of(parts), parts[0].payers):
            lines.setdefault(payer, []).append(line)
    return lines


def _line_of(parts: Sequence[PricedDays]) -> DraftLine:
    """The line of days that have one participant, one unit and one unit price."""
    first = parts[0]
    days = first.days if len(parts) == 1 else sorted(day for part in parts for day in part.days)
    care = food = 0
    for part in parts:
        care += len(part.days) * (part.price.care_cents or 0)
        food += len(part.days) * (part.price.food_cents or 0)
    return DraftLine(
        participant=first.participant,
        unit=first.unit,
        quantity=len(days),
        unit_price_cents=first.price.cents,
        amount_cents=len(days) * first.price.cents,
        care_cents=care,
        food_cents=food,
        days=days,
        steps=first.price.steps if len(parts) == 1 else merged_steps([part.price.steps for part in parts]),
    )


def merged_steps(explanations: Sequence[Sequence[Step]]) -> Sequence[Step]:
    """One explanation for days of one price: what changed on the way is told in order, « 742 puis 800 ».

    The date of each day is left out: the line lists its days.
    """
    values: dict[str, dict[str, None]] = {}
    for steps in explanations:
        for step in steps:
            values.setdefault(step.label, {})[step.value] = None
    return [Step(label, " puis ".join(told)) for label, told in values.items() if label != "Date" or len(told) == 1]


def _sharing(payers: Weights) -> Weights:
    """The payers and their weights; alone, a payer pays all, whatever the weight."""
    return ((payers[0][0], 1),) if len(payers) == 1 else payers


def _shared(line: DraftLine, payers: Weights) -> Iterator[tuple[int, DraftLine]]:
    if len(payers) == 1:
        yield payers[0][0], line
        return
    weights = [weight for _, weight in payers]
    amounts = _parts(line.amount_cents, weights)
    # By what each pays and not by weights, so that nobody's care and food exceed it.
    care = _parts(line.care_cents, amounts)
    food = _parts(line.food_cents, [amount - part for amount, part in zip(amounts, care, strict=True)])
    for place, (payer, weight) in enumerate(payers):
        mine = replace(line, amount_cents=amounts[place], care_cents=care[place], food_cents=food[place])
        mine.share = f"{weight}/{sum(weights)}"
        yield payer, mine


def _parts(cents: int, weights: Sequence[int]) -> Sequence[int]:
    return share_out(Cents(cents), weights) if cents else [0] * len(weights)


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A row of the chain of shares: from a day (ISO text) on, `payer` pays by `weight`."""

    starts_on: str
    payer: int
    weight: int


@dataclass(slots=True)
class Payers:
    """Who pays the days of a household: its shares, those of a participant replacing them, else one adult.

    `default` None means that nobody can be billed where no share is in force.
    """

    default: int | None = None
    household: list[ShareRow] = field(default_factory=list)
    by_participant: dict[int, list[ShareRow]] = field(default_factory=dict)

    @property
    def is_shared(self) -> bool:
        return bool(self.household or self.by_participant)

    def on(self, participant: int, day: str) -> Weights:
        """The payers of a participant's day and their weights; () when there is none."""
        chains = (self.by_participant.get(participant, ()), self.household) if self.is_shared else ()
        for rows in chains:
            in_force = max((row.starts_on for row in rows if row.starts_on <= day), default="")
            if in_force:
                return tuple(sorted((row.payer, row.weight) for row in rows if row.starts_on == in_force))
        return () if self.default is None else ((self.default, 1),)

    def marks(self, participant: int) -> set[str]:
        """The days on which the payers of a participant may change."""
        if not self.is_shared:
            return set()
        return {row.starts_on for row in [*self.household, *self.by_participant.get(participant, ())]}
