"""The bookings of a day, as agents see them."""

import csv
import datetime as dt
import io

import pytest
from django.test import Client

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.activities.models import Closure
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking
from preau.bookings.queries.day import day_list
from preau.bookings.testing import make_booking, open_days, paris
from preau.core.exports import to_csv
from preau.enrolments.testing import make_intake
from preau.families.testing import make_child, make_family
from preau.journal.models import Entry
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

MONDAY, WEDNESDAY = dt.date(2026, 11, 9), dt.date(2026, 11, 11)
NOW = paris(2026, 11, 9, 9)
PAGE = "/mairie/reservations/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()


def make_care(code="accueil", *, units=("matin", "soir"), place="marronniers", service="enfance"):
    """An activity of several units in one group, open on school days."""
    activity = make_activity(code, name=code.capitalize(), service=make_service(service))
    made = [make_unit(activity, unit, parts=(unit,), order=order) for order, unit in enumerate(units)]
    group = make_group(f"{code}-{place}", place=make_place(place, name=place.capitalize()))
    make_intake(activity, group)
    open_days(activity, now=NOW)
    return activity, made, group


def expect(unit, group, *, first_name="Nora", last_name="Pinceau", day=MONDAY, **schooling):
    child = make_child(make_family(), first_name=first_name, last_name=last_name, **schooling)
    return make_booking(child, unit, group, day)


def agent_of(**where) -> Client:
    client = Client()
    sign_in(client, make_agent(Capability.SEE_BOOKINGS, **where))
    return client


def page(client: Client, **asked: str) -> str:
    response = client.get(PAGE, asked)
    assert response.status_code == 200
    return response.content.decode()


def test_today_is_shown_by_activity_group_and_unit():
    _, (morning, evening), group = make_care()
    expect(morning, group)
    expect(morning, group)
    expect(evening, group)
    html = page(agent_of())
    assert "Lundi 9\xa0novembre 2026, aujourd’hui. Jour d’école." in html
    assert "3 réservations" in html
    assert '<td role="cell" class="num" data-l="Matin">2</td>' in html
    assert '<td role="cell" class="num" data-l="Soir">1</td>' in html


def test_a_list_has_each_child_once_with_school_level_and_units():
    activity, units, group = make_care()
    schooling = {"year": make_year(), "school": make_place("ecole", name="Jean-Zay"), "level": make_level("ce1")}
    child = expect(units[0], group, **schooling).participant
    make_booking(child, units[1], group, MONDAY)
    (listed,) = day_list(make_agent(Capability.SEE_BOOKINGS), activity, day=MONDAY, on=MONDAY)
    (row,) = listed.children
    assert (row.participant, row.school, row.level) == (child, "Jean-Zay", "CE1")
    assert row.units == tuple(units)


def test_children_are_in_the_order_of_a_french_list():
    activity, (morning, _), group = make_care()
    for name in ("Zola", "Étienne", "Dupont", "de Vigny", "Ezquerra"):
        expect(morning, group, last_name=name)
    (listed,) = day_list(make_agent(Capability.SEE_BOOKINGS), activity, day=MONDAY, on=MONDAY)
    names = [child.participant.last_name for child in listed.children]
    assert names == ["de Vigny", "Dupont", "Étienne", "Ezquerra", "Zola"]


def test_cancelled_bookings_are_not_listed():
    _, (morning, _), group = make_care()
    booking = expect(morning, group, last_name="Absent")
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.CANCELLED)
    assert "Absent" not in page(agent_of(), activite="accueil")


def test_a_place_held_is_told_apart():
    _, (morning, _), group = make_care()
    booking = expect(morning, group)
    Booking.objects.filter(pk=booking.pk).update(state=BookingState.HELD, held_until=NOW)
    assert "Place retenue" in page(agent_of(), activite="accueil")


def test_an_agent_sees_the_children_of_their_service_and_place_only():
    _, (morning, _), group = make_care()
    expect(morning, group, last_name="Enfance")
    _, (lesson,), gym = make_care("sport", units=("soir",), place="gymnase", service="sports")
    expect(lesson, gym, last_name="Sportif")
    for where in ({"service": make_service("sports")}, {"place": make_place("gymnase")}):
        client = agent_of(**where)
        assert "Sportif" in page(client, activite="sport")
        for asked in ({}, {"activite": "accueil"}, {"lieu": "marronniers"}, {"export": "csv", "activite": "accueil"}):
            answer = page(client, **asked)
            assert "Enfance" not in answer
            assert "Accueil</h2>" not in answer
            assert "accueil-marronniers" not in answer


def test_an_agent_of_one_place_sees_its_children_only_even_in_an_activity_of_several():
    activity, (morning, _), group = make_care()
    other = make_group("elsewhere", place=make_place("ferme"))
    make_intake(activity, other)
    expect(morning, group, last_name="Marron")
    expect(morning, other, last_name="Fermier")
    client = agent_of(place=make_place("ferme"))
    assert "1 réservation<" in page(client)
    for asked in ({"activite": "accueil"}, {"activite": "accueil", "export": "csv"}):
        answer = page(client, **asked)
        assert "Fermier" in answer
        assert "Marron" not in answer


