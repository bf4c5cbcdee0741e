"""A person asks about their data: due within a month, answered by an agent, erased on a page of its own."""

import datetime as dt

import pytest
import time_machine
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.core.dates import PARIS
from preau.demarches.actions import answer, complete
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.families.models import Adult
from preau.families.testing import make_adult, make_child, make_family
from preau.notifications.models import Outgoing
from preau.privacy.actions.asking import ask_about_data
from preau.privacy.actions.erasing import ErasureRefused, erase
from preau.privacy.choices import CORRECTION, ERASURE, Erased
from preau.town.testing import make_service, make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2027, 1, 31, 9, tzinfo=dt.UTC)
ALL = (Capability.HANDLE_REQUESTS, Capability.PROTECT_DATA)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def zoe() -> Adult:
    make_town()
    make_service("mairie")
    family = make_family(name="Pinceau")
    make_child(family, first_name="Mylis")
    return make_adult(family, user=make_user("zoe"))


def parent(adult: Adult) -> User:
    assert adult.user is not None
    return adult.user


def to_erase(adult: Adult, about: Erased = Erased.FAMILY) -> Demarche:
    return ask_about_data(kind=ERASURE, text="", about=about, by=parent(adult), now=NOW)


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def agent_client(*capabilities: Capability) -> Client:
    client = Client()
    sign_in(client, make_agent(*capabilities))
    return client


def test_a_request_is_due_a_month_later_the_last_day_of_a_shorter_one(zoe, client):
    sign_in(client, parent(zoe))
    client.post("/mon-compte/donnees/corriger/", {"text": "Mon nom est Pinceaux"})
    demarche = Demarche.objects.get(kind=CORRECTION)
    assert demarche.due_at == dt.datetime(2027, 2, 28, 17, tzinfo=PARIS)
    assert "Mon nom est Pinceaux" in words(client.get(f"/dossier/demarches/{demarche.code}/"))
    assert "réponse au plus tard" in words(client.get("/mon-compte/donnees/"))


@pytest.mark.parametrize(("days", "told"), [(25, "1 jour"), (30, "Dépassé")])
def test_the_worklist_tells_how_much_of_the_month_is_left(zoe, days, told):
    to_erase(zoe)
    with time_machine.travel(NOW + dt.timedelta(days=days), tick=False):
        page = words(agent_client(*ALL).get("/mairie/demandes/"))
    assert f"{told}</span>" in page


def test_the_month_stands_still_while_the_person_has_to_answer(zoe):
    demarche, agent = to_erase(zoe), make_agent(*ALL)
    asked_at, answered_at = NOW + dt.timedelta(days=5), NOW + dt.timedelta(days=9)
    answer(demarche, state=DemarcheState.INCOMPLETE, reason="Qui ?", by=agent, version=1, now=asked_at)
    demarche.refresh_from_db()
    assert demarche.due_at is None
    demarche = complete(demarche, text="Moi", by=parent(zoe), now=answered_at)
    assert demarche.due_at == dt.datetime(2027, 3, 4, 17, tzinfo=PARIS)


def test_two_clicks_send_one_request(zoe):
    assert to_erase(zoe) == to_erase(zoe, Erased.ACCOUNT)
    first = ask_about_data(kind=CORRECTION, text="Un", by=parent(zoe), now=NOW)
    assert ask_about_data(kind=CORRECTION, text="Un", by=parent(zoe), now=NOW) == first
    assert ask_about_data(kind=CORRECTION, text="Deux", by=parent(zoe), now=NOW) != first


def test_an_agent_says_what_was_put_right(zoe):
    demarche = ask_about_data(kind=CORRECTION, text="Pinceaux", by=parent(zoe), now=NOW)
    client, page = agent_client(Capability.HANDLE_REQUESTS), f"/mairie/demandes/{demarche.code}/donnees/"
    assert "Remplissez" in words(client.post(page, {"version": 1, "reason": ""}))
    client.post(page, {"version": 1, "reason": "Le nom est corrigé."})
    demarche.refresh_from_db()
    assert (demarche.state, demarche.reason) == (DemarcheState.ACCEPTED, "Le nom est corrigé.")


def test_who_refuses_tells_where_to_complain(zoe):
    demarche = to_erase(zoe)
    agent_client(*ALL).post(f"/mairie/demandes/{demarche.code}/refuser/", {"version": 1, "message": "Non."})
    assert "CNIL" in Outgoing.objects.get(template="privacy/mail/answered").text


