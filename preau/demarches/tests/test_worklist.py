"""The worklist of agents: theirs, the most urgent first, found by any name."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.accounts.choices import Capability
from preau.accounts.models import Grant
from preau.accounts.testing import make_agent, sign_in
from preau.core.dates import PARIS
from preau.demarches.actions import answer, complete, link_asked, open_demarche
from preau.demarches.choices import ACCOUNT, DemarcheState
from preau.demarches.models import AccountAsked, AnswerText, Demarche
from preau.demarches.testing import NOW, asker_of, make_account_request, make_waiting_user
from preau.families.testing import make_adult, make_child, make_family
from preau.notifications.models import Outgoing
from preau.town.testing import make_place, make_service, make_town, make_year

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

HANDLE = Capability.HANDLE_REQUESTS
LIST = "/mairie/demandes/"
REASON = "Nous ne pouvons pas ouvrir de compte à une personne qui habite une autre commune."


def asked(first_name: str = "Inès", last_name: str = "Laurent", *, hours_ago: int = 0, **given) -> Demarche:
    user = make_waiting_user(first_name=first_name, last_name=last_name)
    return make_account_request(user, now=NOW - dt.timedelta(hours=hours_ago), **given)


def page(client: Client, query: str = "", path: str = LIST) -> str:
    response = client.get(path + query)
    assert response.status_code == 200
    return str(response.content.decode()).replace("\xa0", " ")


def people(html: str) -> list[str]:
    return re.findall(r'data-l="Famille ou personne">([^<]+)<', html)


def test_the_first_is_the_one_that_is_due_first(client, samira) -> None:
    asked("Fraîche")
    asked("Vieille", hours_ago=24 * 7)
    asked("Hier", hours_ago=24)
    assert people(page(client)) == ["Vieille Laurent", "Hier Laurent", "Fraîche Laurent"]


@pytest.mark.parametrize(
    ("days_ago", "chip"), [(0, "2 jours"), (1, "1 jour"), (2, "Aujourd’hui"), (4, "Aujourd’hui"), (5, "Dépassé")]
)
def test_what_is_left_is_told_in_working_days(client, samira, days_ago, chip) -> None:
    """It is Tuesday: asked on Monday it is due on Wednesday; on Sunday or Friday, today; on Thursday, yesterday."""
    asked(hours_ago=24 * days_ago)
    assert chip in page(client)


def test_each_request_is_under_the_tab_of_its_state(client, samira) -> None:
    states = (DemarcheState.INCOMPLETE, DemarcheState.REFUSED)
    for name, state in zip(("Attend", "Refusée"), states, strict=True):
        answer(asked(name), state=state, reason=REASON, by=samira, version=1, now=NOW)
    link_asked(asked("Admise"), adult=make_adult(make_family(), signs_in=False), by=samira, version=1, now=NOW)
    asked("Neuve")
    seen = {tab: people(page(client, f"?etat={tab}")) for tab in ("a-traiter", "en-attente", "acceptees", "refusees")}
    assert seen == {
        "a-traiter": ["Neuve Laurent"],
        "en-attente": ["Attend Laurent"],
        "acceptees": ["Famille Pinceau"],
        "refusees": ["Refusée Laurent"],
    }
    assert "À traiter <b>1</b>" in page(client)
    assert "En attente de la famille <b>1</b>" in page(client)


@pytest.mark.parametrize("words", ["ines", "LAURENT Inès", "le goff", "1084", "dupre", "goff laurent"])
def test_a_request_is_found_without_accents_by_names_and_numbers(client, samira, words) -> None:
    asked(birth_name="Le Goff", claimed_number="1084", claimed_name="Dupré")
    asked("Paul", "Martin")
    assert people(page(client, f"?q={words}")) == ["Inès Laurent"]


def test_what_nobody_asked_is_said_and_the_whole_list_is_one_link_away(client, samira) -> None:
    asked()
    html = page(client, "?q=zwing")
    assert "Aucune demande ne correspond" in html
    assert "Tout montrer" in html


def test_a_request_about_a_child_is_found_by_the_child_and_the_family(client, samira) -> None:
    family = make_family(name="Kaddour", number="77")
    child = make_child(family, first_name="Élodie", last_name="Kaddour", year=make_year())
    demarche = open_demarche(
        kind=ACCOUNT,
        asked_by=make_adult(family).user,
        summary="Autre demande",
        family=family,
        participant=child,
        now=NOW,
    )
    AccountAsked.objects.create(demarche=demarche, first_name="", last_name="")
    for words in ("elodie", "kaddour", "77"):
        assert people(page(client, f"?q={words}")) == ["Élodie Kaddour"]


def test_the_file_of_a_request_is_a_link_for_who_may_open_it(client, samira) -> None:
    demarche = asked()
    Demarche.objects.filter(pk=demarche.pk).update(family=make_family(number="77"))
    for place, is_open in ((None, True), (make_place("ailleurs"), False)):
        agent, reader = make_agent(HANDLE), make_agent(Capability.SEE_FAMILIES, place=place)
        Grant.objects.filter(user=reader).update(user=agent)
        sign_in(client, agent)
        shown = page(client, path=f"{LIST}{demarche.code}/")
        assert ">77</span>" in shown
        assert ("/mairie/familles/" in shown.partition("<main")[2]) == is_open


def test_one_may_keep_only_what_one_has_taken(client, samira) -> None:
    taken = asked("Prise")
    asked("Libre")
    client.post(f"{LIST}{taken.code}/prendre/", {"holder": ""})
    assert people(page(client, "?moi=on")) == ["Prise Laurent"]


def test_two_agents_who_take_one_request_do_not_both_have_it(client, samira) -> None:
    demarche, karim = asked(), make_agent(HANDLE, username="karim")
    Demarche.objects.filter(pk=demarche.pk).update(assigned_to=karim)
    answer = client.post(f"{LIST}{demarche.code}/prendre/", {"holder": ""}, follow=True).content.decode()
    assert "Quelqu’un d’autre vient de s’en occuper." in answer
    client.post(f"{LIST}{demarche.code}/prendre/", {"holder": "karim"})
    assert Demarche.objects.get().assigned_to == samira
    client.post(f"{LIST}{demarche.code}/laisser/")
    assert Demarche.objects.get().assigned_to is None


def test_agents_of_other_services_see_nothing_and_answer_nothing(client, samira) -> None:
    demarche = asked(service=make_service("sports"))
    assert people(page(client)) == []
    for path in ("", "prendre/", "laisser/", "refuser/", "completer/", "compte/", "compte/relier/", "compte/ouvrir/"):
        for method in ("get", "post"):
            assert getattr(client, method)(f"{LIST}{demarche.code}/{path}").status_code in (404, 405)
    assert Demarche.objects.get().version == 1


def test_a_request_opens_beside_the_list_at_its_own_address(client, samira) -> None:
    demarche = asked(birth_date="1985-03", phone_mobile="06 12 34 56 78")
    assert 'data-vue="liste"' in page(client)
    html = page(client, path=f"{LIST}{demarche.code}/")
    assert 'data-vue="fiche"' in html
    assert "mars 1985" in html
    assert "06 12 34 56 78" in html
    assert people(html) == ["Inès Laurent"]


def test_a_refusal_is_sent_in_the_agents_own_words(client, samira) -> None:
    demarche = asked()
    client.post(f"{LIST}{demarche.code}/refuser/", {"version": 1, "message": REASON})
    after = Demarche.objects.get()
    assert (after.state, after.reason, after.answered_by) == ("refused", REASON, samira)
    assert REASON in Outgoing.objects.get().text


def test_a_kept_text_alone_is_enough(client, samira) -> None:
    demarche = asked()
    text = AnswerText.objects.create(state="refused", title="Autre commune", body=REASON)
    assert "Autre commune" in page(client, path=f"{LIST}{demarche.code}/refuser/")
    chosen = page(client, f"?modele={text.code}", path=f"{LIST}{demarche.code}/refuser/")
    assert REASON in chosen
    client.post(f"{LIST}{demarche.code}/refuser/", {"version": 1, "modele": text.code, "message": ""})
    assert Demarche.objects.get().reason == REASON


def test_texts_for_a_refusal_are_not_offered_when_asking_for_more(client, samira) -> None:
    AnswerText.objects.create(state="refused", title="Autre commune", body=REASON)
    assert "Autre commune" not in page(client, path=f"{LIST}{asked().code}/completer/")


def test_without_a_word_nothing_is_sent_and_the_page_says_what_to_do(client, samira) -> None:
    demarche = asked()
    answer = client.post(f"{LIST}{demarche.code}/completer/", {"version": 1, "message": " "}).content.decode()
    assert "Écrivez un message, ou choisissez un texte enregistré" in answer
    assert Demarche.objects.get().state == "sent"


def test_a_message_may_be_kept_for_the_next_time(client, samira) -> None:
    client.post(f"{LIST}{asked().code}/completer/", {"version": 1, "message": "Votre adresse ?", "keep": "on"})
    assert AnswerText.objects.get(state="incomplete").body == "Votre adresse ?"
    assert Demarche.objects.get().state == "incomplete"


def test_the_second_agent_is_told_who_answered_and_what(client, samira) -> None:
    demarche = asked()
    karim = make_agent(HANDLE, username="karim")
    answer(demarche, state=DemarcheState.REFUSED, reason="Non.", by=karim, version=1, now=NOW)
    sent = {"version": 1, "message": REASON}
    html = client.post(f"{LIST}{demarche.code}/refuser/", sent, follow=True).content.decode()
    assert "a déjà répondu à cette demande (refusée)" in html.replace("\xa0", " ")
    assert f"readonly>{REASON}</textarea>" in html.replace("&#x27;", "'")
    assert Demarche.objects.get().reason == "Non."


def test_choosing_a_text_too_late_keeps_the_message_and_the_second_agent_is_told_once(client, samira) -> None:
    demarche = asked()
    text = AnswerText.objects.create(state="refused", title="Autre commune", body=REASON)
    answer(demarche, state=DemarcheState.REFUSED, reason="Non.", by=make_agent(HANDLE), version=1, now=NOW)
    path = f"{LIST}{demarche.code}/refuser/"
    assert "message-bloc" in client.get(f"{path}?modele={text.code}", headers={"HX-Request": "true"}).content.decode()
    html = client.post(path, {"version": 1, "message": REASON}).content.decode()
    assert html.count("a déjà répondu") == 1


def test_what_one_was_writing_is_kept_when_the_family_completed_meanwhile(client, samira) -> None:
    demarche = asked()
    waiting = answer(demarche, state=DemarcheState.INCOMPLETE, reason="Votre adresse ?", by=samira, version=1, now=NOW)
    complete(waiting, text="12 rue des Écoles", by=asker_of(demarche), now=NOW)
    html = client.post(f"{LIST}{demarche.code}/refuser/", {"version": 2, "message": REASON}).content.decode()
    assert REASON in html
    assert "Relisez-la" in html
    assert 'name="version" value="3"' in html
    assert Demarche.objects.get().state == "sent"


def test_the_list_asks_as_much_of_the_database_with_one_row_as_with_many(
    client, samira, django_assert_num_queries
) -> None:
    opened = asked()
    client.get(LIST)
    paths = (LIST, f"{LIST}{opened.code}/")
    counts = []
    for path in paths:
        with CaptureQueriesContext(connection) as queries:
            page(client, path=path)
        counts.append(len(queries))
    for number in range(4):
        asked(f"Autre{number}", hours_ago=number)
    for path, before in zip(paths, counts, strict=True):
        with django_assert_num_queries(before):
            page(client, path=path)
    assert max(counts) <= 20


def test_long_lists_have_pages(client, samira) -> None:
    for number in range(23):
        asked(f"P{number:02d}", hours_ago=100 - number)
    assert len(people(page(client))) == 20
    assert people(page(client, "?page=2")) == ["P20 Laurent", "P21 Laurent", "P22 Laurent"]


def test_the_menu_and_the_desk_tell_how_many_wait_to_those_who_may_answer(client, samira) -> None:
    asked(hours_ago=24 * 7)
    asked()
    asked(service=make_service("sports"))
    desk = page(client, path="/mairie/")
    assert '<span class="discret">Demandes à traiter</span><b>2</b>' in desk
    assert "1 en retard" in desk
    assert 'class="pastille">2<span class="vh"> à traiter' in desk
    sign_in(client, make_agent(Capability.SEE_PAYMENTS))
    assert "Demandes" not in page(client, path="/mairie/")


def test_agents_keep_change_and_drop_their_texts(client, samira) -> None:
    texts = f"{LIST}textes/"
    given = {"state": "refused", "title": "Autre commune", "body": REASON}
    client.post(texts, given)
    text = AnswerText.objects.get()
    assert "Un autre texte a déjà ce titre" in client.post(texts, given).content.decode()
    other = AnswerText.objects.create(state="refused", title="Doublon", body="x")
    again = {"title": "Autre commune", "body": "x"}
    assert "Un autre texte a déjà ce titre" in client.post(f"{texts}{other.code}/", again).content.decode()
    client.post(f"{texts}{text.code}/", {"title": "Hors commune", "body": "Autrement."})
    text.refresh_from_db()
    assert (text.title, text.body, text.state) == ("Hors commune", "Autrement.", "refused")
    client.post(f"{texts}{text.code}/supprimer/")
    assert list(AnswerText.objects.all()) == [other]


def test_the_delay_is_the_towns_own(client, samira) -> None:
    make_town(account_request_days=5)
    demarche = asked()
    assert demarche.due_at == dt.datetime(2026, 2, 17, 17, tzinfo=PARIS)
    assert "5 jours" in page(client)
