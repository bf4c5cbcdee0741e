"""Whose invoices and payments a person may see."""

import datetime as dt

from django.db.models import Q, QuerySet

from preau.accounts.models import User
from preau.accounts.permissions import scopes_of
from preau.billing.choices import InvoiceState
from preau.billing.models import Invoice, PaymentAttempt, Regie


def invoices_visible_to(user: User) -> QuerySet[Invoice]:
    """The issued invoices of this parent: those they pay. Never reached through a child or the household."""
    return Invoice.objects.filter(payer__adult__user=user, state=InvoiceState.ISSUED)


def attempts_visible_to(user: User) -> QuerySet[PaymentAttempt]:
    """The payments that this parent began, or that were begun for what they owe."""
    return PaymentAttempt.objects.filter(payer__adult__user=user)


def regies_in_scope(user: User, capability: str, on: dt.date) -> QuerySet[Regie]:
    """The régies for which this agent holds `capability`: all, or those of their services.

    A grant on one place gives none: a régie collects for a whole service.
    """
    condition = Q(pk__in=[])
    for scope in scopes_of(user, capability, on):
        if scope.places is None:
            condition |= Q() if scope.services is None else Q(service__in=scope.services)
            if scope.services is None:
                return Regie.objects.all()
    return Regie.objects.filter(condition)
