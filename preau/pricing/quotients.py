"""The quotients of a household, one after the other: read, and given by an agent."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.families.models import Family
from preau.journal.actions import record
from preau.pricing.choices import QuotientSource
from preau.pricing.models import Quotient


def quotients_of(family: Family) -> QuerySet[Quotient]:
    """Those that hold or will hold, the latest first; those that were replaced are left out."""
    return Quotient.objects.filter(family=family, replaced_at__isnull=True).select_related("by").order_by("-starts_on")


def quotient_on(family: Family, day: dt.date) -> Quotient | None:
    """The one in force on a day; None when nothing was ever given: the highest tariff."""
    return quotients_of(family).filter(starts_on__lte=day).first()


@transaction.atomic
def give_quotient(
    *,
    family: Family,
    starts_on: dt.date,
    value_cents: int | None,
    source: QuotientSource,
    proof: str = "",
    month: dt.date | None = None,
    channel: Channel,
    by: User,
    now: dt.datetime,
) -> None:
    """The quotient of the household from a day on; None is unknown or refused: the highest tariff. What was said of
    that day before stays in the history. Invoices already issued do not change."""
    Family.objects.select_for_update().get(pk=family.pk)
    said = Quotient.objects.filter(family=family, starts_on=starts_on, replaced_at__isnull=True)
    values = {"value_cents": value_cents, "source": source, "proof": proof, "month": month}
    if said.filter(**values).exists():
        return
    said.update(replaced_at=now)
    Quotient.objects.create(family=family, starts_on=starts_on, **values, read_at=now, by=by)
    facts = {"starts_on": starts_on.isoformat(), "source": source, "channel": channel}
    record(by, "pricing.quotient_given", at=now, family=family.code, facts=facts)
