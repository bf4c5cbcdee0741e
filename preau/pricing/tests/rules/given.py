"""Tariffs as towns write them."""

from decimal import Decimal
from typing import Any

import pytest

from preau.core.money import NBSP
from preau.pricing.rules import (
    Facts,
    TariffFault,
    parse_tariff,
    price,
)

GRID = {"kind": "grid", "at": ["0", "401", "601", "801"], "prices": ["2.10", "3.40", "4.55", "5.06"]}
RATE = {"kind": "rate", "rate": "0.0055", "floor": "0.50", "ceiling": "3.19"}
LINE = {"kind": "line", "points": [["400", "1.20"], ["1200", "4.80"]]}
HALF_HOURS = {"kind": "per", "minutes": 30, "each": {"kind": "fixed", "price": "1.15"}}


def tariff(*base: dict[str, Any], **rest: Any):
    return parse_tariff({"base": list(base), **rest})


def fixed(amount: Any, **when: Any) -> dict[str, Any]:
    return {"kind": "fixed", "price": amount} | ({"when": when} if when else {})


def cents(rules: Any, **facts: Any) -> int:
    if isinstance(facts.get("quotient"), str):
        facts["quotient"] = Decimal(facts["quotient"])
    return price(rules, Facts(**facts)).cents


def steps(rules: Any, **facts: Any) -> dict[str, str]:
    return {step.label: step.value.replace(NBSP, " ") for step in price(rules, Facts(**facts)).steps}


def faults(data: dict[str, Any]) -> dict[str, str]:
    with pytest.raises(TariffFault) as raised:
        parse_tariff(data)
    return {".".join(map(str, fault.path)): fault.message for fault in raised.value.faults}


def with_then(*then: dict[str, Any], base: dict[str, Any] | None = None) -> Any:
    return parse_tariff({"base": [base or fixed("2.85")], "then": list(then)})
