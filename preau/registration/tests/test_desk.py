"""« Comptes des familles »: found, invited, written to, by agents who may."""

import datetime as dt
import io
from typing import Any

import pytest
from django.test import Client
from pypdf import PdfReader

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.families.actions import correct_email
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_child, make_family
from preau.notifications.models import Outgoing
from preau.registration.models import ActivationCode, Invitation, Registration
from preau.registration.rules import code_key
from preau.registration.testing import NOW, make_code, make_invitation, make_registration
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

LIST = "/mairie/comptes/"


@pytest.fixture
def samira(client: Client) -> Client:
    sign_in(client, make_agent(Capability.INVITE_FAMILIES))
    return client


@pytest.fixture
def family() -> Family:
    return make_family(number="1084-3154")


def person(family: Family, first_name: str = "Zoé", email: str = "zoe@example.org") -> Adult:
    adult = make_adult(family, signs_in=False, first_name=first_name)
    correct_email(adult=adult, email=email, by=None, now=NOW)
    return adult


def words(response) -> str:
    return str(response.content.decode().replace("\xa0", " "))


def names(client: Client, **query: str) -> set[str]:
    page = client.get(LIST, query)
    return {row.adult.first_name for file in page.context["files"] for row in file.rows}


def texts_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


# Who sees whom


def test_only_agents_who_may_open_accounts_see_the_page(client: Client) -> None:
    sign_in(client, make_agent(Capability.SEE_PAYMENTS))
    assert client.get(LIST).status_code == 404


def test_an_agent_of_a_place_sees_the_families_of_its_pupils_and_one_of_a_service_none(client: Client) -> None:
    here, there = make_place("here"), make_place("there")
    year, level = make_year(), make_level()
    for place, first_name in ((here, "Zoé"), (there, "Paul")):
        home = make_family()
        person(home, first_name)
        make_child(home, year=year, school=place, level=level)
    sign_in(client, make_agent(Capability.INVITE_FAMILIES, place=here))
    assert names(client) == {"Zoé"}
    paul = Adult.objects.get(first_name="Paul")
    assert client.get(f"{LIST}dossier/{paul.family.code}/").status_code == 404
    assert client.post(f"{LIST}adulte/{paul.code}/inviter/", {"email": "p@example.org"}).status_code == 404
    client.post(f"{LIST}inviter/", {"adult": [paul.code]})
    assert not Outgoing.objects.exists()
    sign_in(client, make_agent(Capability.INVITE_FAMILIES, service=make_service()))
    assert names(client) == set()


# The list


def test_each_state_is_told_and_found(samira: Client, family: Family) -> None:
    make_adult(family, first_name="Ouverte")
    person(family, "Sans")
    make_invitation(person(family, "Invitée"), email="i@example.org")
    make_invitation(person(family, "Expirée"), email="e@example.org")
    Invitation.objects.filter(email="e@example.org").update(expires_at=NOW)
    person(family, "Attend", "")
    waiting = make_registration(first_name="Attend", email="attend@example.org")
    user = make_user()
    Registration.objects.filter(pk=waiting.pk).update(user=user)
    User.objects.filter(pk=user.pk).update(is_admitted=False)
    found = {
        state: names(samira, etat=state, q="1084") for state in ("active", "none", "invited", "expired", "waiting")
    }
    assert found == {
        "active": {"Ouverte"},
        "none": {"Sans"},
        "invited": {"Invitée"},
        "expired": {"Expirée"},
        "waiting": {"Attend"},
    }


def test_the_page_of_a_file_tells_how_each_adult_is_reached(samira: Client, family: Family) -> None:
    numbers = {"phone_mobile": "06 00 00 00 01", "phone_home": "01 00 00 00 02", "preferred_contact": "home"}
    person(family)
    family.adults.update(**numbers)
    shown = words(samira.get(f"{LIST}dossier/{family.code}/"))
    assert "06 00 00 00 01 (portable) · 01 00 00 00 02 (domicile)" in shown
    assert "Téléphone du domicile" in shown


def test_adults_are_found_by_name_number_and_address(samira: Client, family: Family) -> None:
    person(family)
    person(make_family(name="Martin"), "Paul", "paul@example.net")
    for query in ("pinceau 1084", "ZO", "zoe@example"):
        assert names(samira, q=query) - {"Paul"} == names(samira, q=query)
    assert names(samira, q="example.net") == {"Paul"}
    assert names(samira, q="nobody") == set()
    assert names(samira, etat="x") == {"Zoé", "Paul"}


@pytest.mark.parametrize("count", [1, 40])
def test_the_list_costs_as_many_queries_for_many(samira: Client, count: int, django_assert_num_queries) -> None:
    for place in range(count):
        make_invitation(person(make_family()), email=f"a{place}@example.org")
    samira.get(LIST)
    with django_assert_num_queries(8):
        samira.get(LIST)


# Inviting from the desk