def test_an_erasure_is_read_before_it_is_done_and_told_at_the_address_that_goes(zoe):
    demarche, client = to_erase(zoe), agent_client(*ALL)
    page = f"/mairie/demandes/{demarche.code}/effacer/"
    read = words(client.get(page))
    assert "Adresses du foyer" in read
    assert "Cochez la case" in words(client.post(page, {"version": 1}))
    assert Adult.objects.filter(first_name="Zoé").exists()
    client.post(page, {"version": 1, "read": "on"})
    demarche.refresh_from_db()
    assert demarche.state == DemarcheState.ACCEPTED
    assert not Adult.objects.filter(first_name="Zoé").exists()
    assert [mail.template for mail in Outgoing.objects.filter(address="zoe@example.org")] == ["privacy/mail/erased"]


@pytest.mark.parametrize(
    ("about", "told"),
    [
        (Erased.ACCOUNT, "Effacer le compte de Zoé Pinceau"),
        (Erased.ADULT, "Effacer Zoé Pinceau"),
        (Erased.FAMILY, "Effacer la famille Pinceau, dossier"),
    ],
)
def test_the_page_that_erases_says_whose_data_and_who_else_is_in_the_file(zoe, about, told):
    make_adult(zoe.family, first_name="Malik")
    demarche = to_erase(zoe, about)
    page = words(agent_client(*ALL).get(f"/mairie/demandes/{demarche.code}/effacer/"))
    assert f'<h1 class="m-titre">{told}' in page
    assert ("Malik Pinceau : demandez son accord" in page) == (about == Erased.FAMILY)


def test_whoever_else_loses_their_account_is_told_too(zoe):
    make_adult(zoe.family, user=make_user("malik"), first_name="Malik")
    erase(kind=Erased.FAMILY, code=zoe.family.code, by=None, now=NOW, asked=to_erase(zoe))
    told = {mail.address: mail.text for mail in Outgoing.objects.filter(template="privacy/mail/erased")}
    assert "Comme vous l’avez demandé" in told["zoe@example.org"]
    assert "Un autre adulte de votre dossier l’a demandé" in told["malik@example.org"]


def test_an_erasure_waits_for_the_other_requests_not_for_the_one_that_asks_for_it(zoe):
    demarche = to_erase(zoe)
    with pytest.raises(ErasureRefused):
        erase(kind=Erased.FAMILY, code=zoe.family.code, by=None, now=NOW)
    ask_about_data(kind=CORRECTION, text="Pinceaux", by=parent(zoe), now=NOW)
    client, page = agent_client(*ALL), f"/mairie/demandes/{demarche.code}/effacer/"
    assert "Une démarche attend encore" in words(client.get(page))
    client.post(page, {"version": 1, "read": "on"})
    assert Adult.objects.filter(first_name="Zoé").exists()


def test_a_request_answered_meanwhile_erases_nothing(zoe):
    demarche, client = to_erase(zoe), agent_client(*ALL)
    answer(demarche, state=DemarcheState.INCOMPLETE, reason="Qui ?", by=make_agent(*ALL), version=1, now=NOW)
    client.post(f"/mairie/demandes/{demarche.code}/effacer/", {"version": 1, "read": "on"})
    assert Adult.objects.filter(first_name="Zoé").exists()


def test_who_answers_requests_alone_erases_nothing(zoe):
    demarche, client = to_erase(zoe), agent_client(Capability.HANDLE_REQUESTS)
    assert client.get(f"/mairie/demandes/{demarche.code}/effacer/").status_code == 404
    assert "attend un agent" in words(client.get(f"/mairie/demandes/{demarche.code}/donnees/"))


def test_protecting_data_on_one_service_opens_nothing():
    limited = make_agent(*ALL, service=make_service("sports"))
    assert not limited.may(Capability.PROTECT_DATA)
    assert make_agent(*ALL).may(Capability.PROTECT_DATA)


def test_of_a_household_only_the_account_may_be_asked_for(zoe):
    to_erase(zoe, Erased.ACCOUNT)
    agent_client(*ALL).post(f"/mairie/demandes/{Demarche.objects.get().code}/effacer/", {"version": 1, "read": "on"})
    zoe.refresh_from_db()
    assert (zoe.first_name, zoe.user) == ("Zoé", None)
