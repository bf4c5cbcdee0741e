"""Who belongs to a household, whose days, which school: what an agent grants when a family asks for it."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass

from django.db import transaction

from preau.core.dates import local_day
from preau.families.actions import numbered, set_bond
from preau.families.choices import Situation
from preau.families.models import Adult, Custody, Family, Guardianship, Home, Participant, Schooling
from preau.families.rules import CustodyPlan
from preau.families.searching import refile
from preau.journal import actions as journal
from preau.town.models import Level, Place, SchoolYear


@dataclass(frozen=True, slots=True)
class NewChild:
    """A child to write in a file; `sex` is one of Sex, or empty."""

    first_name: str
    last_name: str
    born_on: dt.date
    sex: str = ""


@dataclass(frozen=True, slots=True)
class NewAdult:
    """A grown-up to write in a file, without an account."""

    first_name: str
    last_name: str
    civility: str = ""
    email: str = ""
    phone_mobile: str = ""


@transaction.atomic
def add_child(
    *, family: Family, child: NewChild, parents: Iterable[Adult], by: journal.Actor | None, now: dt.datetime
) -> Participant:
    """Write a child in a household, with the bond of a parent who exercises authority for each of `parents`."""
    participant = Participant.objects.create(**asdict(child))
    journal.record(by, "families.child_added", at=now, family=family.code, participant=participant.code)
    join_home(participant=participant, family=family, parents=parents, by=by, now=now)
    return participant


@transaction.atomic
def join_home(
    *, participant: Participant, family: Family, parents: Iterable[Adult], by: journal.Actor | None, now: dt.datetime
) -> None:
    """The child lives in this household too; each of `parents` exercises authority from today, save those who have a
    bond already: what a judgment took away stays so."""
    _, is_new = Home.objects.get_or_create(participant=participant, family=family)
    if is_new:
        journal.record(by, "families.home_joined", at=now, family=family.code, participant=participant.code)
    bound = set(Guardianship.objects.filter(participant=participant).values_list("adult", flat=True))
    for adult in (one for one in parents if one.pk not in bound):
        set_bond(
            adult=adult,
            participant=participant,
            situation=Situation.EXERCISES,
            starts_on=local_day(now),
            by=by,
            now=now,
        )
    refile(family.pk)


@transaction.atomic
def add_adult(*, family: Family, adult: NewAdult, by: journal.Actor | None, now: dt.datetime) -> Adult:
    """Write a grown-up in a household: what they may see of a child is another matter (set_bond)."""
    added = Adult.objects.create(family=family, **asdict(adult))
    journal.record(by, "families.adult_added", at=now, subject=added.code, family=family.code)
    refile(family.pk)
    return added


@transaction.atomic
def move_out(*, adult: Adult, by: journal.Actor | None, now: dt.datetime) -> Family:
    """Open a file for a grown-up who leaves the household: its invoices, its quotient and its address stay behind.

    Who takes part in activities takes part from there; bonds with children are theirs, and do not change.
    """
    before = adult.family
    home = numbered(adult.last_name)
    Adult.objects.filter(pk=adult.pk).update(family=home)
    Home.objects.filter(participant__adult=adult, family=before).update(family=home)
    adult.family = home
    facts = {"from": before.code}
    journal.record(by, "families.moved_out", at=now, subject=adult.code, family=home.code, facts=facts)
    journal.record(by, "families.left", at=now, subject=adult.code, family=before.code)
    refile(before.pk)
    refile(home.pk)
    return home


@transaction.atomic
def set_custody(
    *, participant: Participant, starts_on: dt.date, plan: CustodyPlan, by: journal.Actor | None, now: dt.datetime
) -> Custody:
    """Whose days they are from a day on; the days before keep the plan that they had."""
    values = {
        "mode": plan.mode,
        "home_a_id": plan.home_a,
        "home_b_id": plan.home_b,
        "anchor_on": plan.anchor_on,
        "pattern": plan.pattern,
        "holidays": plan.holidays,
    }
    custody, _ = Custody.objects.update_or_create(participant=participant, starts_on=starts_on, defaults=values)
    facts = {"starts_on": starts_on.isoformat(), "mode": plan.mode.value}
    journal.record(by, "families.custody_set", at=now, participant=participant.code, facts=facts)
    return custody


@transaction.atomic
def set_schooling(
    *,
    participant: Participant,
    year: SchoolYear,
    place: Place,
    level: Level,
    by: journal.Actor | None,
    now: dt.datetime,
) -> Schooling:
    """School and level of a child for a year, in place of what was known for that year."""
    values = {"place": place, "level": level, "batch": ""}
    schooling, _ = Schooling.objects.update_or_create(participant=participant, year=year, defaults=values)
    facts = {"year": year.code, "place": place.code, "level": level.code}
    journal.record(by, "families.schooling_set", at=now, participant=participant.code, facts=facts)
    return schooling
