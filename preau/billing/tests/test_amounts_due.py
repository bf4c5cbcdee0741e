"""What a parent owes, for the home page."""

import datetime as dt

import pytest

from preau.accounts.testing import make_user
from preau.billing.queries import amounts_due
from preau.billing.testing import make_household, make_invoice, make_regie
from preau.families.testing import make_adult

pytestmark = pytest.mark.django_db


def test_what_is_due_is_told_by_regie_the_most_urgent_first(django_assert_num_queries) -> None:
    zoe = make_household()
    late, early = make_regie(code="a"), make_regie(code="b")
    make_invoice(zoe.payer, late, 1000, number="1", due_on=dt.date(2026, 12, 31))
    make_invoice(zoe.payer, early, 500, number="1", due_on=dt.date(2026, 12, 1))
    make_invoice(zoe.payer, early, 250, number="2", due_on=dt.date(2026, 12, 15))
    with django_assert_num_queries(1):
        due = amounts_due(zoe.user)
    assert [(row.regie_name, row.invoices, row.cents, row.due_on) for row in due] == [
        ("Régie b", 2, 750, dt.date(2026, 12, 1)),
        ("Régie a", 1, 1000, dt.date(2026, 12, 31)),
    ]


def test_what_is_settled_is_not_due() -> None:
    zoe = make_household()
    invoice = make_invoice(zoe.payer, make_regie(), 1000)
    invoice.settled_cents = 400
    invoice.save()
    assert [row.cents for row in amounts_due(zoe.user)] == [600]
    invoice.settled_cents = 1000
    invoice.save()
    assert amounts_due(zoe.user) == []


def test_the_other_adult_of_the_household_does_not_owe_my_invoice() -> None:
    zoe = make_household()
    paul = make_user(first_name="Paul")
    make_adult(zoe.family, user=paul)
    make_invoice(zoe.payer, make_regie(), 1000)
    assert amounts_due(paul) == []
