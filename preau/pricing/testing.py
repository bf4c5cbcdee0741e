"""Builders for tests."""

import datetime as dt
from decimal import Decimal
from typing import Any

from django.utils import timezone

from preau.activities.models import Unit
from preau.families.models import Family
from preau.pricing.choices import QuotientSource
from preau.pricing.models import Quotient, Tariff, TariffVersion, UnitTariff
from preau.pricing.queries import tariff_catalogue

LONG_AGO = dt.date(2020, 1, 1)


def make_tariff(unit: Unit, rules: dict[str, Any] | str = "3.50", *, starts_on: dt.date = LONG_AGO) -> Tariff:
    """A tariff for `unit`: its rules, or a fixed price such as "3.50"."""
    if isinstance(rules, str):
        rules = {"base": [{"kind": "fixed", "price": rules}]}
    code = f"{unit.activity.code}-{unit.code}"[:60]
    tariff = Tariff.objects.get_or_create(code=code, defaults={"name": unit.name})[0]
    TariffVersion.objects.create(tariff=tariff, starts_on=starts_on, rules=rules)
    UnitTariff.objects.get_or_create(unit=unit, starts_on=LONG_AGO, defaults={"tariff": tariff})
    tariff_catalogue.cache_clear()  # a test does not raise the version of the catalogue
    return tariff


def make_quotient(family: Family, value: str | None = "742", *, starts_on: dt.date = LONG_AGO) -> Quotient:
    """The quotient of a household in euros; None is unknown."""
    return Quotient.objects.create(
        family=family,
        starts_on=starts_on,
        value_cents=None if value is None else int(Decimal(value) * 100),
        source=QuotientSource.CERTIFICATE,
        read_at=timezone.now(),
    )
