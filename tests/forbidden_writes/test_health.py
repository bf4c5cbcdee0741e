"""Sealed sheets, and who read them."""

from typing import Any

from preau.accounts.testing import make_agent
from preau.health.choices import DoseState, Purpose, Vaccine
from preau.health.models import Confirmation, HealthKey, HealthReading, Pai, SheetSettings, Vaccination
from preau.health.testing import make_field
from preau.town.testing import make_year
from tests.forbidden_writes.given import DAY, NEXT, NOW, Base, again, change, forbidden

# 12. Health


def dose(base: Base, **values: Any) -> Vaccination:
    usual = {"participant": base.child, "vaccine": Vaccine.DTP, "rank": 1, "sealed": b"x", "filled_at": NOW}
    return Vaccination.objects.create(**usual | values)


def pai(base: Base, **values: Any) -> Pai:
    usual = {"participant": base.child, "starts_on": DAY, "ends_on": NEXT, "sealed": b"x", "filled_at": NOW}
    return Pai.objects.create(**usual | values)


def reading(base: Base) -> HealthReading:
    return HealthReading.objects.create(participant=base.child, by=make_agent(), at=NOW, purpose=Purpose.ON_DUTY)


@forbidden("participant", "two keys of one child")
def _(base: Base) -> None:
    make_field(base.child)
    HealthKey.objects.bulk_create([HealthKey(participant=base.child, code="f" * 16, wrapped=b"x", master=1)])


@forbidden("healthkey_master_version", "a key wrapped by no version of the master key")
def _(base: Base) -> None:
    make_field(base.child)
    HealthKey.objects.update(master=0)


@forbidden("healthfield_once", "two answers of a sheet to one item")
def _(base: Base) -> None:
    again(make_field(base.child))


@forbidden("vaccination_once", "one dose twice")
def _(base: Base) -> None:
    again(dose(base))


@forbidden("vaccination_rank", "a dose before the first")
def _(base: Base) -> None:
    dose(base, rank=0)


@forbidden("vaccination_rank", "a tenth dose")
def _(base: Base) -> None:
    dose(base, rank=10)


@forbidden("vaccination_only_given_is_enough", "a vaccine complete by a dose that was not given")
def _(base: Base) -> None:
    dose(base, state=DoseState.PLANNED, is_enough=True)


@forbidden("pai_once", "two PAI that start on one day")
def _(base: Base) -> None:
    again(pai(base), code="another")


@forbidden("pai_ordered", "a PAI that ends before it starts")
def _(base: Base) -> None:
    pai(base, starts_on=NEXT, ends_on=DAY)


@forbidden("confirmation_once_a_year", "a sheet confirmed twice for one school year")
def _(base: Base) -> None:
    year = make_year()
    for _ in range(2):
        Confirmation.objects.create(participant=base.child, year=year, adult=base.home.adult, at=NOW)


@forbidden("healthreading_emergency_has_reason", "a sheet read in an emergency without a reason")
def _(base: Base) -> None:
    HealthReading.objects.create(participant=base.child, by=make_agent(), at=NOW, purpose=Purpose.EMERGENCY)


@forbidden("a reading never changes", "a reading given to somebody else")
def _(base: Base) -> None:
    change(reading(base), by=base.home.user)


@forbidden("sheetsettings_is_one_row", "second settings of the sheet")
def _(base: Base) -> None:
    SheetSettings.objects.create(id=2)
