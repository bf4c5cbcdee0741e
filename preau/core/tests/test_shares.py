"""Sharing an amount between payers."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.core.money import Cents
from preau.core.shares import share_out

totals = st.integers(-(10**7), 10**7).map(Cents)
weights_ = st.lists(st.integers(0, 100), min_size=1, max_size=6).filter(any)


def test_the_cent_left_over_goes_to_the_first_payer() -> None:
    assert share_out(Cents(6815), [50, 50]) == [3408, 3407]


def test_cents_left_over_go_to_the_largest_remainders() -> None:
    assert share_out(Cents(100), [1, 1, 4]) == [17, 17, 66]


def test_a_payer_without_weight_pays_nothing() -> None:
    assert share_out(Cents(1001), [0, 1, 0]) == [0, 1001, 0]


@given(totals, weights_)
def test_no_cent_is_lost(total: Cents, weights: list[int]) -> None:
    assert sum(share_out(total, weights)) == total


@given(totals, weights_)
def test_each_share_is_within_a_cent_of_its_exact_value(total: Cents, weights: list[int]) -> None:
    for share, weight in zip(share_out(total, weights), weights, strict=True):
        assert abs(share - Fraction(total * weight, sum(weights))) < 1


@given(totals.filter(lambda total: total >= 0), weights_)
def test_nobody_pays_less_than_nothing(total: Cents, weights: list[int]) -> None:
    assert min(share_out(total, weights)) >= 0


@given(totals, weights_)
def test_a_credit_is_shared_as_its_opposite(total: Cents, weights: list[int]) -> None:
    assert share_out(Cents(-total), weights) == [-share for share in share_out(total, weights)]


@given(totals, weights_, st.integers(2, 9))
def test_only_the_proportions_matter(total: Cents, weights: list[int], times: int) -> None:
    assert share_out(total, [weight * times for weight in weights]) == share_out(total, weights)


@pytest.mark.parametrize("weights", [[], [0], [0, 0], [2, -1]])
def test_weights_that_share_nothing_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        share_out(Cents(100), weights)
