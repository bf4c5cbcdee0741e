"""What parents sign about their children, what agents write of judgments."""

from typing import Any

from preau.demarches.models import Demarche
from preau.families.testing import make_adult
from preau.members.models import (
    CollectingRule,
    DietChoice,
    Disagreement,
    Repeating,
    RollOver,
    SchoolRule,
    SectorSchool,
    SectorStreet,
)
from preau.members.testing import make_authorisation, make_barred, make_person, make_sector
from preau.town.models import SchoolYear
from preau.town.testing import make_level, make_place, make_service, make_year
from tests.forbidden_writes.given import DAY, NEXT, NOW, Base, change, forbidden


@forbidden("collectingrule_is_one_row", "two rules about who collects")
def _(base: Base) -> None:
    CollectingRule.objects.create(id=2)


@forbidden("schoolrule_is_one_row", "two lists of reasons")
def _(base: Base) -> None:
    SchoolRule.objects.create(id=2)


@forbidden("authorisationkind_image_is_free", "a photo that needs no yes")
def _(base: Base) -> None:
    make_authorisation(is_image=True, is_default=True)


@forbidden("authorisationkind_ages_ordered", "asked until an age before it begins")
def _(base: Base) -> None:
    make_authorisation(from_age=8, to_age=7)


@forbidden("dietchoice_chain", "two diets from one day")
def _(base: Base) -> None:
    for _ in range(2):
        DietChoice.objects.create(participant=base.child, starts_on=DAY, signed_at=NOW)


@forbidden("trustedperson_for_something", "somebody named for nothing")
def _(base: Base) -> None:
    make_person(base.child, base.home.adult, may_collect=False)


@forbidden("trustedperson_ordered", "somebody who may no longer before they may")
def _(base: Base) -> None:
    make_person(base.child, base.home.adult, starts_on=NEXT, ends_on=DAY)


@forbidden("trustedperson_contested_whole", "a no without its hour")
def _(base: Base) -> None:
    make_person(base.child, base.home.adult, contested_by=make_adult(base.home.family))


@forbidden("trustedperson_contested_by_another", "a parent against the person that they named")
def _(base: Base) -> None:
    make_person(base.child, base.home.adult, contested_by=base.home.adult, contested_at=NOW)


@forbidden("barred_lifted_after", "a judgment lifted before it was written")
def _(base: Base) -> None:
    barred = make_barred(base.child)
    change(barred, lifted_at=barred.written_at.replace(year=2025))


@forbidden("disagreement_about_one_thing", "a disagreement about nothing")
def _(base: Base) -> None:
    _disagreement()


@forbidden("disagreement_about_one_thing", "a disagreement about a person and a question")
def _(base: Base) -> None:
    _disagreement(kind=make_authorisation(), person=make_person(base.child, base.home.adult))


def _disagreement(**about: Any) -> None:
    demarche = Demarche.objects.create(kind="members.disagreement", service=make_service(), summary="x", sent_at=NOW)
    Disagreement.objects.create(demarche=demarche, **about)


@forbidden("repeating_once_a_year", "a child who repeats a year twice")
def _(base: Base) -> None:
    for _ in range(2):
        Repeating.objects.create(participant=base.child, year=make_year())


@forbidden("rollover_one_a_year", "two roll-overs of a year")
def _(base: Base) -> None:
    for _ in range(2):
        RollOver.objects.create(before=_next_year(), after=make_year(), made_at=NOW)


@forbidden("rollover_two_years", "a roll-over from a year to itself")
def _(base: Base) -> None:
    RollOver.objects.create(before=make_year(), after=make_year(), made_at=NOW)


def _next_year() -> SchoolYear:
    values = {"starts_on": DAY, "ends_on": NEXT}
    return SchoolYear.objects.get_or_create(code="2030-2031", defaults=values)[0]


@forbidden("sectorschool_one_a_level", "two schools of a sector for a level")
def _(base: Base) -> None:
    sector, level = make_sector(), make_level()
    for code in ("a", "b"):
        SectorSchool.objects.create(sector=sector, level=level, place=make_place(code))


@forbidden("sectorstreet_ordered", "a street that ends before it begins")
def _(base: Base) -> None:
    SectorStreet.objects.create(sector=make_sector(), street="rue Pascal", key="rue pascal", first=9, last=3)


@forbidden("sectorstreet_side", "a third side of a street")
def _(base: Base) -> None:
    SectorStreet.objects.create(sector=make_sector(), street="rue Pascal", key="rue pascal", side="haut")


@forbidden("sectorstreet_in_one_sector", "numbers of a street in two sectors")
def _(base: Base) -> None:
    for code in ("a", "b"):
        SectorStreet.objects.create(sector=make_sector(code), street="rue Pascal", key="rue pascal")
