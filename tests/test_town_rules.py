"""Real rules of French towns, with the cases that they publish: see `data/town_rules.yaml` for the sources.

Each rule is written here as a town would write it in its file. A case that asks for a kind of rule not yet known is
listed in LATER with what it waits for; a case may be in one place only, so that none is forgotten in silence.
"""

import datetime as dt
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml

from preau.activities.rules import deadline, parse_notice
from preau.core.dates import PARIS
from preau.core.money import Cents
from preau.core.shares import share_out
from preau.families.choices import CustodyMode
from preau.families.rules import CustodyPlan, home_on
from preau.pricing.choices import PricedStatus
from preau.pricing.rules import Facts, parse_tariff, price
from preau.town.rules import Calendar, Span

RULES = {
    rule["id"]: rule
    for rule in yaml.safe_load((Path(__file__).parent / "data" / "town_rules.yaml").read_text("utf-8"))["rules"]
}
CALENDAR = Calendar((), (), frozenset(holidays.country_holidays("FR", years=range(2021, 2028))))
MINUTE = dt.timedelta(minutes=1)


def fixed(amount: str | list[str], **when: Any) -> dict[str, Any]:
    return {"kind": "fixed", "price": amount, "when": when}


def grid(at: list[int], prices: list[Any], **when: Any) -> dict[str, Any]:
    return {"kind": "grid", "at": at, "prices": prices, "when": when}


def week(on: str, at: str = "23:59") -> dict[str, Any]:
    return {"kind": "week", "weeks": 1, "on": on, "at": at}


# Rule, and the service, town or action of the case if it has several: what the town would write.
NOTICES = {
    ("les-pieux-taux",): {"kind": "working_days", "n": 2, "at": "09:30"},
    ("coeur-de-garonne", "ALAE"): {"kind": "working_days", "n": 2},
    ("coeur-de-garonne", "ALSH"): {"kind": "days", "n": 7},
    ("yerres-majoration",): {"kind": "working_days", "n": 2},
    ("saint-colomban",): {"kind": "days", "n": 0, "at": "09:00"},
    ("cruas-j2", "meal"): {"kind": "working_days", "n": 2, "at": "12:00"},
    ("cruas-j2", "alsh"): week("thu", "12:00"),
    ("montagnac-panier",): week("wed"),
    ("weekly-cutoffs", "Espondeilhan"): week("mon"),
    ("weekly-cutoffs", "Saint-Jeannet"): week("mon"),
    ("weekly-cutoffs", "Veyras"): week("tue"),
    ("weekly-cutoffs", "Andancette", "réserver"): week("fri", "12:00"),
    ("weekly-cutoffs", "Andancette", "annuler"): {"kind": "days", "n": 1, "at": "12:00"},
    ("weekly-cutoffs", "Châteaufort"): week("thu", "10:00"),
    ("weekly-cutoffs", "Saint-Jean-Bonnefonds"): week("wed", "12:00"),
    ("weekly-cutoffs", "Bertholène", "réserver"): week("tue", "12:00"),
    ("weekly-cutoffs", "Bertholène", "modifier"): week("mon", "12:00"),
}

