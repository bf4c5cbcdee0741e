"""The web server is killed while it books or settles, at random moments: nothing is lost, nothing happens twice."""

import datetime as dt
import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from django.utils import timezone
from pytest_django import Settings

from preau.accounts.models import User
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.actions.attempts import open_attempt
from preau.billing.actions.settling import poll_due
from preau.billing.choices import AttemptState
from preau.billing.models import Allocation, Invoice, Payment, PaymentAttempt, Regie
from preau.billing.payfip.simulator import Behaviour, Result, Simulator
from preau.billing.testing import PayingHousehold, make_household, make_invoice, make_regie
from preau.bookings.actions import save_draft
from preau.bookings.models import Booking, DraftChange, Submission
from preau.bookings.rules.lines import Cell
from preau.bookings.testing import open_days
from preau.core.codes import new_code
from preau.core.dates import local_day
from preau.core.invariants import REGISTRY
from preau.enrolments.testing import make_enrolment
from preau.families.testing import make_child
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.pricing.testing import make_tariff
from preau.town.testing import make_town, make_year
from tests.kills import Browser, Server, ask, insist, running, usual_time

BOOKING_KILLS, PAYMENT_KILLS = 200, 50  # that cut an answer, on each database
ENOUGH = 500  # on a busy machine, the gap of a naive server is hit seldom
DAYS = 300


@dataclass
class Family:
    """A parent who books, and what the portal has told them is booked."""

    browser: Browser
    user: User
    child: int
    units: list[int]
    days: Iterator[dt.date]
    booked: set[Cell] = field(default_factory=set)
    cancelled: int = 0

    def click(self) -> bytes:
        """« Terminer », on a draft: two units of a new day, instead of one booked before."""
        day = next(self.days)
        changes = {Cell(self.child, day, unit): True for unit in self.units}
        if len(self.booked) > 4:
            gone = min(self.booked, key=lambda cell: cell.day)
            changes[gone] = False
            self.booked.discard(gone)
            self.cancelled += 1
        self.booked |= {cell for cell, wanted in changes.items() if wanted}
        save_draft(user=self.user, changes=changes, now=timezone.now())
        return self.browser.post("/planning/validation/", {"jeton": new_code(), "action": "terminer"})


@pytest.fixture
def chance(request: pytest.FixtureRequest) -> random.Random:
    """What happens at random; a failure tells the seed."""
    seed = random.SystemRandom().randrange(10**6)
    request.node.add_report_section("setup", "seed", str(seed))
    return random.Random(seed)


def make_families(count: int) -> list[Family]:
    """Families whose children share their places."""
    make_town()
    today = local_day(timezone.now())
    year = make_year(starts_on=today, ends_on=today + dt.timedelta(days=DAYS), weekdays=tuple(range(7)))
    group = make_group("groupe", matin=20, soir=20)
    activity = make_activity("accueil", year=year)
    units = [make_unit(activity, part, parts=[part], weekdays=()) for part in ("matin", "soir")]
    for unit in units:
        make_tariff(unit)
    families = []
    for number in range(count):
        household = make_household(name=f"Famille {number}")
        child = make_child(household.family)
        make_enrolment(child, activity, group)
        days = (today + dt.timedelta(days=ahead) for ahead in itertools.count(3))
        families.append(Family(Browser.of(household.user), household.user, child.pk, [unit.pk for unit in units], days))
    open_days(activity, now=timezone.now())
    return families


def faults() -> list[str]:
    """What `preau verify` would say."""
    return [fault for invariant in REGISTRY for fault in invariant.check()]


def book(server: Server, families: list[Family], chance: random.Random) -> int:
    """Book until enough kills have cut an answer; returns how many times the parents clicked."""
    longest = 1.2 * min(usual_time(server, family.click(), "302") for family in families)
    clicks = len(families)
    while server.cut < BOOKING_KILLS:
        insist(server, chance.choice(families).click(), "302", chance=chance, longest=longest)
        clicks += 1
    return clicks


