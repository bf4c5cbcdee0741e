"""Real rules of French towns, with the cases that they publish: see `data/town_rules.yaml` for the sources.

Each rule is written here as a town would write it in its file. A case that asks for a kind of rule not yet known is
listed in LATER with what it waits for, a whole rule in NOT_YET; a case is in one place only, so that none is forgotten
in silence.
"""

import datetime as dt
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import holidays
import pytest
import yaml
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.links import is_open
from preau.accounts.models import MailedLink
from preau.accounts.testing import make_agent, sign_in
from preau.activities.rules import deadline, parse_notice
from preau.billing.testing import make_campaign, make_regie
from preau.core.dates import PARIS
from preau.core.money import Cents
from preau.core.shares import share_out
from preau.families.choices import CustodyMode
from preau.families.rules import CustodyPlan, home_on
from preau.pricing.choices import PricedStatus
from preau.pricing.rules import Facts, parse_tariff, price
from preau.town.rules import Calendar, SchoolYear, Span
from preau.town.testing import make_town

RULES = {
    rule["id"]: rule
    for rule in yaml.safe_load((Path(__file__).parent / "data" / "town_rules.yaml").read_text("utf-8"))["rules"]
}
CLASSES = frozenset({0, 1, 3, 4})
CALENDAR = Calendar(
    (
        SchoolYear(dt.date(2022, 9, 1), dt.date(2023, 7, 7), CLASSES),
        SchoolYear(dt.date(2026, 9, 1), dt.date(2027, 7, 2), CLASSES),
    ),
    (Span(dt.date(2022, 10, 22), dt.date(2022, 11, 6)),),
    frozenset(holidays.country_holidays("FR", years=range(2021, 2028))),
)
MINUTE = dt.timedelta(minutes=1)


def fixed(amount: str | list[str], **when: Any) -> dict[str, Any]:
    return {"kind": "fixed", "price": amount, "when": when}


def grid(at: list[int], prices: list[Any], **when: Any) -> dict[str, Any]:
    return {"kind": "grid", "at": at, "prices": prices, "when": when}


def rate(value: str, floor: str, ceiling: str, **when: Any) -> dict[str, Any]:
    return {"kind": "rate", "rate": value, "floor": floor, "ceiling": ceiling, "when": when}


def per(minutes: int, price: str) -> dict[str, Any]:
    return {"kind": "per", "minutes": minutes, "each": {"kind": "fixed", "price": price}}


def then(label: str, **effect: Any) -> dict[str, Any]:
    """A modifier, with its conditions in `when`."""
    return {"label": label, **effect}


UNBOOKED = {"status": "unbooked"}


def week(on: str, at: str = "23:59") -> dict[str, Any]:
    return {"kind": "week", "weeks": 1, "on": on, "at": at}


