import datetime as dt
import gzip
import re
from html.parser import HTMLParser

import pytest

from preau.activities.models import Closure
from preau.bookings.choices import Presence
from preau.bookings.grid import deadline_words, grid, short_deadline_words, until_words
from preau.bookings.models import Booking, Slot
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.queries.planning import read_planning
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.testing import make_booking, open_days, paris
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY
from preau.families.testing import make_child
from preau.town.models import PublicHoliday, SchoolPeriod
from preau.town.queries import the_town
from preau.town.testing import make_year

HOSTILE = "<b>\"'&</b><script>alert(1)</script>"
OCTOBER = Period.around(PeriodKind.MONTH, MONDAY)


def drawn(world, *, who="one", period=OCTOBER, now=NOW):
    catalogue.cache_clear()
    code = world.child.code if who == "one" else None
    shown = read_planning(world.user, town=the_town(), who=code, period=period, now=now)
    assert shown is not None
    return grid(shown)


class Cells(HTMLParser):
    """The words of each cell, by day, and whether tags are balanced."""

    def __init__(self, markup):
        super().__init__()
        self.open: list[str] = []
        self.day = ""
        self.depth: int | None = None
        self.cells: dict[str, list[str]] = {}
        self.feed(markup)
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "input":
            return
        if tag == "h4":
            self.day = attributes["id"]
        self.open.append(tag)
        if (attributes.get("class") or "").split(" ")[0] == "case":
            self.depth = len(self.open)
            self.cells.setdefault(self.day, []).append("")

    def handle_startendtag(self, tag, attributes):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if self.depth is not None and len(self.open) < self.depth:
            self.depth = None

    def handle_data(self, data):
        if self.depth is not None:
            self.cells[self.day][-1] += data


def words(world, **options):
    return Cells(drawn(world, **options)).cells


def test_a_cell_says_its_unit_its_price_its_day_and_its_deadline(world):
    assert words(world)["j1005"][0] == (
        "Matin3,50\u00a0€, lundi 5 octobre. Jusqu’au dimanche 4\u00a0octobre à 23\u00a0h\u00a059"
    )


def test_a_free_cell_and_a_booked_one_can_be_ticked(world):
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    markup = drawn(world)
    assert '<label class="case" data-avant="1"><input type="checkbox" name="r" value="0-1005" checked>' in markup
    assert '<label class="case" data-avant="0"><input type="checkbox" name="r" value="0-1006">' in markup


def test_a_tick_of_the_draft_differs_from_what_it_was(world):
    world.tick(world.cell("matin"))
    assert 'data-avant="0"><input type="checkbox" name="r" value="0-1005" checked>' in drawn(world)


def test_a_full_day_is_no_box(world):
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0)
    assert words(world)["j1005"][0] == "MatinComplet, lundi 5 octobre. "
    assert '<span class="case" data-etat="complet">' in drawn(world)


def test_a_ticked_day_that_became_full_can_be_unticked(world):
    world.tick(world.cell("matin"))
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0)
    assert '<label class="case" data-etat="complet" data-avant="0"><input' in drawn(world)


def test_a_late_day_says_when_its_deadline_passed(world):
    late = words(world, now=paris(2026, 10, 5, 9))["j1005"][0]
    assert late == "MatinTrop tard, lundi 5 octobre. Délai passé le dimanche 4\u00a0octobre à 23\u00a0h\u00a059"


@pytest.mark.parametrize(("sex", "word"), [("f", "Présente"), ("m", "Présent"), ("", "Présent")])
def test_presence_agrees_with_the_child(world, sex, word):
    world.child.sex = sex
    world.child.save()
    make_booking(world.child, world.units["matin"], world.group, MONDAY)
    Booking.objects.update(presence=Presence.PRESENT)
    assert words(world, now=paris(2026, 10, 8))["j1005"][0].startswith(f"Matin{word},")


def test_a_public_holiday_shows_its_name_instead_of_cells(world):
    PublicHoliday.objects.create(on=MONDAY, name="Fête du village")
    open_days(world.activity, world.meals, now=NOW)
    markup = drawn(world)
    assert "<p>Férié\u00a0: Fête du village</p>" in markup
    assert "j1005" not in Cells(markup).cells


