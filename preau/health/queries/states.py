"""How sheets stand, for lists: no value is opened, and the queries are the same whatever the number of children."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from preau.core.dates import local_day
from preau.families.models import Participant
from preau.health.choices import Item, Mode
from preau.health.models import Confirmation, HealthField, Pai, SheetSettings, Vaccination
from preau.health.rules.sheet import USUAL, Facts, SheetRules, is_pai_over, lacking
from preau.health.rules.vaccines import NATIONAL, Standing, Told, parse_schemes, schemes_for, standing
from preau.town.models import SchoolYear


def sheet_rules() -> SheetRules:
    """What the town asks of a sheet: one query."""
    row = SheetSettings.objects.filter(id=1).first()
    if row is None:
        return SheetRules()
    modes = {**USUAL, **{Item(name): Mode(mode) for name, mode in row.modes.items()}}
    schemes = NATIONAL if row.schemes is None else parse_schemes(row.schemes)
    return SheetRules(modes, schemes, row.show_readings)


@dataclass(frozen=True, slots=True)
class SheetState:
    """How the sheet of a child stands on a day, for a school year. `lacking` are the items asked for and not there;
    `vaccines` those that the child concerns."""

    lacking: tuple[Item, ...]
    vaccines: tuple[Standing, ...]
    confirmed_at: dt.datetime | None
    has_pai: bool
    is_begun: bool

    @property
    def is_complete(self) -> bool:
        return not self.lacking

    @property
    def is_confirmed(self) -> bool:
        """Complete, and a parent has said for this year that it holds."""
        return self.is_complete and self.confirmed_at is not None


def sheet_states(
    participants: Collection[Participant], *, year: SchoolYear | None, on: dt.date
) -> dict[int, SheetState]:
    """The state of each child's sheet, by its key, in five queries; adults who take part have none."""
    children = [person for person in participants if person.adult_id is None]
    rules = sheet_rules()
    filled, vaccines, pais = _filled(children), _standings(children, rules, on), _pais(children)
    confirmed: dict[int, dt.datetime] = {}
    if year is not None:
        found = Confirmation.objects.filter(participant__in=children, year=year)
        confirmed = dict(found.values_list("participant", "at"))
    states = {}
    for child in children:
        runs = pais[child.pk]
        answered = filled[child.pk].get(Item.PAI)
        over = is_pai_over([ends_on for _, ends_on in runs], local_day(answered) if answered else None, on)
        states[child.pk] = SheetState(
            lacking=lacking(rules, Facts(frozenset(filled[child.pk]), vaccines[child.pk], over)),
            vaccines=vaccines[child.pk],
            confirmed_at=confirmed.get(child.pk),
            has_pai=any(starts_on <= on <= ends_on for starts_on, ends_on in runs),
            is_begun=bool(filled[child.pk]) or any(one.given for one in vaccines[child.pk]),
        )
    return states


def _filled(children: Sequence[Participant]) -> dict[int, dict[Item, dt.datetime]]:
    found: dict[int, dict[Item, dt.datetime]] = defaultdict(dict)
    rows = HealthField.objects.filter(participant__in=children)
    for child, name, filled_at in rows.values_list("participant", "name", "filled_at"):
        found[child][Item(name)] = filled_at
    return found


def _pais(children: Sequence[Participant]) -> dict[int, list[tuple[dt.date, dt.date]]]:
    found: dict[int, list[tuple[dt.date, dt.date]]] = defaultdict(list)
    for child, starts_on, ends_on in Pai.objects.filter(participant__in=children).values_list(
        "participant", "starts_on", "ends_on"
    ):
        found[child].append((starts_on, ends_on))
    return found


def _standings(children: Sequence[Participant], rules: SheetRules, on: dt.date) -> dict[int, tuple[Standing, ...]]:
    told: dict[tuple[int, str], list[Told]] = defaultdict(list)
    rows = Vaccination.objects.filter(participant__in=children).order_by("rank")
    for child, vaccine, rank, state, is_enough in rows.values_list(
        "participant", "vaccine", "rank", "state", "is_enough"
    ):
        told[child, vaccine].append(Told(rank, state, is_enough))
    return {
        child.pk: tuple(
            standing(scheme, child.born_on, told[child.pk, scheme.vaccine], on)
            for scheme in schemes_for(rules.schemes, child.born_on)
        )
        for child in children
    }


def vaccines_owed(participants: Collection[Participant], on: dt.date) -> dict[int, list[Standing]]:
    """The vaccines that are missing on that day, by child, [] when none is: two queries. A vaccine that the family has
    planned is still owed, and says so; one that a certificate excludes is not."""
    children = [person for person in participants if person.adult_id is None]
    found = _standings(children, sheet_rules(), on)
    return {child.pk: [one for one in found[child.pk] if one.is_late] for child in children}


def has_pai(participants: Collection[Participant], on: dt.date) -> set[int]:
    """Those with a PAI in force on that day, as keys: all that prices and the kitchen need to know. One query."""
    running = Pai.objects.filter(participant__in=participants, starts_on__lte=on, ends_on__gte=on)
    return set(running.values_list("participant", flat=True))
