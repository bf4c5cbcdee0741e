"""The régisseur's pages: a month prepared, checked, issued once; money received, in one's own service only."""

import csv
import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_unit
from preau.billing.actions.campaigns import draft_campaign, drop_draft
from preau.billing.actions.issuing import issue_campaign
from preau.billing.choices import AttemptState, CampaignState, PaymentMethod
from preau.billing.models import (
    Allocation,
    AttemptShare,
    Campaign,
    Invoice,
    Payer,
    Payment,
    PaymentAttempt,
    Regie,
)
from preau.billing.payfip.simulator import Outage, Simulator
from preau.billing.payfip.testing import simulated
from preau.billing.testing import (
    OCTOBER,
    PayingHousehold,
    make_bookings,
    make_campaign,
    make_household,
    make_payer,
    make_regie,
)
from preau.core.dates import Month
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.pricing.testing import make_tariff
from preau.town.testing import make_service, make_town

pytestmark = pytest.mark.django_db

DUE = dt.date(2026, 10, 31)
A_MINUTE = dt.timedelta(minutes=1)
CAMPAIGNS, PAYMENTS = "/mairie/factures/", "/mairie/paiements/"
BOTH = (Capability.PREPARE_INVOICES, Capability.SEE_PAYMENTS)


@pytest.fixture(autouse=True)
def october(time_machine: Any) -> None:
    """The 2nd of October: September is over."""
    time_machine.move_to(OCTOBER, tick=False)
    make_town()


@pytest.fixture
def regie() -> Regie:
    unit = make_unit(make_activity("soir", name="Accueil du soir"), "soir")
    make_tariff(unit, "4.55")
    return make_regie(unit.activity)


def bill(regie: Regie, *names: str) -> list[PayingHousehold]:
    """Households whose child came on the twelve first evenings of September: 54,60 €."""
    households = [make_household(name=name) for name in names]
    for household in households:
        child = make_child(household.family, first_name="Mylis")
        book(regie, child, household.family)
    return households


def book(regie: Regie, child: Participant, family: Family) -> None:
    unit = regie.activity_links.get().activity.units.get()
    make_bookings(child, family, unit, [dt.date(2026, 9, day) for day in range(1, 13)])


def make_orphans(regie: Regie, *names: str) -> None:
    """Households in which nobody can pay."""
    for name in names:
        family = make_family(name=name)
        book(regie, make_child(family), family)


def make_dear(regie: Regie, name: str) -> None:
    """A household billed 4,55 € for August, and 54,60 € for September."""
    [household] = bill(regie, name)
    unit = regie.activity_links.get().activity.units.get()
    make_bookings(household.family.homes.get().participant, household.family, unit, [dt.date(2026, 8, 3)])
    issued(make_campaign(regie, Month(2026, 8)))


def sign_in(user: User | None = None) -> Client:
    client = Client()
    testing.sign_in(client, user or make_agent(*BOTH))
    return client


def text(response: Any) -> str:
    """What is read, on one line, without the tags nor non-breaking spaces."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", response.content.decode()))


def path(campaign: Campaign | None, *more: str) -> str:
    assert campaign is not None
    return "/".join([f"/mairie/factures/{campaign.code}", *more]) + "/"


def read_of(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    assert campaign.drafted_at is not None
    return campaign.drafted_at.isoformat()


def sign(campaign: Campaign, **changes: str) -> dict[str, str]:
    return {"due_on": "2026-10-31", "checked": "on", "read": read_of(campaign)} | changes


def issued(campaign: Campaign) -> Campaign:
    return issue_campaign(campaign=campaign, due_on=DUE, by=None, now=OCTOBER)


def rows_of(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def queries(client: Client, address: str) -> int:
    client.get(address)  # what a process keeps from one page to the next
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def make_attempt(payer: Payer, *invoices: Invoice, regie: Regie, cents: int = 5460, **fields: Any) -> PaymentAttempt:
    number = PaymentAttempt.objects.count()
    attempt = PaymentAttempt.objects.create(
        **{
            "regie": regie,
            "payer": payer,
            "operation": f"operation-{number}",
            "reference": f"REFERENCE{number}",
            "page_url": "https://example.org/",
            "amount_cents": cents,
            "numcli": regie.numcli,
            "mode": "T",
            "opened_at": OCTOBER,
        }
        | fields
    )
    for invoice in invoices:
        AttemptShare.objects.create(attempt=attempt, invoice=invoice, amount_cents=invoice.total_cents)
    return attempt


def pay(invoice: Invoice, *, at: dt.datetime = OCTOBER, used: bool = True) -> Payment:
    """An invoice paid online; without `used` it was settled already, and the money is the payer's credit."""
    cents = invoice.total_cents
    attempt = make_attempt(invoice.payer, invoice, regie=invoice.regie, cents=cents, state=AttemptState.PAID)
    payment = Payment.objects.create(
        regie=invoice.regie,
        payer=invoice.payer,
        method=PaymentMethod.CARD,
        amount_cents=cents,
        used_cents=cents if used else 0,
        received_at=at,
        attempt=attempt,
    )
    if used:
        for line in invoice.lines.all():
            Allocation.objects.create(line=line, payment=payment, amount_cents=line.amount_cents, at=at)
        invoice.lines.update(settled_cents=cents)
        Invoice.objects.filter(pk=invoice.pk).update(settled_cents=cents)
    return payment


