"""« Inscriptions »."""

import datetime as dt

import pytest

from preau.activities.testing import make_group
from preau.enrolments.testing import make_enrolment
from preau.enrolments.tests.family_pages.given import LIST, NEW, asked, offered, page
from preau.families.choices import Situation
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db


def test_the_list_counts_the_enrolments_of_each_child(zoe, nora, morning):
    assert "Aucune inscription" in page(zoe.get(LIST))
    make_enrolment(nora, morning, make_group())
    html = page(zoe.get(LIST))
    assert "1&nbsp;inscription/demande" in html
    assert "1_Accueil matin maternelle" in html
    assert "Grande section · École Péri" in html
    make_enrolment(nora, offered("restauration", name="Restauration"), make_group("salle"))
    assert "2&nbsp;inscriptions/demandes" in page(zoe.get(LIST))


def test_the_list_leaves_out_what_is_over(zoe, nora):
    over = offered("ete", name="Séjour d’été", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 7, 31))
    make_enrolment(nora, over, make_group())
    assert "Séjour d’été" not in page(zoe.get(LIST))


def test_the_list_shows_no_child_of_another_family(zoe, morning):
    other = make_family(name="Autre")
    make_adult(other)
    theirs = make_child(other, first_name="Sacha")
    make_enrolment(theirs, morning, make_group())
    html = page(zoe.get(LIST))
    assert "Sacha" not in html
    assert "1_Accueil matin" not in html


def test_who_may_only_look_is_not_offered_to_enrol(client, nora, morning):
    grandmother = make_adult(make_family(), first_name="Odile")
    make_bond(grandmother, nora, Situation.GRANDPARENT)
    client.force_login(grandmother.user)
    html = page(client.get(LIST))
    assert "Nora" in html
    assert "nouvelle/?enfant" not in html
    assert client.get(f"{NEW}?enfant={nora.code}").status_code == 404
    assert client.post(NEW, asked(nora, morning)).status_code == 404


def test_without_a_child_the_pages_say_what_to_do(client, town):
    client.force_login(make_adult(make_family()).user)
    assert "Aucun enfant dans votre dossier" in page(client.get(LIST))
    assert "Aucun enfant à inscrire" in page(client.get(NEW))


def test_the_list_takes_the_same_queries_whatever_there_is(zoe, family, nora, morning, django_assert_num_queries):
    make_enrolment(nora, morning, make_group())
    with django_assert_num_queries(6):
        zoe.get(LIST)
    for number in range(3):
        child = make_child(family, first_name=f"Enfant {number}")
        for rank in range(3):
            make_enrolment(child, offered(f"activite-{number}-{rank}"), make_group(f"groupe-{number}-{rank}"))
    with django_assert_num_queries(6):
        zoe.get(LIST)


@pytest.mark.parametrize("address", [LIST, NEW])
def test_a_town_without_this_section_has_no_such_page(zoe, address):
    make_town(sections=[{"code": "planning", "label": "Planning"}])
    assert zoe.get(address).status_code == 404
