"""What the desk says to an agent, subject by subject; a subject that is not theirs is not read at all."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Sum

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.billing.choices import CampaignState
from preau.billing.models import Campaign, Payment, Regie
from preau.billing.permissions import regies_in_scope
from preau.core.dates import PARIS, Month


@dataclass(frozen=True, slots=True)
class ToBill:
    """A month of a régie whose invoices are not issued; `is_drafted` once its preview is there to be read."""

    regie: Regie
    month: dt.date
    is_drafted: bool


def to_bill(user: User, *, today: dt.date) -> list[ToBill]:
    """The months that wait for this agent: last month, and those begun and not issued. Two queries and the grants'."""
    regies = [
        regie
        for regie in regies_in_scope(user, Capability.PREPARE_INVOICES, today).order_by("name")
        if regie.retired_on is None or regie.retired_on > today
    ]
    last_month = Month.of(today).plus(-1).first
    known: dict[tuple[int, dt.date], str] = {(regie.pk, last_month): CampaignState.OPEN for regie in regies}
    for regie_id, starts_on, state in Campaign.objects.filter(regie__in=regies).values_list(
        "regie", "starts_on", "state"
    ):
        known[regie_id, starts_on] = state
    by_key = {regie.pk: regie for regie in regies}
    return [
        ToBill(by_key[regie_id], month, state == CampaignState.DRAFTED)
        for (regie_id, month), state in sorted(known.items(), key=lambda item: (item[0][1], by_key[item[0][0]].name))
        if state != CampaignState.ISSUED
    ]


@dataclass(frozen=True, slots=True)
class Received:
    """Payments of a day."""

    count: int
    cents: int


def received_on(user: User, day: dt.date) -> Received:
    """What families paid on `day` to the régies whose payments this agent may see."""
    first = dt.datetime.combine(day, dt.time(), PARIS)
    last = dt.datetime.combine(day + dt.timedelta(days=1), dt.time(), PARIS)
    found = Payment.objects.filter(
        regie__in=regies_in_scope(user, Capability.SEE_PAYMENTS, day), received_at__gte=first, received_at__lt=last
    ).aggregate(count=Count("pk"), cents=Sum("amount_cents"))
    return Received(found["count"], found["cents"] or 0)
