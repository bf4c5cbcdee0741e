"""What proves a file to be one's own."""

import dataclasses
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.registration.choices import Step
from preau.registration.rules import (
    CODE_ALPHABET,
    CODE_LENGTH,
    MANY_EVERYWHERE,
    MANY_ON_A_FILE,
    MOST_BY_ACCOUNT,
    MOST_BY_ADDRESS,
    AdultFacts,
    Claim,
    FileFacts,
    Tries,
    adult_to_write,
    code_key,
    may_open,
    must_wait,
    name_key,
    number_key,
    open_step,
    proposed_username,
    proven_adult,
    spaced_code,
)

EVERY_PROOF = ("code", "contact", "agent")
ZOE = AdultFacts(1, "Zoé", "Pinceau", "Dupré", "zoe@example.org", has_account=False, codes=frozenset({"right"}))
MALIK = AdultFacts(2, "Malik", "Pinceau", "", "malik@example.org", has_account=False)
FILE = FileFacts("Pinceau-Dupré", (ZOE, MALIK))
CLAIM = Claim("PINCEAU DUPRE", "zoe", "pinceau", "zoe@example.org", proof="code", digest="right")


def test_names_and_numbers_are_compared_without_what_people_write_in_different_ways() -> None:
    assert name_key("D’Ângelo  de-La Tour") == name_key("d'angelo DE LA TOUR") == "dangelodelatour"
    assert name_key("Œuvrard") == name_key("oeuvrard")
    assert number_key("1084 – 3154") == number_key("1084-3154") == number_key("10843154") == "10843154"


@pytest.mark.parametrize("typed", ["k7pm2 wxq4t", "K7PM2-WXQ4T", " K7PM2WXQ4T "])
def test_a_code_is_read_whatever_its_case_and_spaces(typed: str) -> None:
    assert code_key(typed) == "K7PM2WXQ4T"


def test_letters_that_look_like_figures_are_read_as_figures() -> None:
    assert code_key("oOiIlLAAAA") == "001111AAAA"


@pytest.mark.parametrize("typed", ["", "K7PM2", "K7PM2WXQ4T2", "K7PM2WXQ4U", "K7PM2WXQ4é", "٣٣٣٣٣٣٣٣٣٣"])
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert code_key(typed) == ""


@given(st.text(alphabet=CODE_ALPHABET, min_size=CODE_LENGTH, max_size=CODE_LENGTH))
def test_a_code_printed_is_the_code_read(code: str) -> None:
    assert code_key(spaced_code(code)) == code


def test_a_code_says_to_whom_it_was_sent_whatever_the_name_typed() -> None:
    assert proven_adult(dataclasses.replace(CLAIM, first_name="Z."), FILE, proofs=EVERY_PROOF) == ZOE


@pytest.mark.parametrize(
    "wrong", [{"digest": "wrong"}, {"digest": ""}, {"file_name": "Martin"}, {"file_name": ""}, {"proof": ""}]
)
def test_a_wrong_code_or_name_proves_nothing(wrong: dict[str, str]) -> None:
    assert proven_adult(dataclasses.replace(CLAIM, **wrong), FILE, proofs=EVERY_PROOF) is None


def test_a_proof_that_the_town_does_not_accept_proves_nothing() -> None:
    assert proven_adult(CLAIM, FILE, proofs=("agent",)) is None


def test_an_address_shown_to_be_ones_own_proves_it_with_the_name() -> None:
    by_contact = dataclasses.replace(CLAIM, proof="contact", digest="")
    assert proven_adult(by_contact, FILE, proofs=EVERY_PROOF) == ZOE
    for wrong in ({"email": "other@example.org"}, {"first_name": "Malik"}, {"last_name": "Martin"}):
        assert proven_adult(dataclasses.replace(by_contact, **wrong), FILE, proofs=EVERY_PROOF) is None


def test_the_birth_name_and_the_first_of_the_first_names_will_do() -> None:
    by_contact = dataclasses.replace(CLAIM, proof="contact", digest="", last_name="DUPRE")
    file = FileFacts(FILE.name, (dataclasses.replace(ZOE, first_name="Zoé Marie"),))
    assert proven_adult(by_contact, file, proofs=EVERY_PROOF)


def test_without_any_proof_in_the_town_number_and_names_are_enough() -> None:
    bare = dataclasses.replace(CLAIM, proof="", digest="", email="new@example.org")
    assert proven_adult(bare, FILE, proofs=()) == ZOE
    assert proven_adult(dataclasses.replace(bare, first_name="Paul"), FILE, proofs=()) is None
    assert proven_adult(bare, FILE, proofs=EVERY_PROOF) is None


def test_an_adult_who_has_an_account_is_nobody_and_so_are_two_who_fit() -> None:
    bare = dataclasses.replace(CLAIM, proof="", digest="")
    taken = dataclasses.replace(ZOE, has_account=True)
    assert proven_adult(CLAIM, FileFacts(FILE.name, (taken,)), proofs=EVERY_PROOF) is None
    assert proven_adult(bare, FileFacts(FILE.name, (ZOE, ZOE)), proofs=()) is None


def test_a_code_is_mailed_only_to_the_known_address_of_a_namesake() -> None:
    assert adult_to_write(CLAIM, FILE) == ZOE
    for wrong in ({"file_name": "Martin"}, {"first_name": "Paul"}):
        assert adult_to_write(dataclasses.replace(CLAIM, **wrong), FILE) is None
    assert adult_to_write(CLAIM, FileFacts(FILE.name, (dataclasses.replace(ZOE, email=""),))) is None


def test_a_hundred_thousand_guesses_of_number_and_name_prove_nothing() -> None:
    """Number, name of the file and own name all right, each time: what is missing is a proof."""
    draw = random.Random(3)
    for _ in range(100_000):
        proof = draw.choice(["", *EVERY_PROOF])
        digest = f"{draw.getrandbits(256):064x}" if proof else ""
        guess = Claim(FILE.name, "Zoé", "Pinceau", f"guess{draw.random()}@example.org", proof=proof, digest=digest)
        assert proven_adult(guess, FILE, proofs=EVERY_PROOF) is None


# How often one may try


def test_an_account_tries_five_times_an_hour() -> None:
    assert not must_wait(Tries(account=MOST_BY_ACCOUNT - 1))
    assert must_wait(Tries(account=MOST_BY_ACCOUNT))
    assert must_wait(Tries(address=MOST_BY_ADDRESS))


def test_the_owner_is_read_however_many_others_try_the_file() -> None:
    siege = Tries(file=10 * MANY_ON_A_FILE, everywhere=10 * MANY_EVERYWHERE)
    assert not must_wait(siege)
    assert not must_wait(dataclasses.replace(siege, account=1))
    assert must_wait(dataclasses.replace(siege, account=2))


# The steps


def test_no_step_opens_before_those_in_front_of_it() -> None:
    steps = list(Step)
    assert open_step(steps, []) == Step.ABOUT
    assert open_step(steps, [Step.ABOUT, Step.TERMS]) == Step.FILE
    assert open_step(steps, steps[:-1]) == Step.RECAP
    assert [may_open(step, steps, [Step.ABOUT, Step.FILE]) for step in steps] == [True, True, True, False, False]
    assert [may_open(step, steps, [Step.FILE]) for step in steps] == [True, False, False, False, False]


def test_a_user_name_is_proposed_that_nobody_has() -> None:
    assert proposed_username("Zoé", "de La Tour", set()) == "z.delatour"
    assert proposed_username("Zoé", "Pinceau", {"z.pinceau", "z.pinceau2"}) == "z.pinceau3"
    assert proposed_username("李", "王", set())
