"""When a price holds: tests on facts, all of which must pass."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from preau.core.money import NBSP
from preau.pricing.choices import PricedStatus
from preau.pricing.rules import reading
from preau.pricing.rules.facts import (
    DAY_FACTS,
    NUMBER_FACTS,
    TEXT_FACTS,
    YES_NO_FACTS,
    Facts,
    number,
    status_name,
    tag_names,
)

Value = str | bool | Decimal | dt.date
Bound = Decimal | dt.date

B = TypeVar("B", Decimal, dt.date)

PHRASES = MappingProxyType(
    {
        "resident": "{}",
        "occasional": "fréquentation {}",
        "quotient": "quotient {}",
        "rank": "rang {} dans la fratrie",
        "children": f"enfants de la famille{NBSP}: {{}}",
        "age": "{} ans",
        "minutes": "{} min",
        "day": "{}",
        "status": "{}",
        "unit": "{}",
        "regime": "régime {}",
        "level": "niveau {}",
        "part": "{}",
        "formula": "formule {}",
    }
)
"""How a condition on a fact is told in a public table."""

CONDITIONS = TEXT_FACTS | NUMBER_FACTS | YES_NO_FACTS | DAY_FACTS | {"has", "has_not"}


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact has one of these values; an unknown fact has none."""

    fact: str
    values: tuple[Value, ...]

    def holds(self, facts: Facts) -> bool:
        return getattr(facts, self.fact) in self.values

    def dump(self) -> object:
        values = [_plain(value) for value in self.values]
        return values[0] if len(values) == 1 else values

    def words(self) -> str:
        return PHRASES[self.fact].format(" ou ".join(_shown(self.fact, value) for value in self.values))


@dataclass(frozen=True, slots=True)
class Between:
    """The fact is at least `low` and below `high`; None is no bound. An unknown fact is nowhere."""

    fact: str
    low: Bound | None
    high: Bound | None

    def holds(self, facts: Facts) -> bool:
        value = getattr(facts, self.fact)
        if value is None:
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value < self.high)

    def dump(self) -> object:
        bounds = (("min", self.low), ("max", self.high))
        return {key: _plain(bound) for key, bound in bounds if bound is not None}

    def words(self) -> str:
        from_, below = ("à partir du", "avant le") if self.fact in DAY_FACTS else ("à partir de", "en dessous de")
        bounds = ((from_, self.low), (below, self.high))
        shown = (f"{side} {_shown(self.fact, bound)}" for side, bound in bounds if bound is not None)
        return PHRASES[self.fact].format(" et ".join(shown))


@dataclass(frozen=True, slots=True)
class Tagged:
    """The child carries one of these tags or, when not `wanted`, none of them."""

    tags: tuple[str, ...]
    wanted: bool

    @property
    def fact(self) -> str:
        return "tags"

    def holds(self, facts: Facts) -> bool:
        return facts.tags.isdisjoint(self.tags) != self.wanted

    def dump(self) -> object:
        return self.tags[0] if len(self.tags) == 1 else list(self.tags)

    def words(self) -> str:
        return f"{'avec' if self.wanted else 'sans'} {tag_names(self.tags)}"


Test = OneOf | Between | Tagged


@dataclass(frozen=True, slots=True)
class When:
    """Conditions of a price. Without any, it holds for everyone."""

    tests: tuple[Test, ...] = ()

    def holds(self, facts: Facts) -> bool:
        return all(test.holds(facts) for test in self.tests)

    def may_hold(self, facts: Facts) -> bool:
        """Whether it holds for some quotient, when it is not known."""
        return all(test.holds(facts) or (test.fact == "quotient" and facts.quotient is None) for test in self.tests)

    def is_about(self, fact: str) -> bool:
        return any(test.fact == fact for test in self.tests)

    def words(self) -> str:
        return ", ".join(test.words() for test in self.tests)

    def dump(self) -> dict[str, object]:
        return {_key(test): test.dump() for test in self.tests}


def parse_when(path: reading.Path, data: object) -> When:
    """The conditions written as `{fact = value | [values] | {min, max}, has = tag, has_not = tag}`."""
    table = reading.table_at(path, data)
    reading.only(path, table, CONDITIONS)
    return When(tuple(_parse_test((*path, key), key, value) for key, value in table.items()))


def _parse_test(path: reading.Path, key: str, value: object) -> Test:
    if key in ("has", "has_not"):
        tags = value if isinstance(value, list) else [value]
        return Tagged(tuple(reading.text_at(path, tag) for tag in reading.list_at(path, tags)), wanted=key == "has")
    if isinstance(value, Mapping):
        return _parse_between(path, key, value)
    values = value if isinstance(value, list) else [value]
    return OneOf(key, tuple(_value_at(path, key, item) for item in reading.list_at(path, values)))


def _parse_between(path: reading.Path, key: str, data: Mapping[str, object]) -> Between:
    if key in DAY_FACTS:
        return Between(key, *_bounds(path, data, reading.day_at))
    if key in NUMBER_FACTS:
        return Between(key, *_bounds(path, data, reading.number_at))
    raise reading.fault(path, "ce fait n’est pas un nombre : indiquez une valeur ou une liste de valeurs.")


def _bounds(
    path: reading.Path, data: Mapping[str, object], read: Callable[[reading.Path, object], B]
) -> tuple[B | None, B | None]:
    reading.only(path, data, frozenset({"min", "max"}))
    low = read((*path, "min"), data["min"]) if "min" in data else None
    high = read((*path, "max"), data["max"]) if "max" in data else None
    if low is None and high is None:
        raise reading.fault(path, "indiquez min (inclus), max (exclu) ou les deux.")
    if low is not None and high is not None and low >= high:
        raise reading.fault(path, "min doit être plus petit que max.")
    return low, high


def _value_at(path: reading.Path, key: str, value: object) -> Value:
    if key in NUMBER_FACTS:
        return reading.number_at(path, value)
    if key in YES_NO_FACTS:
        return reading.yes_no_at(path, value)
    if key in DAY_FACTS:
        return reading.day_at(path, value)
    text = reading.text_at(path, value)
    if key == "status" and text not in PricedStatus.values:
        raise reading.fault(path, f"indiquez l’un de ces états{NBSP}: {', '.join(PricedStatus.values)}.")
    return text


def _key(test: Test) -> str:
    if isinstance(test, Tagged):
        return "has" if test.wanted else "has_not"
    return test.fact


def _shown(fact: str, value: Value) -> str:
    if isinstance(value, bool):
        yes, no = YES_NO[fact]
        return yes if value else no
    if isinstance(value, Decimal):
        return number(value)
    if isinstance(value, dt.date):
        return f"{value:%d/%m/%Y}"
    return status_name(value) if fact == "status" else value


YES_NO = MappingProxyType(
    {"resident": ("habitants de la commune", "hors commune"), "occasional": ("occasionnelle", "régulière")}
)


def _plain(value: Value) -> str | bool:
    if isinstance(value, dt.date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value
