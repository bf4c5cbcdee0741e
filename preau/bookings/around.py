"""Who is expected at a place, lent to the areas below (see health.expecting)."""

import datetime as dt
from collections.abc import Sequence

from django.db.models import Q

from preau.accounts.permissions import Scope
from preau.bookings.choices import LIVE, SEATED
from preau.bookings.models import Booking
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment


def expected_within(scopes: Sequence[Scope], first: dt.date, last: dt.date) -> Q:
    """Those who have a place on one of these days, who came without a booking included. Who asks for one, or waits, is
    not expected."""
    seated = Booking.objects.filter(_booked_within(scopes), day__range=(first, last), state__in=SEATED)
    return Q(pk__in=seated.values("participant"))


def attending_within(scopes: Sequence[Scope], on: dt.date) -> Q:
    """Those who are enrolled, now or later, or have booked a day to come."""
    within = _any(scopes, service="activity__service", place="group__place")
    enrolled = Enrolment.objects.filter(within, ends_on__gte=on, state=EnrolmentState.ACCEPTED)
    booked = Booking.objects.filter(_booked_within(scopes), day__gte=on, state__in=LIVE)
    return Q(pk__in=enrolled.values("participant")) | Q(pk__in=booked.values("participant"))


def _booked_within(scopes: Sequence[Scope]) -> Q:
    return _any(scopes, service="unit__activity__service", place="group__place")


def _any(scopes: Sequence[Scope], *, service: str, place: str) -> Q:
    condition = Q(pk__in=[])
    for scope in scopes:
        condition |= scope.over(service=service, place=place)
    return condition
