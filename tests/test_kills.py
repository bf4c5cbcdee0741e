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
from preau.billing.models import Allocation, Invoice, Payment, PaymentAttempt
from preau.billing.payfip.simulator import Behaviour, Result, Simulator
from preau.billing.testing import make_household, make_invoice, make_regie
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

KILLS = 50  # of each kind, on each database
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
    while server.cut < KILLS:
        insist(server, chance.choice(families).click(), "302", chance=chance, longest=longest)
        clicks += 1
    return clicks


@pytest.mark.django_db(transaction=True)
def test_killed_while_booking_each_click_counts_once() -> None:
    families = make_families(3)
    with running() as server:
        clicks = book(server, families, random.Random())
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
def test_a_place_counted_outside_the_transaction_would_be_noticed() -> None:
    """What the test above is worth: it sees a server that makes this mistake."""
    families = make_families(2)
    chance = random.Random()
    with running("--naive") as server:
        while not faults():
            assert server.cut < 10 * KILLS  # on a busy machine, the gap is hit seldom
            insist(server, chance.choice(families).click(), "302", chance=chance, longest=0.15)


@pytest.fixture
def payfip(payfip: Simulator) -> Simulator:
    payfip.behaviour = Behaviour(notices=0)  # the test itself notifies
    return payfip


@pytest.mark.django_db(transaction=True)
def test_killed_while_settling_each_payment_counts_once(payfip: Simulator, settings: Settings) -> None:
    make_town()
    payer, regie, chance = make_household(), make_regie(), random.Random()
    browser = Browser.of(payer.user)
    longest = 0.0
    with running() as server:
        settings.PUBLIC_URL = f"http://127.0.0.1:{server.port}"
        for number in itertools.count():
            invoice = make_invoice(payer.payer, regie, 5460, 6608, number=str(number))
            attempt = open_attempt(by=payer.user, payer=payer.payer, invoices=[invoice], now=timezone.now())
            payfip.decide(attempt.operation, Result.CARD_PAID)
            comes_back = browser.get(f"/paiements/{attempt.code}/retour/")
            notifies = browser.post("/paiements/payfip/notification/", {"idop": attempt.operation})
            if not longest:
                longest = 1.2 * usual_time(server, comes_back, "200")
            match chance.choice(["back", "notified", "both"]):
                case "back":
                    insist(server, comes_back, "200", chance=chance, longest=longest)
                    assert PaymentAttempt.objects.get(pk=attempt.pk).state == AttemptState.PAID
                case "notified":  # once: PayFiP does not try again, and this browser was closed
                    ask(server, notifies, kill_after=chance.uniform(0.0005, longest))
                case "both":
                    ask(server, comes_back, notifies, kill_after=chance.uniform(0.0005, longest))
            if server.cut >= KILLS:
                break
    poll_due(now=timezone.now() + dt.timedelta(hours=1), limit=10**6)
    paid = number + 1
    assert PaymentAttempt.objects.filter(state=AttemptState.PAID).count() == PaymentAttempt.objects.count() == paid
    assert sorted(Payment.objects.values_list("amount_cents", "used_cents")) == [(12068, 12068)] * paid
    assert sorted(Invoice.objects.values_list("settled_cents", flat=True)) == [12068] * paid
    assert Allocation.objects.count() == 2 * paid
    assert Entry.objects.filter(action="billing.payment_received").count() == Outgoing.objects.count() == paid
    assert faults() == []
