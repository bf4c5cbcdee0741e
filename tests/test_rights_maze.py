"""Two hundred separated families: to each adult what is lawful, and nothing of the other household.

The oracle is written from PRODUCT.md 4.10 and from the sources of each situation. It reads what was told when the
families were drawn, never what the portal works out.
"""

import datetime as dt
import random
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.db.models import F
from django.test import Client

from preau.accounts.models import User
from preau.activities.models import Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.choices import InvoiceState
from preau.billing.models import Invoice, Payer
from preau.billing.permissions import invoices_visible_to
from preau.billing.testing import make_regie
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking
from preau.bookings.queries.home import coming_days
from preau.bookings.queries.planning import read_planning
from preau.bookings.rules.periods import Period, PeriodKind
from preau.bookings.testing import open_days, paris
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment, Intake
from preau.families.actions import set_bond
from preau.families.choices import AccessLevel, Situation, Subject
from preau.families.models import Adult, Guardianship, Participant
from preau.families.permissions import bonds_in_force, families_visible_to, participants_visible_to
from preau.families.testing import ANCHOR, STORIES, SeparatedFamilies, make_separated_families
from preau.pricing.choices import QuotientSource
from preau.pricing.models import Quotient
from preau.pricing.testing import make_tariff
from preau.town.models import Town
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = paris(2026, 11, 9, 9)
TODAY = NOW.date()
FAMILIES = 216  # eighteen times each story
DAYS = [TODAY + dt.timedelta(days=offset) for offset in (-401, -400, -41, -40, -10, -1, 0, 1, 2, 30, 31)]
BOOKED = [dt.date(2026, 11, day) for day in (10, 12, 17, 19)]  # one week with each home
CATALOGUE = 700_000  # processes keep things by version of the catalogue: no other test may use this one
LEAST_QUOTIENT = 300

LAWFUL: Mapping[Situation, Mapping[str, int]] = {
    # « Both parents »: the child's papers, presences and bookings are for both, and both may act.
    Situation.EXERCISES: {
        "identity": 2, "planning": 2, "health": 2, "documents": 2, "attendance": 2, "pickup": 2
    },
    # Keeps the right to watch over the child (code civil, 373-2-1; CADA 20154766), does not decide, and has no health
    # sheet (code de la santé publique, L1111-7).
    Situation.WITHOUT_EXERCISE: {"identity": 1, "planning": 1, "documents": 1, "attendance": 1},
    Situation.WITHDRAWN: {},
    Situation.PAYER_ONLY: {},
    # The usual acts (code civil, 373-4); who may collect, and what the health sheet says, stay the parents' word.
    Situation.FOSTER: {"identity": 1, "planning": 2, "health": 1, "documents": 2, "attendance": 2, "pickup": 1},
    Situation.COLLECTS: {"planning": 1, "pickup": 1},
    Situation.GRANDPARENT: {"planning": 1, "attendance": 1, "pickup": 1},
    Situation.ENDED: {},
}  # fmt: skip


