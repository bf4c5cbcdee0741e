"""Kinds of price. A kind reads itself, finds its amount for given facts, and lists what it may charge."""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from types import MappingProxyType
from typing import ClassVar, Protocol

from preau.core.money import NBSP
from preau.pricing.rules import reading
from preau.pricing.rules.conditions import PHRASES
from preau.pricing.rules.facts import (
    Facts,
    Step,
    TariffHole,
    number,
    quotient_step,
    rank_step,
    steps_about,
)

GRID_FACTS = MappingProxyType(
    {
        "quotient": "le quotient familial",
        "rank": "le rang dans la fratrie",
        "children": "le nombre d’enfants",
        "age": "l’âge",
        "minutes": "la durée",
    }
)
"""Facts that a grid may follow."""

Amounts = tuple[Decimal, ...]
"""One amount per rank among brothers and sisters, from the first child; the last holds for all that follow."""


@dataclass(frozen=True, slots=True)
class Bracket:
    """One line of a published table: which bracket (empty for a single price) and its amounts by rank."""

    words: str
    amounts: Amounts


class Kind(Protocol):
    """A kind of price, read from data and frozen."""

    name: ClassVar[str]
    keys: ClassVar[frozenset[str]]

    @classmethod
    def read(cls, path: reading.Path, data: Mapping[str, object]) -> "Kind":
        """Raises TariffFault with every fault found."""
        ...

    def title(self) -> str: ...

    def amount(self, facts: Facts) -> Decimal:
        """The exact amount in euros. Raises TariffHole when there is none."""
        ...

    def steps(self, facts: Facts) -> list[Step]:
        """What explains the amount, for facts that have one."""
        ...

    def brackets(self) -> tuple[Bracket, ...]:
        """All that it may charge, in order."""
        ...

    def starts(self) -> Mapping[str, Decimal]:
        """The facts that it needs, each with the lowest value that has a price."""
        ...

    def dump(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same price for all, or one per rank."""

    name: ClassVar[str] = "fixed"
    keys: ClassVar[frozenset[str]] = frozenset({"price"})

    price: Amounts

    @classmethod
    def read(cls, path: reading.Path, data: Mapping[str, object]) -> "Fixed":
        return cls(reading.amounts_by_rank_at((*path, "price"), data.get("price")))

    def title(self) -> str:
        return "prix fixe"

    def amount(self, facts: Facts) -> Decimal:
        return of_rank(self.price, facts.rank)

    def steps(self, facts: Facts) -> list[Step]:
        return [rank_step(facts)] if len(self.price) > 1 else []

    def brackets(self) -> tuple[Bracket, ...]:
        return (Bracket("", self.price),)

    def starts(self) -> Mapping[str, Decimal]:
        return {}

    def dump(self) -> dict[str, object]:
        return {"price": dump_amounts(self.price)}


@dataclass(frozen=True, slots=True)
class Grid:
    """A price per bracket of a fact, the quotient unless told otherwise. `at` are the lower bounds, included.

    Holes and overlaps cannot be written; below the first bound there is no price. An unknown quotient falls in the
    last bracket.
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
        on = data.get("on", "quotient")
        with reading.gathering(faults):
            at = _bounds((*path, "at"), data.get("at"))
        with reading.gathering(faults):
            items = reading.list_at((*path, "prices"), data.get("prices"))
            prices = tuple(
                reading.amounts_by_rank_at((*path, "prices", place), item) for place, item in enumerate(items)
            )
        if not isinstance(on, str) or on not in GRID_FACTS:
            faults.append(reading.Fault((*path, "on"), f"indiquez l’un de ces faits : {', '.join(GRID_FACTS)}."))
        if at and prices and len(at) != len(prices):
            faults.append(
                reading.Fault((*path, "prices"), f"il faut un prix par tranche : {len(at)} bornes, {len(prices)} prix.")
            )
        if faults:
            raise reading.TariffFault(*faults)
        return cls(at, prices, str(on))

    def title(self) -> str:
        return f"selon {GRID_FACTS[self.on]}"

    def amount(self, facts: Facts) -> Decimal:
        return of_rank(self.prices[self._place(facts)], facts.rank)

    def steps(self, facts: Facts) -> list[Step]:
        place, value = self._place(facts), getattr(facts, self.on)
        amounts = self.prices[place]
        steps = [rank_step(facts)] if len(amounts) > 1 and self.on != "rank" else []
        if self.on == "quotient":
            without = self._without_quotient(facts.rank) if facts.quotient is None else ""
            steps.append(quotient_step(facts, without=without))
        else:
            steps += steps_about(facts, [self.on])
        return [*steps, Step(f"Tranche {place + 1}", self._words(place, value))]

    def brackets(self) -> tuple[Bracket, ...]:
        return tuple(Bracket(self._words(place), amounts) for place, amounts in enumerate(self.prices))

    def starts(self) -> Mapping[str, Decimal]:
        return {self.on: self.at[0]}

    def dump(self) -> dict[str, object]:
        data: dict[str, object] = {
            "at": [f"{bound:f}" for bound in self.at],
            "prices": [dump_amounts(amounts) for amounts in self.prices],
        }
        return data if self.on == "quotient" else data | {"on": self.on}

    def _place(self, facts: Facts) -> int:
        value = getattr(facts, self.on)
        if value is None and self.on == "quotient":
            return len(self.at) - 1
        if value is None or value < self.at[0]:
            raise TariffHole(facts, [self.on])
        return bisect_right(self.at, value) - 1

    def _words(self, place: int, value: Decimal | int | None = None) -> str:
        """« quotient de 601 à 800 » between whole bounds, as towns publish them; else « de 12,50 à moins de 20 ».

        A `value` such as 800,50 is told the second way: it would not seem to be in its own bracket.
        """
        low = self.at[place]
        if place + 1 == len(self.at):
            return PHRASES[self.on].format(f"à partir de {number(low)}")
        high = self.at[place + 1]
        if low == int(low) and high == int(high) and (value is None or value <= high - 1):
            return PHRASES[self.on].format(f"de {number(low)} à {number(high - 1)}" if high - 1 > low else number(low))
        return PHRASES[self.on].format(f"de {number(low)} à moins de {number(high)}")

    def _without_quotient(self, rank: int) -> str:
        is_highest = of_rank(self.prices[-1], rank) == max(of_rank(amounts, rank) for amounts in self.prices)
        return f"non connu{NBSP}: {'le tarif le plus élevé' if is_highest else 'la dernière tranche'} s’applique"


KINDS: Mapping[str, type[Kind]] = MappingProxyType({Fixed.name: Fixed, Grid.name: Grid})
"""How each kind of price is read. A later kind is a class above and a word here."""


def of_rank(amounts: Amounts, rank: int) -> Decimal:
    return amounts[min(max(rank, 1), len(amounts)) - 1]


def dump_amounts(amounts: Amounts) -> object:
    texts = [f"{amount:f}" for amount in amounts]
    return texts[0] if len(texts) == 1 else texts


def _bounds(path: reading.Path, value: object) -> tuple[Decimal, ...]:
    items = reading.list_at(path, value)
    bounds = tuple(reading.number_at((*path, place), item) for place, item in enumerate(items))
    for place, (low, high) in enumerate(pairwise(bounds), start=1):
        if low >= high:
            raise reading.fault((*path, place), "les bornes doivent aller en augmentant.")
    return bounds
