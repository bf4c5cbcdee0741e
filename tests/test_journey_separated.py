"""Two homes: what one parent signs the other is told, nobody sees the other's home, an agent hears disagreements."""

import re
from dataclasses import dataclass

import pytest
from django.core import mail
from django.urls import reverse
from playwright.sync_api import Page, expect

from preau.accounts.conditions import accept, texts_in_force
from preau.accounts.models import User
from preau.documents.models import DocumentKind, SupportingDocument
from preau.documents.testing import make_document
from preau.families.models import Address, Adult, Home
from preau.families.testing import make_adult, make_bond, make_family
from tests.browser import Visitor
from tests.conftest import OpenVisitor
from tests.journeys import LONG_BEFORE, NOW, Villejuif, make_colleague, work

pytestmark = pytest.mark.journey

HERS = ("7 impasse Wolframite", "06 11 22 33 44", "Livret de famille", "06 99 88 77 66")
"""What only her home knows: her address, her number, a paper of the household, the number of whom she names."""

ASKED_OF_HIM = dict.fromkeys(
    ("/accueil/", "/dossier/", "/dossier/a-faire/", "/dossier/documents/"), frozenset({"Livret de famille"})
)
"""The pages that ask him for his own."""


@dataclass(frozen=True)
class Pair:
    """Zoé and Karim, who live apart; Nora lives with both. Samira hears them, Ada reads what judges decided."""

    town: Villejuif
    karim: User
    ada: User
    household_paper: SupportingDocument
    childs_paper: SupportingDocument

    @property
    def nora(self) -> str:
        return self.town.nora.code


@pytest.fixture
def pair(villejuif: Villejuif) -> Pair:
    zoe = Adult.objects.select_related("family").get(user=villejuif.zoe)
    Address.objects.filter(family=zoe.family).update(lines=HERS[0])
    Adult.objects.filter(pk=zoe.pk).update(phone_mobile=HERS[1])
    elsewhere = make_family(name="Benhamou", number="3030")
    father = make_adult(elsewhere, first_name="Karim", last_name="Benhamou")
    Home.objects.create(participant=villejuif.nora, family=elsewhere)
    make_bond(father, villejuif.nora)
    assert father.user is not None
    accept(father.user, texts_in_force(), now=LONG_BEFORE)
    kinds = {kind.code: kind for kind in DocumentKind.objects.all()}
    papers = [
        make_document(kinds[code], holder, zoe.family, by=villejuif.zoe, now=NOW)
        for code, holder in (("livret-de-famille", zoe.family), ("assurance", villejuif.nora))
    ]
    return Pair(villejuif, father.user, make_colleague("Ada", "Directrice", "direction"), *papers)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button).click()


def told(page: Page, words: str) -> None:
    expect(page.get_by_role("status").or_(page.get_by_role("alert")).filter(has_text=words).first).to_be_visible()


def answers(parent: Visitor, question: str, answer: str) -> None:
    group = parent.page.get_by_role("group").filter(has_text=question)
    group.get_by_label(answer, exact=True).check()


def names(zoe: Visitor, pair: Pair, first_name: str, last_name: str) -> None:
    page = zoe.page
    zoe.goto(reverse("members:person_add", args=[pair.nora]))
    for field, value in (("first_name", first_name), ("last_name", last_name), ("link", "Amie"), ("phone", HERS[3])):
        page.locator(f"#id_{field}").fill(value)
    press(page, "Ajouter cette personne")


def test_two_parents_who_live_apart(pair: Pair, open_visitor: OpenVisitor, sign_in) -> None:
    zoe, karim, samira, ada = (open_visitor(width=width) for width in (390, 1280, 1280, 1280))
    for visitor, user in ((zoe, pair.town.zoe), (karim, pair.karim), (samira, pair.town.samira), (ada, pair.ada)):
        sign_in(visitor, user)
    signs(zoe, pair)
    is_told(pair)
    does_not_agree(karim, pair)
    sees_nothing_of_her_home(karim, pair)
    is_suspended(zoe, pair)
    hears_them(samira)
    bars_somebody(ada, pair)
    cannot_name_whom_a_judge_keeps_away(zoe, pair)


def signs(zoe: Visitor, pair: Pair) -> None:
    names(zoe, pair, "Odile", "Wolfenstein")
    told(zoe.page, "Odile Wolfenstein est dans la liste")
    answers(zoe, "Photos sur le site", "Oui")
    answers(zoe, "Soins et hôpital", "Oui")
    press(zoe.page, "Signer mes réponses")
    told(zoe.page, "Vos 2 réponses sont enregistrées")
    zoe.look("separes-elle-signe")


