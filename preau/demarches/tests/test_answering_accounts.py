"""An agent answers a request for an account: the right person is linked, once, or told why not."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.accounts.choices import Capability
from preau.accounts.models import Session, User
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.demarches.actions import (
    answer,
    ask_account,
    erase_refused,
    link_asked,
    open_asked,
    withdraw,
)
from preau.demarches.actions.accounts import KEPT
from preau.demarches.choices import DemarcheState
from preau.demarches.models import AccountAsked, Demarche
from preau.demarches.queries import candidates_for, identity_of
from preau.demarches.testing import NOW, asker_of, make_account_request, make_waiting_user
from preau.families.actions import LinkRefused, NewHousehold
from preau.families.models import Address, Adult, Family
from preau.families.rules import Contact
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.notifications.models import Outgoing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

HANDLE = Capability.HANDLE_REQUESTS
LIST = "/mairie/demandes/"
TYPED = {
    "civility": "Madame",
    "birth_name": "Le Goff",
    "birth_date": "1985-03-14",
    "address": "3 impasse du Lac",
    "postcode": "94800",
    "city": "VILLEJUIF",
    "phone_mobile": "06 12 34 56 78",
}
HOUSEHOLD = NewHousehold(name="Laurent", first_name="Inès", last_name="Laurent", address="1 rue", postcode="94800")


@pytest.fixture
def demarche(samira) -> Demarche:
    return make_account_request(make_waiting_user("i.laurent"), **TYPED)  # type: ignore[arg-type]


def known(first_name: str = "Ines", last_name: str = "Laurent", *, signs_in: bool = False, **fields: str) -> Adult:
    """An adult whose file we have."""
    adult = make_adult(make_family(name=last_name), first_name=first_name, last_name=last_name, signs_in=signs_in)
    Adult.objects.filter(pk=adult.pk).update(**fields)
    adult.refresh_from_db()
    return adult


def page(client: Client, demarche: Demarche, query: str = "") -> str:
    response = client.get(f"{LIST}{demarche.code}/compte/{query}")
    assert response.status_code == 200
    return str(response.content.decode()).replace("\xa0", " ")


def link(client: Client, demarche: Demarche, adult: Adult, *, version: int = 1, verified: str = "on"):
    sent = {"adult": adult.code, "version": version, "verified": verified}
    return client.post(f"{LIST}{demarche.code}/compte/relier/", sent, follow=True)


def household(**changes: object) -> dict[str, object]:
    given = {
        "version": 1,
        "name": "Laurent",
        "civility": "Madame",
        "first_name": "Inès",
        "last_name": "Laurent",
        "birth_name": "Le Goff",
        "birth_date": "14/03/1985",
        "phone_mobile": "06 12 34 56 78",
        "phone_home": "",
        "phone_work": "01 45 59 20 00",
        "preferred_contact": "work",
        "address": "12 rue des Écoles",
        "postcode": "94800",
        "city": "Villejuif",
        "is_resident": "on",
    }
    return given | changes


# Who looks alike


def test_candidates_tell_why_they_look_alike_and_the_most_alike_come_first(client, demarche) -> None:
    known("Paul", "Durand", phone_work="0612345678")
    ines = known(birth_date="1985-03-14")
    make_child(ines.family, first_name="Nora")
    known("Hugo", "Martin")
    html = page(client, demarche)
    assert re.findall(r'<h3 id="t-r\d">([^,]+),', html) == ["Ines Laurent", "Paul Durand"]
    assert "Mêmes nom et prénom" in html
    assert "Même date de naissance" in html
    assert "Nora" in html
    assert "Hugo" not in html


def test_agents_read_whether_and_when_franceconnect_vouched_for_the_identity(client, demarche) -> None:
    assert "FranceConnect" not in page(client, demarche)
    AccountAsked.objects.update(vouched_at=NOW)
    for shown in (page(client, demarche), client.get(f"{LIST}{demarche.code}/").content.decode()):
        assert "<dt>Identité</dt><dd>vérifiée par FranceConnect le 10 février 2026</dd>" in shown.replace("\xa0", " ")


def test_homonyms_are_both_shown_and_none_is_linked_by_itself(client, demarche) -> None:
    first, second = known(), known(signs_in=True)
    html = page(client, demarche)
    assert "2 personnes connues lui ressemblent" in html
    assert f"Relier à {first}, dossier {first.family.number}" in html
    assert f"Relier à {second}, dossier {second.family.number}" not in html
    assert "Cette personne a déjà un compte" in html
    assert not asker_of(demarche).is_admitted


def test_closed_files_are_no_candidates(client, demarche) -> None:
    adult = known()
    Family.objects.filter(pk=adult.family_id).update(archived_at=NOW)
    assert "Aucun dossier ne ressemble à cette demande" in page(client, demarche)
    assert link(client, demarche, adult).status_code == 404


def test_an_agent_may_look_for_another_file(client, demarche) -> None:
    adult = known("Élodie", "Kaddour")
    assert f"Relier à {adult}" in page(client, demarche, "?q=elodie kaddour")
    assert f"Relier à {adult}" in page(client, demarche, f"?q={adult.family.number}")
    assert "Personne ne correspond à « zwing »" in page(client, demarche, "?q=zwing")


def test_looking_for_people_asks_as_much_of_the_database_in_a_small_town_as_in_a_large_one(demarche) -> None:
    asked = AccountAsked.objects.get()

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            candidates_for(asked, "ines@example.org", on=NOW.date())
        return len(captured)

    known()
    before = queries()
    for _ in range(5):
        known()
    assert queries() == before == 5


# Linking


def test_the_account_is_linked_told_and_home_at_the_next_page(client, demarche, samira) -> None:
    ines, browser = asker_of(demarche), Client()
    sign_in(browser, ines)
    assert browser.get("/accueil/")["Location"] == "/en-attente/"
    adult = known()
    assert f"est relié au dossier {adult.family.number}" in link(client, demarche, adult).content.decode()
    adult.refresh_from_db()
    after = Demarche.objects.get()
    assert (adult.user, after.state, after.family, after.answered_by) == (ines, "accepted", adult.family, samira)
    assert browser.get("/accueil/").status_code == 200
    assert Session.objects.filter(user=ines).exists()
    mail = Outgoing.objects.get(address=ines.email)
    assert mail.subject == "Votre espace est ouvert"
    assert "Laurent" not in mail.subject


def test_linking_writes_the_numbers_that_the_file_did_not_know_and_replaces_none(client, demarche) -> None:
    AccountAsked.objects.update(phone_work="01 45 59 20 00", preferred_contact="work")
    adult = known(phone_mobile="07 00 00 00 01")
    html = page(client, demarche)
    assert "ajoute au dossier ce qu’il ne dit pas : le téléphone du travail et le moyen de contact préféré." in html
    link(client, demarche, adult)
    adult.refresh_from_db()
    assert adult.contact == Contact("07 00 00 00 01", "", "01 45 59 20 00", "work")
    entry = Entry.objects.get(action="families.contact_completed")
    assert entry.facts == {"fields": ["phone_work", "preferred_contact"]}


def test_what_the_file_says_already_is_left_as_it_is(client, demarche) -> None:
    adult = known(phone_mobile="07 00 00 00 01", preferred_contact="mobile")
    assert "Relier ajoute" not in page(client, demarche)
    link(client, demarche, adult)
    adult.refresh_from_db()
    assert adult.contact == Contact("07 00 00 00 01", "", "", "mobile")
    assert not Entry.objects.filter(action="families.contact_completed").exists()


def test_without_having_made_sure_nothing_is_linked(client, demarche) -> None:
    html = link(client, demarche, known(), verified="").content.decode()
    assert "Cochez «\u00a0J’ai vérifié" in html
    assert Demarche.objects.get().state == "sent"


def test_somebody_who_has_an_account_cannot_get_a_second_one(client, demarche) -> None:
    html = link(client, demarche, known(signs_in=True)).content.decode()
    assert "cette personne a déjà un compte" in html
    after = Demarche.objects.get()
    assert (after.state, after.version, after.events.count()) == ("sent", 1, 1)
    assert not User.objects.get(pk=asker_of(demarche).pk).is_admitted


def test_the_second_agent_is_told_and_links_nobody(client, demarche, samira) -> None:
    first, second, karim = known(), known(), make_agent(HANDLE)
    link_asked(demarche, adult=first, by=karim, version=1, now=NOW)
    html = link(client, demarche, second).content.decode().replace("\xa0", " ")
    assert "a déjà répondu à cette demande (acceptée)" in html
    second.refresh_from_db()
    assert second.user is None


def test_a_second_click_changes_nothing(client, demarche) -> None:
    adult = known()
    for _ in range(2):
        link(client, demarche, adult)
    assert Outgoing.objects.filter(address=asker_of(demarche).email).count() == 1
    assert Entry.objects.filter(action="demarches.accepted").count() == 1


def test_a_code_that_is_nobodys_is_no_page(client, demarche) -> None:
    sent = {"adult": "zzzzzzzzzz", "version": 1, "verified": "on"}
    assert client.post(f"{LIST}{demarche.code}/compte/relier/", sent).status_code == 404


# Opening a file


def test_a_file_is_opened_with_the_next_number_and_what_was_put_right(client, demarche) -> None:
    make_family(number="7300")
    make_family(number="1084-3154")
    client.post(f"{LIST}{demarche.code}/compte/ouvrir/", household(last_name="Laurent-Le Goff"))
    adult = Adult.objects.get(user=asker_of(demarche))
    assert (adult.family.number, adult.family.name, adult.last_name) == ("7301", "Laurent", "Laurent-Le Goff")
    assert (adult.birth_date, adult.email) == ("1985-03-14", "i.laurent@example.org")
    assert adult.contact == Contact("06 12 34 56 78", "", "01 45 59 20 00", "work")
    address = Address.objects.get(family=adult.family)
    assert (address.lines, address.starts_on, address.insee_code) == ("12 rue des Écoles", NOW.date(), "94076")
    assert Demarche.objects.get().family == adult.family
    assert User.objects.get(pk=asker_of(demarche).pk).is_admitted


def test_what_an_agent_leaves_out_of_the_new_file_stays_out(client, demarche) -> None:
    client.post(
        f"{LIST}{demarche.code}/compte/ouvrir/", household(phone_mobile="", phone_work="", preferred_contact="")
    )
    assert Adult.objects.get(user=asker_of(demarche)).contact == Contact()


def test_a_preferred_phone_must_be_given(client, demarche) -> None:
    sent = household(preferred_contact="home")
    html = client.post(f"{LIST}{demarche.code}/compte/ouvrir/", sent).content.decode()
    assert "Écrivez ce numéro, ou choisissez un autre moyen de contact" in html
    assert not Family.objects.exists()


def test_somebody_from_elsewhere_is_no_resident(client, demarche) -> None:
    client.post(f"{LIST}{demarche.code}/compte/ouvrir/", household(city="Vitry", is_resident=""))
    assert Address.objects.get().insee_code == ""


def test_what_was_typed_is_proposed_and_the_town_is_known_by_its_name(client, demarche) -> None:
    html = page(client, demarche)
    assert 'name="birth_date" value="14/03/1985"' in html
    assert re.search(r'name="is_resident"[^>]* checked', html)


def test_a_file_is_opened_only_once_those_who_look_alike_were_looked_at(client, demarche) -> None:
    known()
    answer = client.post(f"{LIST}{demarche.code}/compte/ouvrir/", household()).content.decode().replace("\xa0", " ")
    assert "Cochez la case « J’ai vérifié : aucun dossier proposé n’est le sien »" in answer
    assert Family.objects.count() == 1
    client.post(f"{LIST}{demarche.code}/compte/ouvrir/", household(nobody="on"))
    assert Family.objects.count() == 2


def test_a_fault_is_told_and_nothing_is_opened(client, demarche) -> None:
    answer = client.post(f"{LIST}{demarche.code}/compte/ouvrir/", household(address="", birth_date="31/02/1985"))
    html = answer.content.decode().replace("\xa0", " ")
    assert "Remplissez « Adresse »" in html
    assert "Écrivez une date de naissance" in html
    assert not Family.objects.exists()


def test_no_number_is_spent_for_an_agent_who_comes_second(client, demarche, samira) -> None:
    open_asked(demarche, household=HOUSEHOLD, by=make_agent(HANDLE), version=1, now=NOW)
    client.post(f"{LIST}{demarche.code}/compte/ouvrir/", household())
    assert Family.objects.count() == 1


def test_a_second_click_opens_one_file_and_says_that_it_is_done(client, demarche) -> None:
    for _ in range(2):
        answer = client.post(f"{LIST}{demarche.code}/compte/ouvrir/", household(), follow=True)
    assert "Vous avez déjà répondu à cette demande" in answer.content.decode()
    assert Family.objects.count() == 1


def test_nobody_is_opened_a_file_who_has_one(demarche, samira) -> None:
    ines = asker_of(demarche)
    adult = known()
    Adult.objects.filter(pk=adult.pk).update(user=ines)
    with pytest.raises(LinkRefused):
        open_asked(demarche, household=HOUSEHOLD, by=samira, version=1, now=NOW)
    assert (Family.objects.count(), Demarche.objects.get().state) == (1, "sent")


# Refused, then erased


def refused(demarche: Demarche, *, days_ago: int) -> Demarche:
    at = NOW - dt.timedelta(days=days_ago)
    return answer(demarche, state=DemarcheState.REFUSED, reason="Non.", by=None, version=1, now=at)


def test_a_refused_account_is_erased_after_its_delay_with_what_it_asked(demarche) -> None:
    refused(demarche, days_ago=KEPT.days)
    kept, gone = make_account_request(make_waiting_user()), asker_of(demarche).code
    assert erase_refused(now=NOW) == 1
    assert not User.objects.filter(username="i.laurent").exists()
    assert list(Demarche.objects.all()) == [kept]
    assert erase_refused(now=NOW) == 0
    assert Entry.objects.get(action="demarches.account_erased").subject == gone


def test_before_its_delay_a_refused_account_may_ask_again(demarche) -> None:
    refused(demarche, days_ago=KEPT.days - 1)
    assert erase_refused(now=NOW) == 0


def test_an_account_that_waits_for_an_agent_is_never_erased(demarche) -> None:
    ines = asker_of(demarche)
    refused(demarche, days_ago=400)
    ask_account(user=ines, identity=identity_of(ines), claimed_number="", claimed_name="", now=NOW)
    assert erase_refused(now=NOW + dt.timedelta(days=800)) == 0


def test_an_account_with_a_file_or_that_asked_nothing_is_never_erased(demarche) -> None:
    withdraw(demarche, by=asker_of(demarche), now=NOW - dt.timedelta(days=400))
    make_waiting_user()
    make_user()
    make_adult(make_family(), user=asker_of(demarche))
    assert erase_refused(now=NOW) == 0
