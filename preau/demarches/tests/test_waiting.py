"""An account that waits for its file sees its request, and nothing else."""

import datetime as dt
from typing import Any

import pytest

from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.core.dates import PARIS
from preau.demarches.actions import answer, complete_asked
from preau.demarches.choices import DemarcheState
from preau.demarches.models import AccountAsked, Demarche
from preau.demarches.testing import NOW, make_account_request, make_waiting_user
from preau.demarches.views import family
from preau.families.testing import make_adult, make_family
from preau.town.testing import make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

NAMES = {"first_name": "Inès", "last_name": "Laurent"}
WAITING, ASK = "/en-attente/", "/en-attente/demander/"
COMPLETE, WITHDRAW = "/en-attente/completer/", "/en-attente/annuler/"


@pytest.fixture
def ines(client) -> User:
    user = make_waiting_user()
    sign_in(client, user)
    return user


def page(client, path: str = WAITING) -> str:
    return str(client.get(path).content.decode()).replace("\xa0", " ")


def answered(user: User, state: DemarcheState, reason: str = "Il nous faut votre adresse.") -> Demarche:
    demarche = make_account_request(user, service=make_service("population", name="Population"))
    return answer(demarche, state=state, reason=reason, by=make_agent(), version=demarche.version, now=NOW)


def test_the_page_tells_by_when_an_agent_answers(client, ines) -> None:
    demarche = make_account_request(ines, phone_mobile="06 12 34 56 78")
    shown = page(client)
    assert "Réponse au plus tard <strong>jeudi 12 février à 17 h</strong>, soit 48 heures ouvrées." in shown
    assert "Mardi 10 février, 16 h 10." in shown
    assert demarche.code in shown
    assert 'appeler au <span class="insecable">06 12 34 56 78</span>.' in shown
    assert "En attendant, ce compte ne montre aucune donnée de famille." in shown


def test_once_it_is_late_the_page_says_so(client, ines, clock) -> None:
    make_account_request(ines)
    clock.move_to(dt.datetime(2026, 2, 12, 17, 1, tzinfo=PARIS), tick=False)
    sign_in(client, ines)
    assert "Nous sommes en retard" in page(client)


def test_without_a_request_one_may_ask_an_agent(client, ines) -> None:
    assert "Votre compte attend un dossier" in page(client)
    answer = client.post(ASK, {"claimed_number": "1084", "birth_date": "03/1985", "phone_mobile": "0612345678"})
    assert answer["Location"] == WAITING
    asked = AccountAsked.objects.get(demarche__asked_by=ines)
    assert (asked.last_name, asked.claimed_number, asked.birth_date) == ("Laurent", "1084", "1985-03")


def test_a_wrong_date_is_told_beside_its_field_and_nothing_is_asked(client, ines) -> None:
    shown = client.post(ASK, {"birth_date": "30/02/1985"}).content.decode()
    assert "Écrivez une date de naissance, par exemple 14/03/1985" in shown
    assert not Demarche.objects.exists()


def test_what_was_said_before_is_said_again_to_the_next_agent(client, ines) -> None:
    make_account_request(ines, birth_name="Le Goff", birth_date="1985")
    client.post(WITHDRAW)
    client.post(ASK, {"birth_date": "14/03/1985"})
    asked = AccountAsked.objects.get(demarche__state="sent")
    assert (asked.birth_name, asked.birth_date) == ("Le Goff", "1985-03-14")


def test_what_an_agent_asks_is_shown_and_answered(client, ines) -> None:
    answered(ines, DemarcheState.INCOMPLETE)
    assert "Il nous faut votre adresse." in page(client)
    assert "Écrivez votre réponse" in client.post(COMPLETE, NAMES | {"text": " "}).content.decode()
    client.post(COMPLETE, NAMES | {"text": "12 rue des Écoles"})
    demarche = Demarche.objects.get()
    assert demarche.state == "sent"
    assert list(demarche.events.order_by("pk").values_list("text", flat=True))[-1] == "12 rue des Écoles"


