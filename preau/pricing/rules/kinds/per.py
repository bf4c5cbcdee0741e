"""A price for each started period of time."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import ClassVar

from preau.core.money import NBSP
from preau.pricing.rules import reading
from preau.pricing.rules.facts import Facts, Step, TariffHole, amount_words, steps_about
from preau.pricing.rules.kinds.fixed import Fixed
from preau.pricing.rules.kinds.grid import Grid
from preau.pricing.rules.kinds.kind import Bracket, Kind
from preau.pricing.rules.kinds.line import Line
from preau.pricing.rules.kinds.rate import Rate

EACH: Mapping[str, type[Kind]] = MappingProxyType({kind.name: kind for kind in (Fixed, Grid, Rate, Line)})
"""What a period may cost."""


@dataclass(frozen=True, slots=True)
class Per:
    """Every started period of `minutes` costs `each`; a duration of zero costs nothing."""

    name: ClassVar[str] = "per"
    keys: ClassVar[frozenset[str]] = frozenset({"minutes", "each"})

    minutes: int
    each: Kind

    @classmethod
    def read(cls, path: reading.Path, data: Mapping[str, object]) -> "Per":
        faults: list[reading.Fault] = []
        minutes, each = data.get("minutes"), None
        if not isinstance(minutes, int) or isinstance(minutes, bool) or not 1 <= minutes <= 1440:
            faults.append(reading.Fault((*path, "minutes"), "indiquez un nombre entier de 1 à 1440, sans guillemets."))
            minutes = 1
        with reading.gathering(faults):
            each = _each_at((*path, "each"), data.get("each"))
        if each is None or faults:
            raise reading.TariffFault(*faults)
        return cls(minutes, each)

    def title(self) -> str:
        return f"par {self._period()}"

    def amount(self, facts: Facts) -> Decimal:
        return self._started(facts) * self.each.amount(facts)

    def steps(self, facts: Facts) -> list[Step]:
        started = self._started(facts)
        told = f"{started} × {amount_words(self.each.amount(facts))}, par {self._period()}"
        return [*steps_about(facts, ["minutes"]), *self.each.steps(facts), Step("Périodes", told)]

    def brackets(self) -> tuple[Bracket, ...]:
        return tuple(
            Bracket(f"{bracket.words}, par {self._period()}".removeprefix(", "), bracket.amounts)
            for bracket in self.each.brackets()
        )

    def starts(self) -> Mapping[str, Decimal]:
        return {"minutes": Decimal(0), **self.each.starts()}

    def dump(self) -> dict[str, object]:
        return {"minutes": self.minutes, "each": {"kind": self.each.name, **self.each.dump()}}

    def _started(self, facts: Facts) -> int:
        if facts.minutes is None or facts.minutes < 0:
            raise TariffHole(facts, ["minutes"])
        return -(-facts.minutes // self.minutes)

    def _period(self) -> str:
        words = {15: "quart d’heure entamé", 30: "demi-heure entamée", 60: "heure entamée"}
        return words.get(self.minutes) or f"période de {self.minutes}{NBSP}min entamée"


def _each_at(path: reading.Path, value: object) -> Kind:
    data = reading.table_at(path, value)
    name = data.get("kind")
    if not isinstance(name, str) or name not in EACH:
        raise reading.fault((*path, "kind"), f"indiquez l’un de ces prix : {', '.join(EACH)}.")
    faults: list[reading.Fault] = []
    each = None
    with reading.gathering(faults):
        reading.only(path, data, frozenset({"kind"}) | EACH[name].keys)
    with reading.gathering(faults):
        each = EACH[name].read(path, data)
    if each is None or faults:
        raise reading.TariffFault(*faults)
    return each
