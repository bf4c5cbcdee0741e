"""From the calculation of a month to its issued invoices."""

import datetime as dt
import re
from typing import Any

import pytest
from pytest_django.asserts import assertContains, assertNotContains, assertRedirects

from preau.billing.actions.campaigns import draft_campaign, drop_draft
from preau.billing.choices import CampaignState
from preau.billing.models import (
    Invoice,
    Regie,
)
from preau.billing.testing import (
    OCTOBER,
    make_bookings,
    make_campaign,
)
from preau.billing.tests.staff_pages.given import (
    A_MINUTE,
    DUE,
    bill,
    issued,
    make_dear,
    make_orphans,
    path,
    pay,
    rows_of,
    sign,
    sign_in,
    text,
)
from preau.families.models import Adult, Family
from preau.journal.models import Entry

pytestmark = pytest.mark.django_db


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
        ({"due_on": "2199-12-31"}, "Choisissez une date dans l’année qui vient"),
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
    assertContains(answer, "<title>Erreur : ")
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
    assert Entry.objects.get(action="billing.invoices_exported").facts == {"rows": "2"}
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
