"""What `preau verify` says of bills and money: nothing when all is well, and each fault when it is made."""

import datetime as dt
from collections.abc import Callable

import pytest
from django.db.models import QuerySet

from preau.activities.testing import make_activity, make_unit
from preau.billing import invariants
from preau.billing.actions.attempts import open_attempt
from preau.billing.actions.issuing import issue_campaign
from preau.billing.actions.settling import refresh_attempt
from preau.billing.models import Allocation, Campaign, Counter, Invoice, Line, Payment, PaymentAttempt, Regie
from preau.billing.payfip.simulator import Behaviour, Result
from preau.billing.payfip.testing import simulated
from preau.billing.testing import OCTOBER, make_bookings, make_campaign, make_household, make_regie
from preau.core.dates import Month
from preau.families.testing import make_child
from preau.pricing.testing import make_tariff
from preau.town.testing import make_town

CHECKS = (
    invariants.invoices_that_do_not_add_up,
    invariants.lines_that_do_not_add_up,
    invariants.payments_that_do_not_add_up,
    invariants.numbers_with_gaps,
    invariants.broken_seals,
    invariants.campaigns_in_two_states,
    invariants.attempts_without_their_payment,
)


@pytest.fixture(autouse=True)
def town(db: None) -> None:
    """A draft, an issued campaign of three invoices, one paid, one with an abandoned attempt."""
    make_town()
    unit = make_unit(make_activity("soir", name="Accueil du soir"), "soir")
    make_tariff(unit, "4.55")
    regie = make_regie(unit.activity)
    households = [make_household(name=name) for name in "ABC"]
    for household in households:
        child = make_child(household.family)
        for month in (8, 9):
            make_bookings(child, household.family, unit, [dt.date(2026, month, day) for day in (1, 2)])
    issue_campaign(campaign=make_campaign(regie, Month(2026, 8)), due_on=dt.date(2026, 10, 31), by=None, now=OCTOBER)
    make_campaign(regie)
    with simulated() as payfip:
        payfip.behaviour = Behaviour(notices=0)
        for household, result in zip(households[:2], (Result.CARD_PAID, Result.ABANDONED), strict=True):
            invoice = Invoice.objects.get(payer=household.payer, number__isnull=False)
            attempt = open_attempt(by=household.user, payer=household.payer, invoices=[invoice], now=OCTOBER)
            payfip.decide(attempt.operation, result)
            refresh_attempt(attempt=attempt, now=OCTOBER)


def faults() -> dict[str, int]:
    found = {check.__name__: len(list(check())) for check in CHECKS}
    return {name: count for name, count in found.items() if count}


def test_all_is_well() -> None:
    assert faults() == {}
    assert (Invoice.objects.count(), Payment.objects.count(), PaymentAttempt.objects.count()) == (6, 1, 2)


def issued() -> QuerySet[Invoice]:
    return Invoice.objects.filter(number__isnull=False).order_by("number")


def change_a_total() -> None:
    Invoice.objects.filter(pk=issued()[1].pk).update(total_cents=911)


def change_a_label() -> None:
    Line.objects.filter(invoice=issued()[1]).update(label="Autre chose")


def change_a_reason() -> None:
    Line.objects.filter(invoice=issued()[1]).update(why={"days": [], "steps": []})


def change_a_draft() -> None:
    draft = Invoice.objects.filter(number__isnull=True)[0]
    Line.objects.filter(invoice=draft).update(care_cents=1)


def lose_an_allocation() -> None:
    Allocation.objects.all().delete()


def lose_a_payment() -> None:
    Allocation.objects.all().delete()
    Line.objects.update(settled_cents=0)
    Invoice.objects.update(settled_cents=0)
    Payment.objects.all().delete()


def use_too_much() -> None:
    Payment.objects.update(used_cents=1)


def settle_by_hand() -> None:
    Line.objects.filter(invoice=issued()[2]).update(settled_cents=100)


def lose_a_number() -> None:
    lost = issued()[1]
    PaymentAttempt.objects.filter(shares__invoice=lost).delete()
    Line.objects.filter(invoice=lost).delete()
    lost.delete()


def give_a_number_for_nothing() -> None:
    Counter.objects.update(last=4)


def issue_by_hand() -> None:
    Campaign.objects.filter(state="issued").update(state="drafted")


def pay_another_amount() -> None:
    Payment.objects.update(amount_cents=5000)


@pytest.mark.parametrize(
    ("harm", "found"),
    [
        (change_a_total, {"invoices_that_do_not_add_up": 1, "broken_seals": 1}),
        (change_a_label, {"broken_seals": 1}),
        (change_a_reason, {"broken_seals": 1}),
        (change_a_draft, {"broken_seals": 1}),
        (lose_an_allocation, {"lines_that_do_not_add_up": 1, "payments_that_do_not_add_up": 1}),
        (lose_a_payment, {"attempts_without_their_payment": 1}),
        (use_too_much, {"payments_that_do_not_add_up": 1}),
        (settle_by_hand, {"invoices_that_do_not_add_up": 1, "lines_that_do_not_add_up": 1}),
        (lose_a_number, {"numbers_with_gaps": 2}),
        (give_a_number_for_nothing, {"numbers_with_gaps": 1}),
        (issue_by_hand, {"campaigns_in_two_states": 1}),
        (pay_another_amount, {"attempts_without_their_payment": 1}),
    ],
)
def test_each_harm_is_found(harm: Callable[[], None], found: dict[str, int]) -> None:
    harm()
    assert faults() == found


def test_numbers_of_a_former_pattern_are_not_gaps() -> None:
    Regie.objects.update(number_pattern="{YY}{NNNN}")
    assert faults() == {}
