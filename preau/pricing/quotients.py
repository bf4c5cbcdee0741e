"""The quotients of a household, one after the other."""

import datetime as dt

from django.db.models import QuerySet

from preau.families.models import Family
from preau.pricing.models import Quotient


def quotients_of(family: Family) -> QuerySet[Quotient]:
    """Those that hold or will hold, the latest first; those that were replaced are left out."""
    return Quotient.objects.filter(family=family, replaced_at__isnull=True).select_related("by").order_by("-starts_on")


def quotient_on(family: Family, day: dt.date) -> Quotient | None:
    """The one in force on a day; None when nothing was ever given: the highest tariff."""
    return quotients_of(family).filter(starts_on__lte=day).first()