def test_a_place_may_be_shown_alone():
    activity, (morning, _), group = make_care()
    other = make_group("elsewhere", place=make_place("ferme"))
    make_intake(activity, other)
    expect(morning, group, last_name="Marron")
    expect(morning, other, last_name="Fermier")
    html = page(agent_of(), activite="accueil", lieu="ferme")
    assert "Fermier" in html
    assert "Marron<" not in html


def test_a_closed_day_says_why():
    make_care()
    html = page(agent_of(), jour="2026-11-11")
    assert "Aucune activité n’accueille d’enfants ce jour-là." in html
    assert "Mercredi" in html
    assert "Mercredi" in page(agent_of(), jour="2026-11-11", activite="accueil")


def test_holidays_and_public_holidays_are_named():
    make_year(holidays=((dt.date(2026, 12, 19), dt.date(2027, 1, 3)),), public_holidays=(dt.date(2026, 11, 10),))
    make_care()
    client = agent_of()
    assert "Vacances" in page(client, jour="2026-12-21", activite="accueil")
    assert "Férié\xa0: Férié" in page(client, jour="2026-11-10", activite="accueil")


def test_bookings_of_a_day_closed_since_are_shown_with_a_warning():
    activity, (morning, _), group = make_care()
    expect(morning, group, last_name="Prévenue")
    Closure.objects.create(code="greve", activity=activity, starts_on=MONDAY, ends_on=MONDAY, reason="Grève")
    open_days(activity, now=NOW)
    overview, listed = page(agent_of()), page(agent_of(), activite="accueil")
    assert "Grève" in overview
    assert "1 réservation<" in overview
    assert "Grève. Les réservations ci-dessous ont été prises avant" in listed
    assert "Prévenue" in listed


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"jour": "2026-13-45"}, "Écrivez une date"),
        ({"jour": "9999-12-31"}, "Écrivez une date avec la bonne année"),
        ({"jour": "0001-01-01"}, "Écrivez une date avec la bonne année"),
        ({"activite": "inconnue"}, "Choisissez une activité de la liste"),
        ({"lieu": "<b>"}, "Choisissez un lieu de la liste"),
    ],
)
def test_a_wrong_filter_is_said_and_today_is_shown(asked, answer):
    make_care()
    html = page(agent_of(), **asked)
    assert answer in html
    assert "aujourd’hui" in html


def test_links_lead_from_day_to_day_and_keep_the_filters():
    make_care()
    html = page(agent_of(), jour="2026-11-12", activite="accueil")
    assert "jour=2026-11-11&amp;activite=accueil" in html
    assert "jour=2026-11-13&amp;activite=accueil" in html


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))


def test_the_export_has_the_children_that_are_shown():
    _, (morning, _), group = make_care()
    expect(morning, group)
    (_, row) = rows_of(page(agent_of(), activite="accueil", export="csv"))
    assert Entry.objects.get(action="bookings.children_exported").facts == {"day": "2026-11-09", "rows": "1"}
    assert row == ["09/11/2026", "Marronniers", "accueil-marronniers", "Pinceau", "Nora", "", "", "Matin", "réservé"]


def test_before_names_leave_the_portal_one_shows_again_who_one_is_and_not_before_counts(time_machine):
    make_care()
    client = agent_of()
    time_machine.move_to(NOW + dt.timedelta(minutes=6), tick=False)
    answer = client.get(PAGE, {"activite": "accueil", "export": "csv"})
    assert answer["Location"].startswith("/mon-compte/confirmer/?next=/mairie/reservations/")
    assert rows_of(page(client, export="csv"))


def test_the_export_of_all_activities_has_counts():
    _, (morning, _), group = make_care()
    expect(morning, group)
    rows = rows_of(page(agent_of(), export="csv"))
    assert rows[1:] == [
        ["Accueil", "Marronniers", "accueil-marronniers", "Matin", "1"],
        ["Accueil", "Marronniers", "accueil-marronniers", "Soir", "0"],
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", " =", "\n="])
def test_no_name_becomes_a_formula_in_a_spreadsheet(sign):
    (row,) = rows_of(to_csv([[f"{sign}cmd|' /C calc'!A0", 3]]))
    assert row == [f"'{sign}cmd|' /C calc'!A0", "3"]


@pytest.mark.parametrize("name", ["Nora", "d’Artagnan", "Jean-Luc", "2+2", ""])
def test_other_names_are_exported_as_they_are(name):
    assert rows_of(to_csv([[name, "x"]])) == [[name, "x"]]


def test_names_are_escaped():
    _, (morning, _), group = make_care()
    expect(morning, group, last_name="<script>alert(1)</script>")
    assert "<script>alert" not in page(agent_of(), activite="accueil")


@pytest.mark.parametrize("asked", [{}, {"activite": "accueil"}])
def test_the_page_asks_as_much_of_the_database_for_many_children(django_assert_max_num_queries, asked):
    activity, (morning, evening), group = make_care()
    schooling = {"year": make_year(), "school": make_place("ecole"), "level": make_level("ce1")}
    expect(morning, group, **schooling)
    client = agent_of()
    with django_assert_max_num_queries(50) as few:
        page(client, **asked)
    for number in range(3):
        other = make_group(f"group-{number}", place=make_place(f"place-{number}"))
        make_intake(activity, other)
        expect(evening, other, **schooling)
        expect(morning, group, **schooling)
        make_care(f"more-{number}")
    with django_assert_max_num_queries(50) as many:
        page(client, **asked)
    assert len(many) == len(few)
