"""A town ready to be visited: its file loaded, its population made, its past months billed."""

import datetime as dt
import random
import shutil
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.journal.actions import chain, record
from preau.journal.models import Entry
from preau.town.choices import DayKind
from preau.town.models import SchoolYear, Town
from preau.town.queries import school_calendar
from preau.town.rules import kind_of_day
from preau.townfile.checking import checked_source
from preau.townfile.demonstration import households as drawn
from preau.townfile.demonstration.asking import ask_to_change
from preau.townfile.demonstration.booking import Diary, write_bookings
from preau.townfile.demonstration.caring import write_health
from preau.townfile.demonstration.doubling import OPENED, open_twice
from preau.townfile.demonstration.enrolling import Catalogue, enrol_all, write_enrolments
from preau.townfile.demonstration.newcomers import prepare_arrivals
from preau.townfile.demonstration.paying import bill_past_months
from preau.townfile.demonstration.protecting import ask_and_note
from preau.townfile.demonstration.requesting import ask_about_members
from preau.townfile.demonstration.reviewing import review_files
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.schooling import ask_for_schools
from preau.townfile.demonstration.settling import hire, settle
from preau.townfile.demonstration.shifting import shift
from preau.townfile.demonstration.timeline import Timeline, timeline, weeks_to_shift
from preau.townfile.demonstration.trusting import sign_for_all
from preau.townfile.file import TownFile
from preau.townfile.loading import load
from preau.townfile.source import read_source

TOWNS = Path(__file__).parents[1] / "towns"
PREPARED = "townfile.demonstration_prepared"


class TownAlreadyThere(Exception):
    """The database already describes a town that is no demonstration: it must not be touched."""


def town_file(town: str) -> Path:
    """The shipped file of a town."""
    return TOWNS / town / f"{town}.toml"


@dataclass(frozen=True, slots=True)
class Prepared:
    """The demonstration of this database: which town, the day for which it was made, and what to try there."""

    town: str
    on: dt.date
    to_try: tuple[str, ...]


def prepared() -> Prepared | None:
    """The demonstration of this database, or None when it is empty. Raises TownAlreadyThere."""
    made = Entry.objects.filter(action=PREPARED).order_by("pk").last()
    if made is None and Town.objects.exists():
        raise TownAlreadyThere
    if made is None:
        return None
    # The first demonstrations were all of Villejuif, and had nobody to let in.
    town, to_try = made.facts.get("town", "villejuif"), made.facts.get("to_try", ())
    return Prepared(town, dt.date.fromisoformat(made.subject), tuple(to_try))


@transaction.atomic
def prepare(scene: Scene, *, families: int, now: dt.datetime) -> None:
    """Load the town and make `families` households, their enrolments, bookings, invoices and payments.

    All or nothing, in one transaction. The same day gives the same town, names and figures alike.
    """
    today = local_day(now)
    rng = random.Random(f"{scene.town} {today}")  # noqa: S311 (a town to play with)
    load(_town_of(scene.town, today), by=None, now=now)
    calendar = school_calendar()
    line = timeline(today, lambda day: kind_of_day(calendar, day) == DayKind.SCHOOL)
    years = _years(line)
    town = Town.objects.get()
    generator = drawn.Generator(rng, scene.about(town, years[0].starts_on.year))
    households = scene.cast(generator)
    households += [generator.household() for _ in range(families - len(households) - OPENED)]
    since = years[-1].starts_on
    settled = settle(scene, households, years, since=since, now=now)
    hire(scene, on=since)
    catalogues = [Catalogue.read(year, years_ago, scene.sectors) for years_ago, year in enumerate(years)]
    enrolled = enrol_all(households, catalogues)
    diary = Diary.read(rng, line)
    diary.fill(enrolled)
    diary.fill_up(scene.full, enrolled, households, catalogues[0])
    write_health(households, settled, years[0], random.Random(f"santé {today}"), now=now)  # noqa: S311
    write_enrolments(enrolled, settled)
    write_bookings(diary, settled, now=now)
    bill_past_months(line, rng, visited=households[0].code, now=now)
    sign_for_all(settled.families[households[0]], rng, since=since, now=now)
    ask_to_change(scene, households, settled, now=now)
    ask_about_members(User.objects.get(username=scene.agents[0].username), now=now)
    ask_and_note(scene, households, settled, now=now)
    ask_for_schools(households, settled, now=now)
    review_files(households, settled, rng, now=now)
    open_twice(scene, households, settled, now=now)
    to_try = list(prepare_arrivals(scene, households, settled, now=now))
    record(
        None,
        PREPARED,
        at=now,
        subject=today.isoformat(),
        facts={"town": scene.town, "families": families, "to_try": to_try},
    )
    while chain():
        pass


def _town_of(town: str, today: dt.date) -> TownFile:
    """The shipped file, moved by whole weeks when its school years do not suit the day."""
    years = checked_source(read_source(town_file(town))).years.rows.values()
    first, last = min(year.starts_on for year in years), max(year.ends_on for year in years)
    source = read_source(town_file(town))
    shift(source, weeks_to_shift(today, first, last))
    return checked_source(source)


def _years(line: Timeline) -> list[SchoolYear]:
    """The running school year, or in summer the next one; then those before, as far as the billed months go."""
    current = SchoolYear.objects.filter(ends_on__gte=line.today).earliest("starts_on")
    before = SchoolYear.objects.filter(starts_on__lt=current.starts_on, ends_on__gte=line.paid.first)
    return [current, *before.order_by("-starts_on")]


def forget() -> None:
    """Erase a demonstration: every row, the mails, the payments of the simulator, the files."""
    call_command("flush", interactive=False, verbosity=0)
    for name in ("mailbox", "files"):
        shutil.rmtree(settings.VAR / name, ignore_errors=True)
    for left in settings.VAR.glob("payfip.sqlite3*"):
        left.unlink()
