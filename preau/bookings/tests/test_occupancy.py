"""How full groups are, as agents see it."""

import csv
import datetime as dt
import io

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.models import Slot
from preau.bookings.queries.occupancy import full_days, intakes_in_scope, occupancy_of
from preau.bookings.rules.occupancy import Fullness
from preau.bookings.testing import make_booking, open_days, paris
from preau.enrolments.testing import make_intake
from preau.families.testing import make_child, make_family
from preau.town.testing import make_place, make_service, make_town

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 9)
SUNDAY = dt.date(2026, 11, 22)
NOW = paris(2026, 11, 9, 9)
PAGE = "/mairie/occupation/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()


def make_canteen(code="restauration", *, places=3, place="marronniers", service="enfance", parts=("midi",), **fields):
    """An activity open on school days in one group of `places`."""
    activity = make_activity(code, name=code.capitalize(), service=make_service(service), **fields)
    unit = make_unit(activity, "repas", parts=parts)
    group = make_group(
        f"{code}-{place}", place=make_place(place, name=place.capitalize()), **dict.fromkeys(parts, places)
    )
    make_intake(activity, group)
    open_days(activity, now=NOW)
    return activity, unit, group


def fill(unit, group, day, *, children=1):
    family = make_family()
    for _ in range(children):
        make_booking(make_child(family), unit, group, day)


def sign_in(agent) -> Client:
    client = Client()
    testing.sign_in(client, agent)
    return client


def agent_of(**where) -> Client:
    return sign_in(make_agent(Capability.SEE_BOOKINGS, **where))


def rows_of(response) -> list[list[str]]:
    text = response.content.decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text), delimiter=";"))


def test_days_on_which_nobody_is_received_are_left_out():
    activity, _, group = make_canteen()
    found = occupancy_of(activity, [group], first=MONDAY, last=SUNDAY).chosen
    assert [row.day.day for row in found.days] == [9, 10, 12, 13, 16, 17, 19, 20]
    assert (found.taken, found.capacity, found.share) == (0, 24, 0)


def test_a_day_is_full_when_no_place_is_left():
    activity, unit, group = make_canteen(places=2)
    fill(unit, group, MONDAY, children=2)
    found = occupancy_of(activity, [group], first=MONDAY, last=SUNDAY).chosen
    assert [row.day for row in found.full_days] == [MONDAY]
    assert found.days[0].taken_in_full == 2


def test_the_moment_with_the_fewest_places_left_counts():
    activity, unit, group = make_canteen(parts=("matinee", "midi"))
    fill(unit, group, MONDAY)
    Slot.objects.filter(group=group, day=MONDAY, part__code="midi").update(capacity=1)
    (row,) = occupancy_of(activity, [group], first=MONDAY, last=MONDAY).chosen.days[0].groups
    assert (row.moment, row.places.fullness) == ("midi", Fullness.FULL)


def test_a_group_inside_a_full_one_is_full():
    activity = make_activity("centre")
    unit = make_unit(activity, "journee", parts=("midi",))
    around = make_group("tous", midi=1)
    inner = make_group("petits", within=around, midi=20)
    make_intake(activity, inner)
    open_days(activity, now=NOW)
    fill(unit, inner, MONDAY)
    day = occupancy_of(activity, [inner], first=MONDAY, last=MONDAY).chosen.days[0]
    assert [row.group for row in day.full] == [inner]
    assert day.together.capacity == 1


def test_a_day_closed_since_bookings_were_taken_still_shows_them():
    activity, unit, group = make_canteen()
    fill(unit, group, MONDAY)
    Slot.objects.filter(group=group, day=MONDAY).update(is_open=False)
    day = occupancy_of(activity, [group], first=MONDAY, last=MONDAY).chosen.days[0]
    assert (day.together.taken, day.together.fullness) == (1, Fullness.CLOSED)


def test_the_places_of_one_site_are_shown_alone():
    activity, _, group = make_canteen()
    other = make_group("elsewhere", place=make_place("ferme"), midi=10)
    make_intake(activity, other)
    open_days(activity, now=NOW)
    found = occupancy_of(activity, [group, other], first=MONDAY, last=MONDAY, place=other.place)
    assert (found.chosen.capacity, found.everywhere.capacity) == (10, 13)


def test_full_days_name_the_group_and_an_activity_that_takes_its_places():
    activity, unit, group = make_canteen(places=1)
    fill(unit, group, MONDAY)
    (full,) = full_days(make_agent(Capability.SEE_BOOKINGS), first=MONDAY, last=SUNDAY, on=MONDAY)
    assert (full.day, full.group, full.moments, full.activity) == (MONDAY, group, ("midi",), activity)


def test_a_group_full_in_several_parts_of_a_day_is_named_once():
    activity = make_activity("centre")
    unit = make_unit(activity, "journee", parts=("matinee", "midi"))
    group = make_group("petits", matinee=1, midi=1)
    make_intake(activity, group)
    open_days(activity, now=NOW)
    fill(unit, group, MONDAY)
    (full,) = full_days(make_agent(Capability.SEE_BOOKINGS), first=MONDAY, last=SUNDAY, on=MONDAY)
    assert full.moments == ("matinee", "midi")


