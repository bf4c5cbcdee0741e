"""Places, bookings, enrolments."""

import datetime as dt
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from preau.activities.testing import make_group, make_unit
from preau.bookings.choices import BookingState, Presence
from preau.bookings.models import Booking, DraftChange, Opening, Slot
from preau.demarches.choices import ACCOUNT, DemarcheState
from preau.demarches.models import AnswerText, Demarche
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Intake
from preau.town.testing import make_service
from tests.forbidden_writes.given import DAY, NOW, Base, again, change, forbidden

pytestmark = pytest.mark.django_db

# 1. A slot above its places


@forbidden("slot_never_above_its_places", "one child more than the places")
def _(base: Base) -> None:
    change(base.slot, taken=2)


@forbidden("slot_never_above_its_places", "places taken away from children who have them")
def _(base: Base) -> None:
    change(base.slot, capacity=0)


@forbidden("slot_never_above_its_places", "a place granted above the capacity, taken back while it is held")
def _(base: Base) -> None:
    change(base.slot, taken=2, extra=1)
    change(base.slot, extra=0)


@forbidden("taken", "a counter below zero")
def _(base: Base) -> None:
    change(base.slot, taken=-1)


@forbidden("slot_once", "two slots for one group, day and part")
def _(base: Base) -> None:
    again(base.slot)


@forbidden("intake_never_above_its_places", "an enrolment above the places of the year")
def _(base: Base) -> None:
    Intake.objects.create(activity=base.activity, group=base.group, capacity=1, taken=2)


@forbidden("intake_once", "an activity twice in a group")
def _(base: Base) -> None:
    for _ in range(2):
        Intake.objects.create(activity=base.activity, group=base.group)


# 2. A child in two places


@forbidden("seat_one_place_at_a_time", "two units in the same part of a day")
def _(base: Base) -> None:
    seat = base.booking.seats.get()
    elsewhere = Slot.objects.create(group=make_group("elsewhere"), day=DAY, part=seat.slot.part)
    again(seat, booking_id=base.add_booking(unit=make_unit(base.activity, "other")).pk, slot_id=elsewhere.pk)


@forbidden("seat_once", "one booking twice on a slot")
def _(base: Base) -> None:
    again(base.booking.seats.get(), part_id=None)


# 3. Two live bookings


@pytest.mark.parametrize("state", ["held", "requested", "waiting", "booked"])
def test_a_second_live_booking_of_a_unit_and_day_is_refused_whatever_its_state(state):
    base = Base()
    base.add_booking()
    with pytest.raises(IntegrityError), transaction.atomic():
        base.add_booking(state=state, held_until=NOW if state == "held" else None, queued_at=NOW)


@pytest.mark.parametrize("state", ["cancelled", "refused", "expired"])
def test_a_booking_that_ended_leaves_room_for_another(state):
    base = Base()
    base.add_booking(state=state)
    base.add_booking()
    assert Booking.objects.count() == 2


@forbidden("booking_once_while_live", "two live bookings of a child for a unit and a day")
def _(base: Base) -> None:
    base.add_booking()
    base.add_booking(state=BookingState.REQUESTED)


# 4. A hold without an end, a waiting without a rank, a presence on nothing


@forbidden("booking_held_has_end", "a hold without an end")
def _(base: Base) -> None:
    base.add_booking(state=BookingState.HELD)


@forbidden("booking_held_has_end", "an end on what is booked for good")
def _(base: Base) -> None:
    change(base.booking, held_until=NOW)


@forbidden("booking_waiting_has_rank", "a waiting booking without a rank")
def _(base: Base) -> None:
    base.add_booking(state=BookingState.WAITING)


@forbidden("booking_presence_only_when_booked", "a child present where nothing is booked")
def _(base: Base) -> None:
    change(base.booking, state=BookingState.CANCELLED, presence=Presence.PRESENT)


@forbidden("booking_presence_only_when_booked", "an absence left on a cancelled booking")
def _(base: Base) -> None:
    change(base.booking, presence=Presence.ABSENT)
    change(base.booking, state=BookingState.CANCELLED)


@forbidden("opening_open_has_deadlines", "an open day without a deadline")
def _(base: Base) -> None:
    Opening.objects.create(unit=base.unit, day=DAY, is_open=True, book_by=NOW)


@forbidden("opening_closed_since", "a closed day that does not say since when")
def _(base: Base) -> None:
    Opening.objects.create(unit=base.unit, day=DAY, is_open=False)


@forbidden("opening_once", "a unit twice open on a day")
def _(base: Base) -> None:
    for _ in range(2):
        Opening.objects.create(unit=base.unit, day=DAY, is_open=False, closed_at=NOW)


@forbidden("draftchange_once", "two ticks of one cell")
def _(base: Base) -> None:
    for _ in range(2):
        tick(base)


@forbidden("draftchange_changes_something", "a tick that changes nothing")
def _(base: Base) -> None:
    tick(base, was_booked=True)


def tick(base: Base, *, was_booked: bool = False) -> None:
    DraftChange.objects.create(
        user=base.home.user, participant=base.child, unit=base.unit, day=DAY, wanted=True, was_booked=was_booked, at=NOW
    )


# 6. Two live enrolments


@forbidden("enrolment_once_while_live", "two live enrolments in an activity")
def _(base: Base) -> None:
    again(base.enrolment, code="another", state=EnrolmentState.WAITING)


@forbidden("enrolment_ordered", "an enrolment that ends before it starts")
def _(base: Base) -> None:
    change(base.enrolment, ends_on=base.enrolment.starts_on - dt.timedelta(days=1))


@forbidden("demarche_answered_has_date", "an answer without its instant")
def _(base: Base) -> None:
    ask(state=DemarcheState.ACCEPTED)


@forbidden("demarche_answered_has_date", "an open request already answered")
def _(base: Base) -> None:
    ask(answered_at=NOW)


@forbidden("demarche_one_account_request", "two open requests for one account")
def _(base: Base) -> None:
    for state in (DemarcheState.INCOMPLETE, DemarcheState.SENT):
        ask(kind=ACCOUNT, asked_by=base.home.user, state=state)


@forbidden("answertext_title_once", "two texts of one title")
def _(base: Base) -> None:
    for _ in range(2):
        AnswerText.objects.create(state=DemarcheState.REFUSED, title="Autre commune", body="")


@forbidden("answertext_needs_reason", "a text for an answer that needs none")
def _(base: Base) -> None:
    AnswerText.objects.create(state=DemarcheState.ACCEPTED, title="", body="")


def ask(**fields: Any) -> None:
    values = {"kind": "enrolments.asked"} | fields
    Demarche.objects.create(**values, service=make_service(), summary="", sent_at=NOW)
