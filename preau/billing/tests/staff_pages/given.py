"""What the régisseur's pages are tried on: bills of a régie, and who reads them."""

import csv
import datetime as dt
import io
import re
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent
from preau.billing.actions.issuing import issue_campaign
from preau.billing.choices import AttemptState, PaymentMethod
from preau.billing.models import (
    Allocation,
    AttemptShare,
    Campaign,
    Invoice,
    Payer,
    Payment,
    PaymentAttempt,
    Regie,
)
from preau.billing.testing import (
    OCTOBER,
    PayingHousehold,
    make_bookings,
    make_campaign,
    make_household,
)
from preau.core.dates import Month
from preau.families.models import Family, Participant
from preau.families.testing import make_child, make_family

DUE = dt.date(2026, 10, 31)
A_MINUTE = dt.timedelta(minutes=1)
CAMPAIGNS, PAYMENTS = "/mairie/factures/", "/mairie/paiements/"
BOTH = (Capability.PREPARE_INVOICES, Capability.SEE_PAYMENTS)


def bill(regie: Regie, *names: str) -> list[PayingHousehold]:
    """Households whose child came on the twelve first evenings of September: 54,60 €."""
    households = [make_household(name=name) for name in names]
    for household in households:
        child = make_child(household.family, first_name="Mylis")
        book(regie, child, household.family)
    return households


def book(regie: Regie, child: Participant, family: Family) -> None:
    unit = regie.activity_links.get().activity.units.get()
    make_bookings(child, family, unit, [dt.date(2026, 9, day) for day in range(1, 13)])


def make_orphans(regie: Regie, *names: str) -> None:
    """Households in which nobody can pay."""
    for name in names:
        family = make_family(name=name)
        book(regie, make_child(family), family)


def make_dear(regie: Regie, name: str) -> None:
    """A household billed 4,55 € for August, and 54,60 € for September."""
    [household] = bill(regie, name)
    unit = regie.activity_links.get().activity.units.get()
    make_bookings(household.family.homes.get().participant, household.family, unit, [dt.date(2026, 8, 3)])
    issued(make_campaign(regie, Month(2026, 8)))


def sign_in(user: User | None = None) -> Client:
    client = Client()
    testing.sign_in(client, user or make_agent(*BOTH))
    return client


def text(response: Any) -> str:
    """What is read, on one line, without the tags nor non-breaking spaces."""
    assert response.status_code == 200
    return re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", response.content.decode()))


def path(campaign: Campaign | None, *more: str) -> str:
    assert campaign is not None
    return "/".join([f"/mairie/factures/{campaign.code}", *more]) + "/"


def read_of(campaign: Campaign) -> str:
    campaign.refresh_from_db()
    assert campaign.drafted_at is not None
    return campaign.drafted_at.isoformat()


def sign(campaign: Campaign, **changes: str) -> dict[str, str]:
    return {"due_on": "2026-10-31", "checked": "on", "read": read_of(campaign)} | changes


def issued(campaign: Campaign) -> Campaign:
    return issue_campaign(campaign=campaign, due_on=DUE, by=None, now=OCTOBER)


def rows_of(response: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig")), delimiter=";"))


def queries(client: Client, address: str) -> int:
    client.get(address)  # what a process keeps from one page to the next
    with CaptureQueriesContext(
        connection,
    ) as captured:
        assert client.get(address).status_code == 200
    return len(captured)


def make_attempt(payer: Payer, *invoices: Invoice, regie: Regie, cents: int = 5460, **fields: Any) -> PaymentAttempt:
    number = PaymentAttempt.objects.count()
    attempt = PaymentAttempt.objects.create(
        **{
            "regie": regie,
            "payer": payer,
            "operation": f"operation-{number}",
            "reference": f"REFERENCE{number}",
            "page_url": "https://example.org/",
            "amount_cents": cents,
            "numcli": regie.numcli,
            "mode": "T",
            "opened_at": OCTOBER,
        }
        | fields
    )
    for invoice in invoices:
        AttemptShare.objects.create(attempt=attempt, invoice=invoice, amount_cents=invoice.total_cents)
    return attempt


def pay(invoice: Invoice, *, at: dt.datetime = OCTOBER, used: bool = True) -> Payment:
    """An invoice paid online; without `used` it was settled already, and the money is the payer's credit."""
    cents = invoice.total_cents
    attempt = make_attempt(invoice.payer, invoice, regie=invoice.regie, cents=cents, state=AttemptState.PAID)
    payment = Payment.objects.create(
        regie=invoice.regie,
        payer=invoice.payer,
        method=PaymentMethod.CARD,
        amount_cents=cents,
        used_cents=cents if used else 0,
        received_at=at,
        attempt=attempt,
    )
    if used:
        for line in invoice.lines.all():
            Allocation.objects.create(line=line, payment=payment, amount_cents=line.amount_cents, at=at)
        invoice.lines.update(settled_cents=cents)
        Invoice.objects.filter(pk=invoice.pk).update(settled_cents=cents)
    return payment
