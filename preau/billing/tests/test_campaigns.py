"""Preparing a campaign: what is billed, to whom, and what is left out and said."""

import datetime as dt
from typing import Any

import pytest

from preau.activities.models import Unit
from preau.activities.testing import make_activity, make_unit
from preau.billing.actions.campaigns import CampaignRefused, draft_campaign, drop_draft, open_campaign
from preau.billing.choices import CampaignState, InvoiceState
from preau.billing.models import Campaign, Invoice, Line, Payer, Regie
from preau.billing.rules.campaigns import AnomalyKind, CampaignRefusal
from preau.billing.testing import (
    OCTOBER,
    SEPTEMBER,
    PayingHousehold,
    make_bookings,
    make_campaign,
    make_household,
    make_payer,
    make_regie,
    make_share,
)
from preau.bookings.choices import BookingState, Origin, Presence
from preau.core.dates import Month
from preau.core.money import euros
from preau.families.models import Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.pricing.testing import make_quotient, make_tariff
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

BY_QUOTIENT = {"base": [{"kind": "grid", "at": ["0", "800"], "prices": ["2.00", "5.00"]}]}


def september(*days: int) -> list[dt.date]:
    return [dt.date(2026, 9, day) for day in days]


def make_evening(tariff: dict[str, Any] | str = "4.55", code: str = "soir", name: str = "Accueil du soir") -> Unit:
    unit = make_unit(make_activity(code, name=name), code)
    make_tariff(unit, tariff)
    return unit


@pytest.fixture
def zoe() -> PayingHousehold:
    make_town()
    return make_household()


@pytest.fixture
def mylis(zoe: PayingHousehold) -> Participant:
    return make_child(zoe.family, first_name="Mylis", born_on=dt.date(2018, 5, 2))


@pytest.fixture
def evening() -> Unit:
    return make_evening()


@pytest.fixture
def regie(evening: Unit) -> Regie:
    return make_regie(evening.activity)


def lines_of(campaign: Campaign) -> list[tuple[str, str, int, int, int]]:
    rows = Line.objects.filter(invoice__campaign=campaign).order_by("invoice_id", "order")
    return [
        (row.invoice.payer.adult.first_name, row.label, row.quantity, row.unit_price_cents, row.amount_cents)
        for row in rows.select_related("invoice__payer__adult")
    ]


def amounts(campaign: Campaign) -> dict[str, int]:
    invoices = Invoice.objects.filter(campaign=campaign).select_related("payer__adult")
    return {invoice.payer.adult.first_name: invoice.total_cents for invoice in invoices}


def anomalies(campaign: Campaign) -> list[tuple[str, str]]:
    return [(anomaly["kind"], anomaly["name"]) for anomaly in campaign.anomalies]


def test_the_invoice_of_the_guide() -> None:
    """Villepreux, May 2021: 12 × 4,55 + 14 × 4,72 + 4 × 15,91 = 184,32 €."""
    make_town(name="Villepreux")
    zoe = make_household()
    mylis = make_child(zoe.family, first_name="Mylis")
    evening = make_evening("4.55", "soir", "Accueil Périscolaire Soir")
    canteen = make_evening("4.72", "repas", "Restauration Scolaire")
    wednesdays = make_activity("mercredi", name="Accueils du mercredi")
    full, half = (
        make_unit(wednesdays, "journee", name="Mercredi journée complète"),
        make_unit(wednesdays, "matin", name="Mercredi matin"),
    )
    make_tariff(full, "15.91")
    make_tariff(half, "8.00")
    regie = make_regie(evening.activity, canteen.activity, wednesdays)
    for unit, quantity in ((evening, 12), (canteen, 14), (full, 4)):
        make_bookings(mylis, zoe.family, unit, [dt.date(2021, 5, day) for day in range(1, quantity + 1)])
    campaign = make_campaign(regie, Month(2021, 5))
    assert campaign.label == "PERI2105"
    period = "Du 01/05/2021 au 31/05/2021"
    assert sorted(lines_of(campaign), key=lambda line: line[3]) == [
        ("Zoé", f"Accueil Périscolaire Soir - {period}", 12, 455, 5460),
        ("Zoé", f"Restauration Scolaire - {period}", 14, 472, 6608),
        ("Zoé", f"Accueils du mercredi - {period} - Mercredi journée complète", 4, 1591, 6364),
    ]
    assert amounts(campaign) == {"Zoé": 18432}


