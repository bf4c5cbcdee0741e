"""Finding, before a tariff serves, the cases that it forgets."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import islice, product
from types import MappingProxyType
from typing import Any

from preau.pricing.rules.conditions import Between, OneOf, Tagged, Test
from preau.pricing.rules.facts import Facts, TariffHole
from preau.pricing.rules.reading import Fault
from preau.pricing.rules.tariffs import Entry, Tariff, price

MOST_CASES = 20_000
ONE_DAY = dt.timedelta(days=1)

LOWEST: Mapping[str, int] = MappingProxyType({"quotient": 0, "rank": 1, "children": 1})
CLOSED_FACTS = frozenset({"resident", "occasional", "tags", *LOWEST})
"""Facts whose every value will come up one day. The others (part, level, age…) are tried as the prices name them:
a tariff of the morning owes no price for the evening."""


def faults_of(tariff: Tariff) -> list[Fault]:
    """A price that can never serve, or the first case without a price."""
    for place, entry in enumerate(tariff.base[:-1]):
        if not entry.when.tests:
            return [Fault(("base", place + 1), "ce prix ne servira jamais : le précédent vaut pour tous les cas.")]
    if _is_complete(tariff.base):
        return []
    base_alone = replace(tariff, then=())
    for facts in islice(_cases(tariff.base), MOST_CASES):
        try:
            price(base_alone, facts)
        except TariffHole as hole:
            return [Fault(("base",), str(hole))]
    return []


def _is_complete(base: Sequence[Entry]) -> bool:
    """The usual tariff, seen at a glance: a last price for all that remain, and no grid that starts too high."""
    starts = (start for entry in base for start in entry.kind.starts().items())
    return not base[-1].when.tests and all(low <= LOWEST.get(fact, low) for fact, low in starts)


def _cases(base: Sequence[Entry]) -> Iterator[Facts]:
    """For each entry, facts that fit its open conditions, crossed with all that the closed facts may be."""
    tests = [test for entry in base for test in entry.when.tests]
    starts = [start for entry in base for start in entry.kind.starts().items()]
    mentioned = {test.fact for test in tests} | {fact for fact, _ in starts}
    closed = {fact: _values(fact, tests, starts) for fact in sorted(CLOSED_FACTS & mentioned)}
    plain = {fact: low for fact, low in sorted(starts, key=lambda start: start[1]) if fact not in CLOSED_FACTS}
    for entry in base:
        opened = {test.fact: _fitting(test) for test in entry.when.tests if test.fact not in CLOSED_FACTS}
        axes: dict[str, Sequence[Any]] = {**opened, **closed}
        for values in product(*axes.values()):
            yield Facts(**{**plain, **dict(zip(axes, values, strict=True))})


def _values(fact: str, tests: Sequence[Test], starts: Sequence[tuple[str, Decimal]]) -> Sequence[Any]:
    """One value on each side of every bound; an unknown quotient too."""
    about = [test for test in tests if test.fact == fact]
    if fact == "tags":
        tags = {tag for test in about if isinstance(test, Tagged) for tag in test.tags}
        return [frozenset[str](), *(frozenset({tag}) for tag in sorted(tags))]
    if fact not in LOWEST:
        return [True, False]
    points = {low for started, low in starts if started == fact} | {Decimal(LOWEST[fact])}
    for test in about:
        bounds = test.values if isinstance(test, OneOf) else (test.low, test.high) if isinstance(test, Between) else ()
        points |= {bound for bound in bounds if isinstance(bound, Decimal)}
    points |= {point + 1 for point in points}
    known = sorted(point for point in points if point >= LOWEST[fact])
    return [*known, None] if fact == "quotient" else [int(point) for point in known]


def _fitting(test: Test) -> Sequence[Any]:
    """Values for which the test holds."""
    if isinstance(test, OneOf):
        return test.values
    if isinstance(test, Between):
        if test.low is not None:
            return [test.low]
        return [test.high - ONE_DAY if isinstance(test.high, dt.date) else (test.high or 0) - 1]
    return []
