"""Numbers and labels of invoices."""

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.billing.rules.numbers import (
    SeriesFull,
    invoice_numbers,
    label_of,
    label_pattern_faults,
    number_pattern_faults,
    series_of,
)

JUNE = dt.date(2021, 6, 1)


def test_a_campaign_is_named_as_in_the_guide() -> None:
    assert label_of("PERI{YY}{MM}", dt.date(2021, 5, 1)) == "PERI2105"


def test_a_number_holds_its_date_and_its_count() -> None:
    assert invoice_numbers("{YYYY}{NNNNN}", 42, 2, JUNE) == ["202100042", "202100043"]


@pytest.mark.parametrize(
    ("pattern", "series"), [("{YYYY}{NNN}", "2021"), ("{YY}{MM}{NNN}", "21-06"), ("{NNNNNN}", ""), ("9{NNN}", "")]
)
def test_the_counter_starts_again_when_the_date_in_the_number_changes(pattern: str, series: str) -> None:
    assert series_of(pattern, JUNE) == series


def test_a_series_that_is_full_gives_no_wider_number() -> None:
    assert invoice_numbers("{NN}", 98, 2, JUNE) == ["98", "99"]
    with pytest.raises(SeriesFull):
        invoice_numbers("{NN}", 98, 3, JUNE)


@given(
    days=st.lists(st.dates(dt.date(2000, 1, 1), dt.date(2098, 12, 31)), min_size=2, max_size=2, unique=True),
    pattern=st.sampled_from(["{YYYY}{NNNNN}", "{YY}{MM}{NNNN}", "7{NNNNNN}{YY}", "{NNNNNNN}"]),
    count=st.integers(1, 9000),
)
def test_two_series_never_share_a_number(days: list[dt.date], pattern: str, count: int) -> None:
    one, other = days
    if series_of(pattern, one) != series_of(pattern, other):
        assert invoice_numbers(pattern, count, 1, one) != invoice_numbers(pattern, count, 1, other)


@pytest.mark.parametrize("pattern", ["{YYYY}{NNNNNN}", "{YY}{MM}{NNNNN}", "{NNNNNNNNNNNNN}", "12{YYYY}{NNN}"])
def test_a_pattern_of_digits_with_one_counter_can_be_used(pattern: str) -> None:
    assert number_pattern_faults(pattern) == []


@pytest.mark.parametrize(
    ("pattern", "fault"),
    [
        ("{YYYY}", "compteur"),
        ("{NNN}{NNN}", "compteur"),
        ("{MM}{NNNN}", "année"),
        ("{YYYY}{NNNNNNNNNN}", "14 signes"),
        ("F{NNNN}", "chiffres"),
        ("{DD}{NNNN}", "{DD}"),
        ("{NNNN", "compteur"),
        ("{NNNN}}", "accolade"),
    ],
)
def test_a_pattern_that_cannot_be_used_says_why(pattern: str, fault: str) -> None:
    assert any(re.search(re.escape(fault), text) for text in number_pattern_faults(pattern))


def test_a_label_knows_dates_only() -> None:
    assert label_pattern_faults("PERI{YY}{MM}") == []
    assert label_pattern_faults("PERI{NNN}") == ["{NNN} n’est pas connu ({YYYY}, {YY} ou {MM})"]
