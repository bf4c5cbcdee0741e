"""Mes consentements: given and withdrawn freely, each with its text, its version and its history."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client

from preau.accounts.testing import make_user
from preau.families.actions import answer_consent
from preau.families.choices import Situation
from preau.families.models import Adult, Consent, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.journal.models import Entry
from preau.town.actions import publish_text
from preau.town.choices import TextCode
from preau.town.models import Text
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
LIST = "/mon-compte/consentements/"
QUOTIENT = f"{LIST}quotient-familial/"


def publish(code: TextCode, body: str = "La mairie demande votre quotient à la CAF.") -> Text:
    return publish_text(code=code, title=code.label, body=body, by=None, now=NOW)


@pytest.fixture
def zoe(time_machine) -> Adult:
    time_machine.move_to(NOW, tick=False)
    make_town()
    publish(TextCode.CONSENT_QUOTIENT)
    publish(TextCode.CONSENT_IMAGE, "Photos de la fête de l’école.")
    return make_adult(make_family())


@pytest.fixture
def nora(zoe) -> Participant:
    return make_child(zoe.family)


@pytest.fixture
def signed_in(client, zoe):
    client.force_login(zoe.user)
    return client


def image(child: Participant) -> str:
    return f"{LIST}droit-a-l-image/{child.code}/"


def answer(client: Client, page: str, reponse: str = "donner", version: int = 1):
    return client.post(page, {"reponse": reponse, "version": version}, follow=True)


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def test_the_list_says_what_is_asked_about_oneself_and_about_each_child(signed_in, nora) -> None:
    page = words(signed_in.get(LIST))
    assert "Quotient familial" in page
    assert "Droit à l’image : Nora" in page
    assert page.count("Sans réponse") == 2


def test_a_consent_is_given_withdrawn_and_given_again_and_all_is_kept(signed_in, zoe, nora, time_machine) -> None:
    assert "Votre accord est enregistré." in words(answer(signed_in, image(nora)))
    time_machine.shift(86400)
    signed_in.force_login(zoe.user)
    answer(signed_in, image(nora), "retirer")
    page = words(signed_in.get(image(nora)))
    assert "Retiré" in page
    assert "Lundi 9 novembre 2026 à 10 h : accord donné, version 1, en ligne" in page
    assert "Mardi 10 novembre 2026 à 10 h : pas d’accord" in page
    answer(signed_in, image(nora))
    rows = Consent.objects.order_by("pk").values_list("given", "participant__first_name", "by")
    assert list(rows) == [(given, "Nora", zoe.user.pk) for given in (True, False, True)]


def test_each_answer_is_in_the_journal_by_codes(signed_in, zoe, nora) -> None:
    answer(signed_in, image(nora))
    entry = Entry.objects.get(action="families.consent_given")
    assert (entry.subject, entry.participant) == (zoe.code, nora.code)
    assert entry.facts == {"text": "consent-image 1", "channel": "online"}


def test_the_page_shows_the_text_its_version_and_its_date(signed_in) -> None:
    page = words(signed_in.get(QUOTIENT))
    assert "La mairie demande votre quotient à la CAF." in page
    assert "Version 1, publiée le 9 novembre 2026" in page


def test_a_second_click_writes_nothing(signed_in) -> None:
    answer(signed_in, QUOTIENT)
    answer(signed_in, QUOTIENT)
    assert Consent.objects.count() == 1


def test_one_may_refuse_at_once(signed_in) -> None:
    assert "Vous n’êtes pas d’accord" in words(answer(signed_in, QUOTIENT, "retirer"))
    assert "Refusé" in words(signed_in.get(LIST))


def test_a_new_text_keeps_the_answer_for_the_old_one_and_says_so(signed_in) -> None:
    answer(signed_in, QUOTIENT)
    publish(TextCode.CONSENT_QUOTIENT, "Autre chose.")
    page = words(signed_in.get(LIST))
    assert "Donné le 9 novembre 2026, version 1. Le texte a changé depuis" in page
    answer(signed_in, QUOTIENT, version=2)
    assert "Le texte a changé" not in words(signed_in.get(LIST))
    assert list(Consent.objects.order_by("pk").values_list("text__version", flat=True)) == [1, 2]


def test_an_answer_to_words_that_have_changed_meanwhile_is_not_taken(signed_in) -> None:
    publish(TextCode.CONSENT_QUOTIENT, "Autre chose.")
    assert "Le texte vient de changer" in words(answer(signed_in, QUOTIENT, version=1))
    assert not Consent.objects.exists()


def test_what_the_town_does_not_ask_has_no_page(signed_in, zoe) -> None:
    Text.objects.all().delete()
    assert "Aucun consentement demandé" in words(signed_in.get(LIST))
    assert signed_in.get(QUOTIENT).status_code == 404


def test_a_consent_is_never_asked_under_penalty(signed_in, nora) -> None:
    """The words around the town's own text."""
    for page in (LIST, QUOTIENT, image(nora)):
        text = words(signed_in.get(page)).lower()
        assert "libre de répondre" in text
        for word in ("obligatoire", "impérative", "sans quoi", "sinon", "tarif"):
            assert word not in text


