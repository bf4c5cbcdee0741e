"""Paying on bad days: refused, abandoned, closed too early, clicked twice, in two tabs. The ledger says the truth."""

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from preau.billing.actions.settling import poll_due
from preau.billing.choices import AttemptState
from preau.billing.models import Invoice, Payment, PaymentAttempt
from preau.billing.payfip.simulator import Behaviour, Outage, Simulator
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import Villejuif

pytestmark = pytest.mark.journey

DUE = 117_15


def paid(invoice: Invoice) -> int:
    invoice.refresh_from_db()
    return invoice.settled_cents


def to_the_recap(visitor: Visitor) -> None:
    visitor.goto("/factures/")
    visitor.page.get_by_role("button", name="Payer 117,15 €").click()
    expect(visitor.page.get_by_role("heading", name="Vérifiez avant de payer")).to_be_visible()


def to_the_payment_site(visitor: Visitor) -> None:
    to_the_recap(visitor)
    visitor.page.get_by_role("button", name="Aller au paiement").click()
    visitor.page.get_by_role("link", name="Effectuer le paiement").click()


def choose(page: Page, button: str) -> None:
    """What one does at the payment site."""
    page.get_by_role("button", name=button, exact=True).click()


def test_a_refused_card_leaves_the_invoice_due_and_one_can_pay_again(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, visitor: Visitor, sign_in
) -> None:
    sign_in(visitor, villejuif.zoe)
    to_the_payment_site(visitor)
    choose(visitor.page, "Carte refusée")
    expect(visitor.page.get_by_role("heading", name="Le paiement a été refusé")).to_be_visible()
    visitor.look("paiement-refuse")
    assert paid(october) == 0
    visitor.page.get_by_role("link", name="Recommencer le paiement").click()
    visitor.page.get_by_role("button", name="Aller au paiement").click()
    visitor.page.get_by_role("link", name="Effectuer le paiement").click()
    choose(visitor.page, "Prélèvement accepté")
    expect(visitor.page.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    assert paid(october) == DUE


def test_an_abandoned_payment_says_that_nothing_was_taken(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, visitor: Visitor, sign_in
) -> None:
    sign_in(visitor, villejuif.zoe)
    to_the_payment_site(visitor)
    choose(visitor.page, "Abandonner")
    expect(visitor.page.get_by_role("heading", name="Le paiement a été abandonné")).to_be_visible()
    visitor.look("paiement-abandonne")
    assert paid(october) == 0


def test_the_notification_alone_settles_when_the_tab_was_closed(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, visitor: Visitor, sign_in
) -> None:
    sign_in(visitor, villejuif.zoe)
    to_the_payment_site(visitor)
    choose(visitor.page, "Payer puis fermer l’onglet")
    expect(visitor.page.get_by_text("Vous pouvez fermer cette page.")).to_be_visible()
    payfip.wait_for_notices()
    visitor.goto("/factures/")
    expect(visitor.page.get_by_text("Toutes vos factures sont réglées.")).to_be_visible()
    visitor.look("factures-rien-a-payer")
    assert paid(october) == DUE


def test_asking_settles_when_the_tab_was_closed_and_no_notification_came(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, visitor: Visitor, sign_in
) -> None:
    payfip.behaviour = Behaviour(notices=0)
    sign_in(visitor, villejuif.zoe)
    to_the_payment_site(visitor)
    choose(visitor.page, "Payer puis fermer l’onglet")
    expect(visitor.page.get_by_text("Vous pouvez fermer cette page.")).to_be_visible()
    visitor.goto("/factures/")
    expect(visitor.page.get_by_text("Un paiement de 117,15 € a été commencé")).to_be_visible()
    visitor.look("factures-paiement-en-cours")
    assert paid(october) == 0
    assert poll_due(now=timezone.now() + dt.timedelta(minutes=3)) == 1
    visitor.goto("/factures/historique/")
    expect(visitor.page.get_by_role("row", name=re.compile("Octobre 2026"))).to_contain_text("Payée")
    visitor.look("factures-historique")
    assert paid(october) == DUE


def test_a_payment_of_which_nothing_is_known_yet_is_never_called_paid(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, visitor: Visitor, sign_in
) -> None:
    payfip.behaviour = Behaviour(notices=0)
    sign_in(visitor, villejuif.zoe)
    to_the_payment_site(visitor)
    payfip.outage = Outage.CLOSED
    choose(visitor.page, "Payer")
    expect(visitor.page.get_by_role("heading", name="Votre paiement est en cours de vérification")).to_be_visible()
    visitor.look("paiement-en-verification")
    visitor.page.get_by_role("link", name="ne plus recharger").click()
    payfip.outage = None
    visitor.page.get_by_role("link", name="Vérifier maintenant").click()
    expect(visitor.page.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    assert paid(october) == DUE


def test_a_payment_site_that_is_down_is_said_before_one_leaves(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, visitor: Visitor, sign_in
) -> None:
    payfip.outage = Outage.CLOSED
    sign_in(visitor, villejuif.zoe)
    to_the_recap(visitor)
    visitor.page.get_by_role("button", name="Aller au paiement").click()
    expect(visitor.page.get_by_text("Le site de paiement ne répond pas. Rien n’a été débité.")).to_be_visible()
    visitor.faults.clear()  # 503 is the right answer here
    visitor.look("payer-site-en-panne")
    payfip.outage = None
    visitor.page.get_by_role("button", name="Aller au paiement").click()
    expect(visitor.page.get_by_role("heading", name="Préparation du paiement")).to_be_visible()


def test_a_double_click_pays_once(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor()
    sign_in(visitor, villejuif.zoe)
    to_the_recap(visitor)
    visitor.page.get_by_role("button", name="Aller au paiement").dblclick()
    visitor.page.get_by_role("link", name="Effectuer le paiement").click()
    choose(visitor.page, "Payer")
    expect(visitor.page.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    assert Payment.objects.get().amount_cents == paid(october) == DUE
    visitor.goto("/factures/")
    expect(visitor.page.get_by_text("a été commencé")).to_have_count(0)


def test_going_back_after_paying_never_pays_twice(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor()
    page = visitor.page
    sign_in(visitor, villejuif.zoe)
    to_the_payment_site(visitor)
    site = page.url
    choose(page, "Payer")
    expect(page.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    attempt = PaymentAttempt.objects.get()
    visitor.goto(f"/paiements/{attempt.code}/")
    expect(page.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    page.goto(site)
    expect(page.get_by_role("heading")).to_contain_text("déjà utilisé")
    visitor.goto(f"/factures/payer/?facture={october.code}")
    expect(page.get_by_text("Une des factures choisies vient d’être réglée.")).to_be_visible()
    assert Payment.objects.count() == 1


def test_two_tabs_that_pay_one_invoice_leave_a_credit_that_both_sides_see(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, open_visitor: OpenVisitor, sign_in
) -> None:
    first, remi = open_visitor(width=390), open_visitor()
    sign_in(first, villejuif.zoe)
    to_the_payment_site(first)
    second = first.context.new_page()
    second.goto(f"{first.address}/factures/payer/?facture={october.code}")
    expect(second.get_by_text("Un paiement de 117,15 € a été commencé")).to_be_visible()
    second.get_by_role("button", name="Aller au paiement").click()
    second.get_by_role("link", name="Effectuer le paiement").click()
    choose(second, "Payer")
    expect(second.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    choose(first.page, "Payer")
    expect(first.page.get_by_role("heading", name="Vous avez un crédit de 117,15 €")).to_be_visible()
    first.look("paiement-credit")
    assert paid(october) == DUE
    assert sum(Payment.objects.values_list("used_cents", flat=True)) == DUE
    sign_in(remi, villejuif.remi)
    remi.goto("/mairie/paiements/")
    expect(remi.page.get_by_role("region", name="Crédits : argent reçu en trop")).to_contain_text("117,15 €")
    remi.look("mairie-paiements-credit")


def test_the_regisseur_sees_what_is_under_way_and_may_ask(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, visitor: Visitor, open_visitor: OpenVisitor, sign_in
) -> None:
    payfip.behaviour = Behaviour(notices=0)
    zoe = open_visitor()
    sign_in(zoe, villejuif.zoe)
    to_the_payment_site(zoe)
    choose(zoe.page, "Payer puis fermer l’onglet")
    expect(zoe.page.get_by_text("Vous pouvez fermer cette page.")).to_be_visible()
    sign_in(visitor, villejuif.remi)
    visitor.goto("/mairie/paiements/")
    expect(visitor.page.get_by_role("region", name="Tentatives à suivre")).to_contain_text("En cours")
    visitor.look("mairie-paiements-tentatives")
    visitor.page.get_by_role("button", name=re.compile("^Vérifier")).click()
    expect(visitor.page.get_by_role("row", name=re.compile("Pinceau, Zoé"))).to_contain_text("Carte bancaire")
    assert PaymentAttempt.objects.get().state == AttemptState.PAID
    assert paid(october) == DUE


def test_paying_needs_no_scripts(
    villejuif: Villejuif, october: Invoice, payfip: Simulator, open_visitor: OpenVisitor, sign_in
) -> None:
    visitor = open_visitor(width=390, javascript=False)
    sign_in(visitor, villejuif.zoe)
    to_the_recap(visitor)
    visitor.page.get_by_role("button", name="Aller au paiement").click()
    visitor.page.wait_for_url(re.compile("/tpa/paiementws.web"))  # nobody clicked: the server sent us there
    choose(visitor.page, "Payer")
    expect(visitor.page.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    visitor.look("paiement-confirme-sans-script")
    assert paid(october) == DUE
