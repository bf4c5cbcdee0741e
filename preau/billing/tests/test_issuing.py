"""Issuing: numbers without gaps, all or none, once; then one mail to each payer."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from preau.activities.models import Unit
from preau.activities.testing import make_activity, make_unit
from preau.billing.actions.announcing import announce_due
from preau.billing.actions.campaigns import CampaignRefused, draft_campaign, drop_draft, open_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.choices import CampaignState, InvoiceState
from preau.billing.models import Campaign, Counter, Invoice, Line, Regie
from preau.billing.queries.sealing import seals_now
from preau.billing.rules.campaigns import CampaignRefusal
from preau.billing.testing import OCTOBER, PayingHousehold, make_bookings, make_campaign, make_household, make_regie
from preau.bookings.models import Booking
from preau.core.dates import Month
from preau.families.testing import make_child
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.pricing.testing import make_tariff
from preau.town.testing import make_town

DUE = dt.date(2026, 10, 31)


def make_evening() -> Unit:
    unit = make_unit(make_activity("soir", name="Accueil du soir"), "soir")
    make_tariff(unit, "4.55")
    return unit


def make_billed(unit: Unit, *names: str, month: int = 9) -> list[PayingHousehold]:
    households = [make_household(name=name) for name in names]
    for household in households:
        child = make_child(household.family, first_name="Mylis")
        make_bookings(child, household.family, unit, [dt.date(2026, month, day) for day in range(1, 13)])
    return households


def issue(campaign: Campaign, *, due_on: dt.date = DUE, now: dt.datetime = OCTOBER) -> Campaign:
    return issue_campaign(campaign=campaign, due_on=due_on, by=None, now=now)


@pytest.fixture
def evening(db: None) -> Unit:
    make_town()
    return make_evening()


@pytest.fixture
def regie(evening: Unit) -> Regie:
    return make_regie(evening.activity)


def refusal_of(campaign: Campaign, *, due_on: dt.date = DUE) -> CampaignRefusal:
    with pytest.raises(CampaignRefused) as refused:
        issue(campaign, due_on=due_on)
    return refused.value.reason


def test_numbers_follow_the_names_and_have_no_gap(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Zola", "Aubert", "Martin")
    issue(make_campaign(regie))
    rows = Invoice.objects.order_by("number").values_list("number", "payer__adult__last_name")
    assert list(rows) == [("2026000001", "Aubert"), ("2026000002", "Martin"), ("2026000003", "Zola")]


def test_the_next_campaign_goes_on_counting(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert", month=8)
    make_billed(evening, "Zola", month=9)
    issue(make_campaign(regie, Month(2026, 8)))
    issue(make_campaign(regie))
    assert set(Invoice.objects.values_list("number", flat=True)) == {"2026000001", "2026000002"}


def test_an_issued_invoice_has_its_dates_its_state_and_its_seal(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert", "Zola")
    campaign = issue(make_campaign(regie))
    invoice = Invoice.objects.order_by("number")[0]
    assert (invoice.state, invoice.issued_on, invoice.due_on) == (InvoiceState.ISSUED, OCTOBER.date(), DUE)
    assert (campaign.state, campaign.issued_at, campaign.due_on) == (CampaignState.ISSUED, OCTOBER, DUE)
    assert all(seal == now for _, seal, now in seals_now(Invoice.objects.all()))
    Line.objects.filter(invoice=invoice).update(label="Autre chose")
    assert [code for code, seal, now in seals_now(Invoice.objects.all()) if seal != now] == [invoice.code]


def test_issuing_twice_changes_nothing(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert")
    campaign = issue(make_campaign(regie))
    before = list(Invoice.objects.values())
    issue(campaign, due_on=dt.date(2026, 12, 31))
    assert list(Invoice.objects.values()) == before
    assert Counter.objects.get().last == 1
    assert Entry.objects.filter(action="billing.campaign_issued").count() == 1


def test_an_issued_campaign_is_neither_drafted_nor_dropped_again(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert")
    campaign = issue(make_campaign(regie))
    for change in (draft_campaign, drop_draft):
        with pytest.raises(CampaignRefused) as refused:
            change(campaign=campaign, by=None, now=OCTOBER)
        assert refused.value.reason == CampaignRefusal.ISSUED
    assert Invoice.objects.get().number == "2026000001"


def test_what_was_not_computed_or_is_empty_is_not_issued(evening: Unit, regie: Regie) -> None:
    campaign = open_campaign(regie=regie, month=Month(2026, 9), by=None, now=OCTOBER)
    assert refusal_of(campaign) == CampaignRefusal.NO_DRAFT
    assert refusal_of(make_campaign(regie)) == CampaignRefusal.EMPTY


def test_the_due_date_is_not_before_the_issue(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert")
    assert refusal_of(make_campaign(regie), due_on=dt.date(2026, 10, 1)) == CampaignRefusal.DUE_IN_THE_PAST
    assert issue(make_campaign(regie), due_on=dt.date(2026, 10, 2)).state == CampaignState.ISSUED


def test_a_draft_is_computed_again_when_bookings_have_moved(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert")
    campaign = make_campaign(regie)
    later = OCTOBER + dt.timedelta(minutes=1)
    moved = Booking.objects.order_by("pk")[0]
    Booking.objects.filter(pk=moved.pk).update(state="cancelled", decided_at=later)
    assert refusal_of(campaign) == CampaignRefusal.STALE
    issue(draft_campaign(campaign=campaign, by=None, now=later), now=later)
    assert Invoice.objects.get().total_cents == 11 * 455


def test_a_series_that_is_full_issues_nothing(evening: Unit, regie: Regie) -> None:
    Regie.objects.update(number_pattern="{YYYY}{N}")
    Counter.objects.create(regie=regie, series="2026", last=8)
    make_billed(evening, "Aubert", "Zola")
    campaign = make_campaign(regie)
    assert refusal_of(campaign) == CampaignRefusal.SERIES_FULL
    assert Counter.objects.get().last == 8
    assert not Invoice.objects.filter(state=InvoiceState.ISSUED).exists()


def test_each_payer_who_takes_mail_gets_one_once(evening: Unit, regie: Regie) -> None:
    zola, aubert, paper = make_billed(evening, "Zola", "Aubert", "Papier")
    paper.adult.invoices_by_email = False
    paper.adult.save()
    issue(make_campaign(regie))
    assert announce_due(now=OCTOBER) == 2
    assert announce_due(now=OCTOBER) == 0
    mails = {mail.address: mail for mail in Outgoing.objects.all()}
    assert set(mails) == {zola.adult.email, aubert.adult.email}


def test_the_mail_tells_amount_and_date_and_no_child(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert")
    issue(make_campaign(regie))
    announce_due(now=OCTOBER)
    mail, invoice = Outgoing.objects.get(), Invoice.objects.get()
    assert mail.subject == "Votre facture de septembre 2026 est disponible"
    for body in (mail.text, mail.html):
        for words in ("Bonjour Zoé", "PERI2609", "2026000001", "54,60\u00a0€", "31\u00a0octobre 2026"):
            assert words in body
        assert f"/factures/{invoice.code}/" in body
        assert "Mylis" not in body


def test_mails_are_queued_a_few_at_a_time(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "A", "B", "C")
    issue(make_campaign(regie))
    assert [announce_due(now=OCTOBER, limit=2) for _ in range(3)] == [2, 1, 0]


def test_an_address_that_went_away_turns_the_invoice_to_paper(evening: Unit, regie: Regie) -> None:
    [aubert] = make_billed(evening, "Aubert")
    issue(make_campaign(regie))
    aubert.adult.email = ""
    aubert.adult.save()
    announce_due(now=OCTOBER)
    assert not Outgoing.objects.exists()
    assert not Invoice.objects.get().by_email


@pytest.mark.django_db(transaction=True)
def test_ten_issues_at_once_give_numbers_without_a_gap() -> None:
    make_town()
    evening = make_evening()
    regie = make_regie(evening.activity)
    campaigns = []
    for month in range(1, 6):
        make_billed(evening, *"ABCD", month=month)
        campaigns.append(make_campaign(regie, Month(2026, month)))

    def issue_one(campaign: Campaign) -> None:
        try:
            issue(campaign)
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(issue_one, [*campaigns, *campaigns]))
    numbers = Invoice.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [f"2026{count:06d}" for count in range(1, 21)]
    assert Counter.objects.get().last == 20


def test_an_issue_that_dies_takes_no_number(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert")
    campaign = make_campaign(regie)
    with transaction.atomic():
        issue(campaign)
        transaction.set_rollback(True)
    issue(campaign)
    assert Invoice.objects.get().number == "2026000001"


def test_the_database_refuses_the_same_number_twice(evening: Unit, regie: Regie) -> None:
    make_billed(evening, "Aubert", "Zola")
    issue(make_campaign(regie))
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.update(number="2026000001")
