"""How far each item has come for some participants: one reading of the area that holds it.

A source is asked once for all, by keys of participants, and answers for those of whom there is something to say: the
others have given nothing. It takes a few statements whatever their number.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q

from preau.checklist.choices import Item
from preau.checklist.rules import SETTLED, ItemState
from preau.families.models import Address, Adult, Consent, Home, Schooling
from preau.town.choices import TextCode


@dataclass(frozen=True, slots=True)
class Asking:
    """For whom, and on which day; `household` is the one whose things count, None each of theirs."""

    participants: Collection[int]
    on: dt.date
    household: int | None = None


States = Mapping[int, ItemState]
Source = Callable[[Asking], States]


def _coordinates(asking: Asking) -> States:
    """An address and a telephone: in the household that asks, or else in each of theirs."""
    address = Address.objects.filter(family=OuterRef("family"), starts_on__lte=asking.on)
    phone = Adult.objects.filter(~Q(phone_mobile="") | ~Q(phone_home="") | ~Q(phone_work=""), family=OuterRef("family"))
    homes = Home.objects.filter(participant__in=asking.participants)
    if asking.household is not None:
        homes = homes.filter(family=asking.household)
    rows = homes.annotate(is_known=Exists(address) & Exists(phone)).values_list("participant", "is_known")
    known: dict[int, bool] = {}
    for participant, is_known in rows:
        known[participant] = known.get(participant, True) and is_known
    return _settled(key for key, is_known in known.items() if is_known)


def _school(asking: Asking) -> States:
    rows = Schooling.objects.filter(participant__in=asking.participants, year__ends_on__gte=asking.on)
    return _settled(rows.values_list("participant", flat=True))


def _image_rights(asking: Asking) -> States:
    """Yes or no: either answer will do."""
    rows = Consent.objects.filter(text__code=TextCode.CONSENT_IMAGE, participant__in=asking.participants)
    return _settled(rows.order_by().values_list("participant", flat=True).distinct())


def _settled(keys: Iterable[int | None]) -> States:
    return {key: SETTLED for key in keys if key is not None}


SOURCES: Mapping[str, Source] = {
    Item.COORDINATES: _coordinates,
    Item.SCHOOL: _school,
    Item.IMAGE_RIGHTS: _image_rights,
}
