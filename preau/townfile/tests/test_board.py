"""Places of the demonstration: as few as in a real town, and never given twice."""

import datetime as dt
import random

from preau.activities.models import Group, Unit
from preau.townfile.demonstration.booking import Board
from preau.townfile.demonstration.enrolling import Offer
from preau.townfile.demonstration.households import Child, Generator, Town

DAY = dt.date(2026, 11, 23)
MORNING, NOON = 1, 2
INNER, OUTER = 10, 20


def make_child() -> Child:
    about = Town("94800", "Villejuif", "94076", 2026, sectors=(("maternelle", "elementaire"),), near=())
    return Generator(random.Random(1), about).child("Pinceau", 3, 0)


def make_offer(*parts: int, groups: tuple[int, ...] = (INNER,)) -> Offer:
    return Offer(unit=Unit(), group=Group(), intake_id=1, part_ids=parts, group_ids=groups)


def make_board(**room: int | None) -> Board:
    """`inner_1=2`: two places in the inner group in the morning; slots have the numbers 101, 102, 201…"""
    groups = {"inner": INNER, "outer": OUTER}
    board = Board({}, {})
    for name, places in room.items():
        group, part = groups[name.split("_")[0]], int(name.split("_")[1])
        key = group * 10 + part
        board.slots[group, part, DAY], board.room[key] = key, places
    return board


def test_the_last_place_goes_to_one_child() -> None:
    board = make_board(inner_1=1)
    assert board.take(make_child(), make_offer(MORNING), DAY) == [101]
    assert board.take(make_child(), make_offer(MORNING), DAY) is None


def test_a_group_without_limit_always_takes() -> None:
    board = make_board(inner_1=None)
    assert all(board.take(make_child(), make_offer(MORNING), DAY) for _ in range(50))


def test_a_child_is_in_one_place_at_a_time() -> None:
    board, child = make_board(inner_1=5), make_child()
    board.take(child, make_offer(MORNING), DAY)
    assert board.take(child, make_offer(MORNING), DAY) is None


def test_all_the_slots_of_a_day_or_none() -> None:
    board = make_board(inner_1=1, inner_2=0)
    assert board.take(make_child(), make_offer(MORNING, NOON), DAY) is None
    assert board.room[101] == 1


def test_a_larger_group_that_is_full_holds_back_the_groups_within_it() -> None:
    board = make_board(inner_1=5, outer_1=1)
    offer = make_offer(MORNING, groups=(INNER, OUTER))
    assert board.take(make_child(), offer, DAY) == [101, 201]
    assert board.take(make_child(), offer, DAY) is None


def test_a_day_without_slot_takes_nobody() -> None:
    assert make_board().take(make_child(), make_offer(MORNING), DAY) is None