TARIFFS = {
    ("villejuif-catalogue",): [fixed("3.50")],
    ("boissy-tarifs", "repas"): [
        fixed("7.61", status="unbooked", resident=True),
        fixed("7.61", status="unbooked", has=["ulis", "upe2a"]),
        fixed("10.76", status="unbooked"),
    ],
    ("champcevinel-1euro",): [grid([0, 623, 1001, 1501], ["1.00", "3.30", "3.40", "3.50"])],
    ("vitry-en-artois-fratrie", "repas"): [fixed(["4.17", "3.33"])],
    ("vitry-en-artois-fratrie", "ALSH"): [
        grid([0, 1500], [["6.13", "4.91"], ["7.29", "5.83"]], resident=True),
        grid([0, 1500], [["9.37", "7.50"], ["11.69", "9.35"]]),
    ],
    ("vitry-en-artois-fratrie", "colonie"): [fixed(["274", "254", "233"], resident=True), fixed(["385", "365", "345"])],
    ("vatteville-entamee",): [
        grid([15, 30, 60, 75, 90, 120, 150], ["0.60", "1.15", "2.30", "2.90", "3.45", "4.60", "5.75"])
        | {"on": "minutes"}
    ],
    ("larressore-plafond-mensuel",): [grid([0, 286, 571, 925], ["0.50", "0.85", "1.33", "1.58"])],
    ("grille-evolutive-francas", "repas", "old"): [
        grid([0, 776, 1001, 1201, 1401], ["4.10", "5.40", "5.70", "6.00", "6.10"])
    ],
    ("grille-evolutive-francas", "repas", "new"): [
        grid([0, 801, 1001, 1201, 1401, 1801, 2101], ["4.25", "5.55", "5.90", "6.20", "6.30", "6.60", "6.95"])
    ],
    ("grille-evolutive-francas", "heure", "new"): [
        grid([0, 801, 1001, 1201, 1401, 1801, 2101], ["1.45", "1.65", "1.75", "1.85", "1.95", "2.05", "2.15"])
    ],
    ("vailhauques-cantine",): [fixed("10.00", status="unbooked"), fixed("0", status="excused"), fixed("2.99")],
    ("coeur-de-garonne",): [fixed("0", status="excused"), fixed("1.20")],
    ("saint-caprais",): [fixed("1.45", has="pai"), fixed("2.85", resident=True), fixed("4.00")],
    ("saint-colomban",): [fixed("0", status="excused"), fixed("3.75")],
    ("le-sourn",): [fixed("5.49", status="unbooked"), fixed("3.50")],
    ("le-sourn", "ALSH"): [
        grid([0, 651, 951, 1251], ["10.50", "10.50", "11.60", "13.85"], resident=True),
        fixed("16.40"),
    ],
}

LATER: dict[str, dict[str, Collection[int]]] = {
    "effort rate (base « rate »)": {"les-pieux-taux": range(8)},
    "price per started half-hour (base « per »)": {"vatteville-entamee": range(4)},
    "modifiers (« then »)": {
        "vailhauques-cantine": [4],
        "coeur-de-garonne": [3],
        "saint-caprais": [0, 1, 3],
        "le-sourn": [1],
        "yerres-majoration": [0],
    },
    "bundles (caps, first ones free, packages, per family)": {
        "larressore-plafond-mensuel": [1, 2],
        "coeur-de-garonne": [4, 5, 6],
        "saint-colomban": [0],
    },
    "notice by weekday map": {"vailhauques-cantine": range(4)},
    "notice by published dates": {"boissy-tarifs": [3, 4, 5]},
    "what the State pays back": {"champcevinel-1euro": [5]},
}


def example(rule: str, place: int) -> tuple[dict[str, Any], Any]:
    case = RULES[rule]["examples"][place]
    return case["input"], case["expected"]


def cases(keys: set[str]) -> list[Any]:
    """The cases whose expected result has one of these keys, less those put off or told by name."""
    return [
        pytest.param(*example(rule, place), rule, id=f"{rule}-{place}")
        for rule, place in all_places()
        if keys & set(example(rule, place)[1]) and (rule, place) not in put_off() | TOLD_BY_NAME
    ]


def all_places() -> Iterator[tuple[str, int]]:
    for rule, content in RULES.items():
        for place in range(len(content["examples"])):
            yield rule, place


def put_off() -> set[tuple[str, int]]:
    return {(rule, place) for rules in LATER.values() for rule, places in rules.items() for place in places}


DEADLINE_KEYS = {"deadline", "deadline_date", "last_booking_date"}
PRICE_KEYS = {"price", "unit_price", "day", "billed"}
TOLD_BY_NAME = {
    ("villepreux-invoice", 0),
    ("vigneux-qf-consent", 0),
    ("vigneux-qf-consent", 1),
    ("vitry-en-artois-fratrie", 0),
    ("vitry-en-artois-fratrie", 2),
    ("larressore-plafond-mensuel", 0),
    ("saint-colomban", 1),
    ("saint-colomban", 2),
    ("yerres-majoration", 1),
    ("garde-alternee-synthetique", 0),
    ("garde-alternee-synthetique", 1),
    ("garde-alternee-synthetique", 2),
    ("garde-alternee-synthetique", 3),
    ("paris11-defaut", 0),
    ("paris11-defaut", 1),
}


