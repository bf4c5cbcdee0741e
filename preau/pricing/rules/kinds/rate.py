"""An effort rate: a part of the quotient."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from preau.core.money import NBSP
from preau.pricing.rules import reading
from preau.pricing.rules.facts import Facts, Step, amount_words, number, plain_number
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
class Rate:
    """A fact, the quotient unless told otherwise, times a rate (one for all, or one per rank), within two bounds.

    An unknown quotient pays the ceiling.
    """

    name: ClassVar[str] = "rate"
    keys: ClassVar[frozenset[str]] = frozenset({"rate", "on", "floor", "ceiling"})

    rate: Amounts
    floor: Decimal
    ceiling: Decimal
    on: str = "quotient"

    @classmethod
    def read(cls, path: reading.Path, data: Mapping[str, object]) -> "Rate":
        faults: list[reading.Fault] = []
        rate: Amounts = ()
        floor, ceiling, on = Decimal(0), None, "quotient"
        with reading.gathering(faults):
            rate = reading.amounts_by_rank_at((*path, "rate"), data.get("rate"))
        with reading.gathering(faults):
            floor = reading.amount_at((*path, "floor"), data.get("floor", "0"))
        with reading.gathering(faults):
            if data.get("ceiling") is None:
                message = "indiquez le prix le plus élevé : c’est aussi celui des familles sans quotient."
                raise reading.fault((*path, "ceiling"), message)
            ceiling = reading.amount_at((*path, "ceiling"), data["ceiling"])
        with reading.gathering(faults):
            on = fact_followed_at(path, data)
        if ceiling is not None and floor > ceiling:
            faults.append(reading.Fault((*path, "ceiling"), "le plafond doit atteindre le plancher."))
        if ceiling is None or faults:
            raise reading.TariffFault(*faults)
        return cls(rate, floor, ceiling, on)

    def title(self) -> str:
        return f"proportionnel {ABOUT[self.on]}"

    def amount(self, facts: Facts) -> Decimal:
        value = value_followed(facts, self.on)
        if value is None:
            return self.ceiling
        return min(max(of_rank(self.rate, facts.rank) * value, self.floor), self.ceiling)

    def steps(self, facts: Facts) -> list[Step]:
        steps = steps_followed(facts, self.on, by_rank=len(self.rate) > 1)
        value = value_followed(facts, self.on)
        if value is None:
            return steps
        rate = of_rank(self.rate, facts.rank)
        steps.append(Step("Calcul", f"{_rate_words(rate, self.on)} × {number(value)} = {amount_words(rate * value)}"))
        if rate * value < self.floor:
            steps.append(Step("Prix plancher", amount_words(self.floor)))
        if rate * value > self.ceiling:
            steps.append(Step("Prix plafond", amount_words(self.ceiling)))
        return steps

    def brackets(self) -> tuple[Bracket, ...]:
        words = " ou ".join(_rate_words(rate, self.on) for rate in self.rate)
        bounds = (("au moins", self.floor), ("au plus", self.ceiling))
        return tuple(Bracket(f"{words} {OF[self.on]}, {which}", (bound,) * len(self.rate)) for which, bound in bounds)

    def starts(self) -> Mapping[str, Decimal]:
        return {self.on: Decimal(0)}

    def dump(self) -> dict[str, object]:
        floor = {"floor": f"{self.floor:f}"} if self.floor else {}
        return {"rate": dump_amounts(self.rate), **floor, "ceiling": f"{self.ceiling:f}", **dump_on(self.on)}


ABOUT = {fact: ("au " + words[3:] if words.startswith("le ") else f"à {words}") for fact, words in FOLLOWED.items()}
OF = {fact: ("du " + words[3:] if words.startswith("le ") else f"de {words}") for fact, words in FOLLOWED.items()}


def _rate_words(rate: Decimal, on: str) -> str:
    """« 0,55 % » of a quotient, « 0,05 € » for each minute or year."""
    return f"{plain_number(rate * 100)}{NBSP}%" if on == "quotient" else amount_words(rate)
