import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.bookings.models import Slot
from preau.bookings.queries.catalogue import Catalogue, catalogue
from preau.bookings.queries.children import read_children
from preau.bookings.queries.planning import read_planning
from preau.bookings.rules.days import TownDays
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.testing import make_booking
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY
from preau.bookings.ticks import Ticks, read_ticks, seen
from preau.families.testing import make_child, make_family
from preau.town.queries import the_town
from preau.town.rules import Calendar

WEEK = Period.around(PeriodKind.WEEK, MONDAY)


def form_of(world):
    """What the page of the week sends when nothing is clicked."""
    shown = read_planning(world.user, town=the_town(), who=world.child.code, period=WEEK, now=NOW)
    assert shown is not None
    boxes = {
        f"{number}-{day:%m%d}"
        for number, row in enumerate(shown.rows)
        for day, cell in zip(shown.days, row.cells, strict=True)
        if cell.can_change and cell.is_ticked
    }
    return seen(shown), boxes


def read(world, fields, boxes, touched=()):
    return read_ticks(fields, boxes, read_children(world.user, on=NOW.date()), catalogue(1), touched=touched)


def test_a_form_left_as_it_was_clicks_nothing(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    world.tick(world.cell("soir"))
    world.tick(world.cell("matin"), wanted=False)
    assert read(world, *form_of(world)) == Ticks()


def test_boxes_that_differ_are_clicks(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    fields, boxes = form_of(world)
    ticks = read(world, fields, (boxes - {"0-1005"}) | {"0-1006"})
    assert ticks.clicked == {world.cell("matin"): False, world.cell("matin", TUESDAY): True}


def test_boxes_of_the_draft_that_differ_are_put_back(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    world.tick(world.cell("matin"), wanted=False)
    world.tick(world.cell("matin", TUESDAY))
    fields, boxes = form_of(world)
    ticks = read(world, fields, (boxes | {"0-1005"}) - {"0-1006"})
    assert (ticks.clicked, ticks.put_back) == ({}, {world.cell("matin"), world.cell("matin", TUESDAY)})


def test_a_box_put_back_on_a_page_that_stays_open_is_put_back(world):
    fields, boxes = form_of(world)
    ticks = read(world, fields, boxes, touched=["0-1005", "0-1005"])
    assert (ticks.clicked, ticks.put_back) == ({}, {world.cell("matin")})


def test_what_another_tab_ticked_meanwhile_is_left_alone(world):
    fields, boxes = form_of(world)
    world.tick(world.cell("matin"))
    assert read(world, fields, boxes) == Ticks()


def test_what_the_other_parent_booked_meanwhile_is_no_click(world):
    fields, boxes = form_of(world)
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    assert read(world, fields, boxes).clicked == {}


def test_days_that_could_not_change_are_not_read(world):
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0)
    fields, boxes = form_of(world)
    assert read(world, fields, boxes | {"0-1005", "0-1007"}).clicked == {}


def test_a_row_of_another_familys_child_is_unreadable(world):
    stranger = make_child(make_family(name="Autre"))
    row = f"{stranger.code} accueil/matin 2026-10-05 0000000"
    ticks = read(world, [row], {"0-1005"})
    assert (ticks.clicked, ticks.unreadable) == ({}, True)


@pytest.mark.parametrize(
    "row",
    [
        "",
        "n’importe quoi",
        "{code} accueil/matin 2026-10-05 0020000",
        "{code} accueil/matin 2026-13-45 0000000",
        "{code} accueil/matin 1999-12-31 0000000",
        "{code} accueil/inconnue 2026-10-05 0000000",
        "{code} accueil/matin 2026-10-05 " + "0" * 400,
        "{code} accueil/matin 9999-12-31 00",
        "{code}\x00accueil/matin 2026-10-05 0000000",
    ],
)
def test_a_forged_row_is_unreadable_and_harmless(world, row):
    ticks = read(world, [row.format(code=world.child.code)], {"0-1005", "0-1231"})
    assert (ticks.clicked, ticks.put_back, ticks.unreadable) == ({}, set(), True)


def test_the_rows_of_a_form_have_a_bound(world):
    row = f"{world.child.code} accueil/matin 2026-10-05 0"
    assert read(world, [row] * 1000, set()).unreadable


@given(st.lists(st.text(max_size=60), max_size=5), st.lists(st.text(max_size=12), max_size=5))
def test_any_text_is_read_without_a_fault(rows, boxes):
    nothing = Catalogue(TownDays(Calendar((), (), frozenset())), {}, {}, {}, {}, [], ())
    assert read_ticks(rows, boxes, {}, nothing).clicked == {}
