"""What is paid: kinds of prices, modifiers, ranks, conditions, rounding, shares."""

import datetime as dt
from typing import Any

import pytest

from preau.pricing.rules import (
    Facts,
    TariffHole,
    price,
)
from preau.pricing.tests.rules.given import GRID, HALF_HOURS, LINE, RATE, cents, fixed, steps, tariff, with_then

# Prices


def test_a_fixed_price_is_the_same_for_all() -> None:
    assert cents(tariff(fixed("3.50"))) == 350


@pytest.mark.parametrize(
    ("quotient", "expected"),
    [("0", 210), ("400", 210), ("400.99", 210), ("401", 340), ("600", 340), ("601", 455), ("801", 506), ("9999", 506)],
)
def test_a_quotient_belongs_to_the_bracket_whose_lower_bound_it_has_reached(quotient: str, expected: int) -> None:
    assert cents(tariff(GRID), quotient=quotient) == expected


def test_without_a_quotient_the_last_bracket_applies_and_says_so() -> None:
    assert cents(tariff(GRID), quotient=None) == 506
    assert steps(tariff(GRID), quotient=None)["Quotient familial"] == "non connu : le tarif le plus élevé s’applique"


FALLING = {"kind": "grid", "at": ["0", "500"], "prices": [["5", "4"], ["2", "4.50"]]}


@pytest.mark.parametrize(("rank", "expected", "bracket"), [(1, 500, "Tranche 1"), (2, 450, "Tranche 2")])
def test_without_a_quotient_the_highest_price_applies_wherever_it_is(rank: int, expected: int, bracket: str) -> None:
    assert cents(tariff(FALLING), quotient=None, rank=rank) == expected
    told = steps(tariff(FALLING), quotient=None, rank=rank)
    assert told["Quotient familial"] == "non connu : le tarif le plus élevé s’applique"
    assert bracket in told


@pytest.mark.parametrize(
    "base",
    [
        [fixed("5", quotient={"max": "500"}), fixed("2")],
        [fixed("2", quotient={"min": "500"}), fixed("5")],
        [fixed("2", quotient="0"), fixed("5")],
        [fixed("9", resident=False), fixed("5", quotient={"max": "500"}), fixed("2")],
    ],
)
def test_without_a_quotient_the_dearest_price_that_it_might_have_applies(base: list[dict[str, Any]]) -> None:
    assert cents(tariff(*base), quotient=None) == 500
    told = steps(tariff(*base), quotient=None)
    assert told["Quotient familial"] == "non connu : le tarif le plus élevé s’applique"


@pytest.mark.parametrize(
    ("quotient", "expected"), [("0", 50), ("90", 50), ("91", 50), ("300", 165), ("579.99", 319), ("9999", 319)]
)
def test_an_effort_rate_is_a_part_of_the_quotient_within_its_bounds(quotient: str, expected: int) -> None:
    assert cents(tariff(RATE), quotient=quotient) == expected


def test_an_effort_rate_may_be_lower_for_each_child_that_follows() -> None:
    rules = tariff(RATE | {"rate": ["0.0055", "0.0044"]})
    assert [cents(rules, quotient="300", rank=rank) for rank in (1, 2, 3)] == [165, 132, 132]


@pytest.mark.parametrize(
    ("quotient", "expected"), [("0", 120), ("400", 120), ("401", 120), ("600", 210), ("1200", 480), ("5000", 480)]
)
def test_a_line_rises_in_proportion_from_point_to_point(quotient: str, expected: int) -> None:
    assert cents(tariff(LINE), quotient=quotient) == expected


@pytest.mark.parametrize("kind", [RATE, LINE, LINE | {"points": [["400", "4.80"], ["1200", "1.20"]]}])
def test_without_a_quotient_a_rate_or_a_line_is_at_its_highest(kind: dict[str, Any]) -> None:
    assert cents(tariff(kind), quotient=None) == (319 if kind is RATE else 480)
    assert "Calcul" not in steps(tariff(kind), quotient=None)


@pytest.mark.parametrize(("minutes", "expected"), [(0, 0), (1, 115), (30, 115), (31, 230), (150, 575)])
def test_a_started_period_is_due(minutes: int, expected: int) -> None:
    assert cents(tariff(HALF_HOURS), minutes=minutes) == expected