def test_those_ticked_are_invited_and_the_others_said(samira: Client, family: Family) -> None:
    chosen = [person(family), person(family, "Malik", ""), make_adult(family, first_name="Ouverte")]
    answer = samira.post(f"{LIST}inviter/", {"adult": [adult.code for adult in chosen], "q": "1084"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?q=1084", 302)]
    for said in ("Une invitation est partie.", "Un adulte n’a pas d’adresse e-mail.", "Un adulte a déjà un compte."):
        assert said in words(answer)
    assert Outgoing.objects.count() == 1


def test_a_whole_search_is_invited_beyond_its_page(samira: Client, family: Family) -> None:
    for place in range(60):
        person(family, email=f"a{place}@example.org")
    person(make_family(name="Martin"), "Paul", "paul@example.net")
    samira.post(f"{LIST}inviter/", {"all": "1", "q": "1084", "etat": "none"})
    assert Invitation.objects.count() == 60
    assert not Invitation.objects.filter(email="paul@example.net").exists()


def test_nobody_ticked_is_said(samira: Client) -> None:
    assert "Cochez au moins un adulte." in words(samira.post(f"{LIST}inviter/", {"adult": ["\x00", "x"]}, follow=True))


def test_a_town_that_does_not_invite_has_no_such_button(samira: Client, family: Family) -> None:
    make_town(ways=["five_steps"])
    adult = person(family)
    assert "Inviter par e-mail" not in words(samira.get(LIST))
    for address in (f"{LIST}inviter/", f"{LIST}adulte/{adult.code}/inviter/"):
        assert samira.post(address, {"adult": adult.code, "email": "z@example.org"}).status_code == 404


def test_the_page_of_a_file_invites_at_a_mended_address_and_takes_back(samira: Client, family: Family) -> None:
    adult = person(family, email="zoe@exemple")
    page = f"{LIST}dossier/{family.code}/"
    assert "Inviter par e-mail" in words(samira.get(page))
    wrong = samira.post(f"{LIST}adulte/{adult.code}/inviter/", {"email": "zoe@"})
    assert "Écrivez une adresse e-mail complète" in words(wrong)
    samira.post(f"{LIST}adulte/{adult.code}/inviter/", {"email": "zoe@example.org"})
    assert "Renvoyer l’invitation" in words(samira.get(page))
    samira.post(f"{LIST}adulte/{adult.code}/annuler/")
    assert Invitation.objects.get().revoked_at == NOW
    assert "Inviter par e-mail" in words(samira.get(page))


def test_an_address_in_use_is_said_beside_the_field(samira: Client, family: Family) -> None:
    taken = make_adult(make_family())
    assert taken.user is not None
    adult = person(family)
    answer = samira.post(f"{LIST}adulte/{adult.code}/inviter/", {"email": taken.user.email})
    assert "Cette adresse est celle d’un compte qui existe déjà" in words(answer)


# Letters


def test_each_adult_has_a_page_with_a_code_that_works_and_is_only_there(samira: Client, family: Family) -> None:
    chosen = [person(family), person(make_family(name="Martin", number="2000-1"), "Paul")]
    answer = samira.post(f"{LIST}lettres/", {"adult": [adult.code for adult in chosen]})
    assert answer.headers["Content-Type"] == "application/pdf"
    pages = texts_of(answer.content)
    assert len(pages) == 2
    martin, pinceau = pages
    assert "Paul" in martin
    assert "2000-1" in martin
    assert "12 rue des Écoles" in pinceau
    assert "94800 VILLEJUIF" in pinceau
    codes = [next(line for line in page.splitlines() if code_key(line)) for page in pages]
    assert codes[0] != codes[1]
    make_registration(code=codes[1])
    text = Outgoing.objects.get().text
    Client().post(f"/activer/{text.split('/activer/')[1].split('/')[0]}/")
    chosen[0].refresh_from_db()
    assert chosen[0].user is not None
    assert code_key(codes[0]) not in repr(list(ActivationCode.objects.values()))


def test_before_codes_leave_the_portal_the_agent_shows_again_who_they_are(
    samira: Client, family: Family, time_machine
) -> None:
    time_machine.move_to(NOW + dt.timedelta(minutes=6), tick=False)
    answer = samira.post(f"{LIST}lettres/", {"adult": person(family).code})
    assert answer.headers["Location"].startswith("/mon-compte/confirmer/")
    assert not ActivationCode.objects.exists()


def test_the_letter_is_a_tagged_document(samira: Client, family: Family) -> None:
    pdf = samira.post(f"{LIST}lettres/", {"adult": person(family).code}).content
    catalog: Any = PdfReader(io.BytesIO(pdf)).trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "fr-FR"


def test_no_letter_is_printed_for_who_has_an_account(samira: Client, family: Family) -> None:
    answer = samira.post(f"{LIST}lettres/", {"adult": make_adult(family).code, "family": family.code}, follow=True)
    assert "Aucune lettre à imprimer" in words(answer)
    assert answer.redirect_chain[0][0] == f"{LIST}dossier/{family.code}/"


@pytest.mark.parametrize("count", [1, 50])
def test_hundreds_of_letters_cost_as_many_queries_as_one(samira: Client, count: int, django_assert_num_queries) -> None:
    adults = [person(make_family()).code for _ in range(count)]
    with django_assert_num_queries(12):
        answer = samira.post(f"{LIST}lettres/", {"adult": adults})
    assert len(texts_of(answer.content)) == count


def test_a_new_letter_tells_that_the_codes_before_no_longer_hold(samira: Client, family: Family) -> None:
    adult = person(family)
    make_code(adult)
    page = words(samira.get(LIST))
    assert "Code imprimé, jusqu’au 7 février 2027" in page
    assert "ceux des lettres d’avant ne marchent plus" in page


def test_odd_names_stop_no_letter(samira: Client, family: Family) -> None:
    adult = person(family, "#set page(fill: red) 李 \x0b")
    assert samira.post(f"{LIST}lettres/", {"adult": adult.code}).content.startswith(b"%PDF")