def test_only_kept_bookings_of_the_period_and_of_the_regie_are_billed(
    zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie
) -> None:
    elsewhere = make_evening("9.99", "piscine", "Piscine")
    make_bookings(mylis, zoe.family, evening, september(1, 30))
    make_bookings(mylis, zoe.family, evening, [dt.date(2026, 8, 31), dt.date(2026, 10, 1)])
    make_bookings(mylis, zoe.family, evening, september(2), state=BookingState.CANCELLED)
    make_bookings(mylis, zoe.family, evening, september(3), state=BookingState.REQUESTED)
    make_bookings(mylis, zoe.family, elsewhere, september(4))
    assert [line[2] for line in lines_of(make_campaign(regie))] == [2]


def test_an_absence_is_due_unless_it_is_excused(
    zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie
) -> None:
    make_bookings(mylis, zoe.family, evening, september(1), presence=Presence.PRESENT)
    make_bookings(mylis, zoe.family, evening, september(2), presence=Presence.ABSENT)
    make_bookings(mylis, zoe.family, evening, september(3), presence=Presence.ABSENT, excused=True)
    assert [line[2] for line in lines_of(make_campaign(regie))] == [2]


def test_what_happened_has_its_own_price(zoe: PayingHousehold, mylis: Participant) -> None:
    evening = make_evening(
        {
            "base": [
                {"kind": "fixed", "price": "3.00", "when": {"status": "late"}},
                {"kind": "fixed", "price": "10.00", "when": {"status": "unbooked"}},
                {"kind": "fixed", "price": "1.00", "when": {"status": "absent"}},
                {"kind": "fixed", "price": "2.00"},
            ]
        }
    )
    make_bookings(mylis, zoe.family, evening, september(1))
    make_bookings(mylis, zoe.family, evening, september(2), late=True)
    make_bookings(mylis, zoe.family, evening, september(3), origin=Origin.WALK_IN)
    make_bookings(mylis, zoe.family, evening, september(4), presence=Presence.ABSENT)
    campaign = make_campaign(make_regie(evening.activity))
    assert sorted(line[3] for line in lines_of(campaign)) == [100, 200, 300, 1000]


def test_a_price_that_changes_on_the_way_makes_two_lines(zoe: PayingHousehold, mylis: Participant) -> None:
    evening = make_evening(BY_QUOTIENT)
    make_quotient(zoe.family, "742")
    make_quotient(zoe.family, "900", starts_on=dt.date(2026, 9, 15))
    make_bookings(mylis, zoe.family, evening, september(1, 14, 15, 30))
    campaign = make_campaign(make_regie(evening.activity))
    assert [line[2:] for line in lines_of(campaign)] == [(2, 200, 400), (2, 500, 1000)]
    days = [line.why["days"] for line in Line.objects.order_by("order")]
    assert days == [["2026-09-01", "2026-09-14"], ["2026-09-15", "2026-09-30"]]


def test_a_line_explains_its_price_and_lists_its_days(zoe: PayingHousehold, mylis: Participant) -> None:
    evening = make_evening(BY_QUOTIENT)
    make_quotient(zoe.family, "742")
    make_bookings(mylis, zoe.family, evening, september(3, 1))
    make_campaign(make_regie(evening.activity))
    why = Line.objects.get().why
    assert why["days"] == ["2026-09-01", "2026-09-03"]
    assert ["Prix", euros(200)] in why["steps"]
    assert any(label == "Quotient familial" and value.startswith("742") for label, value in why["steps"])
    assert Invoice.objects.get().quotient_cents == 74200


def test_care_and_food_follow_the_price(zoe: PayingHousehold, mylis: Participant) -> None:
    tariff = {"base": [{"kind": "fixed", "price": "4.72"}], "split": {"food": "2.50"}}
    evening = make_evening(tariff)
    make_bookings(mylis, zoe.family, evening, september(1, 2))
    make_campaign(make_regie(evening.activity))
    line = Line.objects.get()
    assert (line.care_cents, line.food_cents) == (444, 500)


def test_the_first_adult_of_the_household_pays_when_no_share_says_otherwise(evening: Unit, regie: Regie) -> None:
    make_town()
    family = make_family()
    make_adult(family, first_name="Zoé")
    make_adult(family, first_name="Paul")
    make_bookings(make_child(family), family, evening, september(1))
    assert amounts(make_campaign(regie)) == {"Zoé": 455}
    assert Payer.objects.count() == 1


