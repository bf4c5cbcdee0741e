"""What a price says of itself."""

from decimal import Decimal
from typing import Any

import pytest

from preau.core.money import NBSP
from preau.pricing.rules import (
    Facts,
    price,
    summary,
)
from preau.pricing.tests.rules.given import GRID, HALF_HOURS, LINE, RATE, fixed, steps, tariff, with_then

# Words of every kind


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


# Words of brackets and conditions


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