def notice_of(rule: str, given: dict[str, Any]) -> Any:
    names = {given.get("town"), given.get("service"), given.get("action"), *given}
    (found,) = (data for key, data in NOTICES.items() if key[0] == rule and set(key[1:]) <= names)
    return parse_notice(found)


def tariff_of(rule: str, given: dict[str, Any]) -> Any:
    version = "old" if given.get("date", "9999") < "2024-09-02" else "new"
    names = {given.get("service"), version}
    found = {key: base for key, base in TARIFFS.items() if key[0] == rule and set(key[1:]) <= names}
    return parse_tariff({"base": found[max(found, key=len)]})


def day_of(given: dict[str, Any]) -> dt.date:
    return dt.date.fromisoformat(next(str(given[key])[:10] for key in ("meal", "day", "alsh", "week") if key in given))


def status_of(given: dict[str, Any]) -> PricedStatus:
    if given.get("booked") is False:
        return PricedStatus.UNBOOKED
    if given.get("present") is False:
        excuses = ("medical_certificate", "called_before_9")
        return PricedStatus.EXCUSED if any(given.get(excuse) for excuse in excuses) else PricedStatus.ABSENT
    return PricedStatus.BOOKED


def facts_of(given: dict[str, Any]) -> Facts:
    minutes = None
    if "arrived" in given:
        start, end = (dt.datetime.strptime(given[key], "%H:%M") for key in ("arrived", "end"))
        minutes = int((end - start) / MINUTE)
    return Facts(
        quotient=Decimal(given["qf"]) if "qf" in given else None,
        resident=given.get("resident", True),
        rank=given.get("rank", 1),
        minutes=minutes,
        status=status_of(given),
        tags=frozenset(tag for tag in ("pai", "ulis") if given.get(tag)),
    )


def cents(amount: str) -> int:
    return int(Decimal(amount) * 100)


def test_every_published_case_is_checked_or_waits_for_a_kind_of_rule() -> None:
    checked = {
        (rule, place) for rule, place in all_places() if set(example(rule, place)[1]) & (DEADLINE_KEYS | PRICE_KEYS)
    }
    assert set(all_places()) == checked | TOLD_BY_NAME | put_off()
    assert not TOLD_BY_NAME & put_off()


@pytest.mark.parametrize(("given", "expected", "rule"), cases(DEADLINE_KEYS))
def test_deadlines_are_those_published_to_the_minute(
    given: dict[str, Any], expected: dict[str, Any], rule: str
) -> None:
    limit = deadline(notice_of(rule, given), day_of(given), CALENDAR, None)
    (told,) = expected.values()
    if "T" not in told:
        assert limit.astimezone(PARIS).date().isoformat() == told
        return
    minute = dt.datetime.fromisoformat(told).replace(tzinfo=PARIS)
    assert minute <= limit < minute + MINUTE


@pytest.mark.parametrize(("given", "expected", "rule"), cases(PRICE_KEYS))
def test_prices_are_those_published_to_the_cent(given: dict[str, Any], expected: dict[str, Any], rule: str) -> None:
    (told,) = expected.values()
    assert price(tariff_of(rule, given), facts_of(given)).cents == (cents(told) if told else 0)


def test_villepreux_bills_quantity_times_unit_price() -> None:
    given, expected = example("villepreux-invoice", 0)
    units = [price(parse_tariff({"base": [fixed(line["unit"])]}), Facts()).cents for line in given["lines"]]
    totals = [line["qty"] * unit for line, unit in zip(given["lines"], units, strict=True)]
    assert totals == [cents(total) for total in expected["line_totals"]]
    assert sum(totals) == cents(expected["total"])


def test_vigneux_applies_the_highest_tariff_without_consent_to_read_the_quotient() -> None:
    tariff = parse_tariff({"base": [grid([0, 401, 601], ["1", "2", "3"])]})
    quotient = Decimal(example("vigneux-qf-consent", 1)[0]["qf_known_by_caf"])
    assert price(tariff, Facts(quotient=None)).cents == 300
    assert price(tariff, Facts(quotient=quotient)).cents == 200


