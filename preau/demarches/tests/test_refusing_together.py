"""Several requests refused at once: those that were read, each with its mail, and no other."""

import pytest
from django.test import Client

from preau.accounts.choices import Capability
from preau.demarches.actions import answer
from preau.demarches.choices import DemarcheState
from preau.demarches.models import AnswerText, Demarche
from preau.demarches.testing import NOW, asker_of, make_account_request, make_waiting_user
from preau.notifications.models import Outgoing
from preau.town.testing import make_service

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town", "samira")]

HANDLE = Capability.HANDLE_REQUESTS
LIST, PAGE = "/mairie/demandes/", "/mairie/demandes/refuser/"
REASON = "Vous habitez une autre commune. Demandez à la vôtre."


def asked(first_name: str, *, service: str = "population") -> Demarche:
    return make_account_request(make_waiting_user(first_name=first_name), service=make_service(service))


def words(response) -> str:
    return str(response.content.decode()).replace("\xa0", " ")


def states() -> list[str]:
    return list(Demarche.objects.order_by("pk").values_list("state", flat=True))


def send(client: Client, *demarches: Demarche, **typed: str) -> str:
    values = [f"{demarche.code}-{demarche.version}" for demarche in demarches]
    return words(client.post(PAGE, {"d": values, "message": REASON, **typed}, follow=True))


def test_those_that_are_ticked_are_read_again_then_refused_with_one_message(client) -> None:
    first, second, third = asked("Ana"), asked("Bob"), asked("Cid")
    assert f'name="d" value="{first.code}" form="refus"' in words(client.get(LIST))
    page = words(client.get(PAGE, {"d": [first.code, second.code]}))
    assert "Refuser 2 demandes" in page
    assert "Ana Laurent" in page
    assert "Cid" not in page
    assert states() == ["sent"] * 3
    assert "2 demandes sont refusées. Un e-mail prévient chaque personne." in send(client, first, second)
    assert states() == ["refused", "refused", "sent"]
    assert {demarche.reason for demarche in Demarche.objects.filter(state="refused")} == {REASON}
    assert set(Outgoing.objects.values_list("address", flat=True)) == {asker_of(first).email, asker_of(second).email}
    assert asker_of(third).email not in str(Outgoing.objects.values_list("text"))


def test_without_a_message_nothing_is_refused_and_the_choice_is_kept(client) -> None:
    first = asked("Ana")
    answer(first, state=DemarcheState.INCOMPLETE, reason="Votre adresse ?", by=None, version=1, now=NOW)
    page = send(client, first, message=" ")
    assert "Écrivez un message" in page
    assert f'value="{first.code}-1"' in page  # as it was read: what moved since is still to be read again
    assert states() == ["incomplete"]


def test_one_of_the_towns_texts_is_enough(client) -> None:
    text = AnswerText.objects.create(state="refused", title="Autre commune", body=REASON)
    send(client, asked("Ana"), message="", modele=text.code)
    assert Demarche.objects.get().reason == REASON


def test_what_another_agent_answered_meanwhile_is_left_and_said(client) -> None:
    first, second = asked("Ana"), asked("Bob")
    answer(first, state=DemarcheState.INCOMPLETE, reason="Votre adresse ?", by=None, version=1, now=NOW)
    page = send(client, first, second)
    assert "« Ouvrir un compte sans dossier », Ana Laurent : cette demande a changé, elle n’est pas refusée." in page
    assert "La demande est refusée." in page
    assert states() == ["incomplete", "refused"]


def test_requests_of_another_service_are_neither_shown_nor_refused(client) -> None:
    ours, theirs = asked("Ana"), asked("Bob", service="sports")
    assert "Bob" not in words(client.get(PAGE, {"d": [ours.code, theirs.code]}))
    send(client, ours, theirs)
    assert states() == ["refused", "sent"]


def test_a_second_click_refuses_and_tells_nobody_twice(client) -> None:
    first = asked("Ana")
    for _ in range(2):
        send(client, first)
    assert Outgoing.objects.count() == 1
    assert Demarche.objects.get().version == 2


@pytest.mark.parametrize("values", [[], ["x"], ["\0"], ["zzzzzzzzzz-1"], ["a-b-c"], ["aaaaaaaaaa-²"]])
def test_nothing_that_can_be_refused_is_said(client, values) -> None:
    for send_ in (client.get, client.post):
        assert "Cochez les demandes auxquelles vous voulez répondre." in words(
            send_(PAGE, {"d": values, "message": "x"}, follow=True)
        )


@pytest.mark.parametrize("version", ["", "²", "-3", "9" * 30])
def test_a_version_that_the_page_did_not_write_refuses_nothing(client, version) -> None:
    client.post(PAGE, {"d": [f"{asked('Ana').code}-{version}"], "message": REASON})
    assert states() == ["sent"]


def test_only_what_is_open_is_offered_to_be_refused(client, samira) -> None:
    demarche = asked("Ana")
    answer(demarche, state=DemarcheState.REFUSED, reason="Non.", by=samira, version=1, now=NOW)
    assert "Refuser les demandes cochées" not in words(client.get(f"{LIST}?etat=refusees"))
    assert client.get(PAGE, {"d": demarche.code})["Location"] == LIST
