"""Reading the town, its calendar, its services and its texts; its colours as a style sheet."""

import datetime as dt

import pytest
from django.test import Client

from preau.town.choices import DayKind
from preau.town.models import Text
from preau.town.queries import current_text, school_calendar, services_for_families, the_town
from preau.town.rules import kind_of_day
from preau.town.testing import make_service, make_town, make_year

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 9)
NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)


def test_before_its_file_is_loaded_a_town_has_a_name_all_the_same():
    assert (the_town().name, the_town().portal_name) == ("Préau", "Portail famille")


def test_the_town_is_read_in_one_query_as_it_is_now(django_assert_num_queries):
    make_town(name="Villejuif")
    assert the_town().name == "Villejuif"
    make_town(name="Vigneux", sections=[{"code": "planning", "label": "Agenda"}])
    with django_assert_num_queries(1):
        town = the_town()
    assert (town.name, town.sections) == ("Vigneux", [{"code": "planning", "label": "Agenda"}])


def test_the_calendar_holds_all_that_makes_a_kind_of_day(django_assert_num_queries):
    holidays = (dt.date(2026, 12, 19), dt.date(2027, 1, 3))
    make_year(holidays=(holidays,), public_holidays=(dt.date(2026, 11, 11),))
    with django_assert_num_queries(3):
        calendar = school_calendar()
    kinds = {day: kind_of_day(calendar, dt.date.fromisoformat(day)) for day in KINDS}
    assert kinds == KINDS


KINDS = {
    "2026-11-09": DayKind.SCHOOL,
    "2026-11-11": DayKind.PUBLIC_HOLIDAY,
    "2026-11-18": DayKind.WEDNESDAY,
    "2026-11-14": DayKind.SATURDAY,
    "2026-11-15": DayKind.SUNDAY,
    "2026-12-19": DayKind.HOLIDAYS,
    "2027-01-03": DayKind.HOLIDAYS,
    "2027-01-04": DayKind.SCHOOL,
}


def test_only_services_that_can_be_reached_are_told_to_families():
    make_service("enfance", name="Enfance", phone="01 45 59 20 00")
    make_service("archives", name="Archives")
    make_service("ecoles", name="Écoles", email="ecoles@example.org")
    make_service("ancien", name="Ancien", phone="01 45 59 20 01", retired_on=DAY)
    make_service("bientot", name="Bientôt retiré", phone="01 45 59 20 02", retired_on=DAY + dt.timedelta(days=1))
    assert {service.code for service in services_for_families(DAY)} == {"enfance", "ecoles", "bientot"}


def test_the_latest_version_of_a_text_is_in_force():
    for version in (2, 1, 3):
        Text.objects.create(code="legal", version=version, title="", body=f"v{version}", sha256="", published_at=NOW)
    Text.objects.create(code="privacy", version=9, title="", body="other", sha256="", published_at=NOW)
    text = current_text("legal")
    assert text is not None
    assert text.body == "v3"
    assert current_text("help") is None


def test_the_theme_is_a_style_sheet_of_the_town_s_colour_only():
    make_town(accent="#1d4f91")
    response = Client().get("/theme.css")
    assert response["Content-Type"] == "text/css; charset=utf-8"
    assert ":root{--accent:#1d4f91}" in response.content.decode()
    assert "max-age=300" in response["Cache-Control"]
