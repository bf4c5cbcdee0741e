"""Which sector an address is in, and what is wrong with sectors that meet."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.members.sectors import EVEN, ODD, StreetPart, overlaps, read_address, sector_of, side_of, street_key

PARTS = (
    StreetPart("est", "avenue de Stalingrad", 1, 120),
    StreetPart("ouest", "avenue de Stalingrad", 121),
    StreetPart("est", "rue Guynemer", side=ODD),
    StreetPart("ouest", "rue Guynemer", side=EVEN),
    StreetPart("est", "rue de l’Épi-d’Or"),
    StreetPart("ouest", "rue du 8-Mai-1945"),
)


@pytest.mark.parametrize(
    ("lines", "sector"),
    [
        ("120 avenue de Stalingrad", "est"),
        ("121 avenue de Stalingrad", "ouest"),
        ("12 bis, Av. Stalingrad", "est"),
        ("7B rue Guynemer", "est"),
        ("8 rue GUYNEMER, 94800 Villejuif", "ouest"),
        ("Bât. 4, 3 rue de l'Epi d'or", "est"),
        ("Résidence du Parc\n9, rue de l’Épi-d’Or", "est"),
        ("rue de l’Épi-d’Or", "est"),
        ("rue Guynemer", None),
        ("8 rue du 8 mai 1945", "ouest"),
        ("8 rue des Inconnus", None),
        ("", None),
    ],
)
def test_an_address_is_read_as_people_write_it(lines: str, sector: str | None) -> None:
    assert sector_of(lines, PARTS) == sector


def test_ways_of_writing_a_street_have_one_key() -> None:
    assert street_key("Bd Maxime Gorki") == street_key("boulevard Maxime-GORKI") == "boulevard maxime gorki"
    assert street_key("rue Pascal") != street_key("place Pascal")


@pytest.mark.parametrize(
    ("one", "other", "meet"),
    [
        (StreetPart("a", "rue Pascal", 1, 10), StreetPart("b", "rue Pascal", 11, 20), False),
        (StreetPart("a", "rue Pascal", 1, 10), StreetPart("b", "Rue PASCAL", 10, 20), True),
        (StreetPart("a", "rue Pascal", side=ODD), StreetPart("b", "rue Pascal", side=EVEN), False),
        (StreetPart("a", "rue Pascal", side=ODD), StreetPart("b", "rue Pascal"), True),
        (StreetPart("a", "rue Pascal", 1, 10, ODD), StreetPart("b", "rue Pascal", 10, 20), False),
        (StreetPart("a", "rue Pascal"), StreetPart("b", "rue Guynemer"), False),
    ],
)
def test_two_sectors_do_not_share_a_number(one: StreetPart, other: StreetPart, meet: bool) -> None:
    assert bool(list(overlaps([one, other]))) == meet


@given(
    st.lists(
        st.builds(
            StreetPart,
            st.sampled_from("ab"),
            st.just("rue Pascal"),
            st.integers(1, 12),
            st.integers(1, 12),
            st.sampled_from(["", EVEN, ODD]),
        ).filter(lambda part: part.first <= part.last),
        min_size=2,
        max_size=2,
    )
)
def test_sharing_a_number_is_having_one_in_both(parts: list[StreetPart]) -> None:
    shared = any(parts[0].has(number) and parts[1].has(number) for number in range(1, 13))
    assert bool(list(overlaps(parts))) == shared


def test_the_side_of_a_street_is_that_of_its_numbers() -> None:
    assert [side_of(number) for number in (1, 2, 99)] == [ODD, EVEN, ODD]
    assert read_address("2 rue Pascal")[0] == (2, "rue pascal")
