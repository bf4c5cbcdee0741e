"""What a town asks for before booking keeps from booking, and from nothing else."""

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.bookings.tests.conftest import NOW, TUESDAY, outcomes
from preau.checklist.choices import Item, Stage
from preau.checklist.queries.demands import demands_of
from preau.checklist.queries.obstacles import obstacles_to
from preau.checklist.testing import make_asked
from preau.documents.testing import make_kind
from preau.families.models import Adult
from preau.families.testing import make_child
from preau.notifications.actions import send_due

INCOMPLETE = ("refused", "incomplete")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


def give_phone(world):
    Adult.objects.filter(pk=world.adult.pk).update(phone_home="01 45 59 20 00")


def test_what_is_asked_before_booking_refuses_a_booking(world):
    make_asked(Item.COORDINATES)
    submission = world.book(world.cell("matin"))
    assert outcomes(submission) == [INCOMPLETE]
    assert submission.outcome["lines"][0]["missing"] == ["adresse et téléphone"]
    assert world.states() == []


def test_once_it_is_given_the_booking_is_made(world):
    make_asked(Item.COORDINATES)
    give_phone(world)
    assert outcomes(world.book(world.cell("matin"))) == [("done", None)]


def test_only_the_activity_it_is_asked_for_is_refused(world):
    make_asked(Item.COORDINATES, activities=[world.meals])
    submission = world.book(world.cell("matin"), world.cell("repas"))
    assert sorted(outcomes(submission)) == [("done", None), INCOMPLETE]


def test_a_sister_whose_file_is_complete_is_booked(world):
    sister = make_child(world.family, first_name="Mylis")
    world.enrol(sister)
    make_asked(Item.SCHOOL, age_to=5)
    type(sister).objects.filter(pk=sister.pk).update(born_on=NOW.date().replace(year=2018))
    submission = world.book(world.cell("matin"), world.cell("matin", child=sister))
    assert sorted(outcomes(submission)) == [("done", None), INCOMPLETE]


def test_a_booking_is_cancelled_whatever_is_missing(world):
    world.book(world.cell("matin"))
    make_asked(Item.COORDINATES)
    assert outcomes(world.cancel(world.cell("matin"))) == [("done", None)]


@pytest.mark.parametrize("stage", [Stage.BEFORE_FIRST_DAY, Stage.OPTIONAL])
def test_what_is_asked_later_or_is_optional_keeps_from_nothing(world, stage):
    make_asked(Item.COORDINATES, stage)
    assert outcomes(world.book(world.cell("matin"))) == [("done", None)]


def test_a_provisional_admission_books_until_its_delay_has_passed(world):
    make_asked(Item.COORDINATES, Stage.PROVISIONAL, months=1)
    assert outcomes(world.book(world.cell("matin"))) == [("done", None)]
    world.child.enrolments.update(starts_on=NOW.date().replace(month=8))
    assert outcomes(world.book(world.cell("matin", TUESDAY))) == [INCOMPLETE]


def test_the_recap_says_what_is_missing_and_where_to_give_it(world, client):
    make_asked(Item.COORDINATES)
    world.tick(world.cell("matin"))
    client.force_login(world.user)
    shown = client.get("/planning/validation/").content.decode().replace("\u00a0", " ")
    assert "Il manque dans le dossier : adresse et téléphone." in shown
    assert f'href="/dossier/a-faire/#{world.child.code}"' in shown


def test_the_mail_says_it_too(world, mailoutbox):
    make_asked(Item.COORDINATES)
    world.book(world.cell("matin"))
    send_due(now=NOW)
    assert "adresse et téléphone" in mailoutbox[0].body


def test_nothing_is_read_where_nothing_that_is_asked_could_block(world, django_assert_num_queries):
    make_asked(Item.COORDINATES, Stage.BEFORE_FIRST_DAY)
    make_asked(Item.SCHOOL, activities=[world.meals])
    wanted = {world.child.pk: [world.activity.pk]}
    demands_of(1)
    with django_assert_num_queries(0):
        found = obstacles_to(wanted, catalogue_version=1, on=NOW.date(), household=world.family.pk)
    assert found == {}


def planning(world, client):
    client.force_login(world.user)
    shown = client.get(f"/planning/{world.child.code}/2026-10/")
    assert shown.status_code == 200
    return shown.content.decode().replace("\u00a0", " ")


def test_the_planning_says_what_cannot_be_booked_and_where_to_mend_it(world, client):
    make_asked(Item.COORDINATES, activities=[world.meals])
    shown = planning(world, client)
    assert f"Vous ne pouvez pas réserver : {world.meals.name}. Il manque : adresse et téléphone." in shown
    assert f'href="/dossier/a-faire/#{world.child.code}"' in shown
    give_phone(world)
    assert "Vous ne pouvez pas réserver" not in planning(world, client)


def test_the_planning_reads_nothing_while_a_provisional_delay_runs(world, client):
    make_asked(Item.COORDINATES, Stage.PROVISIONAL, months=1)
    planning(world, client)  # what is kept by the process is read
    with CaptureQueriesContext(connection) as before:
        assert "Vous ne pouvez pas réserver" not in planning(world, client)
    world.child.enrolments.update(starts_on=NOW.date().replace(month=8))
    with CaptureQueriesContext(connection) as after:
        assert "Vous ne pouvez pas réserver" in planning(world, client)
    assert len(before) < len(after)


def test_a_document_keeps_from_booking_the_activity_it_is_asked_for(world):
    make_kind(required=[{"stage": "before_booking", "activities": [world.meals.code]}])
    submission = world.book(world.cell("matin"), world.cell("repas"))
    assert sorted(outcomes(submission)) == [("done", None), INCOMPLETE]
    assert ["justificatif de domicile"] in [line["missing"] for line in submission.outcome["lines"]]