def test_a_period_may_cost_by_bracket_and_rank() -> None:
    each = {"kind": "grid", "at": ["0", "500"], "prices": [["0.50", "0.40"], "0.80"]}
    rules = tariff(HALF_HOURS | {"each": each})
    assert cents(rules, minutes=45, quotient="100", rank=2) == 80
    assert cents(rules, minutes=45, quotient="500", rank=2) == 160


def test_a_price_by_duration_is_not_known_without_the_duration() -> None:
    with pytest.raises(TariffHole, match="durée"):
        cents(tariff(HALF_HOURS), minutes=None)


@pytest.mark.parametrize(
    ("effect", "expected"),
    [
        ({"add": "2.00"}, 485),
        ({"add": "-0.35"}, 250),
        ({"add": "-9"}, 0),
        ({"add": "0.10", "each": "children"}, 315),
        ({"times": "1.50"}, 428),
        ({"times": "0"}, 0),
        ({"replace": "7.61"}, 761),
        ({"floor": "3.00"}, 300),
        ({"floor": "1.00"}, 285),
        ({"ceiling": "2.00"}, 200),
        ({"ceiling": "9.00"}, 285),
    ],
)
def test_a_modifier_changes_the_price(effect: dict[str, Any], expected: int) -> None:
    assert cents(with_then(effect), children=3) == expected


def test_modifiers_follow_each_other_and_the_price_is_rounded_once() -> None:
    rules = with_then({"times": "1.10"}, {"times": "1.10"}, {"add": "1"}, base=fixed("3.45"))
    assert cents(rules) == 517  # 3.45 × 1.21 + 1 = 5.1745, while 3.80 × 1.10 + 1 would be 5.18


def test_a_modifier_holds_under_its_conditions_only() -> None:
    rules = with_then({"when": {"status": "unbooked", "resident": False}, "add": "2"})
    assert cents(rules, status="unbooked", resident=False) == 485
    assert cents(rules, status="unbooked") == cents(rules, resident=False) == 285


def test_after_a_modifier_that_stops_no_other_holds() -> None:
    rules = with_then({"when": {"resident": False}, "add": "1", "stop": True}, {"times": "2"})
    assert (cents(rules, resident=False), cents(rules)) == (385, 570)


def test_a_modifier_may_spare_a_price_by_its_label() -> None:
    pai = fixed("1.45", has="pai") | {"label": "Panier-repas"}
    rules = tariff(pai, fixed("2.85"), then=[{"add": "2", "unless_base": "Panier-repas"}])
    assert (cents(rules, tags=frozenset({"pai"})), cents(rules)) == (145, 485)


@pytest.mark.parametrize("times", ["1.50", "0.50"])
@pytest.mark.parametrize("bounds", [{"min": "500"}, {"max": "500"}])
def test_without_a_quotient_a_surcharge_holds_and_a_reduction_does_not(times: str, bounds: dict[str, str]) -> None:
    rules = with_then({"when": {"quotient": bounds}, "times": times}, base=fixed("2"))
    assert cents(rules, quotient=None) == (300 if times == "1.50" else 200)


# Ranks, conditions, rounding


def test_a_price_may_depend_on_the_rank_and_the_last_holds_for_all_that_follow() -> None:
    by_rank = tariff(fixed(["4.17", "3.33"]))
    assert [cents(by_rank, rank=rank) for rank in (1, 2, 3, 9)] == [417, 333, 333, 333]


def test_a_bracket_may_have_a_price_for_each_rank() -> None:
    rules = tariff({"kind": "grid", "at": ["0", "1500"], "prices": [["6.13", "4.91"], "7.29"]})
    assert cents(rules, quotient="1200", rank=2) == 491
    assert cents(rules, quotient="1500", rank=2) == 729


def test_the_first_price_whose_conditions_hold_wins() -> None:
    rules = tariff(fixed("1.45", has="pai"), fixed("2.85", resident=True), fixed("4.00"))
    assert cents(rules, tags=frozenset({"pai"}), resident=False) == 145
    assert cents(rules, resident=True) == 285
    assert cents(rules, resident=False) == 400