@dataclass
class Maze:
    told: SeparatedFamilies
    unit: Unit
    town: Town
    prices: dict[int, int]  # cents of a day, by household
    children: dict[int, Participant] = field(init=False)
    near: dict[int, set[int]] = field(init=False)  # by adult, the children whom a paper names with them

    def __post_init__(self) -> None:
        self.children = {child.pk: child for child in self.told.children}
        self.near = {adult.pk: set() for adult in self.told.adults}
        for adult, child in self.told.bonds:
            self.near[adult].add(child)

    def level(self, adult: Adult, child: Participant, subject: str, on: dt.date) -> int:
        """What the law gives: the last row not after the day, but nothing through a file that is closed."""
        if adult.family_id in self.told.archived:
            return 0
        begun = [row for row in self.told.bonds.get((adult.pk, child.pk), []) if row[0] <= on]
        if not begun:
            return 0
        _, situation, adjusted = max(begun, key=lambda row: row[0])
        return adjusted.get(subject, LAWFUL[situation].get(subject, 0))

    def home(self, child: Participant, day: dt.date) -> int:
        """The household whose day it is: weeks in turn, the mother's first."""
        homes = self.told.homes[child.pk]
        return homes[(day - ANCHOR).days // 7 % 2] if len(homes) == 2 else homes[0]

    def seen_by(self, adult: Adult, subject: str = "planning", *, on: dt.date = TODAY, level: int = 1) -> set[int]:
        near = self.near[adult.pk]
        return {child for child in near if self.level(adult, self.children[child], subject, on) >= level}

    def some_adults(self, count: int) -> list[Adult]:
        return random.Random(2).sample(self.told.adults, count)


@pytest.fixture(scope="module")
def maze(django_db_setup: None, django_db_blocker: Any) -> Iterator[Maze]:
    """Drawn once for the module, and forgotten at its end."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield make_maze()
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def this_morning() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def make_maze() -> Maze:
    told = make_separated_families(FAMILIES, today=TODAY)
    town = make_town(catalogue_version=CATALOGUE)
    activity = make_activity("soir", name="Accueil du soir")
    unit, group = make_unit(activity, "soir"), make_group()
    families = sorted({adult.family_id for adult in told.adults})
    quotients = {family: LEAST_QUOTIENT + rank for rank, family in enumerate(families)}
    make_tariff(unit, {"base": [a_price_each(quotients.values())]})
    Quotient.objects.bulk_create(
        Quotient(
            family_id=family,
            starts_on=dt.date(2020, 1, 1),
            value_cents=euros * 100,
            source=QuotientSource.CERTIFICATE,
            read_at=NOW,
        )
        for family, euros in quotients.items()
    )
    Intake.objects.create(activity=activity, group=group, taken=len(told.children))
    Enrolment.objects.bulk_create(
        Enrolment(
            participant=child,
            activity=activity,
            group=group,
            state=EnrolmentState.ACCEPTED,
            starts_on=activity.starts_on,
            ends_on=activity.ends_on,
            asked_at=NOW,
        )
        for child in told.children
    )
    open_days(activity, now=NOW)
    maze = Maze(told, unit, town, quotients)
    Booking.objects.bulk_create(
        Booking(
            participant=child,
            family_id=maze.home(child, day),
            unit=unit,
            group=group,
            day=day,
            state=BookingState.BOOKED,
            decided_at=NOW,
        )
        for child in told.children
        for day in BOOKED
    )
    bill_everyone(told, quotients)
    return maze


def a_price_each(quotients: Collection[int]) -> dict[str, Any]:
    """A bracket for each household, whose price gives it away: as many cents as its quotient has euros."""
    brackets = [0, *quotients]
    prices = [f"{euros // 100}.{euros % 100:02d}" for euros in brackets]
    return {"kind": "grid", "at": [str(euros) for euros in brackets], "prices": prices}


def bill_everyone(told: SeparatedFamilies, quotients: Mapping[int, int]) -> None:
    regie = make_regie()
    payers = Payer.objects.bulk_create(Payer(adult=adult, family_id=adult.family_id) for adult in told.adults)
    Invoice.objects.bulk_create(
        Invoice(
            regie=regie,
            payer=payer,
            family_id=payer.family_id,
            state=InvoiceState.ISSUED,
            number=f"N{payer.pk}",
            label="PERI2610",
            period_starts_on=dt.date(2026, 10, 1),
            period_ends_on=dt.date(2026, 10, 31),
            issued_on=TODAY,
            due_on=dt.date(2026, 12, 1),
            quotient_cents=quotients[payer.family_id] * 100,
            total_cents=1000,
        )
        for payer in payers
    )


def user_of(adult: Adult) -> User:
    assert adult.user is not None
    return adult.user


def test_the_maze_has_enough_of_everything(maze: Maze) -> None:
    assert FAMILIES >= 200
    assert len(STORIES) >= 8
    assert {situation for rows in maze.told.bonds.values() for _, situation, _ in rows} == set(Situation)
    assert any(len(homes) == 2 for homes in maze.told.homes.values())
    assert maze.told.archived
    assert any(adjusted for rows in maze.told.bonds.values() for _, _, adjusted in rows)
    assert any(starts_on > TODAY for rows in maze.told.bonds.values() for starts_on, _, _ in rows)


@pytest.mark.parametrize("on", DAYS, ids=str)
def test_every_adult_has_what_is_lawful_for_every_child_and_nothing_else(maze: Maze, on: dt.date) -> None:
    """Adult × child × kind of data × level, all at once: the same query, for everybody instead of somebody."""
    everybody: Any = F("adult__user")
    given = {(row.adult_id, row.participant_id): row for row in bonds_in_force(everybody, on=on)}
    wrong = []
    adults = {adult.pk: adult for adult in maze.told.adults}
    assert set(given) <= set(maze.told.bonds)
    for adult, child in maze.told.bonds:
        for subject in Subject:
            row = given.get((adult, child))
            found = getattr(row, subject) if row else 0
            lawful = maze.level(adults[adult], maze.children[child], subject, on)
            if found != lawful:
                wrong.append((maze.told.stories[child], adults[adult].first_name, subject, found, lawful))
    assert not wrong


def test_what_a_person_may_see_or_do_is_that(maze: Maze) -> None:
    """The query that pages use, for some of the adults, every kind of data and level, today and around."""
    some = none = 0
    chance = random.Random(3)
    for adult in maze.some_adults(40):
        for subject in Subject:
            for level in (AccessLevel.SEE, AccessLevel.ACT):
                on = chance.choice(DAYS)
                seen = participants_visible_to(user_of(adult), subject, on=on, level=level)
                found = set(seen.values_list("pk", flat=True))
                assert found == maze.seen_by(adult, subject, on=on, level=level), (adult, subject, level, on)
                some, none = some + bool(found), none + (not found)
    assert min(some, none) > 50


def test_a_household_is_its_own_people_s(maze: Maze) -> None:
    for adult in maze.some_adults(150):
        mine = [] if adult.family_id in maze.told.archived else [adult.family_id]
        assert list(families_visible_to(user_of(adult)).values_list("pk", flat=True)) == mine


def test_an_invoice_is_its_payer_s(maze: Maze) -> None:
    everybody: Any = F("payer__adult__user")
    assert invoices_visible_to(everybody).count() == len(maze.told.adults)
    for adult in maze.some_adults(150):
        [invoice] = invoices_visible_to(user_of(adult)).select_related("payer")
        assert invoice.payer.adult_id == adult.pk


def test_the_planning_shows_lawful_children_and_the_prices_of_one_s_own_days_only(maze: Maze) -> None:
    """A day of the other household is shown, since the child's bookings are for both; its price never is."""
    period = Period.around(PeriodKind.MONTH, TODAY)
    own = others = 0
    for adult in maze.some_adults(60):
        planning = read_planning(user_of(adult), town=maze.town, who=None, period=period, now=NOW)
        assert planning is not None
        assert set(planning.children) == maze.seen_by(adult)
        for row in planning.rows:
            child = maze.children[row.child.key]
            assert row.child.may_act == (maze.level(adult, child, "planning", TODAY) == 2)
            for day, cell, price in zip(planning.days, row.cells, row.prices, strict=True):
                if day in BOOKED:
                    assert cell.is_booked
                    is_own = maze.home(child, day) == adult.family_id
                    assert price == (maze.prices[adult.family_id] if is_own else None)
                    own, others = own + is_own, others + (not is_own)
    assert min(own, others) > 50


def test_the_home_page_shows_the_days_of_lawful_children(maze: Maze) -> None:
    for adult in maze.some_adults(40):
        days = coming_days(user_of(adult), first=TODAY, count=10)
        assert {row.participant.pk for row in days} == maze.seen_by(adult)


def marks_of(maze: Maze, adult: Adult, children: set[int]) -> set[str]:
    """What tells the other households of these children: names, address, phones, mail, quotient and price."""
    families = {home for child in children for home in maze.told.homes[child]} - {adult.family_id}
    marks = set()
    for other in maze.told.adults:
        if other.family_id in families:
            marks |= {other.first_name, *other.contact.phones, other.email, f"{other.family_id} allée Secrète"}
            cents = maze.prices[other.family_id]
            marks |= {f"{cents // 100},{cents % 100:02d}\u00a0€", other.family.number + "<", f"N{other.pk}<"}
    return marks


def test_pages_open_for_lawful_children_only_and_say_nothing_of_the_other_household(maze: Maze) -> None:
    shown = refused = 0
    for adult in maze.some_adults(24):
        browser = Client()
        browser.force_login(user_of(adult))
        lawful = maze.seen_by(adult)
        near = maze.near[adult.pk]
        marks = marks_of(maze, adult, near)
        pages = ["/accueil/", "/planning/", "/inscriptions/", "/factures/"]
        for child in near:
            address = f"/planning/{maze.children[child].code}/2026-11/"
            pages.append(address)
            status = browser.get(address).status_code
            assert status == (200 if child in lawful else 404), (maze.told.stories[child], adult)
            shown, refused = shown + (status == 200), refused + (status == 404)
        new = browser.get("/inscriptions/nouvelle/").content.decode()
        may_act = maze.seen_by(adult, level=2)
        assert {child for child in near if f">{maze.children[child].first_name}<" in new} == may_act
        for page in pages:
            text = browser.get(page).content.decode()
            assert not [mark for mark in marks if mark in text], (page, adult)
    assert shown > 10
    assert refused > 3


@pytest.mark.parametrize(
    ("situation", "opens"),
    [
        (Situation.WITHDRAWN, False),
        (Situation.ENDED, False),
        (Situation.PAYER_ONLY, False),
        (Situation.WITHOUT_EXERCISE, True),
    ],
)
def test_a_change_holds_from_the_next_request_with_the_session_open(
    maze: Maze, situation: Situation, opens: bool
) -> None:
    adult, child = lawful_pair(maze)
    browser = Client()
    browser.force_login(user_of(adult))
    address = f"/planning/{child.code}/2026-11/"
    assert browser.get(address).status_code == 200
    change(adult, child, situation, TODAY)
    assert browser.get(address).status_code == (200 if opens else 404)
    assert (child.first_name in browser.get("/accueil/").content.decode()) is opens
    change(adult, child, Situation.EXERCISES, TODAY)
    assert browser.get(address).status_code == 200


def test_a_change_to_come_holds_from_its_day(maze: Maze) -> None:
    adult, child = lawful_pair(maze)
    change(adult, child, Situation.WITHDRAWN, TODAY + dt.timedelta(days=1))
    browser = Client()
    with time_machine.travel(NOW.replace(hour=23, minute=59), tick=False):
        browser.force_login(user_of(adult))
        assert browser.get(f"/planning/{child.code}/2026-11/").status_code == 200
    with time_machine.travel(paris(2026, 11, 10, 0), tick=False):
        assert browser.get(f"/planning/{child.code}/2026-11/").status_code == 404


def test_losing_the_right_to_act_leaves_the_planning_to_read(maze: Maze) -> None:
    adult, child = lawful_pair(maze)
    browser = Client()
    browser.force_login(user_of(adult))
    address = f"/planning/{child.code}/2026-11/"
    assert "checkbox" in browser.get(address).content.decode()
    change(adult, child, Situation.GRANDPARENT, TODAY)
    response = browser.get(address)
    assert response.status_code == 200
    assert 'type="checkbox"' not in response.content.decode()


def lawful_pair(maze: Maze) -> tuple[Adult, Participant]:
    """A father whose authority is joint, and his only drawn tie to a child of two homes."""
    for adult in maze.told.adults:
        for child in maze.told.children:
            rows = maze.told.bonds.get((adult.pk, child.pk), [])
            if (
                adult.first_name.startswith("father")
                and maze.told.stories[child.pk] == "joint authority"
                and len(rows) == 1
                and adult.family_id not in maze.told.archived
            ):
                return adult, child
    raise AssertionError("the maze has no such father")


def change(adult: Adult, child: Participant, situation: Situation, on: dt.date) -> Guardianship:
    return set_bond(adult=adult, participant=child, situation=situation, starts_on=on, by=None, now=NOW)
