import datetime as dt
import re

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from preau.activities.choices import BookingMode
from preau.bookings.models import Booking, DraftChange, Slot, Submission
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.testing import make_booking, paris
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY
from preau.core.codes import new_code
from preau.families.choices import Situation
from preau.families.testing import make_adult, make_bond, make_child, make_family

OCTOBER, NOVEMBER = "2026-10", "2026-11"
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def on_the_first_of_october():
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def parent(client, world):
    client.force_login(world.user)
    return client


def address(world, month=OCTOBER):
    return f"/planning/{world.child.code}/{month}/"


class Form:
    """The form of a planning page, as a browser would send it."""

    def __init__(self, client, path):
        self.client, self.path = client, path
        page = client.get(path)
        assert page.status_code == 200
        self.text = page.content.decode()
        self.seen = re.findall(r'name="vu" value="([^"]*)"', self.text)
        self.boxes = set(re.findall(r'name="r" value="([^"]*)" checked', self.text))
        self.touched: list[str] = []
        self.all_boxes = re.findall(r'name="r" value="([^"]*)"', self.text)

    def box(self, world, unit, day):
        row = next(n for n, text in enumerate(self.seen) if f"/{unit} " in text)
        return f"{row}-{day:%m%d}"

    def click(self, *boxes):
        for box in boxes:
            assert box in self.all_boxes, f"{box} cannot be ticked"
            self.boxes ^= {box}
            self.touched.append(box)
        return self

    def send(self, *, to="", action="", htmx=False):
        fields = {"vu": self.seen, "r": sorted(self.boxes), "touche": " ".join(self.touched)}
        if action:
            fields["action"] = action
        return self.client.post(to or self.path, fields, headers=HTMX if htmx else {})


def bar_of(text):
    return re.findall(r'<section id="modifs".*?</section>', text, re.DOTALL)[0]


def messages_of(response):
    return [str(message) for message in response.wsgi_request._messages]


# Looking


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


# Ticking


def test_ticks_are_kept_and_the_page_shows_them(parent, world):
    form = Form(parent, address(world))
    response = form.click(form.box(world, "matin", MONDAY)).send(action="brouillon")
    assert response.headers["Location"] == address(world)
    text = Form(parent, address(world)).text
    assert 'data-avant="0"><input type="checkbox" name="r" value="0-1005" checked>' in text
    assert "1 modification" in bar_of(text)
    assert "+\u00a03,50\u00a0€" in bar_of(text)
    assert not Booking.objects.exists()


def test_moving_to_the_next_month_keeps_the_ticks(parent, world):
    form = Form(parent, address(world))
    response = form.click(form.box(world, "matin", MONDAY)).send(to=address(world, NOVEMBER))
    assert response.headers["Location"] == address(world, NOVEMBER)
    assert "1 autre modification" in Form(parent, address(world, NOVEMBER)).text
    assert DraftChange.objects.get().day == MONDAY


def test_unticking_again_empties_the_draft(parent, world):
    form = Form(parent, address(world))
    form.click(form.box(world, "matin", MONDAY)).send(action="brouillon")
    again = Form(parent, address(world))
    again.click(again.box(world, "matin", MONDAY)).send(action="brouillon")
    assert not DraftChange.objects.exists()


def test_each_tab_keeps_what_the_other_ticked(parent, world):
    one, other = Form(parent, address(world)), Form(parent, address(world))
    one.click(one.box(world, "matin", MONDAY)).send(htmx=True)
    other.click(other.box(world, "matin", TUESDAY)).send(htmx=True)
    one.send(action="valider")
    assert sorted(change.day for change in DraftChange.objects.all()) == [MONDAY, TUESDAY]


def test_a_click_taken_back_on_the_same_page_empties_the_draft(parent, world):
    form = Form(parent, address(world))
    box = form.box(world, "matin", MONDAY)
    form.click(box).send(htmx=True)
    assert DraftChange.objects.exists()
    form.click(box).send(htmx=True)
    assert not DraftChange.objects.exists()


