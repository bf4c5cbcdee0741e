"""Whose health sheet the agents of a place may open: that of who is expected there, a day before or after included."""

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent
from preau.activities.models import Group, Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking
from preau.bookings.testing import make_booking, paris
from preau.enrolments.testing import make_enrolment
from preau.families.models import Participant
from preau.families.testing import make_child, make_family
from preau.health.choices import Purpose
from preau.health.models import HealthReading
from preau.health.permissions import is_at_own_place, readable_by
from preau.health.testing import make_sheet
from preau.town.testing import make_place, make_service, make_town

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 9)
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def monday(time_machine) -> None:
    time_machine.move_to(paris(2026, 11, 9, 9), tick=False)
    make_town()


@pytest.fixture
def centre() -> Group:
    """A leisure centre, with a service of its own."""
    return make_group("lamartine", place=make_place("centre"))


@pytest.fixture
def stay(centre: Group) -> Unit:
    return make_unit(make_activity("loisirs", service=make_service("enfance")), "journee")


@pytest.fixture
def nora() -> Participant:
    child = make_child(make_family())
    make_sheet(child)
    return child


def opens(agent: User, child: Participant, **sent: str) -> tuple[int, bool]:
    """The answer, and whether the sheet is shown."""
    client = Client()
    testing.sign_in(client, agent)
    answer = client.post(reverse("health:staff_sheet", args=[child.code]), sent)
    return answer.status_code, "Dr Martin" in answer.content.decode()


def director(centre: Group) -> User:
    return make_agent(Capability.SEE_HEALTH, place=centre.place)


@pytest.mark.parametrize("days", [-1, 0, 1])
def test_who_is_expected_today_the_day_before_or_after_is_read_without_a_reason(
    nora: Participant, centre: Group, stay: Unit, days: int
) -> None:
    make_booking(nora, stay, centre, TODAY + days * DAY)
    agent = director(centre)
    assert opens(agent, nora, purpose="on_duty") == (200, True)
    assert HealthReading.objects.get().purpose == Purpose.ON_DUTY
    assert readable_by(agent, [nora], on=TODAY) == {nora.pk}


def test_who_is_expected_in_three_days_is_read_for_a_reason_that_is_kept(
    nora: Participant, centre: Group, stay: Unit
) -> None:
    make_booking(nora, stay, centre, TODAY + 3 * DAY)
    agent = director(centre)
    assert opens(agent, nora, purpose="on_duty") == (200, False)
    assert opens(agent, nora, reason="Sa grand-mère l’amène ce soir") == (200, True)
    reading = HealthReading.objects.get()
    assert (reading.purpose, reading.reason is not None) == (Purpose.EMERGENCY, True)


def test_who_is_enrolled_but_not_expected_is_read_for_a_reason(nora: Participant, centre: Group, stay: Unit) -> None:
    make_enrolment(nora, stay.activity, centre)
    agent = director(centre)
    assert opens(agent, nora, purpose="on_duty") == (200, False)
    assert opens(agent, nora, reason="Venue sans réservation") == (200, True)


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.REFUSED])
def test_a_day_that_was_given_up_shows_nothing(
    nora: Participant, centre: Group, stay: Unit, state: BookingState
) -> None:
    make_booking(nora, stay, centre, TODAY)
    Booking.objects.update(state=state)
    assert opens(director(centre), nora, purpose="on_duty") == (404, False)


def test_who_asks_or_waits_is_not_expected_yet(nora: Participant, centre: Group, stay: Unit) -> None:
    make_booking(nora, stay, centre, TODAY)
    agent = director(centre)
    Booking.objects.update(state=BookingState.REQUESTED)
    assert not is_at_own_place(agent, nora, on=TODAY)
    Booking.objects.update(state=BookingState.HELD, held_until=paris(2026, 11, 9, 10))
    assert is_at_own_place(agent, nora, on=TODAY)


def test_elsewhere_and_in_the_past_there_is_no_page(nora: Participant, centre: Group, stay: Unit) -> None:
    elsewhere = make_group("renoir", place=make_place("autre-centre"))
    make_booking(nora, stay, elsewhere, TODAY)
    make_booking(nora, stay, centre, TODAY - 2 * DAY)
    assert opens(director(centre), nora, purpose="on_duty") == (404, False)


def test_at_one_place_each_service_reads_its_own(nora: Participant, centre: Group, stay: Unit) -> None:
    make_booking(nora, stay, centre, TODAY)
    own = make_agent(Capability.SEE_HEALTH, place=centre.place, service=stay.activity.service)
    other = make_agent(Capability.SEE_HEALTH, place=centre.place, service=make_service("sports"))
    assert opens(own, nora, purpose="on_duty") == (200, True)
    assert opens(other, nora, purpose="on_duty") == (404, False)


def test_a_list_asks_the_same_few_questions_whatever_its_length(centre: Group, stay: Unit) -> None:
    children = [make_child(make_family(), first_name=f"E{rank}") for rank in range(6)]
    for child in children:
        make_booking(child, stay, centre, TODAY)
    agent = director(centre)
    counts = []
    for some in (children[:1], children):
        asked = User.objects.get(pk=agent.pk)
        with CaptureQueriesContext(connection) as queries:
            assert readable_by(asked, some, on=TODAY) == {child.pk for child in some}
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 4
