"""Who sees what, whose day it is."""

from preau.accounts.testing import make_agent
from preau.demarches.actions import ask_change
from preau.demarches.models import FieldChange
from preau.families.choices import CustodyMode, PreferredContact, Situation
from preau.families.models import CustodyException, Family, FileNumber, Home, Merge, Schooling, ToldApart
from preau.families.testing import make_family
from preau.town.testing import make_level, make_place, make_service, make_year
from tests.forbidden_writes.given import DAY, NEXT, NOW, Base, again, change, forbidden

# 5. A withdrawn parent who sees something; whose day it is


@forbidden("guardianship_withdrawn_sees_nothing", "a withdrawn parent who sees the planning")
def _(base: Base) -> None:
    change(base.child.guardianships.get(), situation=Situation.WITHDRAWN, identity=0, planning=1)


@forbidden("guardianship_withdrawn_sees_nothing", "an ended bond that lets collect the child")
def _(base: Base) -> None:
    change(base.child.guardianships.get(), situation=Situation.ENDED)


@forbidden("guardianship_levels", "a level that does not exist")
def _(base: Base) -> None:
    change(base.child.guardianships.get(), health=3)


@forbidden("guardianship_chain", "two rights of an adult on a child from one day")
def _(base: Base) -> None:
    again(base.child.guardianships.get())


@forbidden("home_once", "a child twice in a household")
def _(base: Base) -> None:
    Home.objects.create(participant=base.child, family=base.home.family)


@forbidden("file_number_once_a_service", "two numbers of a file at a service")
def _(base: Base) -> None:
    first = FileNumber.objects.create(family=base.home.family, service=make_service(), number="S1")
    again(first, number="S2")


@forbidden("file_number_of_one_family", "two files of one number at a service")
def _(base: Base) -> None:
    first = FileNumber.objects.create(family=base.home.family, service=make_service(), number="S1")
    again(first, family_id=make_family().pk)


@forbidden("address_chain", "two addresses from one day")
def _(base: Base) -> None:
    again(base.home.family.addresses.get())


@forbidden("adult_preferred_phone_known", "a preferred number that nobody knows")
def _(base: Base) -> None:
    change(base.home.adult, phone_mobile="", preferred_contact=PreferredContact.MOBILE)


@forbidden("schooling_once_a_year", "two schools in a year")
def _(base: Base) -> None:
    for code in ("one", "two"):
        Schooling.objects.create(participant=base.child, year=make_year(), place=make_place(code), level=make_level())


@forbidden("custody_chain", "two custody plans from one day")
def _(base: Base) -> None:
    again(base.custody)


@forbidden("custody_mode_complete", "a shared custody without a second home")
def _(base: Base) -> None:
    change(base.custody, mode=CustodyMode.CYCLE, anchor_on=DAY, pattern="AB")


@forbidden("custody_mode_complete", "a cycle without a pattern")
def _(base: Base) -> None:
    change(base.custody, mode=CustodyMode.CYCLE, anchor_on=DAY, home_b=make_family())


@forbidden("custody_mode_complete", "one home, and a pattern")
def _(base: Base) -> None:
    change(base.custody, pattern="AB")


@forbidden("custody_two_homes_differ", "a custody shared with oneself")
def _(base: Base) -> None:
    change(base.custody, mode=CustodyMode.ISO_WEEK, home_b=base.home.family)


@forbidden("custodyexception_ordered", "days that end before they start")
def _(base: Base) -> None:
    CustodyException.objects.create(custody=base.custody, starts_on=NEXT, ends_on=DAY, home=base.home.family)


# 7. Two pending changes of one field


def _asked(base: Base) -> FieldChange:
    wanted = {"address": {"lines": "1 rue Neuve", "postcode": "94800", "city": "Villejuif"}}
    ask_change(target=base.home.family, wanted=wanted, by=base.home.user, now=NOW)
    return FieldChange.objects.get()


@forbidden("fieldchange_one_pending_family", "an address asked twice")
def _(base: Base) -> None:
    again(_asked(base))


@forbidden("fieldchange_one_pending_adult", "a number of an adult asked twice")
def _(base: Base) -> None:
    row = _asked(base)
    change(row, family=None, adult=base.home.adult, field="phone-mobile")
    row.refresh_from_db()
    again(row)


@forbidden("fieldchange_one_pending_participant", "a name of a child asked twice")
def _(base: Base) -> None:
    row = _asked(base)
    change(row, family=None, participant=base.child, field="child-last-name")
    row.refresh_from_db()
    again(row)


@forbidden("fieldchange_one_target", "a field of a household and of an adult")
def _(base: Base) -> None:
    change(_asked(base), adult=base.home.adult)


@forbidden("filechange_one_target", "a change of nobody")
def _(base: Base) -> None:
    change(_asked(base).change, family=None)


@forbidden("family_merged_is_archived", "a file merged into another, and open")
def _(base: Base) -> None:
    change(base.home.family, merged_into=make_family())


@forbidden("family_not_merged_into_itself", "a file merged into itself")
def _(base: Base) -> None:
    change(base.home.family, merged_into=base.home.family, archived_at=NOW)


@forbidden("merge_of_two", "one file merged with itself")
def _(base: Base) -> None:
    merged(base.home.family, base.home.family)


@forbidden("merge_once_in_force", "a file merged into two others")
def _(base: Base) -> None:
    for _ in range(2):
        merged(make_family(), base.home.family)


@forbidden("toldapart_once", "two files said twice to be two families")
def _(base: Base) -> None:
    first, second = sorted((base.home.family.pk, make_family().pk))
    for _ in range(2):
        told_apart(first, second)


@forbidden("toldapart_ordered", "two files said to be two families in the wrong order")
def _(base: Base) -> None:
    second, first = sorted((base.home.family.pk, make_family().pk))
    told_apart(first, second)


def told_apart(one: int, other: int) -> None:
    ToldApart.objects.create(one_id=one, other_id=other, by=make_agent(), at=NOW)


def merged(kept: Family, gone: Family) -> None:
    Merge.objects.create(kept=kept, gone=gone, reason="Même mère", steps=[], by=make_agent(), at=NOW)
