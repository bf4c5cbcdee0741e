"""Who looks like the person who asks, and why."""

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.demarches.choices import Likeness
from preau.demarches.rules import WEIGHTS, Known, fold, likeness, phone_figures, strength

INES = Known(
    first_names="Inès Marie",
    family_names=("Laurent", "Le Goff"),
    birth_date="1985-03-14",
    phones=("06 12 34 56 78", "", "01 45 59 20 00"),
    email="ines@example.org",
    address="12, rue des Écoles",
    postcode="78670",
    numbers=("1084",),
)
NOBODY = Known(first_names="Paul", family_names=("Martin", ""), phones=("",))


def like(**fields: object) -> tuple[Likeness, ...]:
    return likeness(INES, dataclasses.replace(NOBODY, **fields))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"first_names": "INES", "family_names": ("Laurent", "")}, ["name"]),
        ({"first_names": "Inès", "family_names": ("Durand", "Le Goff")}, ["name"]),
        ({"first_names": "Ines", "family_names": ("LE-GOFF", "")}, ["name"]),
        ({"phones": ("+33 6 12 34 56 78",)}, ["phone"]),
        ({"phones": ("0145592000",)}, ["phone"]),
        ({"email": "INES@example.org"}, ["email"]),
        ({"birth_date": "1985-03-14"}, ["birth_date"]),
        ({"address": "12 RUE DES ECOLES", "postcode": "78670"}, ["address"]),
        ({"address": "12 RUE DES ECOLES", "postcode": "94800"}, []),
        ({"numbers": ("77", "1084")}, ["number"]),
        ({"family_names": ("Laurent", "")}, []),  # thousands bear a name
        (
            {"family_names": ("Laurent", ""), "address": "12 rue des Écoles", "postcode": "78670"},
            ["address", "family_name"],
        ),
    ],
)
def test_each_thing_in_common_is_a_reason(fields: dict[str, object], reasons: list[str]) -> None:
    assert like(**fields) == tuple(reasons)


def test_half_known_dates_of_birth_make_no_candidate() -> None:
    half = dataclasses.replace(INES, birth_date="1985")
    assert likeness(half, dataclasses.replace(NOBODY, birth_date="1985")) == ()


def test_what_is_empty_on_both_sides_is_nothing_in_common() -> None:
    empty = Known(first_names="", family_names=("", ""), phones=("", ""))
    assert likeness(empty, empty) == ()


@given(words=st.text(max_size=40))
def test_folding_twice_changes_nothing_more(words: str) -> None:
    assert fold(fold(words)) == fold(words)
    assert fold(words).isascii()


def test_a_number_is_the_same_however_it_is_written() -> None:
    assert {phone_figures(text) for text in ("06.12 34-56 78", "+33612345678", "0033 6 12 34 56 78")} == {"0612345678"}


def test_more_reasons_weigh_more() -> None:
    assert strength(list(WEIGHTS)) > strength([Likeness.NAME]) > strength([Likeness.FAMILY_NAME]) > strength([])
