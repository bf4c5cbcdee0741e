"""A file is found by what it says today."""

import datetime as dt

import pytest

from preau.accounts.testing import make_user
from preau.families.actions import (
    NewHousehold,
    complete_contact,
    correct_email,
    open_family,
    set_number,
)
from preau.families.models import Adult, Family, FileWord
from preau.families.rules import Contact
from preau.families.searching import files_found, refile_changed
from preau.families.testing import make_adult, make_child, make_family
from preau.town.testing import make_service

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 8, tzinfo=dt.UTC)


def found(text: str) -> set[str]:
    return {family.name for family in files_found(Family.objects.all(), text)}


@pytest.fixture
def almeida() -> Family:
    family = make_family(name="D’Almeïda-Roux", number="1084-3154")
    make_adult(family, first_name="Zoé", last_name="D’Almeïda-Roux", signs_in=False)
    make_child(family, first_name="Élio", last_name="Nguyễn")
    make_family(name="Martin")
    return family


@pytest.mark.parametrize("text", ["almeida", "roux zoe", "ZOÉ", "elio nguyen", "10843154", "3154", "élio  almeïda"])
def test_a_file_is_found_by_its_people_and_its_number(almeida: Family, text: str) -> None:
    assert found(text) == {almeida.name}


@pytest.mark.parametrize("text", ["", "’", "almeida martin", "lmeida", "zoe paul"])
def test_every_word_must_be_of_the_file(almeida: Family, text: str) -> None:
    assert found(text) == set()


def test_a_file_is_found_by_the_number_of_a_service(almeida: Family) -> None:
    service = make_service("arts")
    set_number(family=almeida, service=service, number="ART-77", by=None, now=NOW)
    assert found("art77") == {almeida.name}
    set_number(family=almeida, service=service, number="", by=None, now=NOW)
    assert found("art77") == set()


def test_a_file_is_found_by_a_phone_and_an_address_as_soon_as_they_are_known(almeida: Family) -> None:
    adult = almeida.adults.get()
    complete_contact(adult=adult, told=Contact(phone_home="01 45 59 20 00"), by=None, now=NOW)
    correct_email(adult=adult, email="zoe.d@exemple.fr", by=None, now=NOW)
    assert found("0145592000") == found("+33 1 45 59 20 00") == found("zoe.d@exemple.fr") == {almeida.name}


def test_a_file_is_found_by_the_address_of_an_account(almeida: Family) -> None:
    Adult.objects.filter(family=almeida).update(user=make_user("almeida"))
    assert found("Almeida@example.org") == {almeida.name}


def test_a_file_is_found_as_soon_as_it_is_open() -> None:
    open_family(household=NewHousehold("Traoré Diallo", "Awa", "Traoré"), by=None, now=NOW)
    assert found("traore awa") == {"Traoré Diallo"}


def test_a_child_of_two_homes_is_found_in_both(almeida: Family) -> None:
    other = make_family(name="Carpentier")
    make_child(almeida, other, first_name="Maëlle")
    assert found("maelle") == {almeida.name, "Carpentier"}


def test_words_written_without_the_actions_are_put_right_within_a_day(almeida: Family) -> None:
    Family.objects.filter(pk=almeida.pk).update(name="Pinceau")
    assert refile_changed() == 1
    assert found("pinceau") == {"Pinceau"}
    assert refile_changed() == 0


def test_nothing_but_names_numbers_and_addresses_is_kept(almeida: Family) -> None:
    kept = set(FileWord.objects.filter(family=almeida).values_list("word", flat=True))
    assert kept == {
        *("dalmeidaroux", "almeidaroux", "roux", "10843154", "3154", "zoe", "elio", "nguyen"),
    }
