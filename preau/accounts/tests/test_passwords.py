"""Choosing a password: length and nothing else, but for what anybody would try first."""

import os
import threading
import time
from importlib import import_module

import pytest
from django import forms
from django.utils.module_loading import import_string

from preau.accounts import hashers
from preau.accounts.hashers import PortalArgon2
from preau.accounts.models import User
from preau.accounts.passwords import ChoosesPassword, password_faults, words_of
from preau.town.models import Town

TOWN = Town(name="Vigneux-sur-Seine", portal_name="Espace familles", password_minimum=12)
ZOE = User(first_name="Zoé", last_name="Pinceau-Léger", username="Z-pinceau", email="zoe.durand@exemple.fr")
GOOD = "girafe sept lampe nuage"


def faults(password: str, *, words=(), town: Town = TOWN) -> str:
    return " ".join(password_faults(password, words=words, town=town))


@pytest.mark.parametrize(
    "password",
    [
        GOOD,
        "xkqzvbnmtrpl",
        "un-mot-de-passe-assez-long",
        "ÀÉÎÕÜ àéîõü 12",
        "🦒🦒🦁🐧🐢🦆🐙🐝🦊🐸🦋🐞",
        "a1" * 6 + "zyxw-plt",
        "x" * 5 + "tkmqrzv" * 17,
    ],
)
def test_any_signs_will_do_when_there_are_enough_of_them(password: str) -> None:
    assert faults(password) == ""


def test_twelve_signs_will_do_and_eleven_will_not() -> None:
    assert "au moins 12 signes" in faults("xkqzvbnmtrp")
    assert faults("xkqzvbnmtrpl") == ""


def test_a_town_may_ask_for_more() -> None:
    longer = Town(name="Vigneux", portal_name="Espace", password_minimum=16)
    assert "au moins 16 signes" in faults("xkqzvbnmtrpl", town=longer)


def test_a_hundred_and_twenty_eight_signs_are_accepted_and_one_more_is_not() -> None:
    signs = "".join(chr(97 + number * 7 % 26) + chr(97 + number // 26) for number in range(65))
    assert faults(signs[:128]) == ""
    assert "au plus 128 signes" in faults(signs[:129])


@pytest.mark.parametrize(
    "password",
    [
        "cantine2026!",
        "Cantine-2026",
        "vigneux-sur-seine",
        "VigneuxSurSeine91",
        "Vigneux*2026*",
        "EspaceFamilles1",
        "motdepasse2026",
        "M0tdeP@sse!!",
        "azertyuiop123",
        "azertyuiopqs",
        "123456789012",
        "098765432109",
        "aaaaaaaaaaaa",
        "abababababab",
        "soleilsoleil",
        "girafegirafe",
        "mamanpapa2026",
        "sunshine2026",
        "1234567890123456",
        "Périscolaire1!",
        "839201748265",
        "14/03/1985 - 1985",
    ],
)
def test_what_anybody_would_try_first_is_refused(password: str) -> None:
    assert "trop courant" in faults(password)


@pytest.mark.parametrize(
    "password",
    [
        "pinceau-vert-lune",
        "lune verte LEGER",
        "zpinceau lune vert",
        "zoe.durand vive",
        "duránd lune verte",
        "Z-Pinceau et moi",
    ],
)
def test_the_person_s_own_words_are_refused(password: str) -> None:
    assert "votre nom" in faults(password, words=words_of(ZOE))


def test_the_number_of_the_file_is_one_of_them() -> None:
    assert "numéro de dossier" in faults("girafe 104233 lune", words=["104233"])


def test_short_names_and_the_part_after_the_at_of_an_address_refuse_nothing() -> None:
    assert faults("zoetrope exemple lune", words=words_of(ZOE)) == ""


def form(**typed: str) -> ChoosesPassword:
    return ChoosesPassword(typed, town=TOWN, words=["Pinceau"])


def test_the_form_asks_for_the_same_password_twice() -> None:
    assert form(password=GOOD, password_again=GOOD).is_valid()
    assert "deux fois le même" in str(form(password=GOOD, password_again=GOOD + "x").errors)
    assert "Choisissez un mot de passe" in str(form().errors)


def test_the_form_refuses_what_it_knows_of_the_person_and_what_they_type() -> None:
    class Named(ChoosesPassword):
        nickname = forms.CharField()
        fields_with_words = ("nickname",)

    assert "votre nom" in str(form(password="pinceau lune vert", password_again="pinceau lune vert").errors)
    typed = {"password": "tournesol lune vert", "password_again": "tournesol lune vert", "nickname": "Tournesol"}
    assert "votre nom" in str(Named(typed, town=TOWN).errors)


def test_a_password_is_never_written_back_in_the_page() -> None:
    assert "xkqzvb" not in str(form(password="xkqzvb", password_again="xkqzvb"))


def test_spaces_are_signs_like_others() -> None:
    spaced = form(password=" girafe sept lune ", password_again=" girafe sept lune ")
    assert spaced.is_valid()
    assert spaced.cleaned_data["password"] == " girafe sept lune "


# Hashing


def test_a_process_computes_few_hashes_at_once(monkeypatch) -> None:
    """The rest wait: they would only take memory from each other."""
    running, most, lock = 0, 0, threading.Lock()

    def slow(*args: object) -> str:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with lock:
            running -= 1
        return "argon2$x"

    monkeypatch.setattr(hashers, "AT_ONCE", threading.BoundedSemaphore(2))
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.encode", slow)
    threads = [threading.Thread(target=PortalArgon2().encode, args=("x", "y")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2


def test_a_hash_costs_what_was_measured() -> None:
    """19 MiB, 2 passes, 1 lane: about 20 ms of a core (docs of the cost in hashers.py). Tests have a quicker one."""
    (hasher,) = import_module(os.environ["DJANGO_SETTINGS_MODULE"]).PASSWORD_HASHERS
    encoded = import_string(hasher)().encode("girafe", "a" * 22)
    assert encoded.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