# Rule, and the service, town or action of the case if it has several: what the town would write.
NOTICES: dict[tuple[str, ...], dict[str, Any]] = {
    ("les-pieux-taux",): {"kind": "working_days", "n": 2, "at": "09:30"},
    ("boissy-tarifs",): {
        "kind": "dates",
        "dates": [
            {"from": "2022-10-22", "to": "2022-11-07", "by": "2022-10-07"},
            {"from": "2022-12-17", "to": "2023-01-03", "by": "2022-12-02"},
            {"from": "2023-02-18", "to": "2023-03-06", "by": "2023-02-03"},
            {"from": "2023-04-22", "to": "2023-05-09", "by": "2023-04-07"},
            {"from": "2023-07-08", "to": "2023-08-31", "by": "2023-06-16"},
        ],
    },
    ("vailhauques-cantine",): {
        "kind": "weekday_map",
        "at": "09:00",
        "map": {"mon": "fri-1", "tue": "fri-1", "thu": "tue", "fri": "tue"},
    },
    ("rontalon-veille-scolaire",): {"kind": "open_days", "n": 1, "at": "11:00"},
    ("eragny-72h-15j", "repas"): {"kind": "hours", "n": 72},
    ("eragny-72h-15j", "vacances"): {"kind": "clear_days", "n": 15, "from": "period"},
    ("beauvallon-tresor",): {"kind": "month", "months": 1, "day": 20},
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

Rules = dict[str, Any] | list[dict[str, Any]]
TARIFFS: dict[tuple[str, ...], Rules] = {
    ("villejuif-catalogue",): [fixed("3.50")],
    ("les-pieux-taux",): [
        fixed("1.62", has="pai"),
        fixed("3.61", occasional=True),
        rate("0.0055", "0", "3.19", quotient={"max": "580"}),
        fixed("3.19"),
    ],
    ("sene-taux",): [rate("0.00287", "1.00", "5.97")],
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
        grid([15, 30, 60, 75, 90], ["0.60", "1.15", "2.30", "2.90", "3.45"], part="matin") | {"on": "minutes"},
        per(30, "1.15"),
    ],
    ("larressore-plafond-mensuel",): [grid([0, 286, 571, 925], ["0.50", "0.85", "1.33", "1.58"])],
    ("rungis-brignais-exterieurs", "Rungis"): {"base": [fixed("3.85")], "then": [then("Extérieur", times="1.20")]},
    ("rungis-brignais-exterieurs", "Brignais"): {"base": [fixed("3.85")], "then": [then("Extérieur", times="1.25")]},
    ("grille-evolutive-francas", "repas", "old"): [
        grid([0, 776, 1001, 1201, 1401], ["4.10", "5.40", "5.70", "6.00", "6.10"])
    ],
    ("grille-evolutive-francas", "repas", "new"): [
        grid([0, 801, 1001, 1201, 1401, 1801, 2101], ["4.25", "5.55", "5.90", "6.20", "6.30", "6.60", "6.95"])
    ],
    ("grille-evolutive-francas", "heure", "new"): [
        grid([0, 801, 1001, 1201, 1401, 1801, 2101], ["1.45", "1.65", "1.75", "1.85", "1.95", "2.05", "2.15"])
    ],
    ("vailhauques-cantine",): {
        "base": [fixed("10.00", status="unbooked"), fixed("0", status="excused"), fixed("2.99")],
        "then": [then("Hors délai", when={"status": "late"}, times="1.50")],
    },
    ("coeur-de-garonne",): {
        "base": [fixed("0", status="excused"), fixed("1.20")],
        "then": [then("Non réservé", when=UNBOOKED, times="2")],
    },
    ("saint-caprais",): {
        "base": [fixed("1.45", has="pai"), fixed("2.85", resident=True), fixed("4.00")],
        "then": [then("Repas non réservé", when=UNBOOKED, add="2.00")],
    },
    ("saint-colomban",): [fixed("0", status="excused"), fixed("3.75")],
    ("le-sourn",): [fixed("5.49", status="unbooked"), fixed("3.50")],
    ("le-sourn", "evening"): {"base": [fixed("1.90")], "then": [then("Minibus", when={"has": "minibus"}, add="0.75")]},
    ("le-sourn", "ALSH"): [
        grid([0, 651, 951, 1251], ["10.50", "10.50", "11.60", "13.85"], resident=True),
        fixed("16.40"),
    ],
    ("yerres-majoration",): {
        "base": [fixed("3.45")],
        "then": [then("Sans inscription", when=UNBOOKED, times="1.10")],
    },
    ("massy-retard",): [per(30, "11.00")],
}

LATER: dict[str, dict[str, Collection[int]]] = {
    "bundles (caps, first ones free, packages, per family)": {
        "larressore-plafond-mensuel": [1, 2],
        "coeur-de-garonne": [4, 5, 6],
        "saint-colomban": [0],
    },
    "what the State pays back": {"champcevinel-1euro": [5]},
    "holds that lapse unless they are paid": {"eragny-72h-15j": [2]},
    "direct debit": {"beauvallon-tresor": [1, 2]},
}