def test_all_the_conditions_of_a_price_must_hold() -> None:
    rules = tariff(fixed("1", resident=True, occasional=True), fixed("2"))
    assert [cents(rules, resident=r, occasional=o) for r in (True, False) for o in (True, False)] == [
        100,
        200,
        200,
        200,
    ]


@pytest.mark.parametrize(
    ("when", "facts", "holds"),
    [
        ({"level": ["ps", "ms"]}, {"level": "ms"}, True),
        ({"level": ["ps", "ms"]}, {"level": "cp"}, False),
        ({"quotient": {"max": "580"}}, {"quotient": "579.99"}, True),
        ({"quotient": {"max": "580"}}, {"quotient": "580"}, False),
        ({"quotient": {"max": "580"}}, {"quotient": None}, False),
        ({"quotient": {"min": "580"}}, {"quotient": "580"}, True),
        ({"quotient": "0"}, {"quotient": None}, False),
        ({"quotient": "0"}, {"quotient": "0.00"}, True),
        ({"age": {"min": 3, "max": 6}}, {"age": 5}, True),
        ({"age": {"min": 3, "max": 6}}, {"age": 6}, False),
        ({"age": {"min": 3}}, {"age": None}, False),
        ({"rank": 2}, {"rank": 2}, True),
        ({"children": {"min": "3"}}, {"children": 2}, False),
        ({"has": "pai"}, {"tags": frozenset({"pai", "ulis"})}, True),
        ({"has": ["pai", "ulis"]}, {"tags": frozenset({"ulis"})}, True),
        ({"has": "pai"}, {}, False),
        ({"has_not": "pai"}, {}, True),
        ({"has_not": ["pai", "ulis"]}, {"tags": frozenset({"ulis"})}, False),
        ({"status": "unbooked"}, {"status": "unbooked"}, True),
        ({"status": ["late", "unbooked"]}, {}, False),
        ({"day": {"min": "2026-09-01", "max": "2027-01-01"}}, {"day": dt.date(2026, 9, 1)}, True),
        ({"day": {"min": "2026-09-01", "max": "2027-01-01"}}, {"day": dt.date(2027, 1, 1)}, False),
        ({"day": dt.date(2026, 9, 1)}, {"day": dt.date(2026, 9, 1)}, True),
    ],
)
def test_conditions_hold_from_min_included_to_max_excluded(when: Any, facts: Any, holds: bool) -> None:
    rules = tariff(fixed("1", **when), fixed("2"))
    assert cents(rules, **facts) == (100 if holds else 200)


def test_a_grid_may_follow_the_duration() -> None:
    rules = tariff({"kind": "grid", "on": "minutes", "at": ["0", "30", "60"], "prices": ["0.60", "1.15", "2.30"]})
    assert [cents(rules, minutes=minutes) for minutes in (29, 30, 59, 60)] == [60, 115, 115, 230]


@pytest.mark.parametrize(("how", "expected"), [("half_up", 213), ("up", 213), ("down", 212)])
def test_a_price_is_rounded_once_as_voted(how: str, expected: int) -> None:
    assert cents(tariff(fixed("2.125"), round=how)) == expected
    assert "Arrondi" in steps(tariff(fixed("2.125"), round=how))


def test_food_in_euros_leaves_the_rest_to_care() -> None:
    split = price(tariff(fixed("4.72"), split={"food": "1.20"}), Facts())
    assert (split.cents, split.food_cents, split.care_cents) == (472, 120, 352)


def test_food_never_exceeds_the_price() -> None:
    split = price(tariff(fixed("1.00"), split={"food": "1.20"}), Facts())
    assert (split.food_cents, split.care_cents) == (100, 0)


def test_care_in_percent_leaves_the_rest_to_food() -> None:
    split = price(tariff(fixed("4.55"), split={"care": "50"}), Facts())
    assert (split.care_cents, split.food_cents) == (228, 227)


def test_a_price_that_is_all_care_says_nothing_of_food() -> None:
    priced = price(tariff(fixed("3.50"), split={"care": "100"}), Facts())
    assert (priced.care_cents, priced.food_cents) == (350, 0)
    assert "Dont repas" not in [step.label for step in priced.steps]


def test_without_a_split_care_and_food_are_unknown() -> None:
    unsplit = price(tariff(fixed("4.72")), Facts())
    assert (unsplit.care_cents, unsplit.food_cents) == (None, None)