def test_a_full_group_around_others_is_named():
    activity = make_activity("centre")
    unit = make_unit(activity, "journee", parts=("midi",))
    around = make_group("tous", midi=1)
    inner = make_group("petits", within=around, midi=20)
    make_intake(activity, inner)
    open_days(activity, now=NOW)
    fill(unit, inner, MONDAY)
    (full,) = full_days(make_agent(Capability.SEE_BOOKINGS), first=MONDAY, last=SUNDAY, on=MONDAY)
    assert (full.group, full.activity) == (around, activity)


def test_full_days_of_another_service_are_not_shown():
    _, unit, group = make_canteen(places=1)
    fill(unit, group, MONDAY)
    agent = make_agent(Capability.SEE_BOOKINGS, service=make_service("sports"))
    assert full_days(agent, first=MONDAY, last=SUNDAY, on=MONDAY) == []


@pytest.mark.parametrize(
    ("where", "seen"),
    [
        ({}, {"restauration", "sport"}),
        ({"service": "enfance"}, {"restauration"}),
        ({"place": "gymnase"}, {"sport"}),
        ({"service": "enfance", "place": "gymnase"}, set()),
    ],
)
def test_an_agent_sees_the_activities_of_their_service_and_place(where, seen):
    make_canteen()
    make_canteen("sport", service="sports", place="gymnase")
    agent = make_agent(
        Capability.SEE_BOOKINGS,
        service=make_service(where["service"]) if "service" in where else None,
        place=make_place(where["place"]) if "place" in where else None,
    )
    assert {intake.activity.code for intake in intakes_in_scope(agent, on=MONDAY)} == seen


def test_the_page_shows_two_weeks_of_the_first_activity():
    _, unit, group = make_canteen(places=1)
    fill(unit, group, MONDAY)
    html = agent_of().get(PAGE).content.decode()
    assert "du 9 au 22\xa0novembre 2026" in html
    assert "sur 8 places (12 %)" in html
    assert 'class="jauge jauge-plein" value="1" max="1"' in html
    assert "lundi 9\xa0novembre" in html


def test_a_month_and_another_day_may_be_asked_for():
    make_canteen()
    html = agent_of().get(PAGE, {"periode": "2026-12", "jour": "2026-12-03"}).content.decode()
    assert "décembre 2026" in html
    assert "Tous les groupes, jeudi 3\xa0décembre" in html


def test_a_period_without_an_open_day_says_so():
    make_canteen()
    assert "Aucun jour ouvert" in agent_of().get(PAGE, {"periode": "2027-08"}).content.decode()


def test_without_an_activity_in_scope_the_page_says_so():
    make_canteen()
    html = agent_of(service=make_service("sports")).get(PAGE).content.decode()
    assert "Aucune activité" in html
    assert "Restauration" not in html


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"activite": "inconnue"}, "Choisissez une activité de la liste"),
        ({"lieu": "inconnu"}, "Choisissez un lieu de la liste"),
        ({"periode": "2026-13"}, "Choisissez une période de la liste"),
        ({"periode": "9999-12-31"}, "Choisissez une période de la liste"),
        ({"periode": "2199-12"}, "Choisissez une période de la liste"),
        ({"periode": "\x00"}, "Choisissez une période de la liste"),
    ],
)
def test_a_wrong_filter_is_said_and_the_rest_is_shown(asked, answer):
    make_canteen()
    response = agent_of().get(PAGE, asked)
    html = response.content.decode()
    assert response.status_code == 200
    assert answer in html
    assert "du 9 au 22\xa0novembre 2026" in html


@pytest.mark.parametrize("day", ["", "x", "2026-11-11", "0000-00-00"])
def test_a_day_that_is_not_open_gives_way_to_the_next_open_one(day):
    make_canteen()
    assert "Tous les groupes, lundi 9" in agent_of().get(PAGE, {"jour": day}).content.decode()


def test_the_export_has_a_row_for_each_day_and_group():
    _, unit, group = make_canteen(places=2)
    fill(unit, group, MONDAY)
    rows = rows_of(agent_of().get(PAGE, {"export": "csv"}))
    assert rows[1] == ["09/11/2026", "Marronniers", "restauration-marronniers", "", "1", "2", "1", "oui"]
    assert len(rows) == 9


@pytest.mark.parametrize("page", ["bookings:occupancy", "bookings:day"])
def test_an_agent_without_the_capability_finds_no_page(page):
    assert sign_in(make_agent(Capability.SEE_PAYMENTS)).get(reverse(page)).status_code == 404


def queries_of(client, django_assert_max_num_queries) -> int:
    with django_assert_max_num_queries(50) as seen:
        assert client.get(PAGE, {"periode": "2026-11"}).status_code == 200
    return len(seen)


def test_the_page_asks_as_much_of_the_database_with_many_groups(django_assert_max_num_queries):
    activity, unit, group = make_canteen()
    client = agent_of()
    few = queries_of(client, django_assert_max_num_queries)
    for number in range(4):
        other = make_group(f"group-{number}", place=make_place(f"place-{number}"), midi=10)
        make_intake(activity, other)
        make_canteen(f"more-{number}")
    open_days(activity, now=NOW)
    fill(unit, group, MONDAY, children=3)
    assert queries_of(client, django_assert_max_num_queries) == few


def test_places_granted_above_the_capacity_show_and_leave_none():
    activity, _, group = make_canteen(places=2)
    Slot.objects.filter(group=group, day=MONDAY).update(extra=1, taken=F("capacity") + 1)
    day = occupancy_of(activity, [group], first=MONDAY, last=MONDAY).chosen.days[0]
    assert (day.together.taken, day.together.left) == (3, 0)
