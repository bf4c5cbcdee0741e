"""What must never be in the database is refused by the database itself, on both engines.

Each case writes rows straight, past every rule and action, and the constraint that answers must be the right one. A
constraint without a case here fails the last test.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import BaseConstraint, CheckConstraint, Model, UniqueConstraint
from django.db.models import F as Value

from preau.accounts.choices import Capability, Topic, UserKind
from preau.accounts.models import (
    Acceptance,
    EmailChange,
    Grant,
    Proposal,
    Recovery,
    Role,
    RoleCapability,
    Subscription,
    User,
)
from preau.accounts.testing import make_agent
from preau.activities.models import Activity, CapacityRule, Closure, Group, Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.choices import CampaignState, InvoiceKind, InvoiceState, PaymentMethod
from preau.billing.models import (
    Allocation,
    AttemptShare,
    Campaign,
    Counter,
    Invoice,
    Line,
    Payment,
    PaymentAttempt,
    Regie,
)
from preau.billing.testing import PayingHousehold, make_household, make_invoice, make_regie, make_share
from preau.bookings.choices import BookingState, Presence
from preau.bookings.models import Booking, DraftChange, Opening, Slot
from preau.bookings.testing import make_booking
from preau.demarches.choices import ACCOUNT, DemarcheState
from preau.demarches.models import AnswerText, Demarche
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment, Intake
from preau.enrolments.testing import make_enrolment
from preau.families.choices import CustodyMode, Situation
from preau.families.models import Adult, Custody, CustodyException, Home, Participant, Schooling
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import ChainHead, Entry
from preau.notifications.choices import OutgoingState
from preau.notifications.models import Outgoing
from preau.pricing.models import UnitTariff
from preau.pricing.testing import make_quotient, make_tariff
from preau.registration.models import ActivationCode, Invitation
from preau.registration.testing import make_code, make_invitation, make_registration
from preau.town.choices import Proof
from preau.town.models import SchoolPeriod, SchoolYear, Text
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

DAY = dt.date(2026, 11, 9)
NEXT = DAY + dt.timedelta(days=1)
NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)


class Base:
    """A small sound town, made piece by piece as the cases ask for it."""

    @cached_property
    def home(self) -> PayingHousehold:
        return make_household()

    @cached_property
    def child(self) -> Participant:
        return make_child(self.home.family)

    @cached_property
    def grown_up(self) -> Adult:
        return make_adult(self.home.family, signs_in=False)

    @cached_property
    def invitation(self) -> Invitation:
        return make_invitation(self.grown_up)

    @cached_property
    def activity(self) -> Activity:
        return make_activity()

    @cached_property
    def unit(self) -> Unit:
        return make_unit(self.activity)

    @cached_property
    def group(self) -> Group:
        return make_group(matin=10)

    @cached_property
    def booking(self) -> Booking:
        return make_booking(self.child, self.unit, self.group, DAY)

    @cached_property
    def slot(self) -> Slot:
        Slot.objects.filter(pk=self.booking.seats.get().slot_id).update(capacity=1)
        return self.booking.seats.get().slot

    @cached_property
    def enrolment(self) -> Enrolment:
        return make_enrolment(self.child, self.activity, self.group)

    @cached_property
    def custody(self) -> Custody:
        return Custody.objects.create(
            participant=self.child, starts_on=DAY, mode=CustodyMode.ONE, home_a=self.home.family
        )

    @cached_property
    def regie(self) -> Regie:
        return make_regie(self.activity)

    @cached_property
    def campaign(self) -> Campaign:
        return Campaign.objects.create(regie=self.regie, label="PERI2610", starts_on=DAY, ends_on=NEXT)

    @cached_property
    def invoice(self) -> Invoice:
        return make_invoice(self.home.payer, self.regie, 1000)

    @cached_property
    def line(self) -> Line:
        return self.invoice.lines.get()

    @cached_property
    def attempt(self) -> PaymentAttempt:
        return PaymentAttempt.objects.create(**self.operation("one"))

    @cached_property
    def payment(self) -> Payment:
        return Payment.objects.create(**self.money, attempt=self.attempt)

    @property
    def money(self) -> dict[str, Any]:
        return {
            "regie": self.regie,
            "payer": self.home.payer,
            "method": PaymentMethod.CARD,
            "amount_cents": 1000,
            "received_at": NOW,
        }

    def operation(self, name: str) -> dict[str, Any]:
        return {
            "regie": self.regie,
            "payer": self.home.payer,
            "operation": name,
            "reference": name,
            "page_url": "https://paiement.example.org/",
            "amount_cents": 1000,
            "numcli": "123456",
            "mode": "T",
            "opened_at": NOW,
        }

    def draft(self, **fields: Any) -> Invoice:
        values = {
            "regie": self.regie,
            "payer": self.home.payer,
            "family": self.home.family,
            "period_starts_on": DAY,
            "period_ends_on": NEXT,
            "total_cents": 1000,
        }
        return Invoice.objects.create(**(values | fields))

    def add_booking(self, **fields: Any) -> Booking:
        values = {
            "participant": self.child,
            "family": self.home.family,
            "unit": self.unit,
            "group": self.group,
            "day": DAY,
            "state": BookingState.BOOKED,
            "decided_at": NOW,
        }
        return Booking.objects.create(**(values | fields))


@dataclass(frozen=True)
class Case:
    """A write, and the constraint (or, for a column that is unique by itself, the column) that refuses it."""

    refused_by: str
    write: Callable[[Base], object]
    what: str


CASES: list[Case] = []


def forbidden(refused_by: str, what: str) -> Callable[[Callable[[Base], object]], Callable[[Base], object]]:
    def register(write: Callable[[Base], object]) -> Callable[[Base], object]:
        CASES.append(Case(refused_by, write, what))
        return write

    return register


def again(row: Model, **changes: object) -> None:
    """The same row once more, under another key."""
    values = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    type(row)._default_manager.create(**values | changes)


def change(row: Model, **values: object) -> None:
    """The columns of a row, past everything that Python would say."""
    type(row)._default_manager.filter(pk=row.pk).update(**values)


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


# 5. A withdrawn parent who sees something; whose day it is


@forbidden("guardianship_withdrawn_sees_nothing", "a withdrawn parent who sees the planning")
def _(base: Base) -> None:
    change(base.child.guardianships.get(), situation=Situation.WITHDRAWN, identity=0, planning=1)


@forbidden("guardianship_withdrawn_sees_nothing", "an ended bond that lets collect the child")
def _(base: Base) -> None:
    change(base.child.guardianships.get(), situation=Situation.ENDED)


@forbidden("guardianship_levels", "a level that does not exist")
def _(base: Base) -> None:
    change(base.child.guardianships.get(), health=3)


@forbidden("guardianship_chain", "two rights of an adult on a child from one day")
def _(base: Base) -> None:
    again(base.child.guardianships.get())


@forbidden("home_once", "a child twice in a household")
def _(base: Base) -> None:
    Home.objects.create(participant=base.child, family=base.home.family)


@forbidden("address_chain", "two addresses from one day")
def _(base: Base) -> None:
    again(base.home.family.addresses.get())


@forbidden("schooling_once_a_year", "two schools in a year")
def _(base: Base) -> None:
    for code in ("one", "two"):
        Schooling.objects.create(participant=base.child, year=make_year(), place=make_place(code), level=make_level())


@forbidden("custody_chain", "two custody plans from one day")
def _(base: Base) -> None:
    again(base.custody)


@forbidden("custody_mode_complete", "a shared custody without a second home")
def _(base: Base) -> None:
    change(base.custody, mode=CustodyMode.CYCLE, anchor_on=DAY, pattern="AB")


@forbidden("custody_mode_complete", "a cycle without a pattern")
def _(base: Base) -> None:
    change(base.custody, mode=CustodyMode.CYCLE, anchor_on=DAY, home_b=make_family())


@forbidden("custody_mode_complete", "one home, and a pattern")
def _(base: Base) -> None:
    change(base.custody, pattern="AB")


@forbidden("custody_two_homes_differ", "a custody shared with oneself")
def _(base: Base) -> None:
    change(base.custody, mode=CustodyMode.ISO_WEEK, home_b=base.home.family)


@forbidden("custodyexception_ordered", "days that end before they start")
def _(base: Base) -> None:
    CustodyException.objects.create(custody=base.custody, starts_on=NEXT, ends_on=DAY, home=base.home.family)


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


# 8. Invoices and payments


@forbidden("line_never_overpaid", "more paid than a line")
def _(base: Base) -> None:
    change(base.line, settled_cents=1001)


@forbidden("line_amount_within_product", "a line above quantity times price")
def _(base: Base) -> None:
    change(base.line, amount_cents=1001)


@forbidden("line_care_and_food_within_amount", "care and food above the amount")
def _(base: Base) -> None:
    change(base.line, care_cents=600, food_cents=401)


@forbidden("invoice_never_overpaid", "more paid than the invoice")
def _(base: Base) -> None:
    change(base.invoice, settled_cents=1001)


@forbidden("invoice_numbered_when_issued", "a number before issue")
def _(base: Base) -> None:
    base.draft(number="2026000001")


@forbidden("invoice_numbered_when_issued", "an issued invoice without a number")
def _(base: Base) -> None:
    base.draft(state=InvoiceState.ISSUED, issued_on=DAY, due_on=NEXT)


@forbidden("invoice_numbered_when_issued", "an issued invoice without a date")
def _(base: Base) -> None:
    change(base.invoice, due_on=None)


@forbidden("invoice_number_once", "a number twice in a régie")
def _(base: Base) -> None:
    again(base.invoice, code="another")


@forbidden("invoice_once_a_period", "a period billed twice to a payer")
def _(base: Base) -> None:
    for _ in range(2):
        base.draft(campaign=base.campaign)


@forbidden("invoice_credit_note_corrects", "a credit note that corrects nothing")
def _(base: Base) -> None:
    base.draft(kind=InvoiceKind.CREDIT_NOTE)


@forbidden("invoice_credit_note_corrects", "an invoice that corrects another")
def _(base: Base) -> None:
    base.draft(corrects=base.invoice)


@forbidden("campaign_once_a_period", "a period opened twice for a régie")
def _(base: Base) -> None:
    again(base.campaign, code="another")


@forbidden("campaign_ordered", "a period that ends before it starts")
def _(base: Base) -> None:
    change(base.campaign, ends_on=DAY - dt.timedelta(days=1))


@forbidden("campaign_issued_has_dates", "a campaign issued at no instant")
def _(base: Base) -> None:
    change(base.campaign, state=CampaignState.ISSUED)


@forbidden("counter_once", "two counters for a series")
def _(base: Base) -> None:
    for _ in range(2):
        Counter.objects.create(regie=base.regie, series="2026")


@forbidden("attempt_operation_once", "an operation known twice")
def _(base: Base) -> None:
    PaymentAttempt.objects.create(**base.operation(base.attempt.operation) | {"reference": "another"})


@forbidden("reference", "a reference given twice")
def _(base: Base) -> None:
    PaymentAttempt.objects.create(**base.operation("another") | {"reference": base.attempt.reference})


@forbidden("attempt_amount", "a payment below one euro")
def _(base: Base) -> None:
    change(base.attempt, amount_cents=99)


@forbidden("attemptshare_once", "an invoice twice in a payment")
def _(base: Base) -> None:
    for _ in range(2):
        AttemptShare.objects.create(attempt=base.attempt, invoice=base.invoice, amount_cents=500)


@forbidden("attempt_id", "two payments for one operation")
def _(base: Base) -> None:
    again(base.payment, code="another")


@forbidden("payershare_household_chain", "a payer twice for a household from one day")
def _(base: Base) -> None:
    again(make_share(base.home.payer, base.home.family))


@forbidden("payershare_participant_chain", "a payer twice for a child from one day")
def _(base: Base) -> None:
    again(make_share(base.home.payer, base.home.family, participant=base.child))


@forbidden("payershare_weighs", "a share that weighs nothing")
def _(base: Base) -> None:
    make_share(base.home.payer, base.home.family, weight=0)


# 9. Money from nowhere


@forbidden("payment_used_within_amount", "more money used than received")
def _(base: Base) -> None:
    change(base.payment, used_cents=Value("amount_cents") + 1)


@forbidden("allocation_from_one_source", "money allocated from nowhere")
def _(base: Base) -> None:
    Allocation.objects.create(line=base.line, amount_cents=100, at=NOW)


@forbidden("allocation_from_one_source", "money allocated from two sources")
def _(base: Base) -> None:
    Allocation.objects.create(line=base.line, payment=base.payment, credit_note=base.invoice, amount_cents=100, at=NOW)


@forbidden("allocation_moves_money", "an allocation of nothing")
def _(base: Base) -> None:
    Allocation.objects.create(line=base.line, payment=base.payment, amount_cents=0, at=NOW)


# The town, its catalogue, its accounts, the journal and the outbox


@forbidden("town_is_one_row", "a second town")
def _(base: Base) -> None:
    again(make_town(), id=2)


@forbidden("schoolyear_ordered", "a school year that ends before it starts")
def _(base: Base) -> None:
    SchoolYear.objects.create(code="2026-2027", starts_on=NEXT, ends_on=DAY)


@forbidden("schoolperiod_once_a_year", "a period of holidays twice in a year")
def _(base: Base) -> None:
    for _ in range(2):
        SchoolPeriod.objects.create(year=make_year(), code="noel", name="Noël", starts_on=DAY, ends_on=NEXT)


@forbidden("schoolperiod_ordered", "holidays that end before they start")
def _(base: Base) -> None:
    SchoolPeriod.objects.create(year=make_year(), code="noel", name="Noël", starts_on=NEXT, ends_on=DAY)


@forbidden("text_version_once", "two texts under one version")
def _(base: Base) -> None:
    for _ in range(2):
        Text.objects.create(code="legal", version=1, title="", body="", sha256="", published_at=NOW)


@forbidden("town_password_minimum", "passwords shorter than the CNIL's minimum")
def _(base: Base) -> None:
    change(make_town(), password_minimum=11)


@forbidden("acceptance_once", "one text accepted twice by one person")
def _(base: Base) -> None:
    text = Text.objects.create(code="terms", version=1, title="", body="", sha256="", published_at=NOW)
    for _ in range(2):
        Acceptance.objects.create(user=base.home.user, text=text, at=NOW)


@forbidden("subscription_once", "two answers of one person on one topic")
def _(base: Base) -> None:
    for is_on in (True, False):
        Subscription.objects.create(user=base.home.user, topic=Topic.REQUESTS, is_on=is_on)


@forbidden("emailchange_undone_was_confirmed", "a change of address taken back before it was made")
def _(base: Base) -> None:
    EmailChange.objects.create(
        user=base.home.user, old_email="a@example.org", new_email="b@example.org", asked_at=NOW, undone_at=NOW
    )


@forbidden("activity_ordered", "an activity that ends before it starts")
def _(base: Base) -> None:
    change(base.activity, ends_on=base.activity.starts_on - dt.timedelta(days=1))


@forbidden("unit_once", "a unit twice in an activity")
def _(base: Base) -> None:
    again(base.unit)


@forbidden("unit_ordered", "a unit that ends before it starts")
def _(base: Base) -> None:
    change(base.unit, ends_at=base.unit.starts_at)


@forbidden("group_not_within_itself", "a group within itself")
def _(base: Base) -> None:
    change(base.group, within=base.group)


@forbidden("capacityrule_chain", "two capacities from one day")
def _(base: Base) -> None:
    again(CapacityRule.objects.get(group=base.group))


@forbidden("closure_of_something", "a closure of nothing")
def _(base: Base) -> None:
    Closure.objects.create(code="pont", starts_on=DAY, ends_on=DAY, reason="Pont")


@forbidden("closure_ordered", "a closure that ends before it starts")
def _(base: Base) -> None:
    Closure.objects.create(code="pont", activity=base.activity, starts_on=NEXT, ends_on=DAY, reason="Pont")


@forbidden("quotient_chain", "two quotients in force from one day")
def _(base: Base) -> None:
    again(make_quotient(base.home.family))


@forbidden("tariffversion_chain", "two versions of a tariff from one day")
def _(base: Base) -> None:
    again(make_tariff(base.unit).versions.get())


@forbidden("unittariff_chain", "two tariffs of a unit from one day")
def _(base: Base) -> None:
    again(UnitTariff.objects.get(tariff=make_tariff(base.unit)))


@forbidden("user_username_once", "a user name twice, in other capitals")
def _(base: Base) -> None:
    again(base.home.user, username=base.home.user.username.upper(), email="other@example.org")


@forbidden("user_email_once_per_kind", "an address twice among parents, in other capitals")
def _(base: Base) -> None:
    again(base.home.user, username="other", email=base.home.user.email.upper())


def test_an_agent_who_is_a_parent_has_two_accounts_of_one_address():
    user = Base().home.user
    again(user, username="agent", kind=UserKind.STAFF)
    assert User.objects.filter(email=user.email).count() == 2


@forbidden("rolecapability_once", "a capability twice in a role")
def _(base: Base) -> None:
    make_agent(Capability.SEE_BOOKINGS)
    again(RoleCapability.objects.get())


def proposal(**fields: Any) -> Proposal:
    values = {"user": make_agent(), "asked_by": make_agent(), "starts_on": DAY, "asked_at": NOW}
    role = Role.objects.create(code="administrateur", name="Administrateur")
    return Proposal.objects.create(**({"role": role} | values | fields))


@forbidden("proposal_ordered", "a role proposed until the day before it starts")
def _(base: Base) -> None:
    change(proposal(), ends_on=DAY - dt.timedelta(days=1))


@forbidden("proposal_decided_whole", "a proposal agreed by nobody")
def _(base: Base) -> None:
    change(proposal(), is_agreed=True)


@forbidden("proposal_agreed_by_another", "an administrator who agrees with themselves")
def _(base: Base) -> None:
    row = proposal()
    change(row, decided_by=row.asked_by, decided_at=NOW, is_agreed=True)


@forbidden("proposal_agreed_by_another", "an agent who agrees to become an administrator")
def _(base: Base) -> None:
    row = proposal()
    change(row, decided_by=row.user, decided_at=NOW, is_agreed=True)


@forbidden("proposal_not_for_oneself", "a right proposed for oneself")
def _(base: Base) -> None:
    change(row := proposal(), asked_by=row.user)


@forbidden("recovery_once_while_open", "two requests of an agent for one access")
def _(base: Base) -> None:
    again(Recovery.objects.create(user=make_agent(), asked_at=NOW), code="bcdfghjkmn")


@forbidden("recovery_confirmed_whole", "a second confirmation without a first")
def _(base: Base) -> None:
    change(Recovery.objects.create(user=make_agent(), asked_at=NOW), second_by=make_agent(), second_at=NOW)


@forbidden("recovery_by_two_others", "one administrator who confirms twice")
def _(base: Base) -> None:
    by = make_agent()
    row = Recovery.objects.create(user=make_agent(), asked_at=NOW, first_by=by, first_at=NOW)
    change(row, second_by=by, second_at=NOW)


@forbidden("recovery_by_two_others", "an agent who confirms for themselves")
def _(base: Base) -> None:
    row = Recovery.objects.create(user=make_agent(), asked_at=NOW)
    change(row, first_by=row.user, first_at=NOW)


@forbidden("grant_ordered", "a grant that ends before it starts")
def _(base: Base) -> None:
    make_agent(Capability.SEE_BOOKINGS)
    grant = Grant.objects.get()
    change(grant, ends_on=grant.starts_on - dt.timedelta(days=1))


@forbidden("journal_chained_rows_have_digest", "a row of the journal with a place and no digest")
def _(base: Base) -> None:
    Entry.objects.create(at=NOW, actor="system", action="tests.forbidden", seq=1)


@forbidden("seq", "two rows of the journal at one place")
def _(base: Base) -> None:
    for _ in range(2):
        Entry.objects.create(at=NOW, actor="system", action="tests.forbidden", seq=1, digest="0" * 64)


@forbidden("journal_one_chain_head", "a second head of the chain")
def _(base: Base) -> None:
    ChainHead.objects.create(id=2)


@forbidden("outgoing_sent_has_date", "a mail sent at no instant")
def _(base: Base) -> None:
    queue(state=OutgoingState.SENT)


@forbidden("outgoing_sent_has_date", "a mail that waits and is sent")
def _(base: Base) -> None:
    queue(sent_at=NOW)


@forbidden("dedupe_key", "a mail queued twice")
def _(base: Base) -> None:
    queue()
    queue()


def queue(**fields: Any) -> None:
    Outgoing.objects.create(
        address="zoe@example.org",
        template="x",
        subject="",
        text="",
        dedupe_key="one",
        created_at=NOW,
        next_try_at=NOW,
        **fields,
    )


# 11. Ways to an account


@forbidden("registration_submitted_is_whole", "a registration sent without the privacy notice")
def _(base: Base) -> None:
    change(make_registration(), privacy_at=None)


@forbidden("registration_submitted_is_whole", "a registration sent without a password, before its account exists")
def _(base: Base) -> None:
    change(make_registration(), password="")


@forbidden("registration_submitted_is_whole", "a registration sent without a file, by somebody whom nobody vouches for")
def _(base: Base) -> None:
    change(make_registration(), file_number="")


@forbidden("registration_identity_until_account", "an identity kept beside the account that it has opened")
def _(base: Base) -> None:
    change(make_registration(), proof=Proof.FRANCECONNECT, identity={"sub": "x"}, user=base.home.user)


@forbidden("registration_identity_until_account", "an identity of somebody who did not come by FranceConnect")
def _(base: Base) -> None:
    change(make_registration(), identity={"sub": "x"})


@forbidden("registration_account_was_submitted", "an account out of a registration that was never sent")
def _(base: Base) -> None:
    change(make_registration(), submitted_at=None, user=base.home.user)


@forbidden("digest", "two activation codes alike")
def _(base: Base) -> None:
    make_code(base.grown_up)
    again(ActivationCode.objects.get())


@forbidden("activationcode_ordered", "a code that ends before it begins")
def _(base: Base) -> None:
    make_code(base.grown_up)
    ActivationCode.objects.update(expires_at=NOW - dt.timedelta(days=1000))


@forbidden("invitation_one_open_per_adult", "two open invitations of one adult")
def _(base: Base) -> None:
    again(base.invitation, code="another", email="another@example.org")


@forbidden("invitation_one_open_per_email", "two open invitations at one address, in other capitals")
def _(base: Base) -> None:
    other = make_adult(base.home.family, signs_in=False)
    again(base.invitation, code="another", email=base.invitation.email.upper(), adult_id=other.pk)


@forbidden("invitation_accepted_or_revoked", "an invitation accepted and taken back")
def _(base: Base) -> None:
    change(base.invitation, accepted_at=NOW, revoked_at=NOW)


# The proof


def constraints() -> dict[str, tuple[type[Model], BaseConstraint]]:
    return {
        constraint.name: (model, constraint)
        for model in apps.get_models()
        if model.__module__.startswith("preau.")
        for constraint in model._meta.constraints
    }


def words_of(refused_by: str) -> list[str]:
    """What the message of the engine must hold: SQLite names the columns of a unique constraint, not the constraint."""
    model, constraint = constraints().get(refused_by, (None, None))
    if connection.vendor == "sqlite" and model and isinstance(constraint, UniqueConstraint) and constraint.fields:
        fields = [model._meta.get_field(name) for name in constraint.fields]
        return [f"{model._meta.db_table}.{field.column}" for field in fields]  # type: ignore[union-attr]
    return [refused_by]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.what} ({case.refused_by})")
def test_the_database_refuses(case: Case) -> None:
    base = Base()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        case.write(base)
    for word in words_of(case.refused_by):
        assert word in str(refused.value)


ROWS_THAT_ARE_LEANT_ON: list[Callable[[Base], Model]] = [
    lambda base: base.booking.participant,
    lambda base: base.booking.unit,
    lambda base: base.booking.group,
    lambda base: base.slot,
    lambda base: base.enrolment.activity,
    lambda base: base.invoice.payer,
    lambda base: base.invoice.regie,
    lambda base: base.line.invoice,
    lambda base: base.payment.attempt,  # type: ignore[list-item,return-value]
]


@pytest.mark.parametrize("leant_on", ROWS_THAT_ARE_LEANT_ON)
def test_nothing_is_deleted_under_what_leans_on_it(leant_on: Callable[[Base], Model]) -> None:
    row = leant_on(Base())
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_straight(row)


def delete_straight(row: Model) -> None:
    """Past Django's own cascade, checked now rather than at the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {row._meta.db_table} WHERE {row._meta.pk.column} = %s", [row.pk])
    connection.check_constraints()


def test_every_constraint_has_its_forbidden_write() -> None:
    promised = {name for name, (_, one) in constraints().items() if isinstance(one, CheckConstraint | UniqueConstraint)}
    assert promised - {case.refused_by for case in CASES} == set()