# The months of a régie


def test_a_month_that_is_over_is_offered_when_something_was_booked_and_no_other(regie: Regie) -> None:
    bill(regie, "Pinceau")
    page = text(sign_in().get(CAMPAIGNS))
    assert "Préparer les factures de septembre 2026" in page
    assert "octobre 2026" not in page
    assert "août 2026" not in page


def test_a_month_tells_its_state_its_invoices_and_what_was_paid(regie: Regie) -> None:
    bill(regie, "Pinceau", "Diallo")
    campaign = make_campaign(regie)
    assert "PERI2609 En préparation 2 109,20 € – Vérifier" in text(sign_in().get(CAMPAIGNS))
    issued(campaign)
    pay(Invoice.objects.all()[0])
    assert "Émise 2 109,20 € 54,60 €" in text(sign_in().get(CAMPAIGNS))


def test_a_regie_for_which_nothing_was_booked_says_so(regie: Regie) -> None:
    assertContains(sign_in().get(CAMPAIGNS), "Aucun mois à facturer")


def test_preparing_a_month_twice_opens_one_campaign(regie: Regie) -> None:
    client, asked = sign_in(), {"regie": regie.code, "month": "2026-09"}
    first, second = client.post(CAMPAIGNS, asked), client.post(CAMPAIGNS, asked)
    address = path(Campaign.objects.get())
    assertRedirects(first, address)
    assertRedirects(second, address)


def test_the_button_of_a_month_carries_its_token(regie: Regie) -> None:
    bill(regie, "Pinceau")
    bill(regie, "Pinceau")
    client = Client(enforce_csrf_checks=True)
    testing.sign_in(client, make_agent(*BOTH))
    token = re.search('csrfmiddlewaretoken" value="([^"]+)"[^/]*?name="regie"', client.get(CAMPAIGNS).content.decode())
    assert token
    asked = {"regie": regie.code, "month": "2026-09", "csrfmiddlewaretoken": token[1]}
    assert client.post(CAMPAIGNS, asked).status_code == 302


@pytest.mark.parametrize(
    ("month", "words"),
    [
        ("2026-10", "n’est pas terminé"),
        ("2001-01", "Choisissez un des mois proposés"),
        ("2026-13", "Choisissez un des mois proposés"),
        ("hier", "Choisissez un des mois proposés"),
        ("", "Choisissez un des mois proposés"),
    ],
)
def test_a_month_that_is_not_offered_is_refused_in_words(month: str, words: str, regie: Regie) -> None:
    answer = sign_in().post(CAMPAIGNS, {"regie": regie.code, "month": month}, follow=True)
    assertContains(answer, words)
    assert not Campaign.objects.exists()


def test_nothing_is_prepared_for_a_regie_of_another_service(regie: Regie) -> None:
    agent = make_agent(*BOTH, service=make_service("sports"))
    answer = sign_in(agent).post(CAMPAIGNS, {"regie": regie.code, "month": "2026-09"})
    assert answer.status_code == 404
    assertContains(sign_in(agent).get(CAMPAIGNS), "Aucune régie n’est rattachée à vos services")


def test_nothing_is_prepared_for_a_regie_that_was_retired(regie: Regie) -> None:
    Regie.objects.update(retired_on=dt.date(2026, 9, 1))
    assert sign_in().post(CAMPAIGNS, {"regie": regie.code, "month": "2026-09"}).status_code == 404


