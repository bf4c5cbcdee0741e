"""Who may collect a child, who is to be called, who must not come."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, Participant
from preau.members.models import Barred, CollectingRule, TrustedPerson
from preau.members.queries.parents import bonds_with
from preau.members.rules import is_same_name


def collecting_rule() -> CollectingRule:
    """The town's rule, or the usual one."""
    return CollectingRule.objects.filter(id=1).first() or CollectingRule()


def barred_from(participant: Participant) -> list[Barred]:
    """Those whom a judgment keeps away from this child today: for agents only."""
    return list(Barred.objects.filter(participant=participant, lifted_at__isnull=True).order_by("-judged_on", "pk"))


def is_barred(name: str, barred: list[Barred]) -> bool:
    """Whether somebody of this name may be one of them."""
    return any(is_same_name(name, str(one)) for one in barred)


def named_for(participant: Participant) -> QuerySet[TrustedPerson]:
    """The persons whom parents name for this child, past and future dates of validity included."""
    live = TrustedPerson.objects.filter(participant=participant, withdrawn_at__isnull=True)
    return live.select_related("signed_by", "contested_by").order_by("emergency_order", "last_name", "pk")


def named_as_it_holds(persons: QuerySet[TrustedPerson], deciding: Collection[int]) -> list[TrustedPerson]:
    """These persons, without the no of an adult who no longer decides who collects: it suspends nobody."""
    found = list(persons)
    for person in found:
        if person.contested_by_id not in deciding:
            person.contested_by = person.contested_at = None
    return found


def in_force_on(day: dt.date) -> Q:
    """Of persons named: those whose dates hold on that day."""
    return Q(starts_on__lte=day) & (Q(ends_on__isnull=True) | Q(ends_on__gte=day))


@dataclass(frozen=True, slots=True)
class ToCall:
    """Somebody to call in an emergency, with every number known."""

    name: str
    link: str
    phones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Collectors:
    """All that whoever is on duty needs: the parents, those they named who may collect, whom to call and in which
    order, and whom never to give the child to. For agents only: it holds the numbers of all homes."""

    parents: tuple[Adult, ...]
    persons: tuple[TrustedPerson, ...]
    to_call: tuple[ToCall, ...]
    barred: tuple[Barred, ...]


def collectors(participant: Participant, on: dt.date) -> Collectors:
    """Who may collect this child on that day, in three queries.

    The parents' own numbers come first, then the persons that they named: those in first place of each, then those in
    second… Whoever the other parent contests, or a judgment bars, is left out of `persons`; so are those named by
    somebody who no longer decides who collects.
    """
    barred = barred_from(participant)
    bonds = bonds_with([participant], Subject.PICKUP, on=on, level=AccessLevel.SEE)
    adults = [(bond.adult, bond) for bond in bonds if not is_barred(str(bond.adult), barred)]
    deciding = {bond.adult_id for _, bond in adults if bond.pickup >= AccessLevel.ACT}
    named = [
        person
        for person in named_as_it_holds(named_for(participant).filter(in_force_on(on)), deciding)
        if not person.contested_by and person.signed_by_id in deciding and not is_barred(str(person), barred)
    ]
    parents = [adult for adult, bond in adults if bond.pickup >= AccessLevel.ACT]
    called = [ToCall(str(adult), "parent", adult.contact.phones) for adult in parents]
    called += [
        ToCall(str(person), person.link, tuple(filter(None, (person.phone, person.other_phone))))
        for person in sorted(named, key=lambda one: (one.emergency_order or 0, one.signed_at))
        if person.emergency_order is not None
    ]
    return Collectors(
        parents=tuple(adult for adult, _ in adults),
        persons=tuple(person for person in named if person.may_collect),
        to_call=tuple(called),
        barred=tuple(barred),
    )
