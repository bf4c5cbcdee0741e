"""What ties an adult to a child changes, or an adult leaves the household: an agent writes it, those concerned are
told."""

import datetime as dt
from collections.abc import Collection, Mapping

from django.db import transaction

from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.core.dates import local_day
from preau.families.actions import set_bond
from preau.families.choices import AccessLevel, Situation, Subject
from preau.families.households import join_home, move_out
from preau.families.models import Adult, Family, Guardianship, Participant
from preau.members.queries.parents import bonds_with

BOND_CHANGED, LEFT = Event("members/mail/bond_changed"), Event("members/mail/left_household")


class LastAdult(Exception):
    """Nobody would be left in the household."""


@transaction.atomic
def change_bond(
    *,
    adult: Adult,
    participant: Participant,
    situation: Situation,
    starts_on: dt.date,
    levels: Mapping[Subject, AccessLevel],
    reason: str,
    tells: bool,
    by: User,
    now: dt.datetime,
) -> Guardianship:
    """Adjust or end a bond from a day on (see families.actions.set_bond). The adult, and the parents who decide for the
    child, are told unless `tells` is False: a town may wait, to protect somebody."""
    known = Guardianship.objects.filter(adult=adult, participant=participant, starts_on=starts_on).first()
    bond = set_bond(
        adult=adult,
        participant=participant,
        situation=situation,
        starts_on=starts_on,
        levels=levels,
        reason=reason,
        by=by,
        now=now,
    )
    if tells and not (known and known.situation == bond.situation and known.levels == bond.levels):
        for user in _concerned(adult, [participant], on=local_day(now)):
            facts = {"participant": participant, "adult": adult, "bond": bond, "user": user}
            key = f"members.bond:{participant.code}:{adult.code}:{now.isoformat()}:{user.pk}"
            notify(BOND_CHANGED, to=user, facts=facts, key=key, now=now)
    return bond


@transaction.atomic
def leave_household(
    *, adult: Adult, with_home: Collection[Participant], tells: bool, by: User, now: dt.datetime
) -> Family:
    """The adult gets a file of their own, today; the children of `with_home` live there too, beside the home that they
    have. Bonds stay as they are. Raises LastAdult."""
    before = Family.objects.select_for_update().get(pk=adult.family_id)
    staying = Adult.objects.filter(family=before).exclude(pk=adult.pk)
    if not staying.exists():
        raise LastAdult
    home = move_out(adult=adult, by=by, now=now)
    for child in with_home:
        join_home(participant=child, family=home, parents=(), by=by, now=now)
    if tells:
        users = {one.user for one in [adult, *staying.select_related("user")] if one.user and one.user.is_active}
        for user in sorted(users, key=lambda one: one.pk):
            facts = {"adult": adult, "user": user, "children": list(with_home), "is_me": user.pk == adult.user_id}
            notify(LEFT, to=user, facts=facts, key=f"members.left:{home.code}:{user.pk}", now=now)
    return home


def _concerned(adult: Adult, children: Collection[Participant], *, on: dt.date) -> list[User]:
    """The adult, and those who decide for these children."""
    deciding = bonds_with(children, Subject.IDENTITY, on=on)
    users = {bond.adult.user for bond in deciding if bond.adult.user} | ({adult.user} if adult.user else set())
    return sorted((user for user in users if user.is_active), key=lambda user: user.pk)
