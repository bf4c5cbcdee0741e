"""« À faire »."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from preau.activities.testing import make_activity, make_group
from preau.checklist.choices import Item, Stage
from preau.checklist.testing import make_asked
from preau.core.dates import PARIS
from preau.demarches.actions import ask_change
from preau.demarches.actions.moving import answer
from preau.demarches.choices import DemarcheState
from preau.enrolments.testing import make_enrolment
from preau.families.choices import Situation
from preau.families.models import Adult, Consent, Guardianship
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.members.testing import make_authorisation
from preau.town.models import Text
from preau.town.testing import make_level, make_place, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=PARIS)
PAGE = "/dossier/a-faire/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def zoe(client):
    """Zoé, whose telephone nobody knows, and Nora, of whom no picture may be taken without an answer."""
    make_town()
    family = make_family()
    make_adult(family)
    make_child(family, year=make_year(), school=make_place(), level=make_level())
    make_authorisation("image-site", is_image=True)
    client.force_login(family.adults.get().user)
    return family


def page(client, url=PAGE) -> str:
    response = client.get(url)
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


def test_a_file_of_which_nothing_is_asked_is_complete(client, zoe):
    assert "Dossier complet" in page(client)
    assert "Vous avez donné tout ce que la mairie demande." in page(client)


def test_an_address_that_an_agent_is_looking_at_is_not_asked_for_again(client, zoe):
    make_asked(Item.COORDINATES)
    zoe.addresses.all().delete()
    zoe.adults.update(phone_mobile="06 12 34 56 78")
    assert "Donner une adresse" in page(client)
    address = {"lines": "3 impasse du Lac", "postcode": "94800", "city": "Villejuif"}
    asked = ask_change(target=zoe, wanted={"address": address}, by=zoe.adults.get().user, now=NOW).asked
    assert asked is not None
    assert "La mairie vérifie 1 élément" in page(client)
    answer(asked, state=DemarcheState.INCOMPLETE, reason="À quel étage ?", by=None, version=1, now=NOW)
    assert "Donner une adresse" in page(client)


def test_what_is_missing_has_its_link_and_says_what_it_blocks(client, zoe):
    make_asked(Item.COORDINATES)
    make_asked(Item.IMAGE_RIGHTS, Stage.BEFORE_FIRST_DAY)
    shown, nora = page(client), zoe.homes.get().participant
    assert "Il manque 2 éléments dans votre dossier. 1 empêche de réserver." in shown
    assert "Donner une adresse et un numéro de téléphone" in shown
    assert "vous ne pouvez rien réserver" in shown
    assert f'href="{reverse("members:authorisations", args=[nora.code])}#t-image"' in shown
    assert "Réservation bloquée" in shown


def test_what_is_for_one_activity_names_it(client, zoe):
    canteen = make_activity("cantine", name="Restauration")
    make_enrolment(zoe.homes.get().participant, canteen, make_group())
    make_asked(Item.IMAGE_RIGHTS, activities=[canteen])
    assert "vous ne pouvez pas réserver : Restauration." in page(client)


def test_what_is_given_leaves_the_list(client, zoe):
    make_asked(Item.COORDINATES)
    make_asked(Item.SCHOOL)
    make_asked(Item.IMAGE_RIGHTS)
    Adult.objects.update(phone_home="01 45 59 20 00")
    said = {"text": Text.objects.get(code="authorisation-image-site"), "at": NOW, "given": False}
    Consent.objects.create(adult=zoe.adults.get(), participant=zoe.homes.get().participant, **said)
    assert "Dossier complet" in page(client)


def test_a_use_of_pictures_for_which_no_answer_is_awaited_is_not_asked_for(client, zoe):
    make_asked(Item.IMAGE_RIGHTS)
    make_authorisation("image-site", is_image=True, is_required=True)
    make_authorisation("image-presse", is_image=True)
    said = {"text": Text.objects.get(code="authorisation-image-site"), "at": NOW, "given": False}
    Consent.objects.create(adult=zoe.adults.get(), participant=zoe.homes.get().participant, **said)
    assert "Dossier complet" in page(client)


def test_what_the_household_owes_is_told_once_for_all_its_children(client, zoe):
    make_child(zoe, first_name="Mylis")
    make_asked(Item.COORDINATES)
    assert page(client).count("Donner une adresse et un numéro de téléphone") == 1
    assert "Il manque 1 élément" in page(client)


def test_what_the_other_household_owes_is_not_shown(client, zoe):
    nora, other = zoe.homes.get().participant, make_family(name="Carpentier")
    nora.homes.create(family=other)
    make_adult(other)
    Adult.objects.filter(family=zoe).update(phone_home="01 45 59 20 00")
    make_asked(Item.COORDINATES)
    assert "Dossier complet" in page(client)


def test_who_may_only_look_is_asked_nothing(client, zoe):
    nora = zoe.homes.get().participant
    make_asked(Item.IMAGE_RIGHTS)
    Guardianship.objects.all().delete()
    make_bond(zoe.adults.get(), nora, Situation.WITHOUT_EXERCISE)
    assert "Nora" not in page(client)


def test_what_costs_when_it_is_left_out_is_apart(client, zoe):
    make_asked(Item.IMAGE_RIGHTS, Stage.OPTIONAL, cost="Sans lui, le tarif le plus élevé s’applique.")
    shown = page(client)
    assert "Facultatif" in shown
    assert "le tarif le plus élevé s’applique" in shown
    assert "Dossier complet" in shown


def test_one_child_or_six_cost_the_same_queries(client, zoe, django_assert_num_queries):
    for item in Item:
        make_asked(item)
    page(client)
    with django_assert_num_queries(18) as one:
        page(client)
    for name in ("Fatou", "Ousmane", "Hawa", "Issa", "Ismaël"):
        make_child(zoe, first_name=name)
    with django_assert_num_queries(len(one)):
        page(client)


def test_the_home_page_says_it_in_a_line_for_each_child(client, zoe):
    make_asked(Item.COORDINATES)
    make_asked(Item.IMAGE_RIGHTS)
    make_asked(Item.SCHOOL, Stage.BEFORE_FIRST_DAY)
    make_child(zoe, first_name="Mylis")
    shown = page(client, "/accueil/")
    assert "Nora : Répondre sur le droit à l’image" in shown
    assert "Mylis : 2 éléments à donner" in shown
    assert "Rien à faire pour le moment" not in shown


def test_mon_dossier_says_whether_something_is_missing(client, zoe):
    assert "Complet" in page(client, "/dossier/")
    make_asked(Item.IMAGE_RIGHTS)
    assert "1 élément manque" in page(client, "/dossier/")
    assert f'href="{PAGE}#' in page(client, "/dossier/")


def test_mon_dossier_counts_of_each_child_what_the_home_page_counts(client, zoe):
    make_asked(Item.COORDINATES)
    shown = page(client, "/dossier/")
    assert "À compléter" in shown
    assert "manque</" not in shown, "what is asked for the whole family is not counted again for each child"
    make_asked(Item.IMAGE_RIGHTS)
    assert "1 élément manque<" in page(client, "/dossier/")
