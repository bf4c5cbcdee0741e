"""Builders for tests."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.activities.models import Activity, Group, Unit
from preau.activities.testing import make_group
from preau.billing.actions.campaigns import draft_campaign, open_campaign
from preau.billing.choices import InvoiceState
from preau.billing.models import Campaign, Counter, Invoice, Line, Payer, PayerShare, Regie, RegieActivity
from preau.billing.queries.sealing import seals_now
from preau.billing.rules.numbers import series_of
from preau.bookings.choices import BookingState, Presence
from preau.bookings.models import Booking
from preau.core.dates import Month
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_family
from preau.town.models import Service
from preau.town.testing import make_service

LONG_AGO = dt.date(2020, 1, 1)
SEPTEMBER = Month(2026, 9)
OCTOBER = dt.datetime(2026, 10, 2, 8, tzinfo=dt.UTC)


def make_regie(
    *activities: Activity,
    code: str = "enfance",
    service: Service | None = None,
    number_pattern: str = "{YYYY}{NNNNNN}",
    label_pattern: str = "PERI{YY}{MM}",
    **fields: object,
) -> Regie:
    """A régie paid online, which bills `activities`."""
    regie = Regie.objects.create(
        code=code,
        name=f"Régie {code}",
        service=service or make_service(),
        number_pattern=number_pattern,
        label_pattern=label_pattern,
        **{"numcli": "123456", "online_since": LONG_AGO, "how_to_pay": ["En ligne : sur le portail."]} | fields,
    )
    for activity in activities:
        RegieActivity.objects.create(activity=activity, regie=regie)
    return regie


@dataclass(frozen=True, slots=True)
class PayingHousehold:
    """A parent who signs in and pays for their household."""

    family: Family
    adult: Adult
    user: User
    payer: Payer


def make_household(*, name: str = "Pinceau", first_name: str = "Zoé") -> PayingHousehold:
    family = make_family(name=name)
    user = make_user(first_name=first_name, last_name=name)
    adult = make_adult(family, user=user, first_name=first_name, last_name=name)
    return PayingHousehold(family, adult, user, make_payer(adult))


def make_payer(adult: Adult) -> Payer:
    return Payer.objects.get_or_create(adult=adult, defaults={"family": adult.family})[0]


def make_share(
    payer: Payer,
    family: Family,
    *,
    weight: int = 1,
    participant: Participant | None = None,
    starts_on: dt.date = LONG_AGO,
) -> PayerShare:
    """From a day on, `payer` pays the days of `family` (or only those of `participant`), by weight."""
    return PayerShare.objects.create(
        payer=payer, family=family, weight=weight, participant=participant, starts_on=starts_on
    )


def make_bookings(
    child: Participant,
    family: Family,
    unit: Unit,
    days: Sequence[dt.date],
    *,
    state: str = BookingState.BOOKED,
    presence: str = Presence.UNKNOWN,
    **fields: object,
) -> list[Booking]:
    """Bookings decided long ago, without their seats: enough for a bill."""
    group = Group.objects.filter(code="billing").first() or make_group("billing")
    values = {
        "participant": child,
        "family": family,
        "unit": unit,
        "group": group,
        "state": state,
        "presence": presence,
        "decided_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC),
    } | fields
    return Booking.objects.bulk_create([Booking(day=day, **values) for day in days])


def make_invoice(
    payer: Payer,
    regie: Regie,
    *cents: int,
    family: Family | None = None,
    number: str = "2026000001",
    starts_on: dt.date = dt.date(2026, 10, 1),
    due_on: dt.date = dt.date(2026, 11, 30),
    participant: Participant | None = None,
) -> Invoice:
    """An issued invoice with one line for each amount, outside any campaign."""
    invoice = Invoice.objects.create(
        regie=regie,
        payer=payer,
        family=family or payer.family,
        state=InvoiceState.ISSUED,
        number=number,
        label="PERI2610",
        period_starts_on=starts_on,
        period_ends_on=starts_on + dt.timedelta(days=27),
        issued_on=timezone.localdate(),
        due_on=due_on,
        total_cents=sum(cents),
    )
    Line.objects.bulk_create(
        Line(
            invoice=invoice,
            participant=participant,
            label=f"Prestation {place}",
            quantity=1,
            unit_price_cents=amount,
            amount_cents=amount,
            order=place,
        )
        for place, amount in enumerate(cents)
    )
    series = series_of(regie.number_pattern, invoice.issued_on or LONG_AGO)
    Counter.objects.get_or_create(regie=regie, series=series)
    Counter.objects.filter(regie=regie, series=series).update(last=F("last") + 1)
    [(_, _, invoice.sha256)] = seals_now(Invoice.objects.filter(pk=invoice.pk))
    invoice.save()
    return invoice


def make_campaign(regie: Regie, month: Month = SEPTEMBER, *, at: dt.datetime = OCTOBER) -> Campaign:
    """The campaign of a month that is over, with its draft."""
    campaign = open_campaign(regie=regie, month=month, by=None, now=at)
    return draft_campaign(campaign=campaign, by=None, now=at)
