"""A family asks about its members; an agent grants it, through the actions of the family file."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from django.db import transaction

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.core.dates import local_day
from preau.demarches.actions import answer, open_demarche
from preau.demarches.actions.moving import AtCounter
from preau.demarches.choices import OPEN, DemarcheState
from preau.demarches.models import Demarche
from preau.families.actions import set_bond
from preau.families.choices import Situation, Subject
from preau.families.households import (
    NewAdult,
    NewChild,
    add_adult,
    add_child,
    join_home,
    move_out,
    set_custody,
    set_schooling,
)
from preau.families.models import Adult, Family, Participant
from preau.families.queries import household_of
from preau.members.choices import CHILD, CUSTODY, GUARDIAN, SCHOOL
from preau.members.following import follow
from preau.members.models import MemberAsked
from preau.members.queries.parents import bonds_with
from preau.members.rules import ChildAsked, CustodyAsked, GuardianAsked, SchoolAsked, as_json, from_json, plan_of
from preau.town.models import Level, Place, SchoolYear

CUSTODY_ASKED = Event("members/mail/custody_asked")
Asked = ChildAsked | GuardianAsked | CustodyAsked | SchoolAsked
A = TypeVar("A", ChildAsked, GuardianAsked, CustodyAsked, SchoolAsked)


class NotGranted(Exception):
    """Nothing was written: `why`, in words for the agent."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@transaction.atomic
def ask(
    *,
    kind: str,
    adult: Adult,
    asked: Asked,
    summary: str,
    child: Participant | None = None,
    channel: Channel = Channel.ONLINE,
    by: User,
    now: dt.datetime,
) -> Demarche:
    """Send a request about a member to the service that receives it. The same request, still open, is not sent twice.
    At the counter, `by` is the agent who writes it for `adult`.

    The other parents are told that a custody was asked: they may contest it.
    """
    Adult.objects.select_for_update().get(pk=adult.pk)  # two clicks are one
    same = Demarche.objects.filter(kind=kind, family=adult.family, participant=child, state__in=OPEN)
    asked_as: Any = type(asked)
    for known in same.select_related("member_asked"):
        if from_json(asked_as, known.member_asked.asked) == asked:
            return known
    demarche = open_demarche(
        kind=kind,
        asked_by=by if channel == Channel.ONLINE else adult.user,
        counter=AtCounter(by, adult) if channel == Channel.COUNTER else None,
        summary=summary[:200],
        family=adult.family,
        participant=child,
        words=[str(adult), *(str(getattr(asked, name, "")) for name in ("first_name", "last_name"))],
        now=now,
    )
    MemberAsked.objects.create(demarche=demarche, asked=as_json(asked))
    if kind == CUSTODY and child is not None:
        _tell_of_custody(demarche, child, adult, now=now)
    return demarche


def _tell_of_custody(demarche: Demarche, child: Participant, adult: Adult, *, now: dt.datetime) -> None:
    bonds = bonds_with([child], Subject.PLANNING, on=local_day(now)).exclude(adult=adult)
    for user in [bond.adult.user for bond in bonds if bond.adult.user and bond.adult.user.is_active]:
        facts = {"participant": child, "signer": adult, "user": user}
        notify(CUSTODY_ASKED, to=user, facts=facts, key=f"members.custody:{demarche.code}:{user.pk}", now=now)


def asked_in(demarche: Demarche, kind: type[A]) -> A:
    """What a request asks."""
    row: MemberAsked = demarche.member_asked
    return from_json(kind, row.asked)


def home_of_asker(demarche: Demarche) -> Family:
    """Where the parent who asks lives now: they may have left the household since."""
    family = household_of(demarche.asked_by) if demarche.asked_by else None
    family = family or demarche.family
    assert family is not None, "members are asked about by a household"
    return family


def _granted(
    demarche: Demarche, *, reason: str = "", by: User, version: int, now: dt.datetime
) -> tuple[Demarche, bool]:
    """The request once accepted, and whether it is so only now: a second click must not write twice. The answer comes
    first: of two agents, the second writes nothing."""
    is_new = Demarche.objects.select_for_update().filter(pk=demarche.pk, state__in=OPEN).exists()
    return answer(demarche, state=DemarcheState.ACCEPTED, reason=reason, by=by, version=version, now=now), is_new


