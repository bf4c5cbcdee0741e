"""Two hundred separated families: to each adult what is lawful, and nothing of the other household."""

import datetime as dt
import random
from typing import Any

import pytest
import time_machine
from django.db.models import F
from django.test import Client

from preau.billing.permissions import invoices_visible_to
from preau.bookings.queries.home import coming_days
from preau.bookings.queries.planning import read_planning
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.testing import paris
from preau.families.actions import set_bond
from preau.families.choices import AccessLevel, Situation, Subject
from preau.families.models import Adult, Guardianship, Participant
from preau.families.permissions import bonds_in_force, families_visible_to, participants_visible_to
from preau.families.testing import STORIES
from tests.maze import BOOKED, DAYS, FAMILIES, NOW, TODAY, Maze, marks_of, user_of

pytestmark = pytest.mark.django_db


def test_the_maze_has_enough_of_everything(maze: Maze) -> None:
    assert FAMILIES >= 200
    assert len(STORIES) >= 8
    assert {situation for rows in maze.told.bonds.values() for _, situation, _ in rows} == set(Situation)
    assert any(len(homes) == 2 for homes in maze.told.homes.values())
    assert maze.told.archived
    assert any(adjusted for rows in maze.told.bonds.values() for _, _, adjusted in rows)
    assert any(starts_on > TODAY for rows in maze.told.bonds.values() for starts_on, _, _ in rows)


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_adult_has_what_is_lawful_for_every_child_and_nothing_else(maze: Maze, on: dt.date) -> None:
    """Adult × child × kind of data × level, all at once: the same query, for everybody instead of somebody."""
    everybody: Any = F("adult__user")
    given = {(row.adult_id, row.participant_id): row for row in bonds_in_force(everybody, on=on)}
    wrong = []
    adults = {adult.pk: adult for adult in maze.told.adults}
    assert set(given) <= set(maze.told.bonds)
    for adult, child in maze.told.bonds:
        for subject in Subject:
            row = given.get((adult, child))
            found = getattr(row, subject) if row else 0
            lawful = maze.level(adults[adult], maze.children[child], subject, on)
            if found != lawful:
                wrong.append((maze.told.stories[child], adults[adult].first_name, subject, found, lawful))
    assert not wrong


def test_what_a_person_may_see_or_do_is_that(maze: Maze) -> None:
    """The query that pages use, for some of the adults, every kind of data and level, today and around."""
    some = none = 0
    chance = random.Random(3)
    for adult in maze.some_adults(40):
        for subject in Subject:
            for level in (AccessLevel.SEE, AccessLevel.ACT):
                on = chance.choice(DAYS)
                seen = participants_visible_to(user_of(adult), subject, on=on, level=level)
                found = set(seen.values_list("pk", flat=True))
                assert found == maze.seen_by(adult, subject, on=on, level=level), (adult, subject, level, on)
                some, none = some + bool(found), none + (not found)
    assert min(some, none) > 50


def test_a_household_is_its_own_people_s(maze: Maze) -> None:
    for adult in maze.some_adults(150):
        mine = [] if adult.family_id in maze.told.archived else [adult.family_id]
        assert list(families_visible_to(user_of(adult)).values_list("pk", flat=True)) == mine


def test_an_invoice_is_its_payer_s(maze: Maze) -> None:
    everybody: Any = F("payer__adult__user")
    assert invoices_visible_to(everybody).count() == len(maze.told.adults)
    for adult in maze.some_adults(150):
        [invoice] = invoices_visible_to(user_of(adult)).select_related("payer")
        assert invoice.payer.adult_id == adult.pk


def test_the_planning_shows_lawful_children_and_the_prices_of_one_s_own_days_only(maze: Maze) -> None:
    """A day of the other household is shown, since the child's bookings are for both; its price never is."""
    period = Period.around(PeriodKind.MONTH, TODAY)
    own = others = 0
    for adult in maze.some_adults(60):
        planning = read_planning(user_of(adult), town=maze.town, who=None, period=period, now=NOW)
        assert planning is not None
        assert set(planning.children) == maze.seen_by(adult)
        for row in planning.rows:
            child = maze.children[row.child.key]
            assert row.child.may_act == (maze.level(adult, child, "planning", TODAY) == 2)
            for day, cell, price in zip(planning.days, row.cells, row.prices, strict=True):
                if day in BOOKED:
                    assert cell.is_booked
                    is_own = maze.home(child, day) == adult.family_id
                    assert price == (maze.prices[adult.family_id] if is_own else None)
                    own, others = own + is_own, others + (not is_own)
    assert min(own, others) > 50


