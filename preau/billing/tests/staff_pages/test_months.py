"""The months of a régie, and who may open the pages."""

import datetime as dt
import re

import pytest
from django.test import Client
from pytest_django.asserts import assertContains, assertRedirects

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_unit
from preau.billing.choices import CampaignState
from preau.billing.models import (
    Campaign,
    Invoice,
    Regie,
)
from preau.billing.testing import (
    OCTOBER,
    make_campaign,
    make_household,
    make_regie,
)
from preau.billing.tests.staff_pages.given import (
    BOTH,
    CAMPAIGNS,
    PAYMENTS,
    bill,
    issued,
    path,
    pay,
    sign,
    sign_in,
    text,
)
from preau.town.testing import make_service

pytestmark = pytest.mark.django_db


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
