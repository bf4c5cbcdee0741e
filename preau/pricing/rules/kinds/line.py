"""A price that goes up, or down, in a straight line from point to point."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import ClassVar

from preau.pricing.rules import reading
from preau.pricing.rules.conditions import PHRASES
from preau.pricing.rules.facts import Facts, Step, amount_words, number
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
class Line:
    """Through points of a fact, the quotient unless told otherwise, and a price (one for all, or one per rank).

    Before the first point and after the last, their prices hold. An unknown quotient pays the highest.
    """

    name: ClassVar[str] = "line"
    keys: ClassVar[frozenset[str]] = frozenset({"points", "on"})

    at: tuple[Decimal, ...]
    prices: tuple[Amounts, ...]
    on: str = "quotient"

    @classmethod
    def read(cls, path: reading.Path, data: Mapping[str, object]) -> "Line":
        faults: list[reading.Fault] = []
        points: list[tuple[Decimal, Amounts]] = []
        on = "quotient"
        with reading.gathering(faults):
            for place, item in enumerate(reading.list_at((*path, "points"), data.get("points"))):
                with reading.gathering(faults):
                    points.append(_point_at((*path, "points", place), item))
            if len(points) < 2 and not faults:
                raise reading.fault((*path, "points"), "indiquez deux points au moins.")
        with reading.gathering(faults):
            on = fact_followed_at(path, data)
        for place, ((low, _), (high, _)) in enumerate(pairwise(points), start=1):
            if low >= high and not faults:
                faults.append(reading.Fault((*path, "points", place), "les points doivent aller en augmentant."))
        if faults:
            raise reading.TariffFault(*faults)
        return cls(tuple(at for at, _ in points), tuple(prices for _, prices in points), on)

    def title(self) -> str:
        return f"progressif selon {FOLLOWED[self.on]}"

    def amount(self, facts: Facts) -> Decimal:
        value = value_followed(facts, self.on)
        prices = [of_rank(amounts, facts.rank) for amounts in self.prices]
        if value is None:
            return max(prices)
        after = bisect_right(self.at, value)
        if after in (0, len(self.at)):
            return prices[max(after - 1, 0)]
        low, high = self.at[after - 1 : after + 1]
        below, above = prices[after - 1 : after + 1]
        return below + (above - below) * (value - low) / (high - low)

    def steps(self, facts: Facts) -> list[Step]:
        steps = steps_followed(facts, self.on, by_rank=any(len(amounts) > 1 for amounts in self.prices))
        value = value_followed(facts, self.on)
        if value is None:
            return steps
        after = bisect_right(self.at, value)
        around = range(max(after - 1, 0), min(after + 1, len(self.at)))
        told = ", ".join(
            f"{amount_words(of_rank(self.prices[place], facts.rank))} à {number(self.at[place])}" for place in around
        )
        return [*steps, Step("Calcul", f"{told}, et en proportion entre les deux" if len(around) > 1 else told)]

    def brackets(self) -> tuple[Bracket, ...]:
        sides = ["jusqu’à {}", *["{}"] * (len(self.at) - 2), "à partir de {}"]
        told = (side.format(number(at)) for side, at in zip(sides, self.at, strict=True))
        return tuple(
            Bracket(PHRASES[self.on].format(words), amounts) for words, amounts in zip(told, self.prices, strict=True)
        )

    def starts(self) -> Mapping[str, Decimal]:
        return {self.on: Decimal(0)}

    def dump(self) -> dict[str, object]:
        points = [[f"{at:f}", dump_amounts(prices)] for at, prices in zip(self.at, self.prices, strict=True)]
        return {"points": points, **dump_on(self.on)}


def _point_at(path: reading.Path, item: object) -> tuple[Decimal, Amounts]:
    pair = reading.list_at(path, item)
    if len(pair) != 2:
        raise reading.fault(path, 'indiquez un point ainsi : ["700", "2.01"].')
    return reading.number_at((*path, 0), pair[0]), reading.amounts_by_rank_at((*path, 1), pair[1])
