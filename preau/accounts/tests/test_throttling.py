"""Slowing down whoever guesses, without ever keeping the true owner out."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.test import Client

from preau.accounts.models import Tries, User
from preau.accounts.testing import PASSWORD, make_user
from preau.accounts.throttling import (
    SIGN_IN,
    Bucket,
    Guess,
    Pace,
    forget_old_tries,
    in_words,
    network_of,
    wait_before,
    was_right,
    was_wrong,
)
from preau.core.dates import PARIS
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=PARIS)
SECOND = dt.timedelta(seconds=1)


def guess(target: str = "zoe", network: str = "192.0.2.0/24", device: str = "", pace: Pace = SIGN_IN) -> Guess:
    return Guess(pace, target, network, device)


def try_wrong(one: Guess, *, now: dt.datetime = NOW) -> dt.timedelta:
    """Try at `now`, be wrong; returns how long one was told to wait instead."""
    wait = wait_before(one, now=now)
    if not wait:
        was_wrong(one, now=now)
    return wait


def test_five_guesses_are_free_then_the_wait_doubles_up_to_a_quarter_of_an_hour() -> None:
    assert [try_wrong(guess()) for _ in range(5)] == [dt.timedelta(0)] * 5
    now, waits = NOW, []
    for _ in range(7):
        waits.append(try_wrong(guess(), now=now).seconds)
        now += waits[-1] * SECOND
        assert not try_wrong(guess(), now=now)
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_a_wait_holds_until_its_second_and_no_longer() -> None:
    for _ in range(5):
        try_wrong(guess())
    assert wait_before(guess(), now=NOW + 29 * SECOND) == SECOND
    assert not wait_before(guess(), now=NOW + 30 * SECOND)


def test_a_guess_counts_before_it_is_known_to_be_wrong() -> None:
    """A hundred sent at once are a hundred."""
    assert [bool(wait_before(guess(), now=NOW)) for _ in range(6)] == [False] * 5 + [True]


@pytest.mark.django_db(transaction=True)
def test_of_twenty_guesses_sent_at_once_five_are_read() -> None:
    waits: list[bool] = []

    def send() -> None:
        try:
            waits.append(bool(wait_before(guess(), now=NOW)))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (waits.count(False), waits.count(True)) == (5, 15)


def test_a_right_guess_is_forgotten_with_those_before_it() -> None:
    for _ in range(3):
        try_wrong(guess())
    wait_before(guess(), now=NOW)
    was_right(guess())
    assert [bool(try_wrong(guess())) for _ in range(6)] == [False] * 5 + [True]


def test_the_others_of_a_network_do_not_wait_for_one_target() -> None:
    """A phone network shows hundreds of families under one address."""
    for _ in range(9):
        try_wrong(guess("zoe"))
    assert not try_wrong(guess("leo"))


def test_a_network_that_tries_everybody_is_slowed() -> None:
    for number in range(60):
        assert not try_wrong(guess(f"family-{number}"))
    assert try_wrong(guess("one-more")) == SECOND
    assert not try_wrong(guess("one-more"), now=NOW + SECOND)
    assert not try_wrong(guess("elsewhere", network="198.51.100.0/24"))


def test_whoever_comes_from_elsewhere_waits_once_when_all_guess_one_target() -> None:
    for number in range(1000):
        try_wrong(guess(network=f"10.{number // 250}.{number % 250}.0/24"))
    owner = guess(network="192.0.2.0/24")
    assert wait_before(owner, now=NOW) == 30 * SECOND
    for number in range(1000):  # they go on meanwhile
        try_wrong(guess(network=f"10.{number // 250}.{number % 250}.0/24"), now=NOW + 29 * SECOND)
    assert not wait_before(owner, now=NOW + 30 * SECOND)


def test_a_flood_on_the_whole_portal_makes_newcomers_wait_once() -> None:
    pace = Pace("flood", everywhere=Bucket(10, dt.timedelta(minutes=1)))
    for number in range(20):
        try_wrong(guess(f"family-{number}", network=f"10.0.{number}.0/24", pace=pace))
    newcomer = guess("leo", pace=pace)
    assert wait_before(newcomer, now=NOW) == 30 * SECOND
    assert not wait_before(newcomer, now=NOW + 30 * SECOND)
    assert not wait_before(guess("zoe", pace=pace), now=NOW + dt.timedelta(minutes=2))


def test_a_device_of_the_owner_waits_only_for_itself() -> None:
    for number in range(100):
        try_wrong(guess(network=f"10.0.{number}.0/24"))
    known = guess(network="10.0.1.0/24", device="bcdfghjkmn")
    assert [bool(try_wrong(known)) for _ in range(6)] == [False] * 5 + [True]


def test_kinds_of_guesses_are_counted_apart() -> None:
    for _ in range(6):
        try_wrong(guess())
    assert not try_wrong(guess(pace=Pace("activation-code")))


def test_neither_names_nor_addresses_are_kept() -> None:
    try_wrong(guess("zoe@example.org"))
    assert "zoe" not in repr(list(Tries.objects.values()))
    assert "192.0" not in repr(list(Tries.objects.values()))


def test_old_tries_are_forgotten() -> None:
    try_wrong(guess())
    assert forget_old_tries(now=NOW + dt.timedelta(hours=23)) == 0
    assert forget_old_tries(now=NOW + dt.timedelta(hours=25)) == 4
    for _ in range(4):
        try_wrong(guess())
    later = NOW + dt.timedelta(hours=25)
    assert [bool(try_wrong(guess(), now=later)) for _ in range(6)] == [False] * 5 + [True]


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2ff::1", "2001:db8:1:200::/56"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
    ],
)
def test_a_network_is_a_street_of_addresses(rf, address: str, network: str) -> None:
    assert network_of(rf.get("/", REMOTE_ADDR=address)) == network


def test_a_proxy_does_not_make_one_network_of_all_families(rf, settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    request = rf.get("/", REMOTE_ADDR="127.0.0.1", HTTP_X_FORWARDED_FOR="203.0.113.9, 198.51.100.4")
    assert network_of(request) == "198.51.100.0/24"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.2, "une seconde"), (1.5, "2 secondes"), (30, "30 secondes"), (60, "une minute"), (61, "2 minutes")],
)
def test_a_wait_is_told_in_words_never_shorter_than_it_is(seconds: float, words: str) -> None:
    assert in_words(dt.timedelta(seconds=seconds)) == words


# Through the page


@pytest.fixture
def zoe(time_machine) -> User:
    make_town()
    time_machine.move_to(NOW, tick=False)
    return make_user("Z-pinceau")


def sign_in(client: Client, password: str = PASSWORD, *, address: str = "192.0.2.1") -> int:
    data = {"login": "Z-pinceau", "password": password}
    return client.post("/connexion/", data, REMOTE_ADDR=address).status_code


def bad_tries(count: int) -> set[int]:
    """From up to a hundred networks."""
    return {
        sign_in(Client(), f"essai-{number}", address=f"10.0.{number % 100}.{number // 100}") for number in range(count)
    }


def test_after_a_thousand_bad_tries_by_others_the_owner_gets_in(zoe: User, time_machine) -> None:
    """At once on a device of theirs, from a network of the attack too; elsewhere after half a minute."""
    phone, library = Client(), Client()
    assert sign_in(phone) == 302
    phone.post("/deconnexion/")
    assert bad_tries(1000) == {200, 429}
    assert sign_in(phone, address="10.0.5.9") == 302
    assert sign_in(library) == 429
    time_machine.shift(30)
    assert sign_in(library) == 302


def test_somebody_else_s_device_is_nobody_s_device(zoe: User) -> None:
    make_user("leo")
    client = Client()
    client.post("/connexion/", {"login": "leo", "password": PASSWORD})
    client.post("/deconnexion/")
    bad_tries(40)
    assert sign_in(client) == 429


@pytest.mark.parametrize("value", ["", "x", "x:y:z", "WyJ4IiwgWyJ5Il1d:1:forged", "é"])
def test_a_forged_device_is_an_unknown_one(zoe: User, value: str) -> None:
    client = Client()
    client.cookies["preau_device"] = value
    bad_tries(40)
    assert sign_in(client) == 429


def test_a_refused_guess_is_not_read(zoe: User, monkeypatch) -> None:
    """Whoever is told to wait costs no hash."""
    for _ in range(5):
        sign_in(Client(), "faux")
    monkeypatch.setattr("preau.accounts.backends.SignInBackend.authenticate", lambda *args, **kwargs: 1 / 0)
    assert sign_in(Client()) == 429
