"""The payments of a régie, and as many questions to the database with one row as with many."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django.asserts import assertContains, assertNotContains

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_unit
from preau.billing.choices import AttemptState
from preau.billing.models import (
    Campaign,
    Invoice,
    Regie,
)
from preau.billing.payfip.simulator import Outage, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.testing import (
    OCTOBER,
    make_campaign,
    make_payer,
    make_regie,
)
from preau.billing.tests.staff_pages.given import (
    BOTH,
    CAMPAIGNS,
    PAYMENTS,
    bill,
    issued,
    make_attempt,
    path,
    pay,
    queries,
    rows_of,
    sign_in,
    text,
)
from preau.families.models import Adult
from preau.families.testing import make_adult, make_family
from preau.journal.models import Entry
from preau.pricing.testing import make_tariff
from preau.town.testing import make_service

pytestmark = pytest.mark.django_db


# Payments


@pytest.fixture
def invoice(regie: Regie) -> Invoice:
    bill(regie, "Pinceau")
    issued(make_campaign(regie))
    return Invoice.objects.get()


def test_payments_are_told_by_day_with_their_invoices(invoice: Invoice) -> None:
    pay(invoice)
    answer = sign_in().get(PAYMENTS)
    page = text(answer)
    assert "Vendredi 2 octobre Régie enfance 1 54,60 €" in page
    assert "Pinceau, Zoé Régie enfance Carte bancaire (PayFiP) REFERENCE0" in page
    assertContains(answer, f'href="{path(invoice.campaign, invoice.code)}"')


def test_a_payment_belongs_to_its_local_day(invoice: Invoice) -> None:
    pay(invoice, at=dt.datetime(2026, 9, 30, 22, 30, tzinfo=dt.UTC))  # half past midnight in Paris
    client = sign_in()
    assertContains(client.get(PAYMENTS, {"du": "2026-10-01", "au": "2026-10-01"}), "REFERENCE0")
    assertNotContains(client.get(PAYMENTS, {"du": "2026-09-30", "au": "2026-09-30"}), "REFERENCE0")


def test_an_agent_who_prepares_no_invoice_gets_no_link_to_them(invoice: Invoice) -> None:
    pay(invoice)
    answer = sign_in(make_agent(Capability.SEE_PAYMENTS)).get(PAYMENTS)
    assertContains(answer, "2026000001")
    assertNotContains(answer, path(invoice.campaign, invoice.code))


def test_the_payments_of_another_service_are_not_told(invoice: Invoice) -> None:
    pay(invoice)
    pay(invoice, used=False)
    make_attempt(invoice.payer, invoice, regie=invoice.regie)
    client = sign_in(make_agent(*BOTH, service=make_service("sports")))
    for address in (PAYMENTS, PAYMENTS + "?export=csv"):
        answer = client.get(address)
        assertNotContains(answer, "REFERENCE")
        assertNotContains(answer, "Pinceau")


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        ("hier", "2026-10-02", "Écrivez une date"),
        ("2026-02-30", "2026-10-02", "Écrivez une date"),
        ("2026-10-02", "2026-10-01", "Choisissez une fin qui vient après le début"),
        ("0001-01-01", "2026-10-02", "Écrivez une date avec la bonne année"),
        ("2026-10-02", "9999-12-31", "Écrivez une date avec la bonne année"),
        ("2024-01-01", "2026-10-02", "Choisissez une période d’un an au plus"),
    ],
)
def test_a_wrong_period_is_told_and_the_last_month_is_shown(first: str, last: str, words: str) -> None:
    client = sign_in()
    assertContains(client.get(PAYMENTS, {"du": first, "au": last}), words)
    assert "Du 2 septembre au 2 octobre 2026" in text(client.get(PAYMENTS, {"du": first, "au": last}))
    assert client.get(PAYMENTS, {"du": first, "au": last, "export": "csv"}).status_code == 200


def test_money_received_twice_is_a_credit_with_the_invoice_that_was_meant(invoice: Invoice) -> None:
    pay(invoice)
    pay(invoice, used=False)
    page = text(sign_in().get(PAYMENTS))
    assert "Pinceau, Zoé 2 octobre 2026, 10 h REFERENCE1 Facture 2026000001 54,60 € 54,60 €" in page
    assert "dont 54,60 € en trop" in page


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({}, "En cours"),
        ({"state": AttemptState.REFUSED}, "Refusée"),
        ({"state": AttemptState.ABANDONED}, "Abandonnée"),
        ({"state": AttemptState.EXPIRED}, "Expirée"),
        ({"alert": "montant : 1 au lieu de 5460"}, "Réponse incohérente montant : 1 au lieu de 5460"),
    ],
)
def test_an_attempt_that_is_not_paid_tells_where_it_stands(
    fields: dict[str, Any], words: str, invoice: Invoice
) -> None:
    make_attempt(invoice.payer, invoice, regie=invoice.regie, **fields)
    page = text(sign_in().get(PAYMENTS))
    assert re.search(rf"REFERENCE0 Facture 2026000001 54,60 € {re.escape(words)} ", page)


@pytest.mark.parametrize(
    ("fields", "is_told"),
    [
        ({"state": AttemptState.REFUSED}, False),
        ({"state": AttemptState.ABANDONED}, False),
        ({"state": AttemptState.OPEN}, True),  # it may still be paid: a second time
        ({"state": AttemptState.REFUSED, "alert": "payé, après un refus"}, True),
    ],
)
def test_an_attempt_that_failed_is_over_once_its_invoices_are_paid_otherwise(
    fields: dict[str, Any], is_told: bool, invoice: Invoice
) -> None:
    make_attempt(invoice.payer, invoice, regie=invoice.regie, **fields)
    pay(invoice)
    assert ("REFERENCE0" in text(sign_in().get(PAYMENTS))) == is_told


@pytest.mark.parametrize("what", ["invoices", "payments"])
def test_before_names_leave_the_portal_one_shows_again_who_one_is(regie: Regie, time_machine: Any, what: str) -> None:
    bill(regie, "Pinceau")
    address = path(issued(make_campaign(regie))) if what == "invoices" else PAYMENTS
    client = sign_in()
    time_machine.move_to(OCTOBER + dt.timedelta(minutes=6), tick=False)
    answer = client.get(address + "?export=csv")
    assert answer["Location"].startswith("/mon-compte/confirmer/?next=")
    assert client.get(address).status_code == 200


def test_payments_are_exported(invoice: Invoice) -> None:
    pay(invoice)
    Adult.objects.update(last_name="@SUM(A1)")
    answer = sign_in().get(PAYMENTS + "?export=csv")
    _, row = rows_of(answer)
    assert Entry.objects.get(action="billing.payments_exported").facts["rows"] == "1"
    assert answer["Content-Disposition"] == 'attachment; filename="paiements-2026-09-02-2026-10-02.csv"'
    assert (row[0], row[1], row[3], row[9], row[10], row[11]) == (
        *("02/10/2026", "10:00", "'@SUM(A1)"),
        *("54,60", "0,00", "2026000001"),
    )


def test_an_attempt_is_asked_about_again(invoice: Invoice) -> None:
    attempt = make_attempt(invoice.payer, invoice, regie=invoice.regie)
    simulator = Simulator(clock=lambda: OCTOBER)
    with simulated(simulator):
        simulator.outage = Outage.CLOSED
        answer = sign_in().post(f"{PAYMENTS}{attempt.code}/verifier/", follow=True)
    assertContains(answer, "PayFiP ne répond pas.")


def test_an_attempt_of_another_service_is_not_asked_about(invoice: Invoice) -> None:
    attempt = make_attempt(invoice.payer, invoice, regie=invoice.regie)
    client = sign_in(make_agent(*BOTH, service=make_service("sports")))
    assert client.post(f"{PAYMENTS}{attempt.code}/verifier/").status_code == 404


# As many questions to the database with one row as with many


def grow(regie: Regie, *, households: int, start: int = 0) -> None:
    bill(regie, *[f"Famille-{start + place}" for place in range(households)])


@pytest.mark.parametrize("page", ["anomalies", "preview", "bill", "issued", "issued_csv"])
def test_a_campaign_asks_as_much_of_the_database_with_many_invoices(page: str, regie: Regie) -> None:
    address: dict[str, Callable[[Campaign], str]] = {
        "anomalies": path,
        "preview": lambda campaign: path(campaign, "apercu"),
        "bill": lambda campaign: path(campaign, campaign.invoices.all()[0].code),
        "issued": path,
        "issued_csv": lambda campaign: path(campaign) + "?export=csv",
    }
    client = sign_in()
    bill(regie, "Pinceau")
    one = make_campaign(regie)
    unit = make_unit(make_activity("matin"), "matin")
    make_tariff(unit, "3.00")
    other = make_regie(unit.activity, code="autre")
    grow(other, households=12)
    many = make_campaign(other)
    if page.startswith("issued"):
        one, many = issued(one), issued(many)
    assert queries(client, address[page](one)) == queries(client, address[page](many))


def test_the_months_ask_as_much_of_the_database_with_many_regies(regie: Regie) -> None:
    client = sign_in()
    bill(regie, "Pinceau")
    issued(make_campaign(regie))
    few = queries(client, CAMPAIGNS)
    for code in ("un", "deux", "trois"):
        unit = make_unit(make_activity(code), code)
        make_tariff(unit, "3.00")
        other = make_regie(unit.activity, code=code)
        grow(other, households=2)
        issued(make_campaign(other))
    assert queries(client, CAMPAIGNS) == few


@pytest.mark.parametrize("address", [PAYMENTS, PAYMENTS + "?export=csv"])
def test_payments_ask_as_much_of_the_database_however_many(address: str, invoice: Invoice) -> None:
    client = sign_in()

    def receive() -> None:
        payer = make_payer(make_adult(make_family()))
        Invoice.objects.filter(pk=invoice.pk).update(payer=payer)
        fresh = Invoice.objects.select_related("payer", "regie").get(pk=invoice.pk)
        pay(fresh)
        pay(fresh, used=False)
        make_attempt(payer, invoice, regie=invoice.regie)

    receive()
    few = queries(client, address)
    for _ in range(8):
        receive()
    assert queries(client, address) == few