def test_shares_in_force_split_the_bill_and_no_cent_is_lost(
    zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie
) -> None:
    paul = make_payer(make_adult(zoe.family, first_name="Paul"))
    make_share(zoe.payer, zoe.family, weight=2)
    make_share(paul, zoe.family, weight=1)
    make_bookings(mylis, zoe.family, evening, september(1))
    campaign = make_campaign(regie)
    assert amounts(campaign) == {"Zoé": 303, "Paul": 152}
    assert [line.why["share"] for line in Line.objects.order_by("amount_cents")] == ["1/3", "2/3"]


def test_a_share_takes_effect_on_its_day(zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie) -> None:
    paul = make_payer(make_adult(zoe.family, first_name="Paul"))
    make_share(paul, zoe.family, starts_on=dt.date(2026, 9, 10))
    make_bookings(mylis, zoe.family, evening, september(9, 10, 11))
    assert amounts(make_campaign(regie)) == {"Zoé": 455, "Paul": 910}


def test_the_share_of_a_child_replaces_the_households(
    zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie
) -> None:
    paul = make_payer(make_adult(zoe.family, first_name="Paul"))
    make_share(paul, zoe.family, participant=mylis)
    nora = make_child(zoe.family)
    make_bookings(mylis, zoe.family, evening, september(1))
    make_bookings(nora, zoe.family, evening, september(1, 2))
    assert amounts(make_campaign(regie)) == {"Zoé": 910, "Paul": 455}


def test_each_home_pays_its_days_of_a_shared_child(zoe: PayingHousehold, evening: Unit, regie: Regie) -> None:
    paul = make_household(first_name="Paul")
    nora = make_child(zoe.family, paul.family)
    make_bookings(nora, zoe.family, evening, september(1, 2))
    make_bookings(nora, paul.family, evening, september(8))
    assert amounts(make_campaign(regie)) == {"Zoé": 910, "Paul": 455}


def test_a_payer_of_another_household_reads_no_quotient(zoe: PayingHousehold, mylis: Participant) -> None:
    grandfather = make_household(first_name="Jean")
    make_share(grandfather.payer, zoe.family)
    make_quotient(zoe.family, "742")
    evening = make_evening(BY_QUOTIENT)
    make_bookings(mylis, zoe.family, evening, september(1))
    make_campaign(make_regie(evening.activity))
    invoice = Invoice.objects.get()
    assert invoice.payer == grandfather.payer
    assert invoice.quotient_cents is None
    assert "742" not in str(Line.objects.get().why)


def test_what_costs_nothing_gives_no_invoice(zoe: PayingHousehold, mylis: Participant) -> None:
    evening = make_evening("0")
    make_bookings(mylis, zoe.family, evening, september(1))
    make_campaign(make_regie(evening.activity))
    assert not Invoice.objects.exists()


def test_a_household_without_an_adult_is_left_out_and_said(
    zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie
) -> None:
    nobody = make_family(name="Roux")
    make_bookings(make_child(nobody), nobody, evening, september(1))
    make_bookings(mylis, zoe.family, evening, september(1))
    campaign = make_campaign(regie)
    assert anomalies(campaign) == [(AnomalyKind.NO_PAYER, "Roux")]
    assert amounts(campaign) == {"Zoé": 455}


def test_a_hole_in_a_tariff_leaves_the_whole_household_out(zoe: PayingHousehold, mylis: Participant) -> None:
    """A bill without its missing line would have to be corrected: better none."""
    evening = make_evening("4.55")
    hole = make_unit(make_activity("repas", name="Restauration"), "repas")
    make_bookings(mylis, zoe.family, evening, september(1))
    make_bookings(mylis, zoe.family, hole, september(2))
    campaign = make_campaign(make_regie(evening.activity, hole.activity))
    assert anomalies(campaign) == [(AnomalyKind.TARIFF_HOLE, "Pinceau")]
    assert campaign.anomalies[0]["detail"].startswith("Restauration\u00a0: aucun prix n’est prévu")
    assert not Invoice.objects.exists()


