"""The photo given with a request: for the agents who may answer it, for as long as it waits."""

import datetime as dt

import pytest
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.core.photos import photo_of
from preau.core.testing import picture
from preau.demarches.actions import answer, erase_refused, link_asked, open_asked, refuse_asked, withdraw_asked
from preau.demarches.actions.accounts import KEPT
from preau.demarches.choices import DemarcheState
from preau.demarches.invariants import photos_kept_too_long
from preau.demarches.models import AskedPhoto, Demarche
from preau.demarches.testing import NOW, asker_of, make_account_request
from preau.families.actions import NewHousehold
from preau.families.testing import make_adult, make_family
from preau.town.testing import make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

HANDLE = Capability.HANDLE_REQUESTS
LIST = "/mairie/demandes/"
HOUSEHOLD = NewHousehold(name="Laurent", first_name="Inès", last_name="Laurent", address="1 rue", postcode="94800")


def account_page(client: Client, demarche: Demarche) -> str:
    return str(client.get(f"{LIST}{demarche.code}/compte/").content.decode())


def photo_page(client: Client, demarche: Demarche):
    return client.get(f"{LIST}{demarche.code}/compte/photo/")


def with_photo(user: User | None = None) -> Demarche:
    return make_account_request(user, service=make_service("population"), photo=photo_of(picture()))


def test_who_may_answer_sees_the_photo_which_no_browser_keeps(client, samira) -> None:
    demarche = with_photo()
    html = account_page(client, demarche)
    assert f'src="{LIST}{demarche.code}/compte/photo/" alt="Photo envoyée par Inès Laurent"' in html
    answer = photo_page(client, demarche)
    assert answer.content == photo_of(picture())
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
    assert answer["Content-Disposition"] == 'inline; filename="photo.jpg"'
    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_without_a_photo_there_is_neither_image_nor_page(client, samira) -> None:
    demarche = make_account_request(service=make_service("population"))
    assert "<img" not in account_page(client, demarche).split("<main")[1]
    assert photo_page(client, demarche).status_code == 404


def test_nobody_else_sees_the_photo(samira) -> None:
    demarche = with_photo()
    others = (
        make_agent(HANDLE, service=make_service("sports")),
        make_agent(Capability.INVITE_FAMILIES),
        asker_of(demarche),
        make_user(),
    )
    for user in others:
        browser = Client()
        sign_in(browser, user)
        assert photo_page(browser, demarche).status_code == 404
    assert photo_page(Client(), demarche)["Location"].startswith("/connexion/")


@pytest.mark.parametrize("end", ["linked", "opened", "refused", "withdrawn"])
def test_the_photo_goes_with_the_answer_whatever_it_is(samira, end) -> None:
    demarche, other = with_photo(), with_photo()
    if end == "linked":
        link_asked(demarche, adult=make_adult(make_family(), signs_in=False), by=samira, version=1, now=NOW)
    elif end == "opened":
        open_asked(demarche, household=HOUSEHOLD, by=samira, version=1, now=NOW)
    elif end == "refused":
        refuse_asked(demarche, reason="Non.", by=samira, version=1, now=NOW)
    else:
        withdraw_asked(demarche, by=asker_of(demarche), now=NOW)
    assert [photo.asked.demarche for photo in AskedPhoto.objects.all()] == [other]
    assert list(photos_kept_too_long()) == []


def test_the_photo_stays_while_the_family_has_to_complete_the_request(client, samira) -> None:
    demarche = with_photo()
    answer(demarche, state=DemarcheState.INCOMPLETE, reason="Votre adresse ?", by=samira, version=1, now=NOW)
    assert photo_page(client, demarche).status_code == 200


def test_a_photo_left_after_the_answer_is_found_out() -> None:
    demarche = with_photo()
    yesterday = NOW - dt.timedelta(days=1)
    answer(demarche, state=DemarcheState.REFUSED, reason="Non.", by=None, version=1, now=yesterday)
    assert list(photos_kept_too_long()) == [f"démarche {demarche.code} : la photo est restée après la réponse"]
    assert erase_refused(now=NOW + KEPT) == 1
    assert not AskedPhoto.objects.exists()
