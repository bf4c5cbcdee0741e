"""Coming back from the payment site, and what it says by itself."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.choices import AttemptState
from preau.billing.models import Payment, PaymentAttempt, Regie
from preau.billing.payfip.simulator import Behaviour, Outage, Result, Simulator
from preau.billing.testing import PayingHousehold, make_invoice
from preau.billing.tests.family_pages.given import begin, come_back, text_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("result", "words"),
    [
        (Result.CARD_PAID, "C’est payé, merci !"),
        (Result.DEBIT_ACCEPTED, "C’est payé, merci !"),
        (Result.CARD_REFUSED, "Le paiement a été refusé"),
        (Result.ABANDONED, "Le paiement a été abandonné"),
        (None, "en cours de vérification"),
    ],
)
def test_coming_back_says_what_the_payment_site_says(
    result: Result | None, words: str, parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    if result:
        payfip.decide(attempt.operation, result)
    shown = come_back(parent, attempt)
    assert words in shown
    assert ("C’est payé" in shown) == Payment.objects.exists()


def test_a_browser_that_claims_to_have_paid_is_not_believed(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    forged = {"idop": attempt.operation, "resultrans": "P", "montant": "5000", "state": "paid"}
    url = reverse("billing:payment_return", args=[attempt.code])
    assert "C’est payé" not in text_of(parent.get(url, forged))
    assert parent.post(url, forged).status_code == 405
    assert not Payment.objects.exists()


def test_waiting_reloads_the_page_until_one_asks_it_to_stop(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    url = reverse("billing:payment_return", args=[attempt.code])
    assert parent.get(url)["Refresh"] == "10"
    assert "Refresh" not in parent.get(url + "?pause=1")
    payfip.decide(attempt.operation, Result.CARD_PAID)
    assert "Refresh" not in parent.get(url)


def test_coming_back_while_the_site_is_down_waits(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    payfip.decide(attempt.operation, Result.CARD_PAID)
    payfip.outage = Outage.CLOSED
    assert "en cours de vérification" in come_back(parent, attempt)
    payfip.outage = None
    assert "C’est payé" in come_back(parent, attempt)


def test_an_answer_about_another_amount_is_never_told_as_paid(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    payfip.behave(attempt.operation, Behaviour(notices=0, amount=100))
    payfip.decide(attempt.operation, Result.CARD_PAID)
    shown = come_back(parent, attempt)
    assert "ne correspond pas à ce que vous deviez payer" in shown
    assert not Payment.objects.exists()


def test_a_second_payment_tells_the_credit(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    invoice = make_invoice(zoe.payer, regie, 5000)
    attempts = [begin(parent, invoice), begin(parent, invoice)]
    for attempt in attempts:
        payfip.decide(attempt.operation, Result.CARD_PAID)
        come_back(parent, attempt)
    assert "Vous avez un crédit de 50,00 €" in come_back(parent, attempts[1])


def test_the_preparation_page_of_a_payment_that_is_over_leads_to_its_end(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    payfip.decide(attempt.operation, Result.CARD_REFUSED)
    come_back(parent, attempt)
    response = parent.get(f"/paiements/{attempt.code}/")
    assert response["Location"] == f"/paiements/{attempt.code}/retour/"


def test_the_arrow_back_does_not_lead_to_the_payment_site_again(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    PaymentAttempt.objects.update(opened_at=attempt.opened_at - dt.timedelta(minutes=1))
    response = parent.get(f"/paiements/{attempt.code}/")
    assert "Refresh" not in response
    assert "Voir où en est ce paiement" in text_of(response)


def test_coming_back_by_a_form_of_the_payment_site_finds_ones_session_again(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    """Such a form comes without our cookies and without a token."""
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    back = urlsplit(payfip.decide(attempt.operation, Result.CARD_PAID))
    by_form = Client(enforce_csrf_checks=True).post(back.path, {"idop": attempt.operation})
    by_link = Client().get(f"{back.path}?{back.query}")
    for response in (by_form, by_link):
        assert response["Location"] == f"/paiements/{attempt.code}/retour/"
    assert "C’est payé" in text_of(parent.get(f"{back.path}?{back.query}", follow=True))


@pytest.mark.parametrize("operation", ["", "inconnue", "a\x00b", "é" * 100])
def test_coming_back_from_an_unknown_operation_leads_to_the_invoices(operation: str, zoe: PayingHousehold) -> None:
    assert Client().get("/paiements/payfip/retour/", {"idop": operation})["Location"] == "/factures/"


# The notification of the payment site


def notify(operation: str) -> int:
    return Client(enforce_csrf_checks=True).post("/paiements/payfip/notification/", {"idop": operation}).status_code


def test_a_notification_settles_without_the_browser(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    payfip.decide(attempt.operation, Result.CARD_PAID)
    assert [notify(attempt.operation) for _ in range(3)] == [200, 200, 200]
    attempt.refresh_from_db()
    assert attempt.state == AttemptState.PAID
    assert Payment.objects.count() == 1


@pytest.mark.parametrize("operation", ["", "inconnu", "x" * 500, "a\x00b", "é", "' OR 1=1 --"])
def test_an_unknown_notification_is_answered_like_the_others(operation: str, zoe: PayingHousehold) -> None:
    assert notify(operation) == 200


def test_a_notification_while_the_site_is_down_is_remembered(
    parent: Client, zoe: PayingHousehold, regie: Regie, payfip: Simulator
) -> None:
    attempt = begin(parent, make_invoice(zoe.payer, regie, 5000))
    payfip.outage = Outage.CLOSED
    assert notify(attempt.operation) == 200
    assert PaymentAttempt.objects.filter(pk=attempt.pk, next_poll_at__lt=attempt.next_poll_at).exists()


def test_a_notification_is_a_post(zoe: PayingHousehold) -> None:
    assert Client().get("/paiements/payfip/notification/").status_code == 405