@pytest.mark.django_db(transaction=True)
def test_killed_while_booking_each_click_counts_once(chance: random.Random) -> None:
    families = make_families(3)
    with running() as server:
        clicks = book(server, families, chance)
    booked = {
        Cell(participant, day, unit)
        for participant, day, unit in Booking.objects.filter(state="booked").values_list("participant", "day", "unit")
    }
    assert booked == set().union(*(family.booked for family in families))
    assert Booking.objects.filter(state="booked").count() == len(booked)
    assert Booking.objects.filter(state="cancelled").count() == sum(family.cancelled for family in families)
    assert Submission.objects.count() == Entry.objects.filter(action="bookings.confirmed").count() == clicks
    assert Outgoing.objects.count() == clicks
    assert not DraftChange.objects.exists()
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_a_place_counted_outside_the_transaction_would_be_noticed(chance: random.Random) -> None:
    """What the test above is worth: it sees a server that makes this mistake."""
    families = make_families(2)
    with running("--naive") as server:
        while not faults():
            assert server.cut < ENOUGH
            insist(server, chance.choice(families).click(), "302", chance=chance, longest=0.15)


@pytest.fixture
def payfip(payfip: Simulator) -> Simulator:
    payfip.behaviour = Behaviour(notices=0)  # the test itself notifies
    return payfip


@dataclass
class Till:
    """A parent who pays one invoice after the other."""

    payfip: Simulator
    household: PayingHousehold = field(default_factory=make_household)
    regie: Regie = field(default_factory=make_regie)
    numbers: Iterator[int] = field(default_factory=itertools.count)

    def pay(self) -> tuple[PaymentAttempt, bytes, bytes]:
        """Pay on PayFiP's page; gives the attempt, and the requests by which the portal may hear of it."""
        who, browser = self.household, Browser.of(self.household.user)
        invoice = make_invoice(who.payer, self.regie, 5460, 6608, number=str(next(self.numbers)))
        attempt = open_attempt(by=who.user, payer=who.payer, invoices=[invoice], now=timezone.now())
        self.payfip.decide(attempt.operation, Result.CARD_PAID)
        comes_back = browser.get(f"/paiements/{attempt.code}/retour/")
        return attempt, comes_back, browser.post("/paiements/payfip/notification/", {"idop": attempt.operation})


@pytest.mark.django_db(transaction=True)
def test_killed_while_settling_each_payment_counts_once(
    payfip: Simulator, settings: Settings, chance: random.Random
) -> None:
    make_town()
    till = Till(payfip)
    with running() as server:
        settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
        longest = 1.2 * usual_time(server, till.pay()[1], "200")
        while server.cut < PAYMENT_KILLS:
            attempt, comes_back, notifies = till.pay()
            match chance.choice(["back", "notified", "both"]):
                case "back":
                    insist(server, comes_back, "200", chance=chance, longest=longest)
                    assert PaymentAttempt.objects.get(pk=attempt.pk).state == AttemptState.PAID
                case "notified":  # once: PayFiP does not try again, and this browser was closed
                    ask(server, notifies, kill_after=chance.uniform(0.0005, longest))
                case "both":
                    ask(server, comes_back, notifies, kill_after=chance.uniform(0.0005, longest))
    poll_due(now=timezone.now() + dt.timedelta(hours=1), limit=10**6)
    paid = next(till.numbers)
    assert PaymentAttempt.objects.filter(state=AttemptState.PAID).count() == PaymentAttempt.objects.count() == paid
    assert sorted(Payment.objects.values_list("amount_cents", "used_cents")) == [(12068, 12068)] * paid
    assert sorted(Invoice.objects.values_list("settled_cents", flat=True)) == [12068] * paid
    assert Allocation.objects.count() == 2 * paid
    assert Entry.objects.filter(action="billing.payment_received").count() == Outgoing.objects.count() == paid
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_a_payment_put_on_its_invoices_outside_the_transaction_would_be_noticed(
    payfip: Simulator, settings: Settings, chance: random.Random
) -> None:
    """What the test above is worth: it sees a server that makes this mistake."""
    make_town()
    till = Till(payfip)
    with running("--naive") as server:
        settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
        while not Payment.objects.filter(used_cents=0).exists():
            assert server.cut < ENOUGH
            _, comes_back, _ = till.pay()
            ask(server, comes_back, kill_after=chance.uniform(0.0005, 0.15))