def test_a_missing_quotient_is_worth_a_look_where_it_made_the_price(
    zoe: PayingHousehold, mylis: Participant, evening: Unit
) -> None:
    graded = make_evening(BY_QUOTIENT, "repas", "Restauration")
    make_bookings(mylis, zoe.family, evening, september(1))
    assert anomalies(make_campaign(make_regie(evening.activity))) == []
    make_bookings(mylis, zoe.family, graded, september(1))
    campaign = make_campaign(make_regie(graded.activity, code="repas"))
    assert anomalies(campaign) == [(AnomalyKind.NO_QUOTIENT, "Pinceau")]
    assert amounts(campaign) == {"Zoé": 500}


def test_an_amount_far_from_the_month_before_is_worth_a_look(
    zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie
) -> None:
    make_bookings(mylis, zoe.family, evening, [dt.date(2026, 8, 3)])
    august = make_campaign(regie, Month(2026, 8))
    Campaign.objects.filter(pk=august.pk).update(
        state=CampaignState.ISSUED, issued_at=OCTOBER, due_on=dt.date(2026, 10, 31)
    )
    Invoice.objects.filter(campaign=august).update(
        state=InvoiceState.ISSUED, number="1", issued_on=dt.date(2026, 9, 1), due_on=dt.date(2026, 10, 1)
    )
    make_bookings(mylis, zoe.family, evening, september(*range(1, 11)))
    [anomaly] = make_campaign(regie).anomalies
    assert (anomaly["kind"], anomaly["cents"], anomaly["before_cents"]) == (AnomalyKind.FAR, 4550, 455)


def test_drafting_again_replaces_the_draft(
    zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie
) -> None:
    make_bookings(mylis, zoe.family, evening, september(1))
    campaign = make_campaign(regie)
    make_bookings(mylis, zoe.family, evening, september(2))
    draft_campaign(campaign=campaign, by=None, now=OCTOBER)
    assert [line[2] for line in lines_of(campaign)] == [2]
    assert Invoice.objects.count() == 1
    assert Payer.objects.count() == 1


def test_opening_the_same_month_twice_gives_one_campaign(regie: Regie) -> None:
    first = open_campaign(regie=regie, month=SEPTEMBER, by=None, now=OCTOBER)
    assert open_campaign(regie=regie, month=SEPTEMBER, by=None, now=OCTOBER) == first
    assert Entry.objects.filter(action="billing.campaign_opened").count() == 1


def test_a_month_that_is_not_over_cannot_be_billed(regie: Regie) -> None:
    with pytest.raises(CampaignRefused) as refused:
        open_campaign(regie=regie, month=Month(2026, 10), by=None, now=OCTOBER)
    assert refused.value.reason == CampaignRefusal.NOT_OVER


def test_a_dropped_draft_leaves_nothing(zoe: PayingHousehold, mylis: Participant, evening: Unit, regie: Regie) -> None:
    make_bookings(mylis, zoe.family, evening, september(1))
    campaign = drop_draft(campaign=make_campaign(regie), by=None, now=OCTOBER)
    assert campaign.state == CampaignState.OPEN
    assert not Invoice.objects.exists()
    assert not Line.objects.exists()


def test_lines_are_in_the_order_of_children_then_of_the_catalogue(
    zoe: PayingHousehold, mylis: Participant, evening: Unit
) -> None:
    morning = make_evening("3.50", "matin", "Accueil du matin")
    nora = make_child(zoe.family, first_name="Nora", born_on=dt.date(2021, 3, 14))
    for unit in (evening, morning):
        for child in (nora, mylis):
            make_bookings(child, zoe.family, unit, september(1))
    make_campaign(make_regie(evening.activity, morning.activity))
    rows = Line.objects.order_by("order").values_list("participant__first_name", "unit__code")
    assert list(rows) == [("Mylis", "matin"), ("Mylis", "soir"), ("Nora", "matin"), ("Nora", "soir")]


def test_a_draft_takes_as_many_queries_for_many_households_as_for_one(
    evening: Unit, regie: Regie, django_assert_max_num_queries
) -> None:
    make_town()
    counts = []
    for households in (1, 12):
        for number in range(households):
            paying = make_household(name=f"Famille {number}")
            make_bookings(make_child(paying.family), paying.family, evening, september(1, 2))
        with django_assert_max_num_queries(100) as queries:
            make_campaign(regie)
        counts.append(len(queries))
    assert Invoice.objects.count() == 13
    assert counts[1] <= counts[0]
