"""Who is the same person: written otherwise, yes; somebody who looks alike, no."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.families.rules import Identity, folded, is_same_person, sole_match

ZOE = Identity("Zoé Marie", "Pinceau", "1988-04-12", "94076", "99100")

LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüœ"
word = st.text(LETTERS, min_size=1, max_size=10)
names = st.lists(word, min_size=1, max_size=3)
separators = st.sampled_from([" ", "-", "’", "'", " - "])


@st.composite
def same_name_twice(draw: st.DrawFn) -> tuple[str, str]:
    """One name, written by two clerks."""
    parts = draw(names)
    return draw(separators).join(parts), draw(separators).join(parts).upper()


def file_of(proved: Identity, **changes: str) -> Identity:
    """What a file knows of this person, but for `changes`."""
    known = {
        "first_names": proved.first_names.split()[0],
        "birth_name": "",
        "birth_date": proved.birth_date,
        "name": proved.birth_name,
    }
    return Identity(**(known | changes))


@given(same_name_twice())
def test_case_hyphens_and_apostrophes_do_not_matter(names: tuple[str, str]) -> None:
    known, proved = (Identity("Zoé", name, "1988-04-12") for name in names)
    assert is_same_person(known, proved)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zoé", "ZOE"),
        ("D’Almeïda", "d'almeida"),
        ("Lefèvre-Œillet", "LEFEVRE OEILLET"),
        ("Traoré Diallo", "TRAORE-DIALLO"),
        ("Nguyễn", "Nguyen"),
        ("Łukasz", "LUKASZ"),
    ],
)
def test_accents_do_not_matter(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@given(word, word)
def test_another_name_is_another_person(one: str, other: str) -> None:
    known, proved = Identity("Zoé", one, "1988-04-12"), Identity("Zoé", other, "1988-04-12")
    assert is_same_person(known, proved) == (folded(one) == folded(other))


@pytest.mark.parametrize(
    ("in_file", "all_first_names", "same"),
    [
        ("Zoé", "Zoé Marie Anne", True),
        ("Zoé Marie", "Zoé Marie Anne", True),
        ("Marie Anne", "Marie-Anne Louise", True),
        ("Marie-Anne", "Marie Anne Louise", True),
        ("Jean", "Jean-Pierre", False),
        ("Jean-Pierre", "Jean", False),
        ("Marie", "Zoé Marie", False),
        ("Zo", "Zoé", False),
        ("", "Zoé", False),
        ("-", "Zoé", False),
    ],
)
def test_the_first_first_name_at_least_is_the_same(in_file: str, all_first_names: str, same: bool) -> None:
    assert is_same_person(Identity(in_file, "Pinceau", "1988"), Identity(all_first_names, "Pinceau", "1988")) is same


@pytest.mark.parametrize(
    ("in_file", "proved", "same"),
    [
        ("1988-04-12", "1988-04-12", True),
        ("1988-04-12", "1988-04", True),
        ("1988-04-12", "1988", True),
        ("1988", "1988-04-12", True),
        ("1988-04-12", "1988-04-13", False),
        ("1988-04-12", "1988-05", False),
        ("1988-04", "1987", False),
        ("", "1988-04-12", False),
        ("1988-04-12", "", False),
    ],
)
def test_dates_agree_on_what_both_know_and_both_know_the_year(in_file: str, proved: str, same: bool) -> None:
    known = Identity("Zoé", "Pinceau", in_file)
    assert is_same_person(known, Identity("Zoé", "Pinceau", proved)) is same


@given(st.dates(), st.integers(1, 3), st.integers(1, 3))
def test_a_date_agrees_with_its_own_parts(day, kept: int, told: int) -> None:
    parts = day.isoformat().split("-")
    known, proved = (Identity("Zoé", "Pinceau", "-".join(parts[:count])) for count in (kept, told))
    assert is_same_person(known, proved)


def test_a_married_name_is_the_one_of_the_file_when_it_knows_no_birth_name() -> None:
    proved = Identity("Inès", "Roussel", "1990-02-01", name="Carpentier")
    assert is_same_person(file_of(proved, name="Carpentier"), proved)
    assert is_same_person(file_of(proved, name="Roussel"), proved)
    assert not is_same_person(file_of(proved, name="Carpentier", birth_name="Martin"), proved)


def test_half_of_a_double_name_is_another_name() -> None:
    proved = Identity("Aminata", "Traoré Diallo", "1985-09-03")
    assert not is_same_person(file_of(proved, name="Diallo"), proved)
    assert is_same_person(file_of(proved, name="Traore-Diallo"), proved)


@pytest.mark.parametrize(
    ("place", "country", "same"),
    [
        ("", "", True),
        ("94076", "", True),
        ("94076", "99100", True),
        ("", "99100", True),
        ("75114", "", False),
        ("75114", "99100", False),
        ("", "99350", False),
    ],
)
def test_what_the_file_knows_of_the_birthplace_agrees(place: str, country: str, same: bool) -> None:
    assert is_same_person(file_of(ZOE, birth_place=place, birth_country=country), ZOE) is same


@pytest.mark.parametrize(("place", "same"), [("", True), ("94076", False)])
def test_a_person_born_abroad_was_not_born_in_a_town_of_ours(place: str, same: bool) -> None:
    abroad = Identity("Zoé", "Pinceau", "1988-04-12", "", "99350")
    assert is_same_person(file_of(abroad, birth_place=place), abroad) is same


def test_namesakes_are_nobody() -> None:
    assert sole_match({}, ZOE) is None
    assert sole_match({1: file_of(ZOE), 2: file_of(ZOE, first_names="Malik")}, ZOE) == 1
    assert sole_match({1: file_of(ZOE), 2: file_of(ZOE, birth_date="1988")}, ZOE) is None


@given(st.lists(st.sampled_from(["Zoé", "Malik", "zoe"]), max_size=5))
def test_one_is_found_only_when_alone(first_names: list[str]) -> None:
    people = {place: file_of(ZOE, first_names=first) for place, first in enumerate(first_names)}
    zoes = [place for place, first in enumerate(first_names) if folded(first) == "zoe"]
    assert sole_match(people, ZOE) == (zoes[0] if len(zoes) == 1 else None)
