"""A price per bracket."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from typing import ClassVar

from preau.pricing.rules import reading
from preau.pricing.rules.conditions import PHRASES
from preau.pricing.rules.facts import Facts, Step, TariffHole, number
from preau.pricing.rules.kinds.kind import (
    FOLLOWED,
    Amounts,
    Bracket,
    dump_amounts,
    dump_on,
    fact_followed_at,
    of_rank,
    steps_followed,
    value_followed,
)


@dataclass(frozen=True, slots=True)
class Grid:
    """A price per bracket of a fact, the quotient unless told otherwise. `at` are the lower bounds, included.

    Holes and overlaps cannot be written; below the first bound there is no price. An unknown quotient falls in the
    dearest bracket.
    """

    name: ClassVar[str] = "grid"
    keys: ClassVar[frozenset[str]] = frozenset({"at", "prices", "on"})

    at: tuple[Decimal, ...]
    prices: tuple[Amounts, ...]
    on: str = "quotient"

    @classmethod
    def read(cls, path: reading.Path, data: Mapping[str, object]) -> "Grid":
        faults: list[reading.Fault] = []
        at: tuple[Decimal, ...] = ()
        prices: tuple[Amounts, ...] = ()
        on = "quotient"
        with reading.gathering(faults):
            at = _bounds_at((*path, "at"), data.get("at"))
        with reading.gathering(faults):
            items = reading.list_at((*path, "prices"), data.get("prices"))
            prices = tuple(
                reading.amounts_by_rank_at((*path, "prices", place), item) for place, item in enumerate(items)
            )
        with reading.gathering(faults):
            on = fact_followed_at(path, data)
        if at and prices and len(at) != len(prices):
            faults.append(
                reading.Fault((*path, "prices"), f"il faut un prix par tranche : {len(at)} bornes, {len(prices)} prix.")
            )
        if faults:
            raise reading.TariffFault(*faults)
        return cls(at, prices, on)

    def title(self) -> str:
        return f"selon {FOLLOWED[self.on]}"

    def amount(self, facts: Facts) -> Decimal:
        return of_rank(self.prices[self._place(facts)], facts.rank)

    def steps(self, facts: Facts) -> list[Step]:
        place, value = self._place(facts), getattr(facts, self.on)
        steps = steps_followed(facts, self.on, by_rank=len(self.prices[place]) > 1)
        return [*steps, Step(f"Tranche {place + 1}", self._words(place, value))]

    def brackets(self) -> tuple[Bracket, ...]:
        return tuple(Bracket(self._words(place), amounts) for place, amounts in enumerate(self.prices))

    def starts(self) -> Mapping[str, Decimal]:
        return {self.on: self.at[0]}

    def dump(self) -> dict[str, object]:
        return {
            "at": [f"{bound:f}" for bound in self.at],
            "prices": [dump_amounts(amounts) for amounts in self.prices],
            **dump_on(self.on),
        }

    def _place(self, facts: Facts) -> int:
        value = value_followed(facts, self.on)
        if value is None:
            return max(range(len(self.at)), key=lambda place: (of_rank(self.prices[place], facts.rank), place))
        if value < self.at[0]:
            raise TariffHole(facts, [self.on])
        return bisect_right(self.at, value) - 1

    def _words(self, place: int, value: Decimal | int | None = None) -> str:
        """« quotient de 601 à 800 » between whole bounds, as towns publish them; else « de 12,50 à moins de 20 ».

        A `value` such as 800,50 is told the second way: it would not seem to be in its own bracket.
        """
        low = self.at[place]
        high = self.at[place + 1] if place + 1 < len(self.at) else None
        return _bracket_words(self.on, low, high, high is not None and (value is None or value <= high - 1))


@lru_cache(maxsize=1024)  # a campaign tells each bracket to hundreds of families
def _bracket_words(on: str, low: Decimal, high: Decimal | None, is_told_whole: bool) -> str:
    if high is None:
        words = f"à partir de {number(low)}"
    elif is_told_whole and low == int(low) and high == int(high):
        words = f"de {number(low)} à {number(high - 1)}" if high - 1 > low else number(low)
    else:
        words = f"de {number(low)} à moins de {number(high)}"
    return PHRASES[on].format(words)


def _bounds_at(path: reading.Path, value: object) -> tuple[Decimal, ...]:
    items = reading.list_at(path, value)
    bounds = tuple(reading.number_at((*path, place), item) for place, item in enumerate(items))
    for place, (low, high) in enumerate(pairwise(bounds), start=1):
        if low >= high:
            raise reading.fault((*path, place), "les bornes doivent aller en augmentant.")
    return bounds
