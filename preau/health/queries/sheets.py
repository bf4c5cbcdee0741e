"""The sheets themselves, opened: for the parents of the child, and for the agent whose reading was recorded."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Max, QuerySet

from preau.accounts.models import User
from preau.core.dates import local_day
from preau.families.models import Participant
from preau.health.choices import DoseState, Item, Purpose, Vaccine
from preau.health.keys import Sealer, opener_for
from preau.health.models import HealthField, HealthReading, Pai, Vaccination
from preau.health.queries.states import SheetState, sheet_rules, sheet_states
from preau.health.rules.sheet import SheetRules, told
from preau.health.rules.vaccines import Dose, Scheme, Standing, schemes_for
from preau.health.sealing import Spot, key_id_of, unseal
from preau.town.models import SchoolYear

READ_FOR = dt.timedelta(minutes=30)
"""How long the pages of a sheet stay open at the counter once it was opened: then its button is pressed again."""
NBSP = "\u00a0"
URGENT = frozenset({Item.ALLERGIES, Item.PAI, Item.TREATMENTS, Item.ADVICE})


@dataclass(frozen=True, slots=True)
class OpenPai:
    """A PAI: when it runs, what it says."""

    starts_on: dt.date
    ends_on: dt.date
    text: str


@dataclass(frozen=True, slots=True)
class OpenVaccine:
    """A vaccine of a child: how it stands, the doses told, in order."""

    vaccine: Vaccine
    standing: Standing
    doses: tuple[Dose, ...]
    version: str = ""

    @property
    def lines(self) -> list[str]:
        return [f"{dose.state.label}{NBSP}: {dose.on:%d/%m/%Y}" for dose in self.doses]

    @property
    def last_given_on(self) -> dt.date | None:
        return max((dose.on for dose in self.doses if dose.state == DoseState.GIVEN), default=None)

    @property
    def planned_on(self) -> dt.date | None:
        return next((dose.on for dose in self.doses if dose.state == DoseState.PLANNED), None)

    @property
    def exempt_until(self) -> dt.date | None:
        return next((dose.on for dose in self.doses if dose.state == DoseState.EXEMPT), None)


@dataclass(frozen=True, slots=True)
class OpenItem:
    """An item of the sheet: what was answered, in lines for people, and who did it when."""

    item: Item
    value: Mapping[str, Any] | None
    lines: tuple[str, ...]
    is_required: bool
    is_lacking: bool
    filled_at: dt.datetime | None = None
    filled_by: str = ""

    @property
    def code(self) -> str:
        return str(self.item.value)


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """The sheet of a child, opened."""

    child: Participant
    items: tuple[OpenItem, ...]
    vaccines: tuple[OpenVaccine, ...]
    pai: OpenPai | None
    state: SheetState

    @property
    def done(self) -> int:
        return sum(1 for item in self.items if not item.is_lacking)

    @property
    def urgent_first(self) -> list[OpenItem]:
        """The items as somebody on duty needs them."""
        return sorted(self.items, key=lambda one: one.item not in URGENT)

    @property
    def names(self) -> list[str]:
        """The items that there were to read."""
        return [one.code for one in self.items if one.lines]


def sheet_of(child: Participant, *, year: SchoolYear | None, on: dt.date) -> OpenSheet:
    """The sheet of a child, opened with its key. Raises MasterFault, CannotOpen."""
    rules, opener = sheet_rules(), opener_for(child)
    state = sheet_states([child], year=year, on=on)[child.pk]
    fields = {row.name: row for row in HealthField.objects.filter(participant=child).select_related("filled_by")}
    pai = pai_of(child, opener, on=on)
    vaccines = vaccines_of(child, opener, state)
    items = []
    for item in rules.items:
        row, value = fields.get(item), None
        if row is not None and opener is not None:
            value = json.loads(opener.opened(row))
        items.append(
            OpenItem(
                item=item,
                value=value,
                lines=tuple(_lines(item, value, pai, vaccines, on)),
                is_required=rules.is_required(item),
                is_lacking=item in state.lacking,
                filled_at=row.filled_at if row else None,
                filled_by=_author(row),
            )
        )
    return OpenSheet(child, tuple(items), vaccines, pai, state)


def _author(row: HealthField | None) -> str:
    """A parent by the first name; an agent wrote it for one of them."""
    if row is None or row.filled_by is None:
        return ""
    return f"{row.filled_by}, au guichet" if row.filled_by.is_staff else row.filled_by.first_name


def _lines(
    item: Item, value: Mapping[str, Any] | None, pai: OpenPai | None, vaccines: Sequence[OpenVaccine], on: dt.date
) -> list[str]:
    if item == Item.VACCINES:
        return _vaccine_lines(vaccines)
    if value is None:
        return []
    if item == Item.PAI and pai is not None:
        runs = f"Du {pai.starts_on:%d/%m/%Y} au {pai.ends_on:%d/%m/%Y}"
        return [runs + (" (terminé)" if pai.ends_on < on else ""), *pai.text.splitlines()]
    return told(item, value)


def _vaccine_lines(vaccines: Sequence[OpenVaccine]) -> list[str]:
    """Each vaccine that something is known of or owed, and its last dose."""
    lines = []
    for one in vaccines:
        name, missing = one.vaccine.label, one.standing.missing
        if one.exempt_until:
            lines.append(f"{name}{NBSP}: contre-indiqué jusqu’au {one.exempt_until:%d/%m/%Y}")
        elif one.standing.is_late and one.planned_on:
            lines.append(f"{name}{NBSP}: prévu le {one.planned_on:%d/%m/%Y}")
        elif one.standing.is_late:
            lines.append(f"{name}{NBSP}: il manque {'une dose' if missing == 1 else f'{missing} doses'}")
        elif one.last_given_on:
            lines.append(f"{name}{NBSP}: {one.last_given_on:%d/%m/%Y}")
    return lines


def pai_of(child: Participant, opener: Sealer | None, *, on: dt.date) -> OpenPai | None:
    """The PAI in force on that day, else the one to come, else the last."""
    rows = list(Pai.objects.filter(participant=child).order_by("starts_on"))
    if not rows or opener is None:
        return None
    current = next((row for row in rows if row.starts_on <= on <= row.ends_on), None)
    to_come = next((row for row in rows if row.starts_on > on), None)
    row = current or to_come or rows[-1]
    return OpenPai(row.starts_on, row.ends_on, opener.opened(row))


def vaccines_of(child: Participant, opener: Sealer | None, state: SheetState) -> tuple[OpenVaccine, ...]:
    """The vaccines that concern the child, with the dates told."""
    known: dict[str, list[Vaccination]] = defaultdict(list)
    for row in Vaccination.objects.filter(participant=child).order_by("rank") if opener else []:
        known[row.vaccine].append(row)
    found = []
    for one in state.vaccines:
        rows = known[one.vaccine]
        found.append(OpenVaccine(one.vaccine, one, _doses(rows, opener), version_of_doses(rows)))
    return tuple(found)


def _doses(rows: Sequence[Vaccination], opener: Sealer | None) -> tuple[Dose, ...]:
    if opener is None:
        return ()
    return tuple(Dose(DoseState(row.state), dt.date.fromisoformat(opener.opened(row))) for row in rows)


def version_of_doses(rows: Iterable[Vaccination]) -> str:
    """What tells later doses of a vaccine from these: they are written together."""
    written_at = max((row.filled_at for row in rows), default=None)
    return written_at.isoformat() if written_at else ""


def scheme_of(rules: SheetRules, child: Participant, vaccine: str) -> Scheme | None:
    """The course of a vaccine for this child, None when it is not for them."""
    return next((one for one in schemes_for(rules.schemes, child.born_on) if one.vaccine == vaccine), None)


# Who read


@dataclass(frozen=True, slots=True)
class Read:
    """A reading, as a parent reads it."""

    at: dt.datetime
    who: str
    purpose: str
    items: tuple[str, ...]
    reason: str


def readings_of(child: Participant, *, most: int = 200) -> list[Read]:
    """The last readings of a sheet by agents, the latest first, each with its reason. Raises MasterFault."""
    opener = opener_for(child)
    rows = HealthReading.objects.filter(participant=child).select_related("by").order_by("-at", "-pk")[:most]
    return [
        Read(
            at=row.at,
            who=f"{row.by.first_name} {row.by.last_name}".strip() or "Un agent de la mairie",
            purpose=Purpose(row.purpose).label,
            items=tuple(Item(name).label for name in row.names if name in Item.values),
            reason=_reason(row, opener),
        )
        for row in rows
    ]


def _reason(row: HealthReading, opener: Sealer | None) -> str:
    """Nothing once the key that sealed it was forgotten: the child who comes back has another."""
    if row.reason is None or opener is None or key_id_of(bytes(row.reason)) != opener.key.id:
        return ""
    return unseal(opener.key, reason_spot(row), bytes(row.reason)).decode()


def reason_spot(row: HealthReading) -> Spot:
    """Where the reason of a reading belongs."""
    return Spot("health_healthreading", "reason", row.participant_id, row.code)


def has_just_read(user: User, child: Participant, *, now: dt.datetime) -> bool:
    """Whether this agent has opened the sheet a short while ago, and the reading was recorded, with all that others
    have written of it."""
    mine = HealthReading.objects.filter(participant=child, by=user, at__gt=now - READ_FOR)
    read_at = mine.aggregate(last=Max("at"))["last"]
    if read_at is None:
        return False
    since: list[QuerySet[HealthField] | QuerySet[Vaccination]] = [
        model.objects.filter(participant=child, filled_at__gt=read_at) for model in (HealthField, Vaccination)
    ]
    return not any(rows.exclude(filled_by=user).exists() for rows in since)


@dataclass(frozen=True, slots=True)
class ReadingCount:
    """« Lu 4 fois ce mois-ci, par 2 agents »."""

    times: int
    agents: int


def readings_this_month(child: Participant, *, now: dt.datetime) -> ReadingCount:
    """Since the first of the month: one query."""
    since = local_day(now).replace(day=1)
    rows = list(HealthReading.objects.filter(participant=child, at__date__gte=since).values_list("by", flat=True))
    return ReadingCount(len(rows), len(set(rows)))
