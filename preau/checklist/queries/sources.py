"""How far each item has come for some participants: one reading of the area that holds it.

A source is asked once for all, and answers by key for those of whom there is something to say: the
others have given nothing. It takes a few statements whatever their number.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Exists, OuterRef, Q, QuerySet

from preau.checklist.choices import Item
from preau.checklist.choices import State as CheckState
from preau.checklist.queries.demands import DOCUMENT
from preau.checklist.rules import MISSING, SETTLED, ItemState
from preau.demarches.choices import DemarcheState, FieldState
from preau.demarches.file_fields import ADDRESS
from preau.demarches.models import FieldChange
from preau.documents.choices import DocumentState, Standing
from preau.documents.models import SupportingDocument
from preau.documents.rules import Given, standing_of
from preau.families.choices import Subject
from preau.families.models import Address, Adult, Home, Participant, Schooling
from preau.health.choices import Item as SheetItem
from preau.health.queries.states import SheetState, sheet_states
from preau.members.choices import Verdict
from preau.members.models import TrustedPerson
from preau.members.queries.authorisations import State, authorisation_states
from preau.members.queries.collecting import in_force_on
from preau.members.queries.parents import bonds_with

EACH = Q()  # of their homes


def in_household(household: int | None) -> Q:
    """The homes in the household of whoever looks; each of theirs for None."""
    return EACH if household is None else Q(family=household)


@dataclass
class Asking:
    """For whom, and on which day; `within` picks the homes whose things count, each of theirs without it. What several
    sources need is read once."""

    participants: Sequence[Participant]
    on: dt.date
    within: Q = EACH

    @property
    def keys(self) -> list[int]:
        return [participant.pk for participant in self.participants]

    @property
    def homes(self) -> QuerySet[Home]:
        return Home.objects.filter(self.within, participant__in=self.keys)

    @cached_property
    def authorisations(self) -> dict[int, list[State]]:
        return authorisation_states(self.participants, on=self.on)

    @cached_property
    def sheets(self) -> dict[int, SheetState]:
        return sheet_states(self.participants, year=None, on=self.on)

    @cached_property
    def documents(self) -> dict[str, dict[int, ItemState]]:
        """By code of kind, where each participant stands with the documents of their own, of their household or of its
        adults. Two statements."""
        return _documents(self)


States = Mapping[int, ItemState]
Source = Callable[[Asking], States]


def _coordinates(asking: Asking) -> States:
    """An address and a telephone, in each of the homes that count. An agent may be looking at what was written."""
    address = Address.objects.filter(family=OuterRef("family"), starts_on__lte=asking.on)
    phone = Adult.objects.filter(~Q(phone_mobile="") | ~Q(phone_home="") | ~Q(phone_work=""), family=OuterRef("family"))
    sent = FieldChange.objects.filter(state=FieldState.PENDING, change__demarche__state=DemarcheState.SENT)
    new_address = sent.filter(field=ADDRESS, family=OuterRef("family"))
    new_phone = sent.filter(field__startswith="phone-", adult__family=OuterRef("family"))
    is_sent = (Exists(address) | Exists(new_address)) & (Exists(phone) | Exists(new_phone))
    rows = asking.homes.annotate(is_known=Exists(address) & Exists(phone), is_sent=is_sent)
    known: dict[int, ItemState] = {}
    for participant, is_known, is_written in rows.values_list("participant", "is_known", "is_sent"):
        here = SETTLED if is_known else ItemState(CheckState.CHECKING) if is_written else MISSING
        known[participant] = (
            here if known.get(participant, SETTLED) == SETTLED or here == MISSING else known[participant]
        )
    return known


def _school(asking: Asking) -> States:
    rows = Schooling.objects.filter(participant__in=asking.keys, year__ends_on__gte=asking.on)
    return _settled(rows.values_list("participant", flat=True))


def _person_to_call(asking: Asking) -> States:
    """Somebody whom a parent names, besides the parents, and whom no other parent who decides contests."""
    named = TrustedPerson.objects.filter(
        in_force_on(asking.on),
        participant__in=asking.keys,
        withdrawn_at__isnull=True,
        emergency_order__isnull=False,
    )
    rows = set(named.order_by().values_list("participant", "contested_by"))
    contested = {key for key, by in rows if by}
    some = [one for one in asking.participants if one.pk in contested]
    bonds = bonds_with(some, Subject.PICKUP, on=asking.on) if some else []
    deciding = {(bond.participant_id, bond.adult_id) for bond in bonds}
    return _settled(key for key, by in rows if by is None or (key, by) not in deciding)


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
    """Yes or no to each use for which the town waits for an answer, to every use when it waits for none in particular:
    either answer will do."""
    return _settled(key for key, asked in asking.authorisations.items() if not _lacks_image(asked))


def _lacks_image(asked: Iterable[State]) -> bool:
    uses = [one for one in asked if one.kind.is_image]
    awaited = [one for one in uses if one.kind.is_required] or uses
    return any(one.verdict == Verdict.UNANSWERED for one in awaited)


def _settled(keys: Iterable[int | None]) -> States:
    return {key: SETTLED for key in keys if key is not None}


def _documents(asking: Asking) -> dict[str, dict[int, ItemState]]:
    living: dict[int, list[int]] = defaultdict(list)
    for family, participant in asking.homes.values_list("family", "participant"):
        living[family].append(participant)
    given: dict[str, dict[int, list[Given]]] = defaultdict(lambda: defaultdict(list))
    notes: dict[tuple[str, int], tuple[dt.date | None, str]] = {}
    rows = SupportingDocument.objects.filter(
        Q(participant__in=asking.keys) | Q(family__in=living) | Q(adult__family__in=living)
    ).exclude(state=DocumentState.WITHDRAWN)
    for code, child, family, home, state, until, asked, reason in rows.order_by("-at", "-pk").values_list(
        "kind__code",
        "participant",
        "family",
        "adult__family",
        "state",
        "valid_until",
        "demarche__state",
        "demarche__reason",
    ):
        for key in [child] if child else living[family or home]:
            given[code][key].append(Given(state, until, asked == DemarcheState.INCOMPLETE))
            notes.setdefault((code, key), (until, reason))
    return {
        code: {key: _state_of(standing_of(some, asking.on), *notes[code, key]) for key, some in by_person.items()}
        for code, by_person in given.items()
    }


def _state_of(standing: Standing, until: dt.date | None, reason: str) -> ItemState:
    if standing in (Standing.OK, Standing.EXPIRING):
        return SETTLED
    if standing == Standing.WAITING:
        return ItemState(CheckState.CHECKING)
    if standing == Standing.REFUSED:
        return ItemState(CheckState.REFUSED, None, reason)
    return ItemState(CheckState.EXPIRED, until) if standing == Standing.EXPIRED else MISSING


def states_of_item(item: str, asking: Asking) -> States:
    """How far an item has come: a kind of document, or one of SOURCES."""
    if item.startswith(DOCUMENT):
        return asking.documents.get(item.removeprefix(DOCUMENT), {})
    return SOURCES[item](asking)


SOURCES: Mapping[str, Source] = {
    Item.COORDINATES: _coordinates,
    Item.SCHOOL: _school,
    Item.PERSON_TO_CALL: _person_to_call,
    Item.HEALTH_SHEET: _health_sheet,
    Item.VACCINES: _vaccines,
    Item.AUTHORISATIONS: _authorisations,
    Item.IMAGE_RIGHTS: _image_rights,
}
