"""What a régisseur signs is what they have read."""

import datetime as dt

import pytest

from preau.billing.rules.reading import ReadRefusal, read_refusal

DRAFTED = dt.datetime(2026, 10, 2, 8, 0, 0, 123456, tzinfo=dt.UTC)
TODAY = dt.date(2026, 10, 2)


def refusal(*, read: str = DRAFTED.isoformat(), due_on: dt.date = TODAY) -> ReadRefusal | None:
    return read_refusal(read=read, drafted_at=DRAFTED, due_on=due_on, today=TODAY)


def test_the_draft_that_was_read_may_be_issued() -> None:
    assert refusal() is None


@pytest.mark.parametrize("read", ["", "2026-10-02T08:00:00+00:00", "2026-10-02T08:00:00.123457+00:00"])
def test_another_draft_is_read_first(read: str) -> None:
    assert refusal(read=read) == ReadRefusal.REDRAFTED


def test_a_date_within_the_year_may_be_asked_for() -> None:
    assert refusal(due_on=dt.date(2027, 10, 3)) is None
    assert refusal(due_on=dt.date(2027, 10, 4)) == ReadRefusal.DUE_TOO_FAR