def test_a_parent_answers_only_for_those_whose_identity_they_act_on(signed_in, zoe) -> None:
    grandchild, seen_only = make_child(first_name="Ulysse"), make_child(first_name="Barnabé")
    make_bond(zoe, grandchild, Situation.GRANDPARENT)
    make_bond(zoe, seen_only, Situation.WITHOUT_EXERCISE)
    stranger = make_child(make_family(name="Autre"), first_name="Xavier")
    page = words(signed_in.get(LIST))
    assert "Ulysse" not in page
    assert "Barnabé" not in page
    for child in (grandchild, seen_only, stranger):
        assert answer(signed_in, image(child)).status_code == 404
    assert not Consent.objects.exists()


def test_a_bond_that_is_withdrawn_ends_it_from_the_next_request(signed_in, zoe, nora) -> None:
    assert signed_in.get(image(nora)).status_code == 200
    make_bond(zoe, nora, Situation.WITHDRAWN, starts_on=NOW.date())
    assert signed_in.get(image(nora)).status_code == 404


def test_each_parent_has_their_own_answer(signed_in, zoe, nora) -> None:
    answer(signed_in, image(nora))
    malik = make_adult(zoe.family, first_name="Malik")
    make_bond(malik, nora)
    other = Client()
    assert malik.user is not None
    other.force_login(malik.user)
    assert "Sans réponse" in words(other.get(image(nora)))


def test_the_list_takes_as_many_queries_for_ten_children_as_for_one(
    signed_in, zoe, nora, django_assert_max_num_queries
) -> None:
    signed_in.get(LIST)
    for _ in range(9):
        make_child(zoe.family)
    with django_assert_max_num_queries(8):
        signed_in.get(LIST)


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_are_one_answer(time_machine) -> None:
    make_town()
    text = publish(TextCode.CONSENT_QUOTIENT)
    user = make_user()
    adult = make_adult(make_family(), user=user)

    def click() -> None:
        try:
            answer_consent(adult=adult, participant=None, text=text, given=True, by=user, now=NOW)
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Consent.objects.count() == 1


# Mes souscriptions

SUBSCRIPTIONS = "/mon-compte/souscriptions/"


def test_invoices_by_e_mail_are_chosen_there(signed_in, zoe) -> None:
    assert "checked" in words(signed_in.get(SUBSCRIPTIONS))
    signed_in.post(SUBSCRIPTIONS, {})
    zoe.refresh_from_db()
    assert not zoe.invoices_by_email
    signed_in.post(SUBSCRIPTIONS, {"invoices": "on"})
    zoe.refresh_from_db()
    assert zoe.invoices_by_email
    assert Entry.objects.filter(action="families.invoices_by_email").count() == 2


def test_a_switch_shows_only_when_what_it_switches_exists(signed_in) -> None:
    assert "La réponse à mes demandes" not in words(signed_in.get(SUBSCRIPTIONS))
    make_town(ways=["request"])
    assert "La réponse à mes demandes" in words(signed_in.get(SUBSCRIPTIONS))
    make_town(ways=["request"], sections=[{"code": "accueil", "label": "Accueil"}])
    assert "Mes factures" not in words(signed_in.get(SUBSCRIPTIONS))
    make_town(ways=["invited"], sections=[{"code": "accueil", "label": "Accueil"}])
    assert "Rien à choisir" in words(signed_in.get(SUBSCRIPTIONS))


def test_what_is_not_shown_is_not_changed(signed_in, zoe) -> None:
    make_town(ways=["request"], sections=[])
    signed_in.post(SUBSCRIPTIONS, {"requests": "on"})
    zoe.refresh_from_db()
    assert zoe.invoices_by_email


def test_answers_to_requests_are_chosen_there(signed_in, zoe) -> None:
    make_town(ways=["request"])
    signed_in.post(SUBSCRIPTIONS, {"invoices": "on"})
    assert zoe.user.subscriptions.get().is_on is False
    signed_in.post(SUBSCRIPTIONS, {"requests": "on"})
    assert zoe.user.subscriptions.get().is_on is True


def test_reminders_are_switched_off_there(signed_in, zoe) -> None:
    make_town(sections=[{"code": "dossier", "label": "Mon dossier"}])
    assert "Les rappels de ce qui manque au dossier" in words(signed_in.get(SUBSCRIPTIONS))
    signed_in.post(SUBSCRIPTIONS, {})
    assert zoe.user.subscriptions.get(topic="reminders").is_on is False


def test_a_parent_without_a_file_has_both_pages(client, zoe) -> None:
    client.force_login(make_user())
    for page in (SUBSCRIPTIONS, LIST):
        assert client.get(page).status_code == 200
        assert client.post(SUBSCRIPTIONS, {}).status_code == 302
