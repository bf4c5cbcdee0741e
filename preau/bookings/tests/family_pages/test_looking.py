"""The planning as a parent finds it."""

import datetime as dt

import pytest
from django.urls import reverse

from preau.bookings.models import Booking, DraftChange
from preau.bookings.testing import make_booking
from preau.bookings.tests.conftest import MONDAY
from preau.bookings.tests.family_pages.given import HTMX, OCTOBER, Form, address, queries_of
from preau.families.testing import make_adult, make_child, make_family


def test_the_planning_opens_on_this_month(parent, world):
    assert parent.get("/planning/").headers["Location"] == address(world)


def test_a_parent_without_children_is_told_so(client, world):
    client.force_login(make_adult(make_family(name="Autre")).user)
    page = client.get("/planning/", follow=True)
    assert "Aucun planning à afficher" in page.content.decode()


def test_a_month_without_enrolment_says_what_to_do(parent, world):
    text = parent.get(address(world, "2028-10")).content.decode()
    assert "Rien à réserver sur cette période" in text
    assert reverse("enrolments:list") in text


@pytest.mark.parametrize(
    "path",
    [
        "/planning/tous/{month}/",
        "/planning/{code}/{month}/",
        "/planning/{code}/semaine/2026-10-07/",
        "/planning/{code}/quinzaine/2026-10-07/",
    ],
)
def test_every_view_of_the_planning_answers(parent, world, path):
    assert parent.get(path.format(code=world.child.code, month=OCTOBER)).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/planning/{code}/2026-13/",
        "/planning/{code}/2026-1/",
        "/planning/{code}/0000-01/",
        "/planning/{code}/2000-01/",
        "/planning/{code}/9999-12/",
        "/planning/{code}/octobre/",
        "/planning/{code}/semaine/2026-02-30/",
        "/planning/{code}/semaine/9999-12-31/",
        "/planning/inconnu/2026-10/",
        "/planning/bilan/aaaaaaaaaa/",
        "/planning/bilan/é/",
    ],
)
def test_what_is_no_page_is_not_found(parent, world, path):
    for method in (parent.get, parent.post):
        assert method(path.format(code=world.child.code)).status_code in (404, 405)


@pytest.mark.parametrize("month", ["2001-01", "2198-12"])
def test_the_first_and_last_months_answer(parent, world, month):
    assert parent.get(address(world, month)).status_code == 200


def test_the_child_of_another_family_is_not_found(parent, world):
    stranger = make_child(make_family(name="Autre"), first_name="Zéphirine")
    row = f"{stranger.code} accueil/matin 2026-10-05 0"
    for path in (f"/planning/{stranger.code}/{OCTOBER}/", f"/planning/{stranger.code}/semaine/2026-10-05/"):
        assert parent.get(path).status_code == 404
        for headers in ({}, HTMX):
            assert parent.post(path, {"vu": row, "r": "0-1005"}, headers=headers).status_code == 404
    assert not DraftChange.objects.exists()
    assert "Zéphirine" not in parent.get(f"/planning/tous/{OCTOBER}/").content.decode()


def test_a_visitor_is_sent_to_sign_in_and_nothing_is_kept(client, world):
    for response in (client.get(address(world)), client.post(address(world), {"action": "valider"})):
        assert response.status_code == 302
        assert response.headers["Location"].startswith(reverse("accounts:login"))
    assert not DraftChange.objects.exists()


def test_a_session_that_ends_between_two_clicks_loses_no_earlier_click(parent, world):
    form = Form(parent, address(world))
    form.click(form.box(world, "matin", MONDAY)).send(htmx=True)
    parent.logout()
    assert form.click(form.box(world, "soir", MONDAY)).send(action="valider").status_code == 302
    assert [change.unit.code for change in DraftChange.objects.all()] == ["matin"]
    assert not Booking.objects.exists()


# How much it reads


def test_a_month_takes_at_most_eight_queries_whatever_the_data(parent, world):
    alone = queries_of(parent, address(world))
    for name in ("Mylis", "Sacha"):
        child = make_child(world.family, first_name=name)
        world.enrol(child)
        make_booking(child, world.units["matin"], world.group, MONDAY)
        world.tick(world.cell("soir", child=child), world.cell("soir", dt.date(2026, 11, 3), child))
    assert alone <= 8
    assert queries_of(parent, f"/planning/tous/{OCTOBER}/") == alone
    assert queries_of(parent, address(world)) == alone


def test_a_month_is_light_once_compressed(parent, world):
    page = parent.get(address(world), headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) <= 10_000
