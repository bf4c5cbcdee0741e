"""The demonstration: a town that looks like one, whatever the day, and that breaks no rule."""

import datetime as dt
import io
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.db import transaction
from django.db.models import F, Sum
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings
from pytest_django.plugin import DjangoDbBlocker

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.billing.models import Invoice, Payment
from preau.bookings.choices import Presence
from preau.bookings.models import Booking, Slot
from preau.core.dates import PARIS, Month
from preau.enrolments.models import Enrolment
from preau.families.models import Family, Home, Participant
from preau.journal.actions import record
from preau.town.models import SchoolYear, Town
from preau.town.testing import make_town
from preau.townfile.checking import checked_source
from preau.townfile.demonstration import households as drawn
from preau.townfile.demonstration.cast import PASSWORD, VISITORS, ZOE, cast
from preau.townfile.demonstration.households import Generator
from preau.townfile.demonstration.preparing import PREPARED, TOWN, TownAlreadyThere, forget, prepare, prepared_on
from preau.townfile.demonstration.shifting import shift
from preau.townfile.demonstration.timeline import timeline, weeks_to_shift
from preau.townfile.source import read_source

D = dt.date
NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=PARIS)
TODAY = NOW.date()
FAMILIES = 30


@pytest.fixture(scope="module")
def town(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """A small demonstration, for all the tests that only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        prepare(families=FAMILIES, now=NOW)
        yield
        transaction.set_rollback(True)


def zoe_family() -> Family:
    return Family.objects.get(adults__user__username=ZOE)


def test_it_breaks_no_rule(town: None) -> None:
    out = io.StringIO()
    call_command("verify", stdout=out)
    assert "✗" not in out.getvalue()


def test_it_has_as_many_families_as_asked(town: None) -> None:
    assert Family.objects.count() == FAMILIES
    assert prepared_on() == TODAY


def test_whoever_is_named_may_sign_in(town: None) -> None:
    for visitor in VISITORS:
        user = User.objects.get(username=visitor.username)
        assert user.is_active
        assert user.check_password(PASSWORD) or authenticate(username=visitor.username, password=PASSWORD)


def test_agents_may_do_their_work_and_no_more(town: None) -> None:
    assert User.objects.get(username="s.benali").capabilities == {Capability.SEE_BOOKINGS}
    assert User.objects.get(username="r.regisseur").capabilities == set(Capability)


def test_nora_is_enrolled_but_not_in_the_morning(town: None) -> None:
    nora = Participant.objects.get(first_name="Nora", homes__family=zoe_family())
    names = set(
        Enrolment.objects.filter(participant=nora, activity__ends_on__gte=TODAY).values_list(
            "activity__name", flat=True
        )
    )
    assert "Restauration Scolaire Maternelle" in names
    assert "1_Accueil matin maternelle" not in names


def test_zoe_has_days_behind_her_and_days_to_come(town: None) -> None:
    rows = Booking.objects.filter(family=zoe_family())
    assert rows.filter(day__lt=TODAY).exists()
    assert rows.filter(day__gt=TODAY).exists()


def test_zoe_owes_one_invoice_that_is_not_overdue_and_has_paid_the_one_before(town: None) -> None:
    before, owed = Invoice.objects.filter(family=zoe_family()).order_by("period_starts_on")
    assert before.due_cents == 0
    assert (owed.label, owed.settled_cents) == ("PERI2609", 0)
    assert owed.due_on is not None
    assert owed.due_on > TODAY


def test_only_zoe_is_still_to_be_told_of_her_invoice(town: None) -> None:
    assert [invoice.family for invoice in Invoice.objects.filter(announced_at__isnull=True, by_email=True)] == [
        zoe_family()
    ]


def test_last_month_is_booked_and_not_billed(town: None) -> None:
    assert Booking.objects.filter(day__range=(D(2026, 10, 1), D(2026, 10, 31))).exists()
    assert not Invoice.objects.filter(period_starts_on=D(2026, 10, 1)).exists()


def test_money_received_is_money_settled(town: None) -> None:
    assert Payment.objects.aggregate(cents=Sum("amount_cents")) == Invoice.objects.aggregate(cents=Sum("settled_cents"))


def test_a_child_of_two_homes_is_billed_to_each_by_their_days(town: None) -> None:
    elio = Participant.objects.get(first_name="Élio")
    assert Home.objects.filter(participant=elio).count() == 2
    weeks = Booking.objects.filter(participant=elio).values_list("day", "family__name")
    homes: dict[tuple[int, int], set[str]] = {day.isocalendar()[:2]: set() for day, _ in weeks}
    for day, family in weeks:
        homes[day.isocalendar()[:2]].add(family)
    assert all(len(families) == 1 for families in homes.values())
    assert {"Roussel", "Carpentier"} == set().union(*homes.values())


def test_there_is_of_everything(town: None) -> None:
    insee = Town.objects.get().insee_code
    assert Family.objects.exclude(addresses__insee_code=insee).exists()
    assert Family.objects.filter(quotients__isnull=True, homes__isnull=False).exists()
    assert max(family.homes.count() for family in Family.objects.all()) == 6
    assert Participant.objects.filter(last_name__startswith="de La Rochefoucauld").exists()


def test_the_past_has_presences_and_the_future_none(town: None) -> None:
    assert not Booking.objects.filter(day__lt=TODAY, presence=Presence.UNKNOWN).exists()
    assert not Booking.objects.filter(day__gte=TODAY).exclude(presence=Presence.UNKNOWN).exists()


def test_no_slot_is_above_its_places(town: None) -> None:
    assert not Slot.objects.filter(taken__gt=F("capacity")).exists()


def test_the_same_seed_draws_the_same_town() -> None:
    def draw() -> str:
        generator = Generator(random.Random("2026-11-21"), drawn.Town("94800", "Villejuif", "94076", 2026))
        return repr([*cast(generator), *(generator.household() for _ in range(50))])

    assert draw() == draw()


@pytest.mark.django_db
def test_a_real_town_is_never_taken_for_a_demonstration() -> None:
    make_town()
    with pytest.raises(TownAlreadyThere):
        prepared_on()


@pytest.mark.django_db(transaction=True)
def test_a_demonstration_may_be_forgotten(tmp_path: Path, settings: Settings) -> None:
    settings.VAR = tmp_path
    for left in ("mailbox/mail.log", "files/invoice.pdf", "payfip.sqlite3", "secret"):
        (tmp_path / left).parent.mkdir(exist_ok=True)
        (tmp_path / left).touch()
    make_town()
    record(None, PREPARED, at=NOW, subject=f"{TODAY}")
    forget()
    assert prepared_on() is None
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


# Whatever the day

YEARS = checked_source(read_source(TOWN)).years.rows
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
    source = read_source(TOWN)
    shift(source, weeks)
    file = checked_source(source)
    assert [row.starts_on for row in file.years.rows.values()] == [
        row.starts_on + dt.timedelta(weeks=weeks) for row in YEARS.values()
    ]
    assert {(row.on.month, row.on.day) for _, row in file.public_holidays} >= {(5, 1), (7, 14), (11, 11), (12, 25)}


@pytest.mark.django_db
def test_years_after_the_shipped_ones_the_town_is_alive() -> None:
    now = dt.datetime(2031, 3, 14, 9, 0, tzinfo=PARIS)
    prepare(families=10, now=now)
    assert SchoolYear.objects.filter(starts_on__lte=now.date(), ends_on__gte=now.date()).exists()
    assert Booking.objects.filter(day__gt=now.date()).exists()
