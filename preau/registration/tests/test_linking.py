"""« Relier mon dossier »: another proof, slowed for whoever guesses and never closed to the owner."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.accounts.models import User
from preau.accounts.testing import make_agent, make_user, sign_in
from preau.core.testing import picture
from preau.demarches.models import AskedPhoto, Demarche
from preau.demarches.testing import make_account_request
from preau.families.models import Adult, Family
from preau.families.testing import make_adult, make_family
from preau.notifications.models import Outgoing
from preau.registration.actions.codes import LETTER_HOLDS, MOST_MAILED, give_codes
from preau.registration.actions.linking import ClaimedFile, claim_file
from preau.registration.choices import Outcome
from preau.registration.codes import digest_of
from preau.registration.models import ActivationCode, WrongTry
from preau.registration.rules import MANY_ON_A_FILE, MOST_BY_ACCOUNT, MOST_BY_ADDRESS, code_key
from preau.registration.testing import NOW, make_code
from preau.town.testing import make_service, make_town

PAGE = "/relier-mon-dossier/"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def family() -> Family:
    return make_family(number="1084-3154")


@pytest.fixture
def adult(family: Family) -> Adult:
    return make_adult(family, signs_in=False)


def waiting(username: str = "", **fields: object) -> User:
    user = make_user(username)
    User.objects.filter(pk=user.pk).update(is_admitted=False, **fields)
    user.refresh_from_db()
    return user


def words(response) -> str:
    return str(response.content.decode().replace("\xa0", " "))


def claim(
    user: User, code: str, *, number: str = "1084-3154", address: str = "10.0.0.1", now: dt.datetime = NOW
) -> str:
    claimed = ClaimedFile(number, "Pinceau", "code", digest_of(code_key(code)))
    return claim_file(user=user, claimed=claimed, address=address, now=now)


def test_only_who_waits_for_a_file_sees_the_page(client: Client) -> None:
    assert client.get(PAGE).headers["Location"].startswith("/connexion/")
    client.force_login(make_user())
    assert client.get(PAGE).headers["Location"] == "/arrivee/"
    sign_in(client, make_agent())
    assert client.get(PAGE).status_code == 404
    client.force_login(waiting())
    assert "Où trouver votre numéro de dossier" in words(client.get(PAGE))


def test_the_code_links_the_file(client: Client, adult: Adult) -> None:
    client.force_login(waiting("zoe"))
    sent = {"number": "1084-3154", "name": "pinceau", "proof": "code", "code": make_code(adult)}
    assert client.post(PAGE, sent).headers["Location"] == "/arrivee/"
    adult.refresh_from_db()
    assert adult.user == User.objects.get(username="zoe")
    assert client.post(PAGE, sent).headers["Location"] == "/arrivee/"


def test_once_the_file_is_linked_no_agent_is_asked_any_more_and_the_photo_is_gone(adult: Adult) -> None:
    zoe = waiting()
    demarche = make_account_request(zoe, photo=picture(), now=NOW)
    assert claim(zoe, "0000000000") == Outcome.NOT_VERIFIED
    demarche.refresh_from_db()
    assert demarche.state == "sent"
    assert claim(zoe, make_code(adult)) == Outcome.LINKED
    demarche.refresh_from_db()
    assert demarche.state == "withdrawn"
    assert not AskedPhoto.objects.exists()


def test_the_page_answers_the_same_whatever_is_wrong(client: Client, adult: Adult) -> None:
    right = {"number": "1084-3154", "name": "Pinceau", "proof": "code", "code": make_code(adult)}
    said = set()
    for wrong in ({"number": "9999-9999"}, {"name": "Martinx"}, {"code": "0000000000"}):
        client.force_login(waiting())
        answer = client.post(PAGE, right | wrong)
        page = words(answer).replace(str(answer.context["csrf_token"]), "")
        for name, value in wrong.items():
            page = page.replace(value, right[name])
        said.add(page)
    assert len(said) == 1
    assert "Nous n’avons pas pu vérifier" in said.pop()


def work_of(client: Client, **sent: str) -> list[str]:
    """What the page asks of the database, in order, when it is sent this."""
    client.force_login(waiting())
    with CaptureQueriesContext(connection) as queries:
        client.post(PAGE, {"number": "1084-3154", "name": "Pinceau", "proof": "code", "code": "0000000000"} | sent)
    verbs = [query["sql"].split(" ", 1)[0] for query in queries]
    return [verb for verb in verbs if verb in ("SELECT", "INSERT", "UPDATE", "DELETE")]


def test_the_page_does_the_same_work_whatever_is_wrong(client: Client, adult: Adult) -> None:
    make_code(adult)
    work_of(client)  # what processes keep is read
    works = [work_of(client, **wrong) for wrong in ({}, {"number": "9999-9999"}, {"name": "Martinx"})]
    assert works[0] == works[1] == works[2]


def test_a_code_asked_for_takes_the_same_work_whether_it_is_mailed_or_not(client: Client, adult: Adult) -> None:
    Adult.objects.update(email="known@example.net")
    asked = {"proof": "contact", "code": ""}
    work_of(client, number="9999-9999", **asked)
    wrong = [work_of(client, **asked | more) for more in ({"number": "9999-9999"}, {"name": "Martinx"})]
    assert not Outgoing.objects.exists()
    assert not ActivationCode.objects.exists()
    known = [work_of(client, **asked) for _ in range(MOST_MAILED + 1)]
    assert Outgoing.objects.count() == MOST_MAILED
    for work in [*wrong, *known]:
        assert work == known[0]


def test_a_code_is_asked_for_then_typed_under_the_same_proof(client: Client, adult: Adult) -> None:
    Adult.objects.update(email="known@example.net")
    user = waiting()
    client.force_login(user)
    asked = {"number": "1084-3154", "name": "Pinceau", "proof": "contact", "code": ""}
    assert "Si ces références sont bonnes, un code est parti" in words(client.post(PAGE, asked))
    text = Outgoing.objects.get(address="known@example.net").text
    code = next(line for line in text.splitlines() if code_key(line))
    client.post(PAGE, asked | {"code": code})
    adult.refresh_from_db()
    assert adult.user == user


def test_whoever_asks_for_codes_voids_none_and_soon_sends_none(adult: Adult) -> None:
    Adult.objects.update(email="known@example.net")
    letter = make_code(adult)
    for turn in range(MOST_MAILED + 2):
        asked = ClaimedFile("1084-3154", "Pinceau", "contact")
        stranger = waiting()
        assert claim_file(user=stranger, claimed=asked, address=f"10.0.{turn}.1", now=NOW) == Outcome.CODE_SENT
    assert Outgoing.objects.filter(address="known@example.net").count() == MOST_MAILED
    assert claim(waiting(), letter) == Outcome.LINKED


def test_an_agent_is_asked_once(client: Client) -> None:
    make_service()
    client.force_login(waiting())
    for _ in range(2):
        answer = client.post(PAGE, {"number": "1084-3154", "name": "Pinceau", "proof": "agent"})
        assert answer.headers["Location"] == "/en-attente/"
    assert Demarche.objects.count() == 1


def test_a_town_without_an_agents_proof_offers_none(client: Client) -> None:
    make_town(proofs=["code"])
    client.force_login(waiting())
    page = client.post(PAGE, {"number": "1084-3154", "name": "Pinceau", "proof": "agent"})
    assert "Choisissez une réponse" in words(page)
    assert (
        claim_file(user=waiting(), claimed=ClaimedFile("1", "x", "agent"), address="", now=NOW) == Outcome.NOT_VERIFIED
    )
    assert not Demarche.objects.exists()


# Codes


def test_a_code_holds_ninety_days_and_once(adult: Adult) -> None:
    code = make_code(adult)
    assert claim(waiting(), code, now=NOW + LETTER_HOLDS) == Outcome.NOT_VERIFIED
    assert claim(waiting(), code, now=NOW + LETTER_HOLDS - dt.timedelta(seconds=1)) == Outcome.LINKED
    Adult.objects.update(user=None)
    assert claim(waiting(), code) == Outcome.NOT_VERIFIED


def test_a_new_letter_voids_the_code_before(adult: Adult) -> None:
    first, second = make_code(adult), make_code(adult)
    assert claim(waiting(), first) == Outcome.NOT_VERIFIED
    assert claim(waiting(), second) == Outcome.LINKED


def test_the_code_is_nowhere_in_the_database(adult: Adult) -> None:
    code = make_code(adult)
    assert code not in repr(list(ActivationCode.objects.values()))


def test_a_code_depends_on_the_secret_key_that_the_database_does_not_hold(adult: Adult, settings) -> None:
    code = make_code(adult)
    settings.SECRET_KEY = "another"
    assert claim(waiting(), code) == Outcome.NOT_VERIFIED


def test_codes_are_drawn_apart() -> None:
    family = make_family()
    adults = [make_adult(family, signs_in=False, first_name=f"A{place}").pk for place in range(50)]
    printed = give_codes(adults=adults, by=None, now=NOW)
    assert len({each.code for each in printed}) == len(printed) == 50


def test_the_letter_of_a_household_links_the_adult_to_whom_it_was_sent(family: Family, adult: Adult) -> None:
    malik = make_adult(family, signs_in=False, first_name="Malik")
    assert claim(waiting(), make_code(malik)) == Outcome.LINKED
    adult.refresh_from_db()
    malik.refresh_from_db()
    assert adult.user is None
    assert malik.user is not None


# Whoever guesses


def test_an_account_that_guesses_must_wait_and_the_next_hour_may_try(adult: Adult) -> None:
    user, code = waiting(), make_code(adult)
    for _ in range(MOST_BY_ACCOUNT):
        assert claim(user, "0000000000") == Outcome.NOT_VERIFIED
    assert claim(user, code) == Outcome.TOO_MANY
    assert claim(user, code, now=NOW + HOUR) == Outcome.LINKED


def test_the_page_says_how_long_to_wait(client: Client, adult: Adult) -> None:
    client.force_login(waiting())
    sent = {"number": "1084-3154", "name": "Pinceau", "proof": "code", "code": "0000000000"}
    pages = [words(client.post(PAGE, sent)) for _ in range(MOST_BY_ACCOUNT + 1)]
    assert "Attendez une heure" not in pages[-2]
    assert "Attendez une heure" in pages[-1]


def test_a_network_that_guesses_must_wait(adult: Adult) -> None:
    for turn in range(MOST_BY_ADDRESS):
        claim(waiting(), "0000000000", number=f"{turn}")
    assert claim(waiting(), make_code(adult)) == Outcome.TOO_MANY
    assert claim(waiting(), make_code(adult), address="10.9.9.9") == Outcome.LINKED


def test_however_many_guess_a_file_its_owner_is_read(adult: Adult) -> None:
    code = make_code(adult)
    for turn in range(3 * MANY_ON_A_FILE):
        assert claim(waiting(), "0000000000", address=f"10.0.{turn}.1") == Outcome.NOT_VERIFIED
    owner = waiting()
    assert claim(owner, "1111111111", address="10.9.9.9") == Outcome.NOT_VERIFIED
    assert claim(owner, code, address="10.9.9.9") == Outcome.LINKED


def test_an_account_that_guesses_a_besieged_file_is_slowed_at_its_third_try(adult: Adult) -> None:
    for turn in range(MANY_ON_A_FILE):
        claim(waiting(), "0000000000", address=f"10.0.{turn}.1")
    user = waiting()
    outcomes = [claim(user, "0000000000", address="10.9.9.9") for _ in range(3)]
    assert outcomes == [Outcome.NOT_VERIFIED, Outcome.NOT_VERIFIED, Outcome.TOO_MANY]


def test_a_right_code_counts_as_no_wrong_try(adult: Adult) -> None:
    claim(waiting(), make_code(adult))
    assert not WrongTry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_type_one_code_at_once_one_is_linked() -> None:
    make_town()
    adult = make_adult(make_family(number="1084-3154"), signs_in=False)
    code, users, outcomes = make_code(adult), [waiting(), waiting()], []
    barrier = threading.Barrier(2)

    def race(user: User) -> None:
        barrier.wait()
        try:
            outcomes.append(claim(user, code))
        finally:
            connection.close()

    threads = [threading.Thread(target=race, args=[user]) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [Outcome.LINKED, Outcome.NOT_VERIFIED]
    assert Adult.objects.get().user in users
