"""Until when a document is good, who owes which, where they stand, what a file is called."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.documents.choices import Stage, Standing, Validity
from preau.documents.rules import (
    Enrolled,
    Given,
    Owed,
    is_owed_by,
    parse_owed,
    proposed_until,
    standing_of,
    strictest,
    title_of,
    weight,
)

D = dt.date
TODAY = D(2026, 11, 9)
YEAR_END = D(2027, 7, 2)


@pytest.mark.parametrize(
    ("validity", "months", "until"),
    [
        (Validity.FOREVER, None, None),
        (Validity.MONTHS, 12, D(2027, 11, 9)),
        (Validity.SCHOOL_YEAR, None, YEAR_END),
        (Validity.YEAR, None, D(2026, 12, 31)),
        (Validity.ASKED, None, None),
    ],
)
def test_an_end_is_proposed_by_kind(validity: Validity, months: int | None, until: dt.date | None) -> None:
    assert proposed_until(validity, months=months, on=TODAY, year_ends_on=YEAR_END) == until


@pytest.mark.parametrize(
    ("owed", "person", "expected"),
    [
        (Owed(Stage.OPTIONAL), Enrolled(), True),
        (Owed(Stage.OPTIONAL, activities=("judo",)), Enrolled(activities=frozenset({"judo", "judo-2026-2027"})), True),
        (Owed(Stage.OPTIONAL, activities=("judo",)), Enrolled(), False),
        (Owed(Stage.OPTIONAL, levels=("ps",)), Enrolled(level="ps"), True),
        (Owed(Stage.OPTIONAL, levels=("ps",)), Enrolled(level=None), False),
        (Owed(Stage.OPTIONAL, age_from=3, age_to=5), Enrolled(age=3), True),
        (Owed(Stage.OPTIONAL, age_from=3, age_to=5), Enrolled(age=5), True),
        (Owed(Stage.OPTIONAL, age_from=3, age_to=5), Enrolled(age=6), False),
        (Owed(Stage.OPTIONAL, age_to=5), Enrolled(age=None), False),
    ],
)
def test_a_document_is_owed_by_whoever_all_conditions_fit(owed: Owed, person: Enrolled, expected: bool) -> None:
    assert is_owed_by(owed, person) is expected


def test_of_several_cases_the_soonest_counts() -> None:
    cases = [Owed(Stage.OPTIONAL), Owed(Stage.BEFORE_FIRST_DAY), Owed(Stage.BEFORE_BOOKING)]
    assert strictest(cases) == cases[2]
    assert strictest([]) is None


def test_a_case_of_an_unknown_stage_is_no_case() -> None:
    with pytest.raises(ValueError):
        parse_owed({"stage": "one day"})


DAYS = dt.timedelta(days=1)


@pytest.mark.parametrize(
    ("documents", "standing"),
    [
        ([], Standing.MISSING),
        ([Given("handed")], Standing.WAITING),
        ([Given("handed", is_incomplete=True)], Standing.REFUSED),
        ([Given("refused")], Standing.REFUSED),
        ([Given("accepted")], Standing.OK),
        ([Given("accepted", TODAY + 31 * DAYS)], Standing.OK),
        ([Given("accepted", TODAY + 30 * DAYS)], Standing.EXPIRING),
        ([Given("accepted", TODAY)], Standing.EXPIRING),
        ([Given("accepted", TODAY - DAYS)], Standing.EXPIRED),
        ([Given("handed"), Given("accepted", TODAY - DAYS)], Standing.WAITING),
        ([Given("handed"), Given("accepted", TODAY)], Standing.WAITING),
        ([Given("handed"), Given("accepted")], Standing.OK),
        ([Given("refused"), Given("accepted")], Standing.OK),
        ([Given("refused"), Given("accepted", TODAY - DAYS)], Standing.REFUSED),
        ([Given("refused"), Given("accepted", TODAY + DAYS)], Standing.EXPIRING),
        ([Given("handed"), Given("refused")], Standing.WAITING),
    ],
)
def test_where_somebody_stands(documents: list[Given], standing: Standing) -> None:
    assert standing_of(documents, TODAY) == standing


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("facture.pdf", "facture"),
        ("../../etc/passwd.pdf", "passwd"),
        ("C:\\Users\\Zoé\\carnet.JPG", "carnet"),
        ("a\r\nSet-Cookie: x.pdf", "a Set-Cookie: x"),
        ("photo\u202egpj.pdf", "photo gpj"),
        ("😀.jpg", "😀"),
        (".pdf", "pdf"),
        ("", "document"),
        ("é" * 250 + ".pdf", "é" * 100),
        ("Avis 2025. Page 3.pdf", "Avis 2025. Page 3"),
    ],
)
def test_a_file_is_called_by_its_name_alone(name: str, title: str) -> None:
    assert title_of(name) == title


@given(st.text())
def test_a_title_is_never_empty_nor_on_two_lines(name: str) -> None:
    title = title_of(name)
    assert 0 < len(title) <= 100
    assert title.isprintable() or not any(sign in title for sign in "\r\n\0\u202e")


def test_a_weight_is_told_in_french() -> None:
    assert [weight(size) for size in (1, 212_400, 1_400_000)] == ["1\u00a0Ko", "212\u00a0Ko", "1,4\u00a0Mo"]
