"""What must never be in the database is refused by the database itself, on both engines.

Each case writes rows straight, past every rule and action, and the constraint that answers must be the right one. A
constraint without a case here fails the last test.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Model

from preau.activities.models import Activity, Group, Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.choices import PaymentMethod
from preau.billing.models import (
    Campaign,
    Invoice,
    Line,
    Payment,
    PaymentAttempt,
    Regie,
)
from preau.billing.testing import PayingHousehold, make_household, make_invoice, make_regie
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking, Slot
from preau.bookings.testing import make_booking
from preau.enrolments.models import Enrolment
from preau.enrolments.testing import make_enrolment
from preau.families.choices import CustodyMode
from preau.families.models import Adult, Custody, Participant
from preau.families.testing import make_adult, make_child
from preau.registration.models import Invitation
from preau.registration.testing import make_invitation

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
