"""How full groups are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.bookings.rules.occupancy import Fullness, Places, fullest, places, together, within

CENTRE, SMALL, TALL, OTHER = 1, 2, 3, 4


@pytest.mark.parametrize(
    ("taken", "capacity", "fullness"),
    [
        (0, 48, Fullness.FREE),
        (43, 48, Fullness.FREE),
        (44, 48, Fullness.ALMOST),
        (47, 48, Fullness.ALMOST),
        (48, 48, Fullness.FULL),
        (49, 48, Fullness.FULL),
        (0, 0, Fullness.FULL),
        (1, 2, Fullness.FREE),
        (500, None, Fullness.UNLIMITED),
    ],
)
def test_a_group_is_almost_full_when_a_tenth_of_its_places_is_left(taken, capacity, fullness):
    assert places(taken=taken, capacity=capacity).fullness == fullness


def test_a_closed_group_is_not_full():
    assert places(taken=3, capacity=3, is_open=False).fullness == Fullness.CLOSED


def test_a_group_is_full_when_the_one_around_it_is():
    inner = within(places(taken=4, capacity=20), [places(taken=60, capacity=60)])
    assert inner.is_full
    assert (inner.taken, inner.capacity, inner.left) == (4, 20, 0)


def test_a_group_without_limit_has_the_places_of_the_one_around_it():
    inner = within(places(taken=4, capacity=None), [places(taken=59, capacity=60)])
    assert inner.left == 1
    assert inner.fullness == Fullness.FREE


def test_the_fullest_moment_is_the_one_with_the_fewest_places_left():
    moments = [
        places(taken=9, capacity=30),
        places(taken=1, capacity=3),
        places(taken=80, capacity=None),
        places(taken=2, capacity=2, is_open=False),
    ]
    assert fullest(moments) == places(taken=1, capacity=3)


def test_without_limit_the_fullest_moment_is_the_busiest():
    assert fullest([places(taken=3, capacity=None), places(taken=8, capacity=None)]) == Places(8, None, None)


def test_no_moment_no_fullest():
    assert fullest([]) is None


def test_groups_side_by_side_add_up():
    slots = {SMALL: places(taken=5, capacity=20), OTHER: places(taken=7, capacity=10)}
    assert together([(SMALL,), (OTHER,)], slots) == places(taken=12, capacity=30)


def test_groups_have_no_more_places_than_the_one_around_them():
    slots = {
        CENTRE: places(taken=50, capacity=60),
        SMALL: places(taken=5, capacity=40),
        TALL: places(taken=45, capacity=45),
    }
    assert together([(SMALL, CENTRE), (TALL, CENTRE)], slots) == places(taken=50, capacity=60)


def test_a_child_of_an_inner_group_is_counted_once():
    slots = {CENTRE: places(taken=50, capacity=60), SMALL: places(taken=5, capacity=20)}
    assert together([(SMALL, CENTRE), (CENTRE,)], slots) == places(taken=50, capacity=60)


def test_one_group_without_limit_and_the_sum_has_none():
    slots = {SMALL: places(taken=5, capacity=None), OTHER: places(taken=7, capacity=10)}
    assert together([(SMALL,), (OTHER,)], slots).capacity is None


def test_groups_without_a_slot_that_day_do_not_count():
    assert together([(SMALL,), (OTHER,)], {SMALL: places(taken=5, capacity=20)}) == places(taken=5, capacity=20)


@given(
    groups=st.lists(st.tuples(st.integers(0, 50), st.none() | st.integers(0, 50)), min_size=1, max_size=6),
    around=st.none() | st.integers(0, 200),
)
def test_together_never_counts_more_than_each_group_nor_than_the_one_around(groups, around):
    slots = {key: places(taken=taken, capacity=capacity) for key, (taken, capacity) in enumerate(groups, start=1)}
    everyone = sum(taken for taken, _ in groups)
    whole = together([(key, 0) for key in slots], {0: places(taken=everyone, capacity=around), **slots})
    capacities = [capacity for _, capacity in groups]
    inner = None if None in capacities else sum(capacity or 0 for capacity in capacities)
    limits = [limit for limit in (inner, around) if limit is not None]
    assert whole.taken == everyone
    assert whole.capacity == min(limits, default=None)