def test_a_week_of_holidays_is_one_block(world):
    span = {"starts_on": dt.date(2026, 10, 17), "ends_on": dt.date(2026, 11, 1)}
    SchoolPeriod.objects.create(year=make_year(), code="t", name="Vacances de la Toussaint", **span)
    open_days(world.activity, world.meals, now=NOW)
    markup = drawn(world)
    assert markup.count('class="jour-libre ferme"') == 2
    assert "<strong>Vacances de la Toussaint</strong>" in markup
    assert 'id="j1020"' not in markup


def test_several_children_have_their_own_groups_of_cells(world):
    sister = make_child(world.family, first_name="Mylis")
    world.enrol(sister)
    markup = drawn(world, who="all")
    assert 'role="group" aria-label="Nora"' in markup
    assert 'role="group" aria-label="Mylis"' in markup
    assert len(Cells(markup).cells["j1005"]) == 8


def test_hostile_names_are_text(world):
    world.child.first_name = HOSTILE
    world.child.save()
    make_child(world.family)
    for unit in world.units.values():
        unit.short_name = HOSTILE[:20]
        unit.name = HOSTILE
        unit.save()
    world.activity.name = HOSTILE
    world.activity.save()
    Closure.objects.create(code="x", activity=world.activity, starts_on=MONDAY, ends_on=MONDAY, reason=HOSTILE)
    PublicHoliday.objects.create(on=TUESDAY, name=HOSTILE[:60])
    open_days(world.activity, world.meals, now=NOW)
    for who in ("one", "all"):
        markup = drawn(world, who=who)
        assert "<script" not in markup
        assert '<b>"' not in markup
        assert re.findall(r"<b>[^<]*<", markup)  # the units are there, as text
        Cells(markup)


def test_a_month_of_a_child_is_light(world):
    for unit in list(world.units.values()):
        for copy in range(2):
            unit.pk, unit.code = None, f"{unit.code}-{copy}"
            unit.save()
            unit.parts.set([world.slot("midi").part])
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    markup = drawn(world)
    assert markup.count('class="case"') > 150
    assert len(gzip.compress(markup.encode())) < 7_000


@pytest.mark.parametrize(
    ("instant", "said", "briefly"),
    [
        (paris(2026, 10, 1, 23, 59, 59), "jusqu’à ce soir minuit", "jusqu’à ce soir minuit"),
        (paris(2026, 10, 1, 16, 30), "jusqu’à aujourd’hui à 16 h 30", "jusqu’à aujourd’hui à 16 h 30"),
        (paris(2026, 10, 2, 9), "jusqu’à demain à 9 h", "jusqu’à demain à 9 h"),
        (paris(2026, 10, 7, 9, 30, 59), "jusqu’au mercredi 7 octobre à 9 h 30", "jusqu’au mer. 7 à 9 h 30"),
    ],
)
def test_deadlines_are_told_as_one_says_them(instant, said, briefly):
    second, today = str(int(instant.timestamp())), NOW.date()
    assert until_words(second, today).replace("\u00a0", " ") == said
    assert short_deadline_words(second, dt.date(2026, 10, 9), today).replace("\u00a0", " ") == briefly


def test_a_deadline_of_another_month_than_its_day_names_it():
    second = str(int(paris(2026, 12, 30, 9, 30).timestamp()))
    words = short_deadline_words(second, dt.date(2027, 1, 4), NOW.date(), is_first=True)
    assert words == "premier délai\u00a0: mer. 30 déc. à 9\u00a0h\u00a030"


def test_deadlines_are_told_in_local_time_on_both_sides_of_the_clock_change():
    assert deadline_words(str(int(paris(2026, 10, 24, 12).timestamp()))) == "samedi 24\u00a0octobre à 12\u00a0h"
    assert deadline_words(str(int(paris(2026, 10, 26, 12).timestamp()))) == "lundi 26\u00a0octobre à 12\u00a0h"
