"""Entry dates and groups, on plain values."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.enrolments.choices import Refusal
from preau.enrolments.rules import IntakeFacts, entry_span, has_room, intake_refusal, suitable_intakes

RENTREE, SUMMER = dt.date(2026, 9, 1), dt.date(2027, 7, 2)
DAY = dt.timedelta(days=1)

codes = st.sampled_from(["ps", "ms", "gs"])
intakes = st.lists(
    st.builds(
        IntakeFacts,
        key=st.integers(1, 50),
        levels=st.frozensets(codes, max_size=2),
        schools=st.frozensets(codes, max_size=2),
        places_left=st.none() | st.integers(-1, 2),
    ),
    max_size=6,
)


def span(today):
    return entry_span(starts_on=RENTREE, ends_on=SUMMER, today=today)


def test_before_it_starts_one_enters_an_activity_on_its_first_day_at_the_earliest():
    assert span(dt.date(2026, 6, 1)).first == RENTREE
    assert span(dt.date(2026, 6, 1)).refusal(RENTREE - DAY) == Refusal.TOO_EARLY
    assert span(dt.date(2026, 6, 1)).refusal(RENTREE) is None


def test_once_it_has_started_one_enters_today_at_the_earliest():
    today = dt.date(2026, 11, 5)
    assert span(today).refusal(today - DAY) == Refusal.TOO_EARLY
    assert span(today).refusal(today) is None


def test_one_enters_on_the_last_day_at_the_latest():
    today = dt.date(2026, 11, 5)
    assert span(today).refusal(SUMMER) is None
    assert span(today).refusal(SUMMER + DAY) == Refusal.TOO_LATE


@pytest.mark.parametrize(
    ("level", "school", "expected"),
    [("gs", "peri", [1, 2, 3, 4]), ("ps", "peri", [1, 4]), ("gs", "zay", [3, 4]), (None, None, [4])],
)
def test_a_group_made_for_the_school_comes_before_one_for_the_level_then_for_anyone(level, school, expected):
    offered = [
        IntakeFacts(key=4),
        IntakeFacts(key=3, levels=frozenset({"gs"})),
        IntakeFacts(key=1, schools=frozenset({"peri"})),
        IntakeFacts(key=2, schools=frozenset({"peri"}), levels=frozenset({"gs"})),
    ]
    found = [intake.key for intake in suitable_intakes(offered, level=level, school=school)]
    assert sorted(found) == expected
    assert found[-1] == 4
    if {1, 3} <= set(found):
        assert found.index(1) < found.index(3)


@given(intakes, st.none() | codes, st.none() | codes)
def test_no_child_goes_in_a_group_for_another_level_or_school(offered, level, school):
    for intake in suitable_intakes(offered, level=level, school=school):
        assert not intake.levels or level in intake.levels
        assert not intake.schools or school in intake.schools


@given(intakes, st.none() | codes, st.none() | codes)
def test_what_is_refused_is_what_has_no_group_or_no_place(offered, level, school):
    suitable = suitable_intakes(offered, level=level, school=school)
    refusal = intake_refusal(suitable)
    assert (refusal == Refusal.NO_GROUP) == (not suitable)
    assert (refusal is None) == any(map(has_room, suitable))


@pytest.mark.parametrize(("left", "room"), [(None, True), (1, True), (0, False), (-1, False)])
def test_a_group_without_limit_always_has_room(left, room):
    assert has_room(IntakeFacts(key=1, places_left=left)) is room
