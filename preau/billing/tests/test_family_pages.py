"""Invoices and payments as a parent meets them."""

import datetime as dt
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from preau.billing.choices import AttemptState
from preau.billing.models import Invoice, Payment, PaymentAttempt, Regie
from preau.billing.payfip.simulator import Behaviour, Outage, Result, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.rules.seals import explanation
from preau.billing.testing import PayingHousehold, make_household, make_invoice, make_regie
from preau.families.testing import make_child
from preau.pricing.rules import Step
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NBSP = "\u00a0"


@pytest.fixture
def payfip() -> Iterator[Simulator]:
    with simulated() as simulator:
        simulator.behaviour = Behaviour(notices=0)
        yield simulator


@pytest.fixture
def zoe() -> PayingHousehold:
    make_town()
    return make_household()


@pytest.fixture
def regie() -> Regie:
    return make_regie()


@pytest.fixture
def parent(zoe: PayingHousehold) -> Client:
    return signed_in(zoe)


def signed_in(household: PayingHousehold) -> Client:
    client = Client()
    client.force_login(household.user)
    return client


def text_of(response) -> str:
    """What a person reads, on one line, with plain spaces."""
    body = re.sub(r"(?s)<head>.*?</head>|<svg.*?</svg>|<[^>]+>", " ", response.content.decode())
    return " ".join(body.replace(NBSP, " ").replace("&nbsp;", " ").replace("&#x27;", "'").split())


def pay_url(*invoices: Invoice) -> str:
    return reverse("billing:pay") + "?" + "&".join(f"facture={invoice.code}" for invoice in invoices)


def begin(client: Client, *invoices: Invoice) -> PaymentAttempt:
    client.post(reverse("billing:pay"), {"facture": [invoice.code for invoice in invoices]})
    return PaymentAttempt.objects.latest("pk")


def come_back(client: Client, attempt: PaymentAttempt) -> str:
    return text_of(client.get(reverse("billing:payment_return", args=[attempt.code])))


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


# Paying


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


# Coming back


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