def is_told(pair: Pair) -> None:
    """By a mail without an address nor a number."""
    work()
    written = "\n".join(str(one.body) for one in mail.outbox if one.to == [pair.karim.email]).replace("\u00a0", " ")
    assert "Odile Wolfenstein" in written
    assert "Photos sur le site de la commune : oui" in written
    assert [word for word in HERS if word in written] == []
    assert [one for one in mail.outbox if one.to == [pair.town.zoe.email]] == [], "who signed knows"


def does_not_agree(karim: Visitor, pair: Pair) -> None:
    page = karim.page
    karim.goto(reverse("members:authorisations", args=[pair.nora]))
    karim.look("separes-il-lit")
    answers(karim, "Photos sur le site", "Non")
    press(page, "Signer mes réponses")
    expect(page.get_by_text("Pas d’accord entre parents")).to_be_visible()
    page.get_by_role("link", name=re.compile("^Je ne suis pas d’accord pour Odile")).click()
    karim.look("separes-il-s-oppose")
    press(page, "M’opposer à Odile Wolfenstein")
    told(page, "Votre opposition est enregistrée")
    karim.look("separes-desaccord")


def sees_nothing_of_her_home(karim: Visitor, pair: Pair) -> None:
    """The papers of the child are for both; those of her home, and what tells where it is, are hers."""
    who = [pair.nora]
    for path in (
        reverse("portal:home"),
        reverse("portal:dossier"),
        reverse("portal:demarches"),
        reverse("portal:child", args=who),
        reverse("members:authorisations", args=who),
        reverse("members:authorisation_history", args=who),
        reverse("demarches:contact"),
        reverse("documents:documents"),
        reverse("checklist:todo"),
    ):
        karim.goto(path)
        said = karim.page.locator("main").inner_text()
        hers = {word for word in HERS if word in said}
        assert hers <= ASKED_OF_HIM.get(path, frozenset()), path
    karim.goto(reverse("documents:documents"))
    expect(karim.page.get_by_role("row").filter(has_text="Attestation d’assurance")).to_have_count(1)
    expect(karim.page.get_by_role("row").filter(has_text="Livret de famille")).to_have_count(0)
    karim.look("separes-documents")
    karim.goto(reverse("documents:document", args=[pair.household_paper.demarche.code]), status=404)
    karim.goto(reverse("portal:child", args=[pair.town.mylis.code]), status=404)


def is_suspended(zoe: Visitor, pair: Pair) -> None:
    zoe.goto(reverse("members:authorisations", args=[pair.nora]))
    expect(zoe.page.get_by_text("Suspendu", exact=True)).to_be_visible()
    expect(zoe.page.get_by_text("C’est non tant que vous n’êtes pas d’accord")).to_be_visible()
    zoe.look("separes-elle-apprend")


def hears_them(samira: Visitor) -> None:
    page = samira.page
    for about in ("Photos sur le site", "Odile Wolfenstein"):
        samira.goto("/mairie/demandes/")
        page.get_by_role("link", name=re.compile(rf"^Désaccord entre parents\s: {about}")).click()
        page.get_by_role("link", name="Examiner").click()
        samira.look("separes-mairie-desaccord")
        page.get_by_label("Ce qui a été dit et fait").fill("Les deux parents ont été reçus. Chacun garde sa réponse.")
        press(page, "Noter et clore")
        told(page, "C’est noté")


def bars_somebody(ada: Visitor, pair: Pair) -> None:
    page = ada.page
    ada.goto(reverse("members:judgments", args=[pair.nora]))
    for name, value in (("first_name", "Ursule"), ("last_name", "Grimoire"), ("judged_on", "2026-10-01")):
        page.locator(f"#id_{name}").fill(value)
    page.get_by_label("Ce que dit le jugement").fill("Interdiction de contact.")
    press(page, "Écarter cette personne")
    told(page, "Ursule Grimoire est écarté")
    ada.look("separes-mairie-jugement")


def cannot_name_whom_a_judge_keeps_away(zoe: Visitor, pair: Pair) -> None:
    """However it is written; the page does not say why."""
    page = zoe.page
    for first_name, last_name in (("Ursule", "Grimoire"), ("GRIMOIRE", "ursule")):
        names(zoe, pair, first_name, last_name)
        expect(page.get_by_text("Cette personne ne peut pas être ajoutée en ligne").first).to_be_visible()
        expect(page.locator("#id_phone")).to_have_value(HERS[3])
        assert "jugement" not in page.locator("main").inner_text().lower()
    zoe.look("separes-personne-refusee")