NOT_YET = {
    "roll call: same-day notices of what was not booked": "saint-denis-penalites",
    "formulas of a week, waiting list by priority": "saint-jeannet-semaine",
    "windows of booking, residents first": "saint-jean-bonnefonds-vagues",
    "rounds of allocation, and the rush of an opening day": "antibes-priorite",
    "reminders of unpaid invoices": "impayes-parcours",
    "roll call closed by month": "limay-cycle",
    "requests for another school": "derogation-scolaire",
    "vaccinations of the health sheet": "vaccins",
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
    later = {(rule, place) for rules in LATER.values() for rule, places in rules.items() for place in places}
    return later | {(rule, place) for rule, place in all_places() if rule in NOT_YET.values()}


DEADLINE_KEYS = {"deadline", "deadline_date", "last_booking_date", "last_day_accepted"}
PRICE_KEYS = {"price", "unit_price", "day", "billed", "fee"}
TOLD_BY_NAME = {
    *(("ciril-activation-links", place) for place in range(3)),
    *(("sene-taux", place) for place in (0, 2, 3)),
    *(("boissy-tarifs", place) for place in (3, 4, 5)),
    ("beauvallon-tresor", 0),
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
    names = {given.get("service"), given.get("town"), version, *given}
    found = {key: rules for key, rules in TARIFFS.items() if key[0] == rule and set(key[1:]) <= names}
    rules = found[max(found, key=len)]
    return parse_tariff(rules if isinstance(rules, dict) else {"base": rules})


def day_of(given: dict[str, Any]) -> dt.date:
    keys = ("meal", "day", "alsh", "week", "starts", "first_day")
    told = str(next(given[key] for key in keys if key in given))
    (day,) = re.findall(r"\d{4}-\d{2}-\d{2}", told)[:1]
    return dt.date.fromisoformat(day)


def status_of(given: dict[str, Any]) -> PricedStatus:
    if given.get("booked") == "hors délai":
        return PricedStatus.LATE
    if given.get("booked") is False:
        return PricedStatus.UNBOOKED
    if given.get("present") is False:
        excuses = ("medical_certificate", "called_before_9")
        return PricedStatus.EXCUSED if any(given.get(excuse) for excuse in excuses) else PricedStatus.ABSENT
    return PricedStatus.BOOKED


SPANS = (("arrived", "end"), ("start", "left"), ("closing", "left"))


def minutes_of(rule: str, given: dict[str, Any]) -> int | None:
    told = given | {"closing": RULES[rule]["parameters"].get("closing")}
    for span in SPANS:
        if all(told.get(key) for key in span):
            start, end = (dt.datetime.strptime(told[key], "%H:%M") for key in span)
            return int((end - start) / MINUTE)
    return None


def facts_of(rule: str, given: dict[str, Any]) -> Facts:
    return Facts(
        quotient=Decimal(given["qf"]) if "qf" in given else None,
        resident=given.get("resident", True),
        rank=given.get("rank", 1),
        minutes=minutes_of(rule, given),
        part="matin" if "arrived" in given else "soir",
        status=status_of(given),
        occasional=given.get("status") == "occasionnel",
        tags=frozenset(tag for tag in ("pai", "ulis", "minibus") if given.get(tag)),
    )


def cents(amount: str) -> int:
    return int(Decimal(amount) * 100)


def test_every_published_case_is_checked_or_waits_for_a_kind_of_rule() -> None:
    checked = {
        (rule, place) for rule, place in all_places() if set(example(rule, place)[1]) & (DEADLINE_KEYS | PRICE_KEYS)
    }
    assert set(all_places()) == checked | TOLD_BY_NAME | put_off()
    assert not TOLD_BY_NAME & put_off()
    assert set(NOT_YET.values()) < set(RULES)


@pytest.mark.parametrize(("given", "expected", "rule"), cases(DEADLINE_KEYS))
def test_deadlines_are_those_published_to_the_minute(
    given: dict[str, Any], expected: dict[str, Any], rule: str
) -> None:
    starts_at = dt.datetime.fromisoformat(given["starts"]).time() if "starts" in given else None
    limit = deadline(notice_of(rule, given), day_of(given), CALENDAR, starts_at)
    (told,) = expected.values()
    if "T" not in told:
        assert limit.astimezone(PARIS).date().isoformat() == told
        return
    minute = dt.datetime.fromisoformat(told).replace(tzinfo=PARIS)
    assert minute <= limit < minute + MINUTE


@pytest.mark.parametrize(("given", "expected", "rule"), cases(PRICE_KEYS))
def test_prices_are_those_published_to_the_cent(given: dict[str, Any], expected: dict[str, Any], rule: str) -> None:
    (told,) = expected.values()
    assert price(tariff_of(rule, given), facts_of(rule, given)).cents == (cents(told) if told else 0)


@pytest.mark.parametrize("place", [0, 2, 3])
def test_sene_asks_an_effort_rate_within_bounds(place: int) -> None:
    given, expected = example("sene-taux", place)
    quotient = {"700": "700", "très bas": "50", "très élevé": "5000"}[given["qf"]]
    unit = price(tariff_of("sene-taux", given), Facts(quotient=Decimal(quotient))).cents
    assert unit == cents(expected["price"])
    if "old_price" in expected:
        saving = cents(expected["old_price"]) - unit
        assert saving == cents(expected["saving_per_meal"])
        meals = RULES["sene-taux"]["parameters"]["meals_per_year"]
        assert saving * meals == cents(expected["saving_per_year"])


def test_sene_may_be_written_as_a_line_between_two_quotients() -> None:
    tariff = parse_tariff({"base": [{"kind": "line", "points": [["400", "1.00"], ["700", "2.01"], ["2000", "5.97"]]}]})
    assert [price(tariff, Facts(quotient=Decimal(q))).cents for q in (0, 700, 9999)] == [100, 201, 597]


@pytest.mark.parametrize("place", [3, 4, 5])
def test_boissy_takes_a_holiday_until_the_date_published_for_its_period(place: int) -> None:
    given, expected = example("boissy-tarifs", place)
    limit = deadline(notice_of("boissy-tarifs", given), day_of(given), CALENDAR, None)
    paid_at = dt.datetime.combine(dt.date.fromisoformat(given["paid_on"]), dt.time(12), PARIS)
    assert (paid_at <= limit) == expected["accepted"]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_link_holds_as_many_hours_as_the_town_says(place: int) -> None:
    given, expected = example("ciril-activation-links", place)
    hours = RULES["ciril-activation-links"]["parameters"][f"{given['town'].lower()}_hours"]
    sent, click = (dt.datetime.fromisoformat(given[key]).replace(tzinfo=PARIS) for key in ("sent", "click"))
    assert is_open(MailedLink(expires_at=sent + dt.timedelta(hours=hours)), now=click) == expected["valid"]


@pytest.mark.django_db
def test_beauvallon_is_paid_fifteen_days_after_the_issue(time_machine: Any) -> None:
    given, expected = example("beauvallon-tresor", 0)
    issued_on = dt.date.fromisoformat(given["issued"])
    time_machine.move_to(dt.datetime.combine(issued_on, dt.time(10), PARIS), tick=False)
    make_town()
    regie = make_regie(due_days=RULES["beauvallon-tresor"]["parameters"]["due_days"])
    client = Client()
    sign_in(client, make_agent(Capability.PREPARE_INVOICES))
    page = client.get(f"/mairie/factures/{make_campaign(regie).code}/apercu/")
    assert page.context["form"]["due_on"].value().isoformat() == expected["due"]


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
    unit = price(tariff_of("larressore-plafond-mensuel", given), facts_of("larressore-plafond-mensuel", given)).cents
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
