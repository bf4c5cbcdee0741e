"""What kinds of price have in common."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar, Protocol

from preau.pricing.rules import reading
from preau.pricing.rules.facts import Facts, Step, TariffHole, quotient_step, rank_step, steps_about

FOLLOWED = MappingProxyType(
    {
        "quotient": "le quotient familial",
        "rank": "le rang dans la fratrie",
        "children": "le nombre d’enfants",
        "age": "l’âge",
        "minutes": "la durée",
    }
)
"""Facts that a price may follow."""

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
        """The exact amount in euros; without a quotient, the highest. Raises TariffHole when there is none."""
        ...

    def steps(self, facts: Facts) -> list[Step]:
        """What explains the amount, for facts that have one."""
        ...

    def brackets(self) -> tuple[Bracket, ...]:
        """All that it may charge, in order or, when that cannot be listed, its lowest and its highest."""
        ...

    def starts(self) -> Mapping[str, Decimal]:
        """The facts that it needs, each with the lowest value that has a price."""
        ...

    def dump(self) -> dict[str, object]: ...


def of_rank(amounts: Amounts, rank: int) -> Decimal:
    return amounts[min(max(rank, 1), len(amounts)) - 1]


def dump_amounts(amounts: Amounts) -> object:
    texts = [f"{amount:f}" for amount in amounts]
    return texts[0] if len(texts) == 1 else texts


def dump_on(on: str) -> dict[str, object]:
    """The fact that a price follows; the quotient goes without saying."""
    return {} if on == "quotient" else {"on": on}


def fact_followed_at(path: reading.Path, data: Mapping[str, object]) -> str:
    on = data.get("on", "quotient")
    if not isinstance(on, str) or on not in FOLLOWED:
        raise reading.fault((*path, "on"), f"indiquez l’un de ces faits : {', '.join(FOLLOWED)}.")
    return on


def value_followed(facts: Facts, on: str) -> Decimal | int | None:
    """The fact, None for an unknown quotient only. Raises TariffHole when another fact is unknown."""
    value: Decimal | int | None = getattr(facts, on)
    if value is None and on != "quotient":
        raise TariffHole(facts, [on])
    return value


def steps_followed(facts: Facts, on: str, *, by_rank: bool) -> list[Step]:
    """The rank when it matters, and the fact that the price follows."""
    steps = [rank_step(facts)] if by_rank and on != "rank" else []
    return [*steps, *([quotient_step(facts)] if on == "quotient" else steps_about(facts, [on]))]
