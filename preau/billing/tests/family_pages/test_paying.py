"""Paying, as a parent does it."""

import pytest
from django.test import Client

from preau.billing.models import Payment, PaymentAttempt, Regie
from preau.billing.payfip.simulator import Outage, Result, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.testing import PayingHousehold, make_invoice
from preau.billing.tests.family_pages.given import begin, come_back, pay_url, text_of

pytestmark = pytest.mark.django_db


def test_the_recap_says_what_will_be_paid(parent: Client, zoe: PayingHousehold, regie: Regie) -> None:
    one, two = make_invoice(zoe.payer, regie, 1000, number="1"), make_invoice(zoe.payer, regie, 550, number="2")
    shown = text_of(parent.get(pay_url(one, two)))
    for words in ("Étape 2 sur 3", "15,50 €", "n° 1 : 10,00 €", "n° 2 : 5,50 €", "Zoé Pinceau", zoe.user.email):
        assert words in shown


def test_a_payment_on_trial_is_never_silent(parent: Client, zoe: PayingHousehold, regie: Regie) -> None:
    invoice = make_invoice(zoe.payer, regie, 1000)
    assert "aucun argent n’est débité" in text_of(parent.get(pay_url(invoice)))
    Regie.objects.update(payfip_mode="W")
    assert "essai" not in text_of(parent.get(pay_url(invoice)))


def test_paying_leads_to_the_payment_site_by_itself_or_by_a_button(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    response = parent.post(pay_url(), {"facture": make_invoice(zoe.payer, regie, 1000).code}, follow=True)
    attempt = PaymentAttempt.objects.get()
    assert response.redirect_chain == [(f"/paiements/{attempt.code}/", 302)]
    assert response["Refresh"] == f"2; url={attempt.page_url}"
    assert f'href="{attempt.page_url}"' in response.content.decode()
    assert "Votre paiement est en cours de préparation." in text_of(response)
    assert "form-action 'self'" in response["Content-Security-Policy"]


def test_nothing_chosen_is_said_in_words(parent: Client, zoe: PayingHousehold) -> None:
    assert "Cochez au moins une facture" in text_of(parent.get("/factures/payer/", follow=True))
    assert "Cochez au moins une facture" in text_of(parent.post("/factures/payer/", follow=True))


def test_an_amount_sent_by_the_browser_is_ignored(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    forged = {"facture": make_invoice(zoe.payer, regie, 5000).code, "montant": "1", "amount": "100", "cents": "100"}
    parent.post("/factures/payer/", forged)
    assert PaymentAttempt.objects.get().amount_cents == 5000


def test_a_double_submit_pays_once(parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    first, second = begin(parent, invoice), begin(parent, invoice)
    assert first != second
    payfip.decide(second.operation, Result.CARD_PAID)
    assert "C’est payé" in come_back(parent, second)
    assert "en cours de vérification" in come_back(parent, first)
    assert Payment.objects.count() == 1
    assert "vient d’être réglée" in text_of(parent.post("/factures/payer/", {"facture": invoice.code}, follow=True))


def test_a_payment_under_way_is_told_before_paying_again(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    begin(parent, invoice)
    for page in ("/factures/", pay_url(invoice)):
        assert "Un paiement de 50,00 € a été commencé" in text_of(parent.get(page))


def test_a_payment_left_open_is_not_told_once_another_has_settled_its_invoices(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    begin(parent, invoice)
    second = begin(parent, invoice)
    payfip.decide(second.operation, Result.CARD_PAID)
    come_back(parent, second)
    shown = text_of(parent.get("/factures/"))
    assert "Toutes vos factures sont réglées" in shown
    assert "a été commencé" not in shown


@pytest.mark.parametrize("outage", [Outage.CLOSED, Outage.NONSENSE, Outage.TECHNICAL_FAULT])
def test_when_the_site_is_down_nothing_is_lost(
    outage: Outage, parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    payfip.outage = outage
    response = parent.post("/factures/payer/", {"facture": invoice.code})
    assert response.status_code == 503
    assert "Rien n’a été débité" in text_of(response)
    assert f'value="{invoice.code}"' in response.content.decode()


def test_a_regie_unknown_to_the_site_is_told_as_closed(parent: Client, zoe: PayingHousehold, regie: Regie) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    with simulated(Simulator(clients={})):
        response = parent.post("/factures/payer/", {"facture": invoice.code})
    assert "Le paiement en ligne est fermé pour le moment" in text_of(response)
