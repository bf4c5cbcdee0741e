"""The demonstration suits any day, is the same for the same day, and touches no town that is not its own."""

import datetime as dt
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from preau.bookings.models import Booking
from preau.core.dates import PARIS, Month
from preau.journal.actions import record
from preau.town.models import SchoolYear, Town
from preau.town.testing import make_town
from preau.townfile.checking import checked_source
from preau.townfile.demonstration.households import Generator
from preau.townfile.demonstration.preparing import (
    PREPARED,
    Prepared,
    TownAlreadyThere,
    forget,
    prepare,
    prepared,
    town_file,
)
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.scenes import SCENES
from preau.townfile.demonstration.shifting import shift
from preau.townfile.demonstration.timeline import timeline, weeks_to_shift
from preau.townfile.source import read_source
from preau.townfile.tests.conftest import NOW

D = dt.date
TODAY = NOW.date()


@pytest.mark.parametrize("scene", SCENES.values(), ids=SCENES)
def test_the_same_seed_draws_the_same_town(scene: Scene) -> None:
    about = scene.about(Town(name="Ville", insee_code="94076", address="Mairie, 94800 Ville"), 2026)

    def draw() -> str:
        generator = Generator(random.Random("2026-11-21"), about)
        return repr([*scene.cast(generator), *(generator.household() for _ in range(50))])

    assert draw() == draw()


@pytest.mark.django_db
def test_a_real_town_is_never_taken_for_a_demonstration() -> None:
    make_town()
    with pytest.raises(TownAlreadyThere):
        prepared()


@pytest.mark.django_db
def test_a_demonstration_made_before_there_were_four_towns_still_opens() -> None:
    record(None, PREPARED, at=NOW, subject=f"{TODAY}", facts={"families": 400})
    assert prepared() == Prepared("villejuif", TODAY, ())


@pytest.mark.django_db(transaction=True)
def test_a_demonstration_may_be_forgotten(tmp_path: Path, settings: Settings) -> None:
    settings.VAR = tmp_path
    for left in ("mailbox/mail.log", "files/invoice.pdf", "payfip.sqlite3", "secret"):
        (tmp_path / left).parent.mkdir(exist_ok=True)
        (tmp_path / left).touch()
    make_town()
    record(None, PREPARED, at=NOW, subject=f"{TODAY}", facts={"town": "villejuif", "to_try": []})
    forget()
    assert prepared() is None
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


# Whatever the day

YEARS = checked_source(read_source(town_file("villejuif"))).years.rows
FIRST, LAST = YEARS["2025-2026"].starts_on, YEARS["2027-2028"].ends_on


@given(today=st.dates(D(2020, 1, 1), D(2060, 1, 1)))
def test_shifted_by_whole_weeks_the_years_suit_any_day(today: dt.date) -> None:
    weeks = dt.timedelta(weeks=weeks_to_shift(today, FIRST, LAST))
    assert FIRST + weeks + dt.timedelta(days=90) < today <= LAST + weeks


@pytest.mark.parametrize("today", [D(2025, 12, 1), D(2026, 11, 21), D(2027, 8, 15), D(2028, 7, 4)])
def test_the_shipped_years_are_kept_as_they_are_while_they_run(today: dt.date) -> None:
    assert weeks_to_shift(today, FIRST, LAST) == 0


@given(today=st.dates(D(2026, 1, 1), D(2028, 6, 1)))
def test_billed_months_are_complete_and_in_order(today: dt.date) -> None:
    line = timeline(today, lambda day: day.weekday() in {0, 1, 3, 4} and day.month not in {7, 8})
    assert line.paid.last < line.issued.first <= line.issued.last < line.unbilled.first
    assert line.unbilled.last < today.replace(day=1)
    assert line.issue_day(line.paid) > line.paid.last
    assert line.issued.last < line.issue_day(line.issued) < today
    assert today <= line.soon <= line.last


def test_in_summer_the_days_to_come_are_those_of_september() -> None:
    line = timeline(D(2027, 7, 20), lambda day: day.weekday() < 5 and day.month not in {7, 8})
    assert (line.unbilled, Month.of(line.soon)) == (Month(2027, 6), Month(2027, 9))


@pytest.mark.parametrize("weeks", [-104, 52, 157])
def test_a_shifted_town_is_still_right(weeks: int) -> None:
    source = read_source(town_file("villejuif"))
    shift(source, weeks)
    file = checked_source(source)
    assert [row.starts_on for row in file.years.rows.values()] == [
        row.starts_on + dt.timedelta(weeks=weeks) for row in YEARS.values()
    ]
    assert {(row.on.month, row.on.day) for _, row in file.public_holidays} >= {(5, 1), (7, 14), (11, 11), (12, 25)}


@pytest.mark.django_db
def test_years_after_the_shipped_ones_the_town_is_alive() -> None:
    now = dt.datetime(2031, 3, 14, 9, 0, tzinfo=PARIS)
    prepare(SCENES["villejuif"], families=10, now=now)
    assert SchoolYear.objects.filter(starts_on__lte=now.date(), ends_on__gte=now.date()).exists()
    assert Booking.objects.filter(day__gt=now.date()).exists()
