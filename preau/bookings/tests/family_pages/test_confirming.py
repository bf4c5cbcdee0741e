"""The recap, and what comes of it."""

import datetime as dt
import re

import pytest
from django.test import Client

from preau.bookings.models import Booking, DraftChange, Slot, Submission
from preau.bookings.testing import make_booking
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY
from preau.bookings.tests.family_pages.given import NOVEMBER, address, messages_of, queries_of
from preau.core.codes import new_code
from preau.families.choices import Situation
from preau.families.testing import make_adult, make_bond, make_child


def test_the_recap_tells_every_month_and_child_and_books_nothing(parent, world):
    sister = make_child(world.family, first_name="Mylis")
    world.enrol(sister)
    world.tick(world.cell("matin"), world.cell("soir", dt.date(2026, 11, 3), sister))
    text = parent.get("/planning/validation/").content.decode()
    assert "À enregistrer (2)" in text
    assert "À réserver&nbsp;: lundi 5\u00a0octobre" in text
    assert "À réserver&nbsp;: mardi 3\u00a0novembre" in text
    assert "Mylis" in text
    assert "+\u00a08,05\u00a0€" in text
    assert not Booking.objects.exists()


def test_the_recap_gives_the_cost_of_the_month_before_and_after(parent, world):
    make_booking(world.child, world.units["repas"], world.group, MONDAY)
    world.tick(world.cell("matin"))
    text = parent.get("/planning/validation/").content.decode()
    assert re.findall(r"Octobre 2026, (\w+)</dt><dd class=\"montant\">([^<]*)<", text) == [
        ("avant", "4,72\u00a0€"),
        ("après", "8,22\u00a0€"),
    ]


def test_the_recap_checks_again_at_that_instant(parent, world):
    world.tick(world.cell("matin"), world.cell("soir"))
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0)
    text = parent.get("/planning/validation/").content.decode()
    assert "À enregistrer (1)" in text
    assert "Impossible maintenant (1)" in text
    assert "Il n’y a plus de place ce jour-là." in text


def test_an_empty_recap_leads_back_to_the_planning(parent, world):
    assert "Aucune modification à valider" in parent.get("/planning/validation/").content.decode()


def finish(parent):
    text = parent.get("/planning/validation/").content.decode()
    [token] = re.findall(r'name="jeton" value="([^"]*)"', text)
    return token, parent.post("/planning/validation/", {"jeton": token, "action": "terminer"})


def test_finishing_books_and_tells_line_by_line(parent, world):
    make_booking(world.child, world.units["repas"], world.group, TUESDAY)
    Slot.objects.filter(day=MONDAY, part__code="soir").update(capacity=0)
    world.tick(world.cell("matin"), world.cell("soir"))
    world.tick(world.cell("repas", TUESDAY), wanted=False)
    token, response = finish(parent)
    assert response.headers["Location"] == f"/planning/bilan/{token}/"
    text = parent.get(response.headers["Location"]).content.decode()
    assert "2 changements enregistrés sur 3" in text
    assert "Réservé&nbsp;: lundi 5\u00a0octobre" in text
    assert "Annulé&nbsp;: mardi 6\u00a0octobre" in text
    assert "Refusé (1)" in text
    assert world.user.email in text


def test_a_double_click_books_once_and_shows_the_same_outcome(parent, world):
    world.tick(world.cell("matin"))
    token, first = finish(parent)
    again = parent.post("/planning/validation/", {"jeton": token, "action": "terminer"})
    assert again.headers["Location"] == first.headers["Location"]
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(
    "fields", [{}, {"action": "terminer"}, {"action": "terminer", "jeton": "x" * 500}, {"jeton": "aaaaaaaaaa"}]
)
def test_a_form_that_cannot_be_read_books_nothing_and_says_so(parent, world, fields):
    world.tick(world.cell("matin"))
    response = parent.post("/planning/validation/", fields)
    assert response.headers["Location"] == "/planning/validation/"
    assert messages_of(response) == ["Cette page n’a pas pu être lue. Relisez vos modifications, puis terminez."]
    assert not Booking.objects.exists()


def test_the_token_or_the_outcome_of_someone_else_is_not_found(parent, world):
    other = make_adult(world.family, first_name="Sam")
    token = new_code()
    world.confirm(user=other.user, token=token)
    world.tick(world.cell("matin"))
    assert parent.post("/planning/validation/", {"jeton": token, "action": "terminer"}).status_code == 404
    assert parent.get(f"/planning/bilan/{token}/").status_code == 404
    assert not Booking.objects.exists()


def test_an_outcome_hides_a_child_whom_the_parent_may_no_longer_see(parent, world):
    submission = world.book(world.cell("matin"))
    make_bond(world.adult, world.child, Situation.WITHDRAWN, starts_on=NOW.date())
    text = parent.get(f"/planning/bilan/{submission.token}/").content.decode()
    assert "Nora" not in text
    assert "Il n’y avait rien à valider" in text


def test_deleting_from_the_recap_empties_the_draft_and_goes_back_to_its_month(parent, world):
    world.tick(world.cell("matin", dt.date(2026, 11, 3)))
    response = parent.post("/planning/validation/", {"action": "supprimer"})
    assert response.headers["Location"] == address(world, NOVEMBER)
    assert not DraftChange.objects.exists()
    assert not Submission.objects.exists()


@pytest.mark.parametrize("path", ["/planning/validation/", "/planning/"])
def test_pages_refuse_a_request_forged_from_elsewhere(world, path):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.user)
    world.tick(world.cell("matin"))
    assert client.post("/planning/validation/", {"jeton": new_code(), "action": "terminer"}).status_code == 403
    assert not Booking.objects.exists()


def test_a_recap_takes_the_same_queries_whatever_the_draft(parent, world):
    world.tick(world.cell("matin"))
    alone = queries_of(parent, "/planning/validation/")
    world.tick(*(world.cell(unit, dt.date(2026, 11, day)) for unit in ("matin", "repas", "soir") for day in (2, 3, 5)))
    assert queries_of(parent, "/planning/validation/") == alone
