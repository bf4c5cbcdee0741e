"""A small town for the tests of the planning: one group, four units, one parent and her daughter."""

import datetime as dt
from dataclasses import dataclass, field

import pytest

from preau.accounts.models import User
from preau.activities.models import Activity, Group, Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.actions import confirm_draft, save_draft
from preau.bookings.models import Booking, Slot, Submission
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.rules.lines import Cell
from preau.bookings.testing import open_days, paris
from preau.core.codes import new_code
from preau.enrolments.testing import make_enrolment
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.pricing.queries import tariff_catalogue
from preau.pricing.testing import make_tariff
from preau.town.testing import make_town

NOW = paris(2026, 10, 1)  # a Thursday
MONDAY = dt.date(2026, 10, 5)
TUESDAY = dt.date(2026, 10, 6)
WEDNESDAY = dt.date(2026, 10, 7)


@pytest.fixture(autouse=True)
def fresh_catalogues():
    """The catalogues are kept by version of the town; each test has a town of version 1."""
    catalogue.cache_clear()
    tariff_catalogue.cache_clear()


@dataclass
class World:
    """`matin` and `soir` take a part each, `journee` both; `repas` takes its own, in a second activity."""

    family: Family
    adult: Adult
    child: Participant
    group: Group
    activity: Activity
    meals: Activity
    units: dict[str, Unit] = field(default_factory=dict)

    @property
    def user(self) -> User:
        assert self.adult.user is not None
        return self.adult.user

    def cell(self, unit: str, day: dt.date = MONDAY, child: Participant | None = None) -> Cell:
        return Cell((child or self.child).pk, day, self.units[unit].pk)

    def tick(self, *cells: Cell, wanted: bool = True, user: User | None = None, now: dt.datetime = NOW) -> None:
        save_draft(user=user or self.user, changes=dict.fromkeys(cells, wanted), now=now)

    def confirm(self, *, user: User | None = None, token: str = "", now: dt.datetime = NOW) -> Submission:
        return confirm_draft(by=user or self.user, token=token or new_code(), now=now)

    def book(self, *cells: Cell, user: User | None = None, now: dt.datetime = NOW) -> Submission:
        self.tick(*cells, user=user, now=now)
        return self.confirm(user=user, now=now)

    def cancel(self, *cells: Cell, user: User | None = None, now: dt.datetime = NOW) -> Submission:
        self.tick(*cells, wanted=False, user=user, now=now)
        return self.confirm(user=user, now=now)

    def slot(self, part: str, day: dt.date = MONDAY, group: str = "groupe") -> Slot:
        return Slot.objects.get(group__code=group, part__code=part, day=day)

    def states(self) -> list[tuple[str, dt.date, str]]:
        rows = Booking.objects.order_by("day", "unit__order", "pk")
        return [(unit, day, state) for unit, day, state in rows.values_list("unit__code", "day", "state")]

    def enrol(self, *children: Participant, group: Group | None = None) -> None:
        for child in children:
            make_enrolment(child, self.activity, group or self.group)
            make_enrolment(child, self.meals, group or self.group)


@pytest.fixture
def world(db):
    return make_world()


@pytest.fixture
def committed_world(transactional_db):
    """The same, seen by other threads."""
    return make_world()


def make_world(*, places: int | None = 20) -> World:
    make_town()
    group = make_group("groupe", matin=places, midi=None, soir=places)
    activity, meals = make_activity("accueil", name="1_Accueil"), make_activity("restauration", name="Restauration")
    units = {
        "matin": make_unit(activity, "matin", order=1),
        "repas": make_unit(meals, "repas", parts=["midi"], starts_at=dt.time(11, 45), ends_at=dt.time(13, 30), order=2),
        "soir": make_unit(
            activity, "soir", parts=["soir"], starts_at=dt.time(16, 30), ends_at=dt.time(18, 30), order=3
        ),
        "journee": make_unit(activity, "journee", parts=["matin", "soir"], ends_at=dt.time(18, 30), order=4),
    }
    for unit, price in (("matin", "3.50"), ("repas", "4.72"), ("soir", "4.55"), ("journee", "7.00")):
        make_tariff(units[unit], price)
    family = make_family()
    world = World(family, make_adult(family), make_child(family), group, activity, meals, units)
    world.enrol(make_child(make_family(name="Voisin")))  # a child of others, so that something could leak
    world.enrol(world.child)
    open_days(activity, meals, now=paris(2026, 8, 20))
    return world


def outcomes(submission: Submission) -> list[tuple[str, str | None]]:
    """The result and the refusal of each line."""
    return [(line["result"], line["refusal"]) for line in submission.outcome["lines"]]
