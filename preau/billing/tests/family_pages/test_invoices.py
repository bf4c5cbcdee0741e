"""Invoices as a parent meets them."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.models import Invoice, PaymentAttempt, Regie
from preau.billing.payfip.simulator import Result, Simulator
from preau.billing.rules.seals import explanation
from preau.billing.testing import PayingHousehold, make_household, make_invoice, make_regie
from preau.billing.tests.family_pages.given import begin, come_back, signed_in, text_of
from preau.families.testing import make_child
from preau.pricing.rules import Step

pytestmark = pytest.mark.django_db


# Reading


def test_what_is_due_is_shown_line_by_line_with_its_total(parent: Client, zoe: PayingHousehold, regie: Regie) -> None:
    mylis = make_child(zoe.family, first_name="Mylis")
    make_invoice(zoe.payer, regie, 5460, 6608, 6364, participant=mylis)
    shown = text_of(parent.get("/factures/"))
    for words in ("Octobre 2026", "Facture PERI2610", "Mylis", "54,60 €", "Total 184,32 €", "Payer 184,32 €"):
        assert words in shown


def test_several_invoices_are_paid_together(parent: Client, zoe: PayingHousehold, regie: Regie) -> None:
    make_invoice(zoe.payer, regie, 1000, number="1")
    make_invoice(zoe.payer, regie, 500, number="2")
    shown = text_of(parent.get("/factures/"))
    assert "À payer (2)" in shown
    assert "Total dû 15,00 €" in shown
    assert "Payer les factures cochées" in shown


def test_a_regie_that_is_not_online_tells_the_other_ways(parent: Client, zoe: PayingHousehold) -> None:
    make_invoice(zoe.payer, make_regie(numcli="", how_to_pay=["À la régie : le matin."]), 1000)
    response = parent.get("/factures/")
    assert "À la régie : le matin." in text_of(response)
    assert "checkbox" not in response.content.decode()


def test_when_nothing_is_due_the_page_says_so(parent: Client) -> None:
    assert "Rien à payer" in text_of(parent.get("/factures/"))
    assert "Aucune facture pour l’instant" in text_of(parent.get("/factures/historique/"))


def test_the_history_has_the_twelve_latest_with_where_they_stand(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    for number in range(13):
        make_invoice(zoe.payer, regie, 1000, number=f"{number:02d}", due_on=dt.date(2020, 1, 31))
    attempt = begin(parent, Invoice.objects.get(number="12"))
    payfip.decide(attempt.operation, Result.CARD_PAID)
    come_back(parent, attempt)
    shown = text_of(parent.get("/factures/historique/"))
    assert shown.count("En retard depuis le 31 janvier") == 11
    assert shown.count("Payée le") == 1
    assert "n° 00" not in shown


def test_each_line_says_why_it_costs_that(parent: Client, zoe: PayingHousehold, regie: Regie) -> None:
    invoice = make_invoice(zoe.payer, regie, 455)
    why = explanation(["2026-10-01", "2026-10-06"], [Step("Quotient familial", "742"), Step("Prix", "4,55 €")], "1/2")
    invoice.lines.update(why=why)
    shown = text_of(parent.get(f"/factures/{invoice.code}/"))
    for words in (
        "Pourquoi ce prix",
        "Quotient familial 742",
        "Prix unitaire 4,55 €",
        "1er, 6 octobre",
        "Votre part 1/2",
        "Quotient familial compté : 742",
        "au nom de Zoé",
    ):
        assert words in shown


def test_the_pdf_of_an_invoice_is_made_once(
    parent: Client, zoe: PayingHousehold, regie: Regie, settings, tmp_path
) -> None:
    folder = {"BACKEND": "preau.documents.storage.DurableFolder", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = settings.STORAGES | {"default": folder}
    invoice = make_invoice(zoe.payer, regie, 455)
    first = parent.get(f"/factures/{invoice.code}/facture.pdf")
    assert first["Content-Type"] == "application/pdf"
    assert first.content.startswith(b"%PDF")
    assert 'filename="facture-2026000001.pdf"' in first["Content-Disposition"]
    [kept] = tmp_path.rglob("*.pdf")
    assert parent.get(f"/factures/{invoice.code}/facture.pdf").content == kept.read_bytes() == first.content


@pytest.mark.parametrize("page", ["/factures/", "/factures/historique/"])
def test_lists_take_as_many_queries_for_many_invoices(
    page: str, parent: Client, zoe: PayingHousehold, regie: Regie, django_assert_num_queries
) -> None:
    mylis = make_child(zoe.family, first_name="Mylis")
    make_invoice(zoe.payer, regie, 455, number="1", participant=mylis)
    parent.get(page)
    with django_assert_num_queries(6, exact=False) as queries:
        parent.get(page)
    for number in range(2, 6):
        make_invoice(zoe.payer, regie, 455, 100, number=str(number), participant=make_child(zoe.family))
    with django_assert_num_queries(len(queries)):
        parent.get(page)


# Another family's


@pytest.fixture
def others(zoe: PayingHousehold, regie: Regie) -> Invoice:
    return make_invoice(make_household(name="Autre").payer, regie, 9999)


@pytest.mark.parametrize("path", ["/factures/{}/", "/factures/{}/facture.pdf", "/factures/payer/?facture={}"])
def test_the_invoice_of_another_family_does_not_exist(path: str, parent: Client, others: Invoice) -> None:
    assert parent.get(path.format(others.code)).status_code == 404


def test_the_other_adult_of_the_household_does_not_see_my_invoice(zoe: PayingHousehold, regie: Regie) -> None:
    invoice = make_invoice(zoe.payer, regie, 455)
    assert signed_in(make_household(first_name="Paul")).get(f"/factures/{invoice.code}/").status_code == 404


def test_the_invoice_of_another_family_cannot_be_paid(parent: Client, others: Invoice, payfip: Simulator) -> None:
    assert parent.post(reverse("billing:pay"), {"facture": others.code}).status_code == 404
    assert not PaymentAttempt.objects.exists()


@pytest.mark.parametrize("name", ["billing:payment", "billing:payment_return"])
def test_the_payment_of_another_family_does_not_exist(
    name: str, zoe: PayingHousehold, regie: Regie, parent: Client, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 455))
    assert signed_in(make_household(name="Autre")).get(reverse(name, args=[attempt.code])).status_code == 404


@pytest.mark.parametrize("code", ["", "x" * 200, "é", "a\x00b", "<script>", "../../etc", "%00"])
def test_a_malformed_code_is_not_found(code: str, parent: Client, zoe: PayingHousehold) -> None:
    assert parent.get("/factures/payer/", {"facture": code}).status_code == 404
    assert parent.post("/factures/payer/", {"facture": code}).status_code == 404
