"""The same price for all, or one per rank."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from preau.pricing.rules import reading
from preau.pricing.rules.facts import Facts, Step, rank_step
from preau.pricing.rules.kinds.kind import Amounts, Bracket, dump_amounts, of_rank


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