@pytest.mark.parametrize("clicks", [["matin"], ["matin", "repas", "soir"], []])
def test_the_fragment_is_what_a_reload_shows(parent, world, clicks):
    make_booking(world.child, world.units["repas"], world.group, MONDAY)
    form = Form(parent, address(world))
    fragment = form.click(*(form.box(world, unit, MONDAY) for unit in clicks)).send(htmx=True).content.decode()
    reloaded = bar_of(parent.get(address(world)).content.decode())
    assert re.sub(r"\s+", " ", fragment.strip()) == re.sub(r"\s+", " ", reloaded)


@pytest.fixture
def five_to_midnight(on_the_first_of_october):
    """The last minutes before the deadline of Monday 5."""
    on_the_first_of_october.move_to(paris(2026, 10, 4, 23, 55))
    return on_the_first_of_october


def test_a_cell_whose_deadline_passed_meanwhile_is_not_kept_and_the_bar_says_why(five_to_midnight, parent, world):
    form = Form(parent, address(world))
    form.click(form.box(world, "matin", MONDAY), form.box(world, "matin", TUESDAY))
    five_to_midnight.move_to(paris(2026, 10, 5, 0, 0, 0))
    fragment = form.send(htmx=True).content.decode()
    assert "1 case non gardée\u00a0: le délai est passé." in fragment
    assert DraftChange.objects.get().day == TUESDAY


def test_without_javascript_the_next_page_says_it(five_to_midnight, parent, world):
    form = Form(parent, address(world))
    form.click(form.box(world, "matin", MONDAY))
    five_to_midnight.move_to(paris(2026, 10, 5, 0, 0, 0))
    form.send(action="brouillon")
    assert "1 case non gardée\u00a0: le délai est passé." in parent.get(address(world)).content.decode()


def test_a_forged_cell_is_ignored_with_a_message(parent, world):
    stranger = make_child(make_family(name="Autre"))
    rows = [f"{stranger.code} accueil/matin 2026-10-05 0", f"{world.child.code} accueil/matin 2026-10-07 0"]
    parent.post(address(world), {"vu": rows, "r": ["0-1005", "1-1007"], "action": "brouillon"})
    text = parent.get(address(world)).content.decode()
    assert "Une partie du planning n’a pas pu être lue" in text
    assert "c’est fermé ce jour-là" in text
    assert not DraftChange.objects.exists()


def test_forged_ticks_on_an_activity_that_the_town_manages_are_ignored(parent, world):
    world.meals.booking_mode = BookingMode.READ_ONLY
    world.meals.save()
    catalogue.cache_clear()
    parent.post(address(world), {"vu": [f"{world.child.code} restauration/repas 2026-10-05 0"], "r": ["0-1005"]})
    assert not DraftChange.objects.exists()


def test_a_parent_who_may_only_see_finds_no_box_and_cannot_forge_one(client, world):
    grandmother = make_adult(make_family(name="Mamie"))
    make_bond(grandmother, world.child, Situation.GRANDPARENT)
    client.force_login(grandmother.user)
    form = Form(client, address(world))
    assert form.all_boxes == []
    client.post(address(world), {"vu": [f"{world.child.code} accueil/matin 2026-10-05 0"], "r": ["0-1005"]})
    assert not DraftChange.objects.exists()


def test_cancelling_everything_empties_the_draft_of_all_months(parent, world):
    world.tick(world.cell("matin"), world.cell("matin", dt.date(2026, 11, 3)))
    response = Form(parent, address(world)).send(action="annuler")
    assert messages_of(response) == ["Vos modifications sont effacées. Vos réservations n’ont pas changé."]
    assert not DraftChange.objects.exists()


# Confirming


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


# How much it reads


def queries_of(client, path):
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


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


def test_a_recap_takes_the_same_queries_whatever_the_draft(parent, world):
    world.tick(world.cell("matin"))
    alone = queries_of(parent, "/planning/validation/")
    world.tick(*(world.cell(unit, dt.date(2026, 11, day)) for unit in ("matin", "repas", "soir") for day in (2, 3, 5)))
    assert queries_of(parent, "/planning/validation/") == alone


def test_a_month_is_light_once_compressed(parent, world):
    page = parent.get(address(world), headers={"Accept-Encoding": "gzip"})
    assert page.headers["Content-Encoding"] == "gzip"
    assert len(page.content) <= 10_000
