"""What « Enregistrer » does."""

import datetime as dt

import pytest

from preau.enrolments.models import Enrolment
from preau.enrolments.tests.family_pages.given import LIST, NEW, asked, offered, page
from preau.families.models import Home
from preau.families.testing import make_adult, make_bond, make_child, make_family

pytestmark = pytest.mark.django_db


def test_an_enrolment_is_listed_and_leads_to_the_planning(zoe, nora, morning):
    response = zoe.post(NEW, asked(nora, morning), follow=True)
    enrolment = Enrolment.objects.get()
    assert response.redirect_chain == [(f"{LIST}?nouvelle={enrolment.code}#{nora.code}", 302)]
    html = page(response)
    assert "Nora est inscrite : 1_Accueil matin maternelle, à partir du 5 octobre 2026." in html
    assert "Nouvelle" in html
    assert f"/planning/{nora.code}/2026-10/" in html


def test_a_second_enrolment_is_refused_in_words_beside_the_field(zoe, nora, morning):
    zoe.post(NEW, asked(nora, morning))
    html = page(zoe.post(NEW, asked(nora, morning)))
    assert (
        "Cette inscription existe déjà : une seule par enfant et par activité."
        in html.partition('id="id_activite_error"')[2]
    )
    assert "<title>Erreur : " in html
    assert Enrolment.objects.count() == 1


def test_a_forged_activity_is_refused_in_words(zoe, nora, morning):
    for code, why in (("inconnue", "Choisissez une activité"), ("", "Choisissez une activité"), ("\x00", "nul")):
        assert why in page(zoe.post(NEW, asked(nora, morning, activite=code))).partition('id="id_activite_error"')[2]
    for_others = offered("cp", born_from=dt.date(2015, 1, 1), born_to=dt.date(2018, 12, 31))
    assert "demande d’être plus âgé" in page(zoe.post(NEW, asked(nora, for_others)))
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-10-04", "à partir d’aujourd’hui"),
        ("2027-07-03", "avant la fin de l’activité"),
        ("", "Indiquez la date d’entrée souhaitée"),
        ("hier", "Écrivez une date"),
        ("9999-99-99", "Écrivez une date"),
    ],
)
def test_a_wrong_day_is_refused_beside_its_field_and_nothing_else_is_lost(zoe, nora, morning, day, why):
    html = page(zoe.post(NEW, asked(nora, morning, entree=day)))
    assert why in html.partition('id="id_entree_error"')[2]
    assert f'value="{nora.code}" id="id_enfant_0" checked' in html
    assert f'value="{morning.code}" id="id_activite_0" checked' in html
    assert not Enrolment.objects.exists()


def test_a_full_activity_is_refused_in_words(zoe, nora):
    assert "Il n’y a plus de place" in page(zoe.post(NEW, asked(nora, offered(capacity=0))))


def test_without_a_child_chosen_nothing_is_done(zoe, family, nora, morning):
    make_child(family, first_name="Mylis")
    html = page(zoe.post(NEW, asked(nora, morning, enfant="")))
    assert "Choisissez un enfant" in html.partition('id="id_enfant_error"')[2]
    assert not Enrolment.objects.exists()


def test_each_home_of_a_child_may_enrol(client, family, nora, morning):
    other_home = make_family(name="Second foyer")
    father = make_adult(other_home, first_name="Paul")
    make_bond(father, nora)
    Home.objects.create(participant=nora, family=other_home)
    client.force_login(father.user)
    client.post(NEW, asked(nora, morning))
    assert Enrolment.objects.get().by == father.user
