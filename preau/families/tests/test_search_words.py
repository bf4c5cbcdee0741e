"""What is typed and what is kept are folded alike."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.families.search_words import MOST_WORDS, phone_digits, wanted_words, words_of_name, words_of_phone

NAMES = st.text(st.characters(categories=["L", "Zs"], include_characters="-’' "), min_size=1, max_size=30)


def bare(text: str) -> str:
    return "".join(sign for sign in unicodedata.normalize("NFD", text) if not unicodedata.combining(sign))


def is_found(words: set[str], typed: str) -> bool:
    wanted = wanted_words(typed)
    return bool(wanted) and all(any(word.startswith(each) for word in words) for each in wanted)


@given(NAMES)
def test_every_name_is_found_by_itself(name: str) -> None:
    assert is_found(words_of_name(name), name) or not wanted_words(name)


@given(st.text("aàâäbcçdeéèêëfgiîïjklmnoôöœpqrstuùûüvxyÿzÆŒ -’", min_size=1, max_size=30))
def test_what_is_found_with_accents_is_found_without(name: str) -> None:
    assert wanted_words(name) == wanted_words(bare(name).upper()) == wanted_words(name.lower())


@pytest.mark.parametrize("typed", ["roux", "D’ALMEIDA", "almeida-roux", "alm rou", "dalmeïdaroux"])
def test_a_double_name_is_found_by_each_of_its_parts(typed: str) -> None:
    assert is_found(words_of_name("D’Almeïda-Roux"), typed)


@pytest.mark.parametrize("typed", ["oux", "meida", "rouxx"])
def test_the_middle_of_a_word_finds_nothing(typed: str) -> None:
    assert not is_found(words_of_name("D’Almeïda-Roux"), typed)


PHONES = ["06 12 34 56 78", "0612345678", "06.12.34.56.78", "+33 6 12 34 56 78", "+33(0)612345678", "0033 612345678"]


@pytest.mark.parametrize("written", PHONES)
@pytest.mark.parametrize("typed", [*PHONES, "56 78", "345678", "0612"])
def test_a_phone_is_found_however_it_is_written(written: str, typed: str) -> None:
    assert is_found(words_of_phone(written), typed)


def test_a_foreign_phone_keeps_its_digits() -> None:
    assert phone_digits("+32 470 12 34 56") == "32470123456"


@pytest.mark.parametrize("typed", ["1084-3154", "10843154", "1084 3154", "3154", "1084"])
def test_a_number_is_found_with_or_without_its_dash(typed: str) -> None:
    assert is_found(words_of_name("1084-3154"), typed)


def test_a_number_and_a_name_are_two_words() -> None:
    assert wanted_words("Pinceau 06 12 34 56 78") == ["0612345678", "pinceau"]


def test_a_number_that_ends_in_a_letter_is_one_word() -> None:
    assert wanted_words("20418b") == ["20418b"]


@pytest.mark.parametrize("typed", ["", "   ", "’ - .", "%_"])
def test_signs_alone_are_no_word(typed: str) -> None:
    assert wanted_words(typed) == []


@given(st.text(max_size=200))
def test_anything_may_be_typed(typed: str) -> None:
    assert len(wanted_words(typed)) <= MOST_WORDS
