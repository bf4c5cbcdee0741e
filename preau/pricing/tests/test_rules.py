"""What a tariff charges, why, and what it refuses to be."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from preau.core.money import NBSP
from preau.pricing.rules import (
    Facts,
    TariffFault,
    TariffHole,
    dump_tariff,
    lowest_and_highest,
    parse_tariff,
    price,
    summary,
)

GRID = {"kind": "grid", "at": ["0", "401", "601", "801"], "prices": ["2.10", "3.40", "4.55", "5.06"]}


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


RATE = {"kind": "rate", "rate": "0.0055", "floor": "0.50", "ceiling": "3.19"}
LINE = {"kind": "line", "points": [["400", "1.20"], ["1200", "4.80"]]}
HALF_HOURS = {"kind": "per", "minutes": 30, "each": {"kind": "fixed", "price": "1.15"}}


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


def with_then(*then: dict[str, Any], base: dict[str, Any] | None = None) -> Any:
    return parse_tariff({"base": [base or fixed("2.85")], "then": list(then)})


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


@pytest.mark.parametrize(
    ("rules", "facts", "told"),
    [
        (
            with_then({"when": {"status": "unbooked"}, "add": "2.00", "label": "Repas non réservé"}),
            {"status": "unbooked"},
            {
                "Tarif": "prix fixe",
                "Réservation": "présent sans réservation",
                "Prix de base": "2,85 €",
                "Repas non réservé": "+ 2,00 €",
                "Prix": "4,85 €",
            },
        ),
        (
            with_then({"when": {"status": "unbooked"}, "add": "2.00"}),
            {},
            {"Tarif": "prix fixe", "Prix": "2,85 €"},
        ),
        (
            with_then({"times": "1.50"}, {"times": "2"}, {"add": "0.10", "each": "children"}),
            {"children": 3},
            {
                "Tarif": "prix fixe",
                "Enfants de la famille": "3",
                "Prix de base": "2,85 €",
                "Majoration": "× 1,5, puis × 2",
                "Supplément": "+ 0,10 € × 3",
                "Prix": "8,85 €",
            },
        ),
        (
            tariff(RATE),
            {"quotient": Decimal(300)},
            {
                "Tarif": "proportionnel au quotient familial",
                "Quotient familial": "300",
                "Calcul": "0,55 % × 300 = 1,65 €",
                "Prix": "1,65 €",
            },
        ),
        (
            tariff(RATE),
            {"quotient": Decimal("579.99")},
            {
                "Tarif": "proportionnel au quotient familial",
                "Quotient familial": "579,99",
                "Calcul": "0,55 % × 579,99 = 3,1899 €",
                "Arrondi": "au centime le plus proche",
                "Prix": "3,19 €",
            },
        ),
        (
            tariff(RATE),
            {"quotient": Decimal(700)},
            {
                "Tarif": "proportionnel au quotient familial",
                "Quotient familial": "700",
                "Calcul": "0,55 % × 700 = 3,85 €",
                "Prix plafond": "3,19 €",
                "Prix": "3,19 €",
            },
        ),
        (
            tariff(LINE),
            {"quotient": Decimal(600)},
            {
                "Tarif": "progressif selon le quotient familial",
                "Quotient familial": "600",
                "Calcul": "1,20 € à 400, 4,80 € à 1 200, et en proportion entre les deux",
                "Prix": "2,10 €",
            },
        ),
        (
            tariff(HALF_HOURS),
            {"minutes": 31},
            {
                "Tarif": "par demi-heure entamée",
                "Durée": "31 min",
                "Périodes": "2 × 1,15 €, par demi-heure entamée",
                "Prix": "2,30 €",
            },
        ),
    ],
)
def test_every_kind_of_price_explains_itself(rules: Any, facts: dict[str, Any], told: dict[str, str]) -> None:
    assert steps(rules, **facts) == told


def test_the_summary_of_a_rate_a_line_or_a_period_reads_in_french() -> None:
    rules = tariff({**RATE, "when": {"resident": True}}, {**LINE, "when": {"has": "ulis"}}, HALF_HOURS)
    assert [(row.bracket.replace(NBSP, " "), row.cents) for row in summary(rules)] == [
        ("0,55 % du quotient familial, au moins", (50,)),
        ("0,55 % du quotient familial, au plus", (319,)),
        ("quotient jusqu’à 400", (120,)),
        ("quotient à partir de 1 200", (480,)),
        ("par demi-heure entamée", (115,)),
    ]


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


def test_a_price_by_quotient_explains_the_quotient_its_source_and_the_bracket() -> None:
    explained = price(tariff(GRID), Facts(quotient=Decimal(742), quotient_label="CAF, janvier 2026")).steps
    assert [(step.label, step.value.replace(NBSP, " ")) for step in explained] == [
        ("Tarif", "selon le quotient familial"),
        ("Quotient familial", "742 (CAF, janvier 2026)"),
        ("Tranche 3", "quotient de 601 à 800"),
        ("Prix", "4,55 €"),
    ]


def test_the_town_may_name_a_price() -> None:
    assert steps(tariff({**fixed("1.62"), "label": "Panier-repas"}))["Tarif"] == "Panier-repas"


def test_what_made_the_price_is_told_even_when_the_condition_failed() -> None:
    rules = tariff(fixed("2.85", resident=True), fixed("4.00"))
    assert steps(rules, resident=False)["Domicile"] == "hors de la commune"


def test_what_played_no_part_is_not_told() -> None:
    rules = tariff(fixed("1.45", has="pai"), fixed("2.85"))
    told = steps(rules, tags=frozenset({"pai", "ccas"}), resident=False, quotient=Decimal(300), rank=2)
    assert told == {"Tarif": "prix fixe", "Situation": "PAI", "Prix": "1,45 €"}


def test_a_price_by_rank_tells_the_rank() -> None:
    assert steps(tariff(fixed(["4.17", "3.33"])), rank=2)["Rang dans la fratrie"] == "2e enfant"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (["0", "601"], ["quotient de 0 à 600", "quotient à partir de 601"]),
        (["0", "1", "1001"], ["quotient 0", "quotient de 1 à 1 000", "quotient à partir de 1 001"]),
        (["0", "12.50"], ["quotient de 0 à moins de 12,50", "quotient à partir de 12,50"]),
    ],
)
def test_brackets_read_as_towns_publish_them(at: list[str], words: list[str]) -> None:
    rows = summary(tariff({"kind": "grid", "at": at, "prices": ["1"] * len(at)}))
    assert [row.bracket.replace(NBSP, " ") for row in rows] == words


@pytest.mark.parametrize(
    ("quotient", "words"),
    [
        ("600", "quotient de 401 à 600"),
        ("599.50", "quotient de 401 à 600"),
        ("600.99", "quotient de 401 à moins de 601"),
        ("0.50", "quotient de 0 à 400"),
        ("801.50", "quotient à partir de 801"),
    ],
)
def test_the_bracket_that_is_told_contains_the_quotient(quotient: str, words: str) -> None:
    told = steps(tariff(GRID), quotient=Decimal(quotient))
    assert next(value for label, value in told.items() if label.startswith("Tranche")) == words


def test_a_bracket_of_one_whole_number_is_told_by_its_bounds_to_what_is_not_whole() -> None:
    told = steps(tariff({"kind": "grid", "at": ["0", "1"], "prices": ["1", "2"]}), quotient=Decimal("0.50"))
    assert told["Tranche 1"] == "quotient de 0 à moins de 1"


def test_the_summary_lists_every_price_in_the_order_of_the_vote() -> None:
    rules = tariff(
        {**fixed("1.62", has="pai"), "label": "Panier-repas"},
        {"kind": "grid", "at": ["0", "1500"], "prices": [["6.13", "4.91"], "7.29"], "when": {"resident": True}},
        fixed("9.37"),
    )
    assert [(row.rule, row.bracket, row.cents) for row in summary(rules)] == [
        ("Panier-repas", "", (162,)),
        ("habitants de la commune", f"quotient de 0 à 1{NBSP}499", (613, 491)),
        ("habitants de la commune", f"quotient à partir de 1{NBSP}500", (729,)),
        ("", "", (937,)),
    ]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"has": "pai"}, "avec PAI"),
        ({"has_not": ["pai", "ulis"]}, "sans PAI, ULIS"),
        ({"resident": False, "occasional": True}, "hors commune, fréquentation occasionnelle"),
        ({"quotient": {"max": "580"}}, "quotient en dessous de 580"),
        ({"age": {"min": 3, "max": 6}}, "à partir de 3 et en dessous de 6 ans"),
        ({"rank": [2, 3]}, "rang 2 ou 3 dans la fratrie"),
        ({"status": "unbooked"}, "présent sans réservation"),
        ({"day": {"min": "2026-09-01"}}, "à partir du 01/09/2026"),
    ],
)
def test_conditions_say_themselves_in_french(when: Any, words: str) -> None:
    assert summary(tariff(fixed("1", **when), fixed("2")))[0].rule == words


def test_the_range_of_a_tariff_is_that_of_a_booking() -> None:
    rules = tariff(fixed("10.00", status="unbooked"), fixed("0", status=["excused"]), GRID)
    assert lowest_and_highest(rules) == (210, 506)


def test_the_range_of_a_tariff_takes_in_what_modifies_a_booking() -> None:
    then = [{"when": {"status": "late"}, "times": "9"}, {"when": {"resident": False}, "times": "1.20"}]
    assert lowest_and_highest(tariff(GRID, then=then)) == (210, 607)
    assert lowest_and_highest(tariff(GRID, then=[{"add": "1"}])) == (310, 606)


def test_the_range_of_a_tariff_of_penalties_is_theirs() -> None:
    assert lowest_and_highest(tariff(fixed("7.61", status="unbooked"))) == (761, 761)


@pytest.mark.parametrize(
    ("base", "path"),
    [
        ([fixed("2.85", resident=True)], "base"),
        ([fixed("1.45", has="pai")], "base"),
        ([fixed("1", quotient={"max": "580"})], "base"),
        ([{"kind": "grid", "at": ["1"], "prices": ["3"]}], "base"),
        ([fixed("1", quotient={"max": "580"}), {"kind": "grid", "at": ["600"], "prices": ["3"]}], "base"),
        ([fixed("1", rank=1), fixed("2", rank={"min": 3})], "base"),
        ([fixed("1", level=["ps", "ms"], resident=True), fixed("2", level="ps", resident=False)], "base"),
        ([fixed("3"), fixed("4", resident=True)], "base.1"),
        ([fixed(None)], "base.0.price"),
        ([fixed("")], "base.0.price"),
        ([fixed([])], "base.0.price"),
        ([fixed(["1", None])], "base.0.price.1"),
        ([{"kind": "grid", "at": ["0", "500"], "prices": ["1", None]}], "base.0.prices.1"),
    ],
)
def test_a_hole_is_refused_beforehand(base: list[dict[str, Any]], path: str) -> None:
    assert list(faults({"base": base})) == [path]


def test_a_hole_says_which_case_has_no_price() -> None:
    message = faults({"base": [fixed("2.85", resident=True)]})["base"]
    assert message == f"aucun prix n’est prévu pour ce cas (domicile{NBSP}: hors de la commune)."


@pytest.mark.parametrize(
    "base",
    [
        [fixed("1", part="matin"), fixed("2", part="soir")],
        [fixed("1", age={"max": 6}), fixed("2", age={"min": 6})],
        [fixed("1", quotient={"max": "580"}), {"kind": "grid", "at": ["580"], "prices": ["3"]}],
        [fixed("1", has="pai", resident=True), {"kind": "grid", "on": "minutes", "at": ["15"], "prices": ["1"]}],
        [fixed("1", resident=True), fixed("2", resident=False)],
        [{**GRID, "on": "minutes", "when": {"resident": True}}, fixed("2", resident=False)],
    ],
)
def test_a_tariff_that_covers_what_it_speaks_of_is_accepted(base: list[dict[str, Any]]) -> None:
    assert len(parse_tariff({"base": base}).base) == len(base)


def test_a_case_that_the_tariff_does_not_speak_of_has_no_price() -> None:
    rules = tariff(fixed("1", part="matin"), fixed("2", part="soir"))
    with pytest.raises(TariffHole, match="midi"):
        cents(rules, part="midi")


@pytest.mark.parametrize("minutes", [None, 14])
def test_a_duration_below_the_first_bracket_or_unknown_has_no_price(minutes: int | None) -> None:
    rules = tariff({"kind": "grid", "on": "minutes", "at": ["15"], "prices": ["0.60"]})
    with pytest.raises(TariffHole):
        cents(rules, minutes=minutes)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        ({}, "base"),
        ({"base": []}, "base"),
        ({"base": {}}, "base"),
        ({"base": ["3.50"]}, "base.0"),
        ({"base": [{"kind": "lottery", "price": "1"}]}, "base.0.kind"),
        ({"base": [{"price": "3.50"}]}, "base.0.kind"),
        ({"base": [fixed("3,50")]}, "base.0.price"),
        ({"base": [fixed(3.5)]}, "base.0.price"),
        ({"base": [fixed(True)]}, "base.0.price"),
        ({"base": [fixed("-1")]}, "base.0.price"),
        ({"base": [fixed("NaN")]}, "base.0.price"),
        ({"base": [fixed("1e9")]}, "base.0.price"),
        ({"base": [fixed("3.50\n")]}, "base.0.price"),
        ({"base": [fixed("٣")]}, "base.0.price"),
        ({"base": [{**fixed("1"), "wen": {}}]}, "base.0.wen"),
        ({"base": [{**fixed("1"), "label": " "}]}, "base.0.label"),
        ({"base": [{**fixed("1"), "when": "PAI"}]}, "base.0.when"),
        ({"base": [fixed("1", quotien="500")]}, "base.0.when.quotien"),
        ({"base": [fixed("1", quotient="beaucoup")]}, "base.0.when.quotient"),
        ({"base": [fixed("1", quotient={})]}, "base.0.when.quotient"),
        ({"base": [fixed("1", quotient={"min": "5", "max": "5"})]}, "base.0.when.quotient"),
        ({"base": [fixed("1", quotient={"from": "5"})]}, "base.0.when.quotient.from"),
        ({"base": [fixed("1", level={"min": "cp"})]}, "base.0.when.level"),
        ({"base": [fixed("1", level=[])]}, "base.0.when.level"),
        ({"base": [fixed("1", resident="yes")]}, "base.0.when.resident"),
        ({"base": [fixed("1", status="unbook")]}, "base.0.when.status"),
        ({"base": [fixed("1", has=[3])]}, "base.0.when.has"),
        ({"base": [fixed("1", day="2026-02-30")]}, "base.0.when.day"),
        ({"base": [fixed("1", day={"min": "demain"})]}, "base.0.when.day.min"),
        ({"base": [{"kind": "grid", "at": ["0", "500", "500"], "prices": ["1", "2", "3"]}]}, "base.0.at.2"),
        ({"base": [{"kind": "grid", "at": ["0", "500"], "prices": ["1"]}]}, "base.0.prices"),
        ({"base": [{"kind": "grid", "at": ["0"], "prices": ["1"], "on": "level"}]}, "base.0.on"),
        ({"base": [{"kind": "grid", "prices": ["1"]}]}, "base.0.at"),
        ({"base": [RATE | {"rate": None}]}, "base.0.rate"),
        ({"base": [RATE | {"rate": "0,55 %"}]}, "base.0.rate"),
        ({"base": [RATE | {"ceiling": "0.20"}]}, "base.0.ceiling"),
        ({"base": [{"kind": "rate", "rate": "0.0055"}]}, "base.0.ceiling"),
        ({"base": [RATE | {"on": "level"}]}, "base.0.on"),
        ({"base": [RATE | {"price": "1"}]}, "base.0.price"),
        ({"base": [{"kind": "line"}]}, "base.0.points"),
        ({"base": [{"kind": "line", "points": [["0", "1"]]}]}, "base.0.points"),
        ({"base": [{"kind": "line", "points": [["0", "1"], ["0", "2"]]}]}, "base.0.points.1"),
        ({"base": [{"kind": "line", "points": [["0", "1"], ["9"]]}]}, "base.0.points.1"),
        ({"base": [{"kind": "line", "points": [["0", "1"], ["9", None]]}]}, "base.0.points.1.1"),
        ({"base": [HALF_HOURS | {"minutes": 0}]}, "base.0.minutes"),
        ({"base": [HALF_HOURS | {"minutes": "30"}]}, "base.0.minutes"),
        ({"base": [HALF_HOURS | {"each": {"kind": "fixed"}}]}, "base.0.each.price"),
        ({"base": [HALF_HOURS | {"each": HALF_HOURS}]}, "base.0.each.kind"),
        ({"base": [HALF_HOURS | {"each": {"kind": "fixed", "price": "1", "when": {}}}]}, "base.0.each.when"),
        ({"base": [fixed("1")], "then": []}, "then"),
        ({"base": [fixed("1")], "then": [{}]}, "then.0"),
        ({"base": [fixed("1")], "then": [{"add": "1", "times": "2"}]}, "then.0"),
        ({"base": [fixed("1")], "then": [{"times": "-2"}]}, "then.0.times"),
        ({"base": [fixed("1")], "then": [{"add": 1.5}]}, "then.0.add"),
        ({"base": [fixed("1")], "then": [{"add": "--1"}]}, "then.0.add"),
        ({"base": [fixed("1")], "then": [{"times": "2", "each": "children"}]}, "then.0.each"),
        ({"base": [fixed("1")], "then": [{"add": "2", "each": "level"}]}, "then.0.each"),
        ({"base": [fixed("1")], "then": [{"add": "2", "unless_base": "PAI"}]}, "then.0.unless_base"),
        ({"base": [fixed("1")], "then": [{"add": "2", "when": {"residant": True}}]}, "then.0.when.residant"),
        ({"base": [fixed("1")], "then": [{"add": "2", "stop": "oui"}]}, "then.0.stop"),
        ({"base": [fixed("1")], "then": [{"add": "1", "majoration": "2"}]}, "then.0.majoration"),
        ({"base": [fixed("1")], "round": "nearest"}, "round"),
        ({"base": [fixed("1")], "round": []}, "round"),
        ({"base": [fixed("1")], "split": {}}, "split"),
        ({"base": [fixed("1")], "split": {"food": "1", "care": "2"}}, "split"),
        ({"base": [fixed("1")], "split": {"care": "101"}}, "split.care"),
        ({"base": [fixed("1")], "split": {"food": None}}, "split.food"),
    ],
)
def test_a_tariff_that_cannot_be_read_names_the_place_at_fault(data: dict[str, Any], path: str) -> None:
    assert list(faults(data)) == [path]


def test_every_fault_is_told_at_once() -> None:
    data = {"base": [fixed(None), {**GRID, "at": ["0"], "wen": 1}, {"kind": "lottery"}], "round": "x", "zut": 1}
    assert list(faults(data)) == ["zut", "base.0.price", "base.1.wen", "base.1.prices", "base.2.kind", "round"]


def test_a_fault_tells_its_place_counted_from_one() -> None:
    with pytest.raises(TariffFault) as raised:
        parse_tariff({"base": [GRID | {"prices": ["1", "2", "trois", "4"]}]})
    assert str(raised.value).replace(NBSP, " ").startswith("base n° 1 prices n° 3 : ")


def test_a_tariff_written_back_leaves_out_what_is_usual() -> None:
    data = {"base": [fixed("1.45", has="pai"), {**GRID, "label": "Repas"}], "split": {"food": "1.20"}, "round": "up"}
    assert dump_tariff(parse_tariff(data)) == data
    assert dump_tariff(tariff(fixed(3), round="half_up")) == {"base": [fixed("3")]}
    assert dump_tariff(tariff(RATE | {"floor": "0", "on": "quotient"})) == {
        "base": [{key: value for key, value in RATE.items() if key != "floor"}]
    }
