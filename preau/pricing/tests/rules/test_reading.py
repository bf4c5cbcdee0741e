"""What a tariff may say, what it leaves without a price, and what is refused beforehand."""

from typing import Any

import pytest

from preau.core.money import NBSP
from preau.pricing.rules import (
    TariffFault,
    TariffHole,
    dump_tariff,
    lowest_and_highest,
    parse_tariff,
)
from preau.pricing.tests.rules.given import GRID, HALF_HOURS, RATE, cents, faults, fixed, tariff

# Ranges and holes


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


# Reading


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