def test_the_home_page_shows_the_days_of_lawful_children(maze: Maze) -> None:
    for adult in maze.some_adults(40):
        days = coming_days(user_of(adult), first=TODAY, count=10)
        assert {row.participant.pk for row in days} == maze.seen_by(adult)


def test_pages_open_for_lawful_children_only_and_say_nothing_of_the_other_household(maze: Maze) -> None:
    shown = refused = 0
    for adult in maze.some_adults(24):
        browser = Client()
        browser.force_login(user_of(adult))
        lawful = maze.seen_by(adult)
        near = maze.near[adult.pk]
        marks = marks_of(maze, adult, near)
        pages = ["/accueil/", "/planning/", "/inscriptions/", "/factures/"]
        for child in near:
            address = f"/planning/{maze.children[child].code}/2026-11/"
            pages.append(address)
            status = browser.get(address).status_code
            assert status == (200 if child in lawful else 404), (maze.told.stories[child], adult)
            shown, refused = shown + (status == 200), refused + (status == 404)
        new = browser.get("/inscriptions/nouvelle/").content.decode()
        may_act = maze.seen_by(adult, level=2)
        assert {child for child in near if f">{maze.children[child].first_name}<" in new} == may_act
        for page in pages:
            text = browser.get(page).content.decode()
            assert not [mark for mark in marks if mark in text], (page, adult)
    assert shown > 10
    assert refused > 3


@pytest.mark.parametrize(
    ("situation", "opens"),
    [
        (Situation.WITHDRAWN, False),
        (Situation.ENDED, False),
        (Situation.PAYER_ONLY, False),
        (Situation.WITHOUT_EXERCISE, True),
    ],
)
def test_a_change_holds_from_the_next_request_with_the_session_open(
    maze: Maze, situation: Situation, opens: bool
) -> None:
    adult, child = lawful_pair(maze)
    browser = Client()
    browser.force_login(user_of(adult))
    address = f"/planning/{child.code}/2026-11/"
    assert browser.get(address).status_code == 200
    change(adult, child, situation, TODAY)
    assert browser.get(address).status_code == (200 if opens else 404)
    assert (child.first_name in browser.get("/accueil/").content.decode()) is opens
    change(adult, child, Situation.EXERCISES, TODAY)
    assert browser.get(address).status_code == 200


def test_a_change_to_come_holds_from_its_day(maze: Maze) -> None:
    adult, child = lawful_pair(maze)
    change(adult, child, Situation.WITHDRAWN, TODAY + dt.timedelta(days=1))
    browser = Client()
    with time_machine.travel(NOW.replace(hour=23, minute=59), tick=False):
        browser.force_login(user_of(adult))
        assert browser.get(f"/planning/{child.code}/2026-11/").status_code == 200
    with time_machine.travel(paris(2026, 11, 10, 0), tick=False):
        assert browser.get(f"/planning/{child.code}/2026-11/").status_code == 404


def test_losing_the_right_to_act_leaves_the_planning_to_read(maze: Maze) -> None:
    adult, child = lawful_pair(maze)
    browser = Client()
    browser.force_login(user_of(adult))
    address = f"/planning/{child.code}/2026-11/"
    assert "checkbox" in browser.get(address).content.decode()
    change(adult, child, Situation.GRANDPARENT, TODAY)
    response = browser.get(address)
    assert response.status_code == 200
    assert 'type="checkbox"' not in response.content.decode()


def lawful_pair(maze: Maze) -> tuple[Adult, Participant]:
    """A father whose authority is joint, and his only drawn tie to a child of two homes."""
    for adult in maze.told.adults:
        for child in maze.told.children:
            rows = maze.told.bonds.get((adult.pk, child.pk), [])
            if (
                adult.first_name.startswith("father")
                and maze.told.stories[child.pk] == "joint authority"
                and len(rows) == 1
                and adult.family_id not in maze.told.archived
            ):
                return adult, child
    raise AssertionError("the maze has no such father")


def change(adult: Adult, child: Participant, situation: Situation, on: dt.date) -> Guardianship:
    return set_bond(adult=adult, participant=child, situation=situation, starts_on=on, by=None, now=NOW)
