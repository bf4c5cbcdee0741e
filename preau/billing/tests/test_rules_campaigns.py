"""What may be prepared, and what looks odd."""

import datetime as dt

import pytest

from preau.billing.rules.campaigns import CampaignRefusal, change_percent, is_far, months_ready, opening_refusal


def test_a_period_is_billed_from_the_day_after_its_last() -> None:
    last = dt.date(2026, 9, 30)
    assert opening_refusal(last, last) == CampaignRefusal.NOT_OVER
    assert opening_refusal(last, last + dt.timedelta(days=1)) is None


def test_the_months_that_are_over_are_offered_the_latest_first() -> None:
    assert [str(month) for month in months_ready(dt.date(2026, 2, 1))][:3] == ["2026-01", "2025-12", "2025-11"]


@pytest.mark.parametrize(
    ("cents", "before", "far"),
    [
        (40210, 12970, True),
        (5000, 10000, True),
        (19999, 10000, False),
        (3000, 1001, False),  # three times as much, but less than 20 €
        (3001, 1001, True),
        (50000, 0, False),  # a family that starts
    ],
)
def test_an_amount_is_far_when_it_doubles_or_halves_by_twenty_euros(cents: int, before: int, far: bool) -> None:
    assert is_far(cents, before) is far


def test_a_change_is_told_in_percent() -> None:
    assert change_percent(40210, 12970) == 210
