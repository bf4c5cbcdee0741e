"""A tariff as voted: the first price whose conditions hold, what then modifies it, rounded once and explained."""

from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from types import MappingProxyType
from typing import NamedTuple

from preau.core.money import Cents, euros
from preau.pricing.choices import PricedStatus, Rounding
from preau.pricing.rules.conditions import OneOf, Tagged, Test, When
from preau.pricing.rules.facts import Facts, Step, TariffHole, amount_words, steps_about
from preau.pricing.rules.kinds import Kind
from preau.pricing.rules.modifiers import Modifier

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
    """The rules of one version. `base` is tried in order; the first entry whose conditions hold gives the price.

    Then every modifier of `then` whose conditions hold changes it, in order.
    """

    base: tuple[Entry, ...]
    rounding: Rounding = Rounding.HALF_UP
    split: Split | None = None
    then: tuple[Modifier, ...] = ()


class Price(NamedTuple):
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
    entry, tried = _entry_for(tariff, facts)
    exact = base = entry.kind.amount(facts)
    held: list[Modifier] = []
    for modifier in tariff.then:
        changed = modifier.changes(exact, facts, entry.label)
        if changed is not None:
            exact = changed
            held.append(modifier)
            if modifier.stop:
                break
    for modifier in held:
        tried += modifier.when.tests
    cents = rounded(exact, tariff.rounding)
    names = _mentioned(tried) | {modifier.each for modifier in held if modifier.each} if tried or held else set()
    steps = _steps_of(entry, _mattering(facts, tried), names)
    if held:
        steps += [Step("Prix de base", amount_words(base)), *_steps_then(held, facts)]
    if exact * 100 != cents:
        steps.append(Step("Arrondi", tariff.rounding.label))
    steps.append(Step("Prix", euros(cents)))
    if tariff.split is None:
        return Price(cents, tuple(steps))
    food = tariff.split.food_cents(cents)
    if food:
        steps.append(Step("Dont repas", euros(food)))
    return Price(cents, tuple(steps), care_cents=Cents(cents - food), food_cents=food)


def _entry_for(tariff: Tariff, facts: Facts) -> tuple[Entry, list[Test]]:
    """The first entry that holds and every condition tried; when the quotient is not known, the dearest it may have."""
    tried: list[Test] = []
    possible: list[Entry] = []
    for entry in tariff.base:
        tried += entry.when.tests
        if entry.when.may_hold(facts):
            possible.append(entry)
            if facts.quotient is not None or not entry.when.is_about("quotient"):
                break
    if not possible:
        raise TariffHole(_mattering(facts, tried), _mentioned(tried))
    if len(possible) > 1:
        possible.sort(key=lambda entry: entry.kind.amount(facts))
    return possible[-1], tried


def _steps_of(entry: Entry, facts: Facts, names: set[str]) -> list[Step]:
    by_kind = entry.kind.steps(facts)
    told = {step.label for step in by_kind}
    about = [step for step in steps_about(facts, names) if step.label not in told]
    return [Step("Tarif", entry.label or entry.kind.title()), *about, *by_kind]


def _steps_then(held: list[Modifier], facts: Facts) -> list[Step]:
    """One line for each name, even if the town gave it twice."""
    told: dict[str, list[str]] = {}
    for modifier in held:
        told.setdefault(modifier.title(), []).append(modifier.effect.words(modifier.times(facts)))
    return [Step(title, ", puis ".join(words)) for title, words in told.items()]


def _mentioned(tests: list[Test]) -> set[str]:
    return {test.fact for test in tests}


def _mattering(facts: Facts, tests: list[Test]) -> Facts:
    """The facts with only the tags on which the price depended: the others are nobody's business here."""
    if not facts.tags:
        return facts
    asked = {tag for test in tests if isinstance(test, Tagged) for tag in test.tags}
    return facts._replace(tags=facts.tags & asked)


def summary(tariff: Tariff) -> tuple[SummaryRow, ...]:
    """The base prices as a table for the public, in the order of the vote."""
    return tuple(
        SummaryRow(entry.title(), bracket.words, tuple(rounded(amount, tariff.rounding) for amount in bracket.amounts))
        for entry in tariff.base
        for bracket in entry.kind.brackets()
    )


def lowest_and_highest(tariff: Tariff) -> tuple[Cents, Cents]:
    """The range of what a booking may cost. Prices of lateness or absence count only if there is nothing else.

    What is counted by started period, or added for each of something, counts once.
    """
    booked = [entry for entry in tariff.base if _is_of_bookings(entry.when)] or tariff.base
    amounts = [amount for entry in booked for bracket in entry.kind.brackets() for amount in bracket.amounts]
    low, high = min(amounts), max(amounts)
    for modifier in tariff.then:
        if not _is_of_bookings(modifier.when):
            continue
        least, most = modifier.effect.on(low), modifier.effect.on(high)
        is_certain = not modifier.when.tests and not modifier.unless_base
        low, high = (least, most) if is_certain else (min(low, least), max(high, most))
    return rounded(low, tariff.rounding), rounded(high, tariff.rounding)


def _is_of_bookings(when: When) -> bool:
    statuses = [test for test in when.tests if isinstance(test, OneOf) and test.fact == "status"]
    return all(PricedStatus.BOOKED in test.values for test in statuses)


def rounded(amount: Decimal, rounding: Rounding) -> Cents:
    return Cents(int((amount * 100).quantize(Decimal(1), rounding=ROUNDINGS[rounding])))
