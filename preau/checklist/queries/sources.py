"""How far each item has come for some participants: one reading of the area that holds it.

A source is asked once for all, and answers by key for those of whom there is something to say: the
others have given nothing. It takes a few statements whatever their number.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q

from preau.checklist.choices import Item
from preau.checklist.rules import SETTLED, ItemState
from preau.families.models import Address, Adult, Home, Participant, Schooling
from preau.health.choices import Item as SheetItem
from preau.health.queries.states import SheetState, sheet_states
from preau.members.choices import Verdict
from preau.members.models import TrustedPerson
from preau.members.queries.authorisations import State, authorisation_states
from preau.members.queries.collecting import in_force_on


@dataclass
class Asking:
    """For whom, and on which day; `household` is the one whose things count, None each of theirs. What several sources
    need is read once."""

    participants: Sequence[Participant]
    on: dt.date
    household: int | None = None

    @property
    def keys(self) -> list[int]:
        return [participant.pk for participant in self.participants]

    @cached_property
    def authorisations(self) -> dict[int, list[State]]:
        return authorisation_states(self.participants, on=self.on)

    @cached_property
    def sheets(self) -> dict[int, SheetState]:
        return sheet_states(self.participants, year=None, on=self.on)


States = Mapping[int, ItemState]
Source = Callable[[Asking], States]


def _coordinates(asking: Asking) -> States:
    """An address and a telephone: in the household that asks, or else in each of theirs."""
    address = Address.objects.filter(family=OuterRef("family"), starts_on__lte=asking.on)
    phone = Adult.objects.filter(~Q(phone_mobile="") | ~Q(phone_home="") | ~Q(phone_work=""), family=OuterRef("family"))
    homes = Home.objects.filter(participant__in=asking.keys)
    if asking.household is not None:
        homes = homes.filter(family=asking.household)
    rows = homes.annotate(is_known=Exists(address) & Exists(phone)).values_list("participant", "is_known")
    known: dict[int, bool] = {}
    for participant, is_known in rows:
        known[participant] = known.get(participant, True) and is_known
    return _settled(key for key, is_known in known.items() if is_known)


def _school(asking: Asking) -> States:
    rows = Schooling.objects.filter(participant__in=asking.keys, year__ends_on__gte=asking.on)
    return _settled(rows.values_list("participant", flat=True))


def _person_to_call(asking: Asking) -> States:
    """Somebody whom a parent names, besides the parents, and whom the other one does not contest."""
    named = TrustedPerson.objects.filter(
        in_force_on(asking.on),
        participant__in=asking.keys,
        withdrawn_at__isnull=True,
        contested_by__isnull=True,
        emergency_order__isnull=False,
    )
    return _settled(named.order_by().values_list("participant", flat=True).distinct())


def _health_sheet(asking: Asking) -> States:
    """All that the town asks for in it, vaccines apart; nothing is opened."""
    return _settled(key for key, sheet in asking.sheets.items() if set(sheet.lacking) <= {SheetItem.VACCINES})


def _vaccines(asking: Asking) -> States:
    return _settled(key for key, sheet in asking.sheets.items() if not any(one.is_late for one in sheet.vaccines))


def _authorisations(asking: Asking) -> States:
    """Each question that needs an answer has one, photos apart."""
    return _settled(key for key, asked in asking.authorisations.items() if not any(_is_open(one) for one in asked))


def _is_open(asked: State) -> bool:
    return asked.is_missing and not asked.kind.is_image


def _image_rights(asking: Asking) -> States:
    """Yes or no to each use that the town asks about: either answer will do."""
    return _settled(key for key, asked in asking.authorisations.items() if all(map(_is_answered, asked)))


def _is_answered(asked: State) -> bool:
    return not asked.kind.is_image or asked.verdict != Verdict.UNANSWERED


def _settled(keys: Iterable[int | None]) -> States:
    return {key: SETTLED for key in keys if key is not None}


SOURCES: Mapping[str, Source] = {
    Item.COORDINATES: _coordinates,
    Item.SCHOOL: _school,
    Item.PERSON_TO_CALL: _person_to_call,
    Item.HEALTH_SHEET: _health_sheet,
    Item.VACCINES: _vaccines,
    Item.AUTHORISATIONS: _authorisations,
    Item.IMAGE_RIGHTS: _image_rights,
}