def test_paris_11_applies_tariff_10_until_the_file_is_regular() -> None:
    tariff = parse_tariff({"base": [grid(list(range(0, 1000, 100)), [str(n) for n in range(1, 11)])]})
    (bracket,) = (step for step in price(tariff, Facts()).steps if step.label.startswith("Tranche"))
    assert bracket.label == f"Tranche {example('paris11-defaut', 0)[1]['tariff']}"
    assert price(tariff, Facts(quotient=Decimal(250))).cents == 300


def test_vitry_bills_each_child_by_rank() -> None:
    for place, meals in ((0, 10), (2, 1)):
        given, expected = example("vitry-en-artois-fratrie", place)
        tariff = tariff_of("vitry-en-artois-fratrie", given)
        ranks = range(1, given["children"] + 1)
        assert sum(meals * price(tariff, Facts(rank=rank)).cents for rank in ranks) == cents(expected["total"])


def test_larressore_bills_days_one_by_one() -> None:
    given, expected = example("larressore-plafond-mensuel", 0)
    unit = price(tariff_of("larressore-plafond-mensuel", given), facts_of(given)).cents
    assert unit * given["days"] == cents(expected["total"])


@pytest.mark.parametrize("place", [1, 2])
def test_saint_colomban_bills_an_absence_told_after_nine(place: int) -> None:
    given, expected = example("saint-colomban", place)
    day = dt.date(2026, 12, 8)
    told_at = dt.datetime.combine(day, dt.time.fromisoformat(given["signalled_at"]), PARIS)
    in_time = told_at <= deadline(notice_of("saint-colomban", given), day, CALENDAR, None)
    status = PricedStatus.EXCUSED if in_time else PricedStatus.ABSENT
    assert price(tariff_of("saint-colomban", given), Facts(status=status)).cents == cents(expected["price"])


def test_yerres_refuses_on_friday_a_booking_for_monday() -> None:
    given, expected = example("yerres-majoration", 1)
    limit = deadline(notice_of("yerres-majoration", given), dt.date(2026, 12, 7), CALENDAR, None)
    assert (dt.datetime(2026, 12, 4, 0, 0, tzinfo=PARIS) <= limit) == expected["in_time"]


EVEN_WEEKS_AT_A = CustodyPlan(CustodyMode.ISO_WEEK, home_a=1, home_b=2)


def test_shared_custody_bills_each_parent_the_meals_of_their_weeks() -> None:
    _, expected = example("garde-alternee-synthetique", 0)
    meals = [day for day in Span(dt.date(2026, 9, 1), dt.date(2026, 9, 29)) if day.weekday() in (0, 1, 3, 4)]
    homes = [home_on(EVEN_WEEKS_AT_A, [], day, []) for day in meals]
    assert (homes.count(1), homes.count(2)) == (expected["A"]["meals"], expected["B"]["meals"])
    tariff = parse_tariff({"base": [grid([0, 1501], [expected["A"]["unit"], expected["B"]["unit"]])]})
    units = [price(tariff, Facts(quotient=Decimal(quotient))).cents for quotient in (500, 1600)]
    totals = [units[0] * homes.count(1), units[1] * homes.count(2)]
    assert totals == [cents(expected[parent]["total"]) for parent in "AB"]


@pytest.mark.parametrize("place", [1, 2])
def test_week_53_and_week_1_are_both_odd(place: int) -> None:
    given, expected = example("garde-alternee-synthetique", place)
    day = dt.date.fromisoformat(given["date"])
    assert day.isocalendar().week == expected["iso_week"]
    assert home_on(EVEN_WEEKS_AT_A, [], day, []) == {"A": 1, "B": 2}[expected["parent"]]


def test_the_cent_left_over_goes_to_the_first_payer() -> None:
    given, expected = example("garde-alternee-synthetique", 3)
    assert share_out(Cents(cents(given["total"])), [50, 50]) == [cents(expected["A"]), cents(expected["B"])]