@transaction.atomic
def refuse(demarche: Demarche, *, reason: str, by: User, version: int, now: dt.datetime) -> Demarche:
    """Refuse a request about a member, with the reason that the family needs; the file stays as it was."""
    return answer(demarche, state=DemarcheState.REFUSED, reason=reason, by=by, version=version, now=now)


@transaction.atomic
def accept_child(
    demarche: Demarche, *, existing: Participant | None = None, by: User, version: int, now: dt.datetime
) -> Demarche:
    """Write the child in the household or, when it is one already known (`existing`), say that it lives there too."""
    asked, family = asked_in(demarche, ChildAsked), demarche.family
    assert family is not None, "a child is asked for a household"
    accepted, is_new = _granted(demarche, by=by, version=version, now=now)
    if not is_new:
        return accepted
    parents = list(Adult.objects.filter(family=family, code__in=asked.parents))
    if existing is not None:
        join_home(participant=existing, family=family, parents=parents, by=by, now=now)
        return accepted
    child = NewChild(asked.first_name, asked.last_name, asked.born_on, asked.sex)
    add_child(family=family, child=child, parents=parents, by=by, now=now)
    return accepted


@transaction.atomic
def accept_guardian(
    demarche: Demarche, *, situation: Situation | None = None, by: User, version: int, now: dt.datetime
) -> Demarche:
    """Write the grown-up in the household, with the bond that the agent chose (None: the one asked) for each child."""
    asked, family = asked_in(demarche, GuardianAsked), demarche.family
    assert family is not None, "a guardian is asked for a household"
    accepted, is_new = _granted(demarche, by=by, version=version, now=now)
    if not is_new:
        return accepted
    new = NewAdult(asked.first_name, asked.last_name, asked.civility, asked.email, asked.phone)
    adult = add_adult(family=family, adult=new, by=by, now=now)
    for child in Participant.objects.filter(code__in=asked.children, homes__family=family):
        set_bond(
            adult=adult,
            participant=child,
            situation=situation or Situation(asked.situation),
            starts_on=local_day(now),
            by=by,
            now=now,
        )
    return accepted


@transaction.atomic
def accept_custody(demarche: Demarche, *, by: User, version: int, now: dt.datetime) -> Demarche:
    """Share the days of the child between two homes, and what is booked on them. A parent of the same household gets a
    file of their own first.

    Raises NotGranted when the other parent is no longer tied to the child.
    """
    asked, child, family = asked_in(demarche, CustodyAsked), demarche.participant, home_of_asker(demarche)
    assert child is not None, "custody is asked for a child"
    accepted, is_new = _granted(demarche, by=by, version=version, now=now)
    if not is_new:
        return accepted
    bonds = bonds_with([child], Subject.PLANNING, on=local_day(now)).filter(adult__code=asked.other)
    other = next((bond.adult for bond in bonds), None)
    if other is None:
        raise NotGranted("L’autre parent n’a plus de lien avec cet enfant\u00a0: mettez d’abord le dossier à jour.")
    home = other.family if other.family_id != family.pk else move_out(adult=other, by=by, now=now)
    for one in (family, home):
        join_home(participant=child, family=one, parents=(), by=by, now=now)
    plan = plan_of(asked, mine=family.pk, theirs=home.pk)
    set_custody(participant=child, starts_on=asked.starts_on, plan=plan, by=by, now=now)
    follow(child, asked.starts_on, by=by, now=now)
    return accepted


@transaction.atomic
def accept_school(
    demarche: Demarche,
    *,
    place: Place | None = None,
    level: Level | None = None,
    reason: str = "",
    by: User,
    version: int,
    now: dt.datetime,
) -> Demarche:
    """Write the school of the child for the year asked: the one wished, or the one that the agent gives."""
    asked, child = asked_in(demarche, SchoolAsked), demarche.participant
    assert child is not None, "a school is asked for a child"
    accepted, is_new = _granted(demarche, reason=reason, by=by, version=version, now=now)
    if not is_new:
        return accepted
    set_schooling(
        participant=child,
        year=SchoolYear.objects.get(code=asked.year),
        place=place or Place.objects.get(code=asked.place),
        level=level or Level.objects.get(code=asked.level),
        by=by,
        now=now,
    )
    return accepted


ACCEPT: Mapping[str, Callable[..., Demarche]] = {
    CHILD: accept_child,
    GUARDIAN: accept_guardian,
    CUSTODY: accept_custody,
    SCHOOL: accept_school,
}
