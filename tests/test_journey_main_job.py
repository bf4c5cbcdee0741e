"""A family books, is billed and pays: from the first sign-in to the paid invoice, as one story."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.core import mail
from playwright.sync_api import expect
from pypdf import PdfReader

from preau.accounts.testing import PASSWORD
from preau.billing.models import Invoice, Payment
from preau.billing.payfip.simulator import Simulator
from preau.bookings.models import Booking
from preau.enrolments.models import Enrolment
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import DECEMBER, NOVEMBER, Planning, Villejuif, work

pytestmark = pytest.mark.journey

WEDNESDAY, THURSDAY = dt.date(2026, 11, 18), dt.date(2026, 11, 19)
IN_DECEMBER = dt.date(2026, 12, 1)


@pytest.mark.parametrize("width", [390, 1280])
def test_the_main_job(villejuif: Villejuif, payfip: Simulator, open_visitor: OpenVisitor, sign_in, width: int) -> None:
    zoe, samira, remi = (open_visitor(width=width) for _ in range(3))
    arrives(zoe)
    enrols_nora(zoe, villejuif)
    books(zoe, villejuif)
    sign_in(samira, villejuif.samira)
    sees_who_is_expected(samira)
    sign_in(remi, villejuif.remi)
    issues_october(remi)
    work()
    reads_the_mail()
    reads_the_invoice(zoe)
    pays(zoe)
    work()
    assert "117,15" in str(mail_to_zoe("paiement").body)
    sees_the_payment(remi)


def arrives(zoe: Visitor) -> None:
    page = zoe.page
    zoe.goto("/")
    zoe.look("accueil-public")
    page.get_by_role("textbox", name="Adresse e-mail ou nom d’utilisateur").fill("z-pinceau")
    page.get_by_role("textbox", name="Mot de passe").fill(PASSWORD)
    page.get_by_role("button", name="Me connecter").click()
    expect(page.get_by_role("heading", name="Bonjour Zoé")).to_be_visible()
    expect(page.get_by_role("article", name="Nora")).to_contain_text("Repas")
    expect(page.get_by_role("article", name="Mylis")).to_contain_text("Repas")
    expect(page.get_by_role("heading", name="À faire")).to_be_visible()
    expect(page.get_by_role("link", name="Voir et payer")).to_have_count(0)
    zoe.look("tableau-de-bord")


def enrols_nora(zoe: Visitor, villejuif: Villejuif) -> None:
    page = zoe.page
    page.get_by_role("link", name="Inscriptions", exact=True).first.click()
    zoe.look("inscriptions")
    page.get_by_role("link", name="Inscrire Nora à une nouvelle activité").click()
    page.get_by_role("radio", name="Activités périscolaires").check()
    expect(page.get_by_role("radio", name=re.compile("élémentaire"))).to_have_count(0)
    expect(page.get_by_role("radio", name=re.compile("2025"))).to_have_count(0)
    zoe.look("inscription-activites")
    page.get_by_role("radio", name="1_Accueil matin maternelle du 01/09/2026 au 02/07/2027").check()
    request = page.get_by_role("complementary", name="Votre inscription")
    expect(request).to_contain_text("3,50 €")
    zoe.look("inscription-prix")
    page.get_by_role("button", name="Enregistrer").click()
    expect(page.get_by_text("Nora est inscrite : 1_Accueil matin maternelle")).to_be_visible()
    zoe.look("inscriptions-nouvelle")
    assert Enrolment.objects.filter(participant=villejuif.nora, activity__name="1_Accueil matin maternelle").exists()


def books(zoe: Visitor, villejuif: Villejuif) -> None:
    planning, page = Planning(zoe), zoe.page
    planning.open(villejuif.nora.code, NOVEMBER)
    planning.tick("Matin", THURSDAY)
    planning.untick("Repas", THURSDAY)
    planning.turn(DECEMBER)
    planning.tick("Matin", IN_DECEMBER)
    planning.press("Valider")
    page.get_by_role("button", name="Terminer").click()
    expect(page.get_by_role("heading", name="3 changements enregistrés")).to_be_visible()
    booked = Booking.objects.filter(participant=villejuif.nora, unit__name="Matin", state="booked")
    assert sorted(booked.values_list("day", flat=True)) == [THURSDAY, IN_DECEMBER]


def sees_who_is_expected(samira: Visitor) -> None:
    page = samira.page
    samira.goto("/mairie/")
    samira.look("mairie-bureau")
    page.get_by_role("link", name="Voir les réservations").click()
    page.get_by_label("Jour", exact=True).fill(THURSDAY.isoformat())
    page.get_by_role("button", name="Afficher").click()
    morning = page.get_by_role("region", name="1_Accueil matin maternelle")
    expect(morning).to_contain_text("1 réservation")
    samira.look("mairie-reservations")
    morning.get_by_role("link", name="Voir la liste").click()
    expect(page.get_by_role("row", name=re.compile("Pinceau Nora"))).to_be_visible()
    samira.look("mairie-liste-du-jour")
    page.locator("summary", has_text="Menu").click()  # the bar keeps five sections at most, the others are there
    page.get_by_role("link", name="Occupation").click()
    expect(page.get_by_role("heading", name="Occupation", exact=True)).to_be_visible()
    samira.look("mairie-occupation")


def issues_october(remi: Visitor) -> None:
    page = remi.page
    remi.goto("/mairie/")
    remi.look("mairie-bureau-regie")
    page.get_by_role("link", name="Préparer les factures").click()
    remi.look("mairie-factures")
    page.get_by_role("button", name="Préparer les factures d’octobre 2026").click()
    remi.look("mairie-factures-preparer")
    page.get_by_role("button", name="Calculer le brouillon").click()
    expect(page.get_by_role("heading", name="Anomalies")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("Martin")).first).to_contain_text("À vérifier")
    remi.look("mairie-factures-anomalies")
    page.get_by_role("link", name="Voir l’aperçu").click()
    expect(page.get_by_role("row", name=re.compile("Pinceau"))).to_contain_text("117,15 €")
    remi.look("mairie-factures-apercu")
    page.get_by_role("checkbox", name="J’ai vérifié l’aperçu").check()
    page.get_by_role("button", name="Émettre 2 factures").click()
    expect(page.get_by_text("Les factures sont émises.")).to_be_visible()
    remi.look("mairie-factures-emises")
    numbers = list(Invoice.objects.order_by("number").values_list("number", flat=True))
    assert numbers == ["2026000001", "2026000002"]


def reads_the_mail() -> None:
    notice = mail_to_zoe("facture")
    assert "117,15" in str(notice.body)
    assert "Nora" not in notice.subject


def mail_to_zoe(word: str) -> mail.EmailMessage:
    [message] = [one for one in mail.outbox if one.to == ["z-pinceau@example.org"] and word in one.subject.lower()]
    return message


def reads_the_invoice(zoe: Visitor) -> None:
    page = zoe.page
    zoe.goto("/accueil/")
    expect(page.get_by_role("region", name="À faire")).to_contain_text("117,15 €")
    zoe.look("tableau-de-bord-a-payer")
    page.get_by_role("link", name="Voir et payer").click()
    zoe.look("factures")
    invoice = page.get_by_role("region", name="Octobre 2026")
    expect(invoice.get_by_role("row", name=re.compile("Accueil soir maternelle"))).to_contain_text("22,75")
    file = page.request.get(
        zoe.address + str(invoice.get_by_role("link", name="Télécharger la facture").get_attribute("href"))
    )
    assert file.headers["content-type"] == "application/pdf"
    assert "117,15" in PdfReader(BytesIO(file.body())).pages[0].extract_text()
    invoice.get_by_role("link", name=re.compile("Pourquoi ces prix")).click()
    expect(page.get_by_role("heading", name="Facture d’octobre 2026")).to_be_visible()
    page.locator("summary").filter(has_text="Pourquoi ce prix").first.click()
    zoe.look("facture-detail")


def pays(zoe: Visitor) -> None:
    page = zoe.page
    zoe.goto("/factures/")
    page.get_by_role("button", name="Payer").click()
    expect(page.get_by_role("heading", name="Vérifiez avant de payer")).to_be_visible()
    zoe.look("payer-recapitulatif")
    page.get_by_role("button", name="Aller au paiement").click()
    expect(page.get_by_role("heading", name="Préparation du paiement")).to_be_visible()
    page.get_by_role("link", name="Effectuer le paiement").click()
    page.get_by_role("button", name="Payer", exact=True).click()
    expect(page.get_by_role("heading", name="C’est payé, merci !")).to_be_visible()
    zoe.look("paiement-confirme")
    [payment] = Payment.objects.all()
    assert payment.amount_cents == payment.used_cents == 117_15


def sees_the_payment(remi: Visitor) -> None:
    remi.goto("/mairie/paiements/")
    expect(remi.page.get_by_role("row", name=re.compile("Pinceau, Zoé"))).to_contain_text("117,15 €")
    remi.look("mairie-paiements")
