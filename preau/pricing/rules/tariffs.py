"""A tariff as voted: the first price whose conditions hold, rounded once, with its explanation."""

from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import MappingProxyType

from preau.core.money import Cents, euros
from preau.pricing.choices import PricedStatus, Rounding
from preau.pricing.rules.conditions import OneOf, Tagged, Test, When
from preau.pricing.rules.facts import Facts, Step, TariffHole, steps_about
from preau.pricing.rules.kinds import Kind

ROUNDINGS = MappingProxyType({Rounding.HALF_UP: ROUND_HALF_UP, Rounding.UP: ROUND_CEILING, Rounding.DOWN: ROUND_FLOOR})


@dataclass(frozen=True, slots=True)
class Entry:
    """A price and when it holds; `label` is the town's own name for it, or empty."""

    kind: Kind
    when: When
    label: str

    def title(self) -> str:
        """For whom or for what the price holds; empty for everyone."""
        return self.label or self.when.words()


@dataclass(frozen=True, slots=True)
class Split:
    """What of a price is care and what is food: food in euros, or care in percent of the price. One of them is None."""

    food: Decimal | None = None
    care_percent: Decimal | None = None

    def food_cents(self, cents: Cents) -> Cents:
        if self.food is not None:
            return Cents(min(cents, rounded(self.food, Rounding.HALF_UP)))
        care = rounded(Decimal(cents) / 100 * (self.care_percent or 0) / 100, Rounding.HALF_UP)
        return Cents(cents - care)


@dataclass(frozen=True, slots=True)
class Tariff:
    """The rules of one version. `base` is tried in order; the first entry whose conditions hold gives the price."""

    base: tuple[Entry, ...]
    rounding: Rounding = Rounding.HALF_UP
    split: Split | None = None


@dataclass(frozen=True, slots=True)
class Price:
    """A unit price in whole cents and why, in French. Care and food are None when the tariff has no split."""

    cents: Cents
    steps: tuple[Step, ...]
    care_cents: Cents | None = None
    food_cents: Cents | None = None


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line of a public table: for whom (empty is everyone), which bracket (empty is none), cents by rank."""

    rule: str
    bracket: str
    cents: tuple[Cents, ...]


def price(tariff: Tariff, facts: Facts) -> Price:
    """The price of one unit and its explanation. Raises TariffHole when no price is foreseen for these facts."""
    tried: list[Test] = []
    for entry in tariff.base:
        tried += entry.when.tests
        if entry.when.holds(facts):
            return _explained(tariff, entry, facts, tried)
    raise TariffHole(_mattering(facts, tried), _mentioned(tried))


def _explained(tariff: Tariff, entry: Entry, facts: Facts, tried: list[Test]) -> Price:
    exact = entry.kind.amount(facts)
    cents = rounded(exact, tariff.rounding)
    by_kind = entry.kind.steps(facts)
    told = {step.label for step in by_kind}
    about = [step for step in steps_about(_mattering(facts, tried), _mentioned(tried)) if step.label not in told]
    steps = [Step("Tarif", entry.label or entry.kind.title()), *about, *by_kind]
    if exact * 100 != cents:
        steps.append(Step("Arrondi", tariff.rounding.label))
    steps.append(Step("Prix", euros(cents)))
    if tariff.split is None:
        return Price(cents, tuple(steps))
    food = tariff.split.food_cents(cents)
    if food:
        steps.append(Step("Dont repas", euros(food)))
    return Price(cents, tuple(steps), care_cents=Cents(cents - food), food_cents=food)


def _mentioned(tests: list[Test]) -> set[str]:
    return {test.fact for test in tests}


def _mattering(facts: Facts, tests: list[Test]) -> Facts:
    """The facts with only the tags on which the price depended: the others are nobody's business here."""
    if not facts.tags:
        return facts
    asked = {tag for test in tests if isinstance(test, Tagged) for tag in test.tags}
    return replace(facts, tags=facts.tags & asked)


def summary(tariff: Tariff) -> tuple[SummaryRow, ...]:
    """The tariff as a table for the public, in the order of the vote."""
    return tuple(
        SummaryRow(entry.title(), bracket.words, tuple(rounded(amount, tariff.rounding) for amount in bracket.amounts))
        for entry in tariff.base
        for bracket in entry.kind.brackets()
    )


def lowest_and_highest(tariff: Tariff) -> tuple[Cents, Cents]:
    """The range of what a booking may cost. Prices of lateness or absence count only if there is nothing else."""
    booked = [entry for entry in tariff.base if _prices_bookings(entry)] or tariff.base
    cents = [
        rounded(amount, tariff.rounding)
        for entry in booked
        for bracket in entry.kind.brackets()
        for amount in bracket.amounts
    ]
    return min(cents), max(cents)


def _prices_bookings(entry: Entry) -> bool:
    statuses = [test for test in entry.when.tests if isinstance(test, OneOf) and test.fact == "status"]
    return all(PricedStatus.BOOKED in test.values for test in statuses)


def rounded(amount: Decimal, rounding: Rounding) -> Cents:
    return Cents(int((amount * 100).quantize(Decimal(1), rounding=ROUNDINGS[rounding])))
