"""Invoices, payments, money from nowhere."""

import datetime as dt

from django.db.models import F as Value

from preau.billing.choices import CampaignState, InvoiceKind, InvoiceState
from preau.billing.models import (
    Allocation,
    AttemptShare,
    Counter,
    PaymentAttempt,
)
from preau.billing.testing import make_share
from tests.forbidden_writes.given import DAY, NEXT, NOW, Base, again, change, forbidden

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