def test_a_request_is_completed_before_any_agent_asks_and_is_due_by_the_same_day(client, ines) -> None:
    due = make_account_request(ines).due_at
    assert "Compléter ma demande" in page(client)
    assert "Ce qu’un agent vous demande" not in page(client, COMPLETE)
    nothing = client.post(COMPLETE, NAMES | {"text": " "}).content.decode()
    assert "Écrivez ce que vous voulez ajouter" in nothing
    client.post(COMPLETE, NAMES | {"text": "Mon fils entre en CP."})
    demarche = Demarche.objects.get()
    assert (demarche.state, demarche.due_at, demarche.version) == ("sent", due, 2)
    assert demarche.events.latest("pk").text == "Mon fils entre en CP."


def test_a_second_click_completes_nothing_more(client, ines) -> None:
    make_account_request(ines)
    for _ in range(2):
        shown = client.post(COMPLETE, NAMES | {"text": "Voici", "version": 1}, follow=True)
    assert "a changé entre-temps" not in shown.content.decode()
    assert Demarche.objects.get().events.count() == 2


def test_other_words_from_a_page_that_is_out_of_date_are_kept_to_be_sent_again(client, ines) -> None:
    make_account_request(ines)
    client.post(COMPLETE, NAMES | {"text": "Voici", "version": 1})
    shown = client.post(COMPLETE, NAMES | {"text": "Autre chose", "version": 1}).content.decode()
    assert "a changé entre-temps" in shown
    assert "Autre chose" in shown
    assert 'name="version" value="2"' in shown
    assert Demarche.objects.get().version == 2


def test_a_request_is_given_up_by_a_button_and_not_by_opening_the_page(client, ines) -> None:
    make_account_request(ines)
    assert "Annuler ma demande" in page(client, WITHDRAW)
    assert Demarche.objects.get().state == "sent"
    client.post(WITHDRAW)
    assert Demarche.objects.get().state == "withdrawn"
    assert client.get(WITHDRAW)["Location"] == WAITING


def test_a_refusal_is_read_here_with_its_reason_and_what_to_do(client, ines) -> None:
    answered(ines, DemarcheState.REFUSED, "Vous habitez une autre commune.")
    shown = page(client)
    assert "Vous habitez une autre commune." in shown
    assert "Envoyer ma demande" in shown


def test_an_answer_that_came_in_the_same_minute_is_told(client, ines, monkeypatch) -> None:
    demarche = answered(ines, DemarcheState.INCOMPLETE)

    def late(found: Demarche, **given: Any) -> Demarche:
        answer(demarche, state=DemarcheState.REFUSED, reason="Non.", by=None, version=demarche.version, now=NOW)
        return complete_asked(found, **given)

    monkeypatch.setattr(family, "complete_asked", late)
    shown = client.post(COMPLETE, NAMES | {"text": "Voici"}, follow=True).content.decode()
    assert "Votre demande a changé entre-temps" in shown
    assert "Votre demande est refusée" in shown


def test_there_is_no_menu_while_one_waits(client, ines) -> None:
    assert 'aria-label="Rubriques"' not in page(client)


@pytest.mark.parametrize("path", [WAITING, ASK, COMPLETE, WITHDRAW])
def test_those_who_wait_for_nothing_are_led_to_their_own_space(client, path) -> None:
    zoe = make_adult(make_family()).user
    assert zoe
    for user in (zoe, make_agent()):
        sign_in(client, user)
        assert client.get(path)["Location"] == client.post(path)["Location"] == "/arrivee/"


def test_linked_one_is_home_at_the_next_page(client, ines) -> None:
    assert client.get("/accueil/")["Location"] == WAITING
    adult = make_adult(make_family(), signs_in=False)
    adult.user = ines
    adult.save()
    User.objects.filter(pk=ines.pk).update(is_admitted=True)
    assert client.get("/accueil/").status_code == 200
    assert client.get(WAITING)["Location"] == "/arrivee/"
