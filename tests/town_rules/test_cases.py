"""Real rules of French towns, checked on the cases that they publish."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.links import is_open
from preau.accounts.models import MailedLink
from preau.accounts.testing import make_agent, sign_in
from preau.activities.rules import deadline
from preau.billing.testing import make_campaign, make_regie
from preau.core.dates import PARIS
from preau.core.money import Cents
from preau.core.shares import share_out
from preau.families.choices import CustodyMode
from preau.families.rules import CustodyPlan, home_on
from preau.pricing.choices import PricedStatus
from preau.pricing.rules import Facts, parse_tariff, price
from preau.town.rules import Span
from preau.town.testing import make_town
from tests.town_rules.given import (
    CALENDAR,
    DEADLINE_KEYS,
    MINUTE,
    NOT_YET,
    PRICE_KEYS,
    RULES,
    TOLD_BY_NAME,
    all_places,
    cases,
    cents,
    day_of,
    example,
    facts_of,
    fixed,
    grid,
    notice_of,
    put_off,
    tariff_of,
)


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