# Who may open the pages


@pytest.mark.parametrize("more", [(), ("apercu",)])
def test_a_campaign_of_another_service_does_not_exist(more: tuple[str, ...], regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    agent = make_agent(*BOTH, service=make_service("sports"))
    assert sign_in(agent).get(path(campaign, *more)).status_code == 404
    assert sign_in(make_agent(*BOTH, service=regie.service)).get(path(campaign, *more)).status_code == 200


def test_the_address_of_a_refused_issue_may_be_asked_for_again(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    answer = sign_in().get(path(campaign, "emettre"))
    assertRedirects(answer, path(campaign, "apercu"))
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.DRAFTED


@pytest.mark.parametrize("action", ["calculer", "abandonner", "emettre"])
def test_a_campaign_of_another_service_is_not_touched(action: str, regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    agent = make_agent(*BOTH, service=make_service("sports"))
    assert sign_in(agent).post(path(campaign, action), sign(campaign)).status_code == 404
    campaign.refresh_from_db()
    assert (campaign.state, campaign.drafted_at) == (CampaignState.DRAFTED, OCTOBER)


def test_the_invoice_of_another_service_does_not_exist(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = issued(make_campaign(regie))
    code = Invoice.objects.get().code
    client = sign_in(make_agent(*BOTH, service=make_service("sports")))
    assert client.get(path(campaign, code)).status_code == 404
    assert client.get(path(campaign, code) + "facture.pdf").status_code == 404


def test_an_invoice_is_found_in_its_own_campaign_only(regie: Regie) -> None:
    bill(regie, "Pinceau")
    make_campaign(regie)
    unit = make_unit(make_activity("matin"), "matin")
    other = make_campaign(make_regie(unit.activity, code="autre"))
    assert sign_in().get(path(other, Invoice.objects.get().code)).status_code == 404


@pytest.mark.parametrize("address", [CAMPAIGNS, PAYMENTS])
def test_the_pages_ask_for_their_own_capability(address: str) -> None:
    needed = Capability.PREPARE_INVOICES if address == CAMPAIGNS else Capability.SEE_PAYMENTS
    [other] = set(BOTH) - {needed}
    assert sign_in(make_agent(needed)).get(address).status_code == 200
    assert sign_in(make_agent(other)).get(address).status_code == 404
    assert sign_in(make_household().user).get(address).status_code == 404


# Computing, checking


def test_an_open_campaign_tells_what_will_be_counted(regie: Regie) -> None:
    bill(regie, "Pinceau", "Diallo")
    campaign = drop_draft(campaign=make_campaign(regie), by=None, now=OCTOBER)
    page = text(sign_in().get(path(campaign)))
    assert "Jours 24 Foyers 2" in page


def test_an_empty_month_has_nothing_to_compute(regie: Regie) -> None:
    campaign = drop_draft(campaign=make_campaign(regie), by=None, now=OCTOBER)
    answer = sign_in().get(path(campaign))
    assertContains(answer, "Il n’y a rien à calculer")
    assertNotContains(answer, path(campaign, "calculer"))


def test_computing_leads_to_the_anomalies_the_blocking_ones_first(regie: Regie) -> None:
    make_dear(regie, "Aubert")
    make_orphans(regie, "Roux")
    campaign = drop_draft(campaign=make_campaign(regie), by=None, now=OCTOBER)
    page = text(sign_in().post(path(campaign, "calculer"), follow=True))
    assert "Le brouillon est calculé" in page
    assert "1 dossier est laissé de côté" in page
    assert re.search(
        "Personne pour payer .* Roux Dossier [0-9]+ – Bloquant Loin de l’habitude .* Aubert .* 54,60 € À vérifier", page
    )


def test_households_of_one_name_are_told_apart_by_their_numbers(regie: Regie) -> None:
    make_dear(regie, "Aubert")
    make_orphans(regie, "Aubert")
    billed, left_out = Family.objects.filter(name="Aubert").order_by("pk")
    answer = sign_in().get(path(make_campaign(regie)))
    for family in (billed, left_out):
        assert f"Aubert Dossier {family.number}" in text(answer).replace(" : voir sa facture", "")
    assertContains(answer, f"?q={billed.number}")


def test_many_anomalies_come_by_pages(regie: Regie) -> None:
    make_orphans(regie, *[f"Famille-{place:02}" for place in range(51)])
    campaign = make_campaign(regie)
    client = sign_in()
    assertNotContains(client.get(path(campaign)), "Famille-50")
    assertContains(client.get(path(campaign) + "?page=2"), "Famille-50")


def test_an_abandoned_draft_is_open_again(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    assertContains(sign_in().post(path(campaign, "abandonner"), follow=True), "Le brouillon est abandonné")
    campaign.refresh_from_db()
    assert campaign.state == CampaignState.OPEN
    assert not Invoice.objects.exists()


@pytest.mark.parametrize("action", ["calculer", "abandonner"])
def test_an_issued_campaign_is_neither_computed_nor_abandoned(action: str, regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = issued(make_campaign(regie))
    answer = sign_in().post(path(campaign, action), follow=True)
    assertContains(answer, "Ces factures sont déjà émises. Pour corriger, il faut un avoir.")
    assert Invoice.objects.get().number == "2026000001"


# The preview


def test_the_preview_tells_payers_children_amounts_and_the_month_before(regie: Regie) -> None:
    make_dear(regie, "Pinceau")
    page = text(sign_in().get(path(make_campaign(regie), "apercu")))
    assert "1 facture prête" in page
    assert "Août 2026 Septembre 2026 Envoi" in page
    assert "Pinceau, Zoé" in page
    assert "Mylis 4,55 € 54,60 € E-mail" in page
    assert "Total, 1 facture 4,55 € 54,60 €" in page


def test_the_preview_finds_a_family_by_name(regie: Regie) -> None:
    bill(regie, "Pinceau", "Diallo")
    campaign = make_campaign(regie)
    answer = sign_in().get(path(campaign, "apercu") + "?q=dial")
    assertContains(answer, "Diallo, Zoé")
    assertNotContains(answer, "Pinceau, Zoé")


@pytest.mark.parametrize("words", ["personne", "%00", "%25", "'", "é" * 61, "a " * 29])
def test_a_search_that_finds_nothing_breaks_nothing(words: str, regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    client = sign_in()
    assert client.get(path(campaign, "apercu") + f"?q={words}&page=x").status_code == 200
    issued(campaign)
    assert client.get(path(campaign) + f"?q={words}&page=-4").status_code == 200


def test_a_draft_tells_why_it_costs_that(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    page = text(sign_in().get(path(campaign, Invoice.objects.get().code)))
    assert "Brouillon : les familles ne le voient pas" in page
    assert "12 × 4,55 €" in page
    assert "Pourquoi ce prix" in page


def test_a_draft_has_no_pdf(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    address = path(campaign, Invoice.objects.get().code)
    assertNotContains(sign_in().get(address), "facture.pdf")
    assert sign_in().get(address + "facture.pdf").status_code == 404


# Issuing


def test_signing_issues_and_says_so(regie: Regie) -> None:
    bill(regie, "Pinceau", "Diallo")
    campaign = make_campaign(regie)
    answer = sign_in().post(path(campaign, "emettre"), sign(campaign), follow=True)
    assertRedirects(answer, path(campaign))
    assertContains(answer, "Les factures sont émises.")
    assert set(Invoice.objects.values_list("number", "due_on")) == {("2026000001", DUE), ("2026000002", DUE)}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"checked": ""}, "Cochez la case «\xa0J’ai vérifié l’aperçu\xa0»"),
        ({"due_on": ""}, "Remplissez «\xa0À payer avant le\xa0»"),
        ({"due_on": "demain"}, "Écrivez une date"),
        ({"due_on": "2026-10-01"}, "Choisissez une date à partir d’aujourd’hui"),
        ({"due_on": "9999-12-31"}, "Choisissez une date dans l’année qui vient"),
    ],
)
def test_a_wrong_signature_issues_nothing_and_says_what_to_mend(
    change: dict[str, str], words: str, regie: Regie
) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    answer = sign_in().post(path(campaign, "emettre"), sign(campaign, **change), follow=True)
    assertRedirects(answer, answer.redirect_chain[-1][0])
    assertContains(answer, words)
    assertContains(answer, "<title>Erreur : ")
    assert Invoice.objects.get().number is None


@pytest.mark.parametrize("read", ["", "hier", "2026-10-02T07:59:00+00:00"])
def test_a_draft_computed_again_meanwhile_is_read_again_before_it_is_issued(read: str, regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    answer = sign_in().post(path(campaign, "emettre"), sign(campaign, read=read), follow=True)
    assertRedirects(answer, path(campaign, "apercu"))
    assertContains(answer, "Le brouillon a été recalculé depuis que vous l’avez lu.")
    assert Invoice.objects.get().number is None


def test_the_page_signs_the_draft_that_it_shows(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    client = sign_in()
    shown = client.get(path(campaign, "apercu")).content.decode()
    read = re.search('name="read" value="([^"]+)"', shown)
    assert read
    draft_campaign(campaign=campaign, by=None, now=OCTOBER + A_MINUTE)
    client.post(path(campaign, "emettre"), sign(campaign, read=read[1]))
    assert Invoice.objects.get().number is None


def test_bookings_that_moved_since_the_draft_stop_the_issue(regie: Regie) -> None:
    [zoe] = bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    unit = regie.activity_links.get().activity.units.get()
    child = zoe.family.homes.get().participant
    make_bookings(child, zoe.family, unit, [dt.date(2026, 9, 20)], decided_at=OCTOBER + A_MINUTE)
    answer = sign_in().post(path(campaign, "emettre"), sign(campaign), follow=True)
    assertRedirects(answer, path(campaign, "apercu"))
    assertContains(answer, "Des réservations ont changé depuis le calcul")
    assert Invoice.objects.get().number is None


def test_signing_twice_issues_once(regie: Regie, time_machine: Any) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    client, signature = sign_in(), sign(campaign)
    client.post(path(campaign, "emettre"), signature)
    time_machine.move_to(OCTOBER + A_MINUTE, tick=False)
    answer = client.post(path(campaign, "emettre"), signature, follow=True)
    assertContains(answer, "Ces factures sont déjà émises.")
    assert Invoice.objects.get().number == "2026000001"
    campaign.refresh_from_db()
    assert campaign.issued_at == OCTOBER


def test_signing_a_draft_that_a_colleague_abandoned_says_what_to_do(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = make_campaign(regie)
    signature = sign(campaign)
    drop_draft(campaign=campaign, by=None, now=OCTOBER)
    answer = sign_in().post(path(campaign, "emettre"), signature, follow=True)
    assertContains(answer, "Calculez d’abord le brouillon.")


# Once issued


def test_an_issued_campaign_lists_its_invoices_and_where_they_stand(regie: Regie, time_machine: Any) -> None:
    bill(regie, "Diallo", "Pinceau")
    Adult.objects.filter(last_name="Diallo").update(email="")
    campaign = issued(make_campaign(regie))
    pay(Invoice.objects.get(payer__adult__last_name="Diallo"))
    time_machine.move_to(dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC), tick=False)
    page = text(sign_in().get(path(campaign)))
    assert re.search(r"Diallo, Zoé Dossier \w+ 2026000001 Mylis 54,60 € Payée Courrier PDF", page)
    assert re.search(r"Pinceau, Zoé Dossier \w+ 2026000002 Mylis 54,60 € En retard .*? E-mail, à partir PDF", page)
    assert "1 facture payée" in page


def test_the_pdf_of_an_issued_invoice_is_for_the_regisseur_too(regie: Regie) -> None:
    bill(regie, "Pinceau")
    campaign = issued(make_campaign(regie))
    answer = sign_in().get(path(campaign, Invoice.objects.get().code) + "facture.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")


def test_the_list_is_exported_and_no_name_is_a_formula(regie: Regie) -> None:
    bill(regie, "=1+1", "Pinceau")
    campaign = issued(make_campaign(regie))
    answer = sign_in().get(path(campaign) + "?export=csv")
    titles, *rows = rows_of(answer)
    assert answer["Content-Disposition"] == 'attachment; filename="factures-peri2609-2026-10-02.csv"'
    assert titles[:4] == ["Numéro", "Libellé", "Nom", "Prénom"]
    assert [(row[0], row[2], row[5], row[10]) for row in rows] == [
        ("2026000001", "'=1+1", "54,60", "à payer"),
        ("2026000002", "Pinceau", "54,60", "à payer"),
    ]


def test_a_draft_is_not_exported(regie: Regie) -> None:
    bill(regie, "Pinceau")
    answer = sign_in().get(path(make_campaign(regie)) + "?export=csv")
    assert answer["Content-Type"] == "text/html; charset=utf-8"


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
        ("0001-01-01", "2026-10-02", "Écrivez une année proche"),
        ("2026-10-02", "9999-12-31", "Écrivez une année proche"),
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
