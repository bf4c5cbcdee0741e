"""Openings and slots, made from the town's rules for every day of an activity."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from django.db import transaction

from preau.activities.models import Activity, CapacityRule, Closure, Group, Unit
from preau.bookings.models import Opening, Slot
from preau.bookings.queries.catalogue import outward, town_days, unit_rule
from preau.bookings.rules.days import Capacity, DayOpening, TownDays, UnitRule, opening_on, places_on
from preau.core.dates import days, local_day
from preau.enrolments.models import Intake
from preau.town.actions import catalogue_changed
from preau.town.rules import Span

BATCH = 500


@dataclass(frozen=True, slots=True)
class KeptSlot:
    """A slot whose new capacity would be below the places taken: it keeps `kept` until an agent decides."""

    group: str
    day: dt.date
    part: str
    wanted: int
    kept: int


@dataclass(slots=True)
class RefreshReport:
    """What a refresh wrote, and the slots that it could not lower."""

    openings_made: int = 0
    openings_changed: int = 0
    slots_made: int = 0
    slots_changed: int = 0
    kept: list[KeptSlot] = field(default_factory=list)


@transaction.atomic
def refresh_days(*, activity_ids: Collection[int] | None = None, now: dt.datetime) -> RefreshReport:
    """Make the openings of these activities (None: all) and the slots of their groups what the rules say.

    There is a row for every day of the activity, closed ones included, without a gap. Past days are made when they
    are missing and never changed; so are slots that an agent set by hand. Nothing is deleted, and no capacity goes
    below the places taken. Doing it again changes nothing.
    """
    rules = _Rules.read(activity_ids)
    report = RefreshReport()
    _refresh_openings(rules, report, now)
    _refresh_slots(rules, report, now)
    return report


@dataclass(slots=True)
class _Rules:
    """The rules of the activities to refresh and of those that share their groups."""

    town: TownDays
    activity_ids: set[int]
    units: dict[int, tuple[Unit, UnitRule]]
    parts: dict[int, list[int]]
    groups: dict[int, Group]  # those to refresh
    units_of_group: dict[int, list[int]]
    capacities: dict[tuple[int, int], list[Capacity]]
    place_closures: dict[int, list[Span]]

    @classmethod
    def read(cls, activity_ids: Collection[int] | None) -> "_Rules":
        wanted = set(Activity.objects.values_list("pk", flat=True) if activity_ids is None else activity_ids)
        intakes = list(Intake.objects.values_list("activity_id", "group_id"))
        groups = Group.objects.in_bulk()
        within = {pk: group.within_id for pk, group in groups.items()}
        shown = {outer for activity, group in intakes if activity in wanted for outer in outward(group, within)}
        members = defaultdict(set)  # group → activities whose children it receives, directly or within it
        for activity, group in intakes:
            for outer in outward(group, within):
                members[outer].add(activity)
        concerned = wanted.union(*(members[group] for group in shown))
        town = town_days()
        closures = list(Closure.objects.all())
        units = {
            unit.pk: (unit, unit_rule(unit, closures))
            for unit in Unit.objects.filter(activity__in=concerned).select_related("activity")
        }
        parts = defaultdict(list)
        for unit_id, part_id in Unit.parts.through.objects.filter(unit__in=units).values_list("unit_id", "part_id"):
            parts[unit_id].append(part_id)
        return cls(
            town=town,
            activity_ids=wanted,
            units=units,
            parts=parts,
            groups={pk: group for pk, group in groups.items() if pk in shown},
            units_of_group={
                group: [pk for pk, (unit, _) in units.items() if unit.activity_id in members[group]] for group in shown
            },
            capacities=_capacities(shown),
            place_closures=_place_closures(closures),
        )

    def is_closed(self, group: Group, day: dt.date) -> bool:
        """Whether the group receives nobody on `day`, whatever its activities say."""
        if group.retired_on is not None and day >= group.retired_on:
            return True
        return any(day in span for span in self.place_closures.get(group.place_id, ()))


def _capacities(group_ids: Collection[int]) -> dict[tuple[int, int], list[Capacity]]:
    chains = defaultdict(list)
    for rule in CapacityRule.objects.filter(group__in=group_ids):
        chains[rule.group_id, rule.part_id].append(Capacity(rule.starts_on, frozenset(rule.kinds_of_day), rule.places))
    return dict(chains)


def _place_closures(closures: Iterable[Closure]) -> dict[int, list[Span]]:
    spans = defaultdict(list)
    for closure in closures:
        if closure.place_id is not None and closure.activity_id is None:
            spans[closure.place_id].append(Span(closure.starts_on, closure.ends_on))
    return dict(spans)


def _refresh_openings(rules: _Rules, report: RefreshReport, now: dt.datetime) -> None:
    unit_ids = [pk for pk, (unit, _) in rules.units.items() if unit.activity_id in rules.activity_ids]
    known: dict[int, dict[dt.date, Opening]] = defaultdict(dict)
    for opening in Opening.objects.filter(unit__in=unit_ids):
        known[opening.unit_id][opening.day] = opening
    today = local_day(now)
    made, changed = [], []
    for unit_id in unit_ids:
        rule = rules.units[unit_id][1]
        for day in _without_gap(rule.span, known[unit_id]):
            wanted, row = opening_on(rule, day, rules.town), known[unit_id].get(day)
            if row is None:
                made.append(_fill(Opening(unit_id=unit_id, day=day), wanted, now))
            elif day >= today and _differs(row, wanted):
                changed.append(_fill(row, wanted, now))
    Opening.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    fields = ["is_open", "reason", "book_by", "cancel_by", "closed_at"]
    Opening.objects.bulk_create(
        changed, batch_size=BATCH, update_conflicts=True, unique_fields=["unit", "day"], update_fields=fields
    )
    report.openings_made, report.openings_changed = len(made), len(changed)
    if made or changed:
        catalogue_changed()


def _without_gap(span: Span, known: Collection[dt.date]) -> Iterator[dt.date]:
    """The days of `span` and of the rows that exist, and all those between."""
    return days(min([span.starts_on, *known]), max([span.ends_on, *known]))


def _differs(row: Opening, wanted: DayOpening) -> bool:
    return (row.is_open, row.reason, row.book_by, row.cancel_by) != (
        wanted.is_open,
        wanted.reason,
        wanted.book_by,
        wanted.cancel_by,
    )


def _fill(row: Opening, wanted: DayOpening, now: dt.datetime) -> Opening:
    if not wanted.is_open and row.closed_at is None:
        row.closed_at = now
    elif wanted.is_open:
        row.closed_at = None
    row.is_open, row.reason = wanted.is_open, wanted.reason
    row.book_by, row.cancel_by = wanted.book_by, wanted.cancel_by
    return row


def _refresh_slots(rules: _Rules, report: RefreshReport, now: dt.datetime) -> None:
    known: dict[tuple[int, int], dict[dt.date, Slot]] = defaultdict(dict)
    for slot in Slot.objects.filter(group__in=rules.groups):
        known[slot.group_id, slot.part_id][slot.day] = slot
    today = local_day(now)
    made: list[Slot] = []
    changed: dict[int, tuple[bool, int | None]] = {}
    for group_id, part_id, open_days, span in _slot_plans(rules):
        group, chain = rules.groups[group_id], rules.capacities.get((group_id, part_id), [])
        rows = known[group_id, part_id]
        for day in _without_gap(span, rows):
            is_open = day in open_days and not rules.is_closed(group, day)
            places, row = places_on(chain, day, rules.town.kind(day)), rows.get(day)
            if row is None:
                made.append(Slot(group_id=group_id, part_id=part_id, day=day, is_open=is_open, capacity=places))
            elif day >= today and not row.by_hand and (row.is_open, row.capacity) != (is_open, places):
                changed[row.pk] = (is_open, places)
    Slot.objects.bulk_create(made, batch_size=BATCH, ignore_conflicts=True)
    report.slots_made = len(made)
    _change_slots(changed, report)


def _slot_plans(rules: _Rules) -> Iterator[tuple[int, int, set[dt.date], Span]]:
    """For each group and part of the day: the days on which one of its units is open, and the days it covers."""
    open_days = {
        pk: {day for day in rule.span if opening_on(rule, day, rules.town).is_open}
        for pk, (_, rule) in rules.units.items()
    }
    for group_id in sorted(rules.groups):
        by_part: dict[int, list[int]] = defaultdict(list)
        for unit_id in rules.units_of_group[group_id]:
            for part_id in rules.parts[unit_id]:
                by_part[part_id].append(unit_id)
        for part_id, unit_ids in sorted(by_part.items()):
            spans = [rules.units[pk][1].span for pk in unit_ids]
            whole = Span(min(span.starts_on for span in spans), max(span.ends_on for span in spans))
            yield group_id, part_id, set().union(*(open_days[pk] for pk in unit_ids)), whole


def _change_slots(changed: Mapping[int, tuple[bool, int | None]], report: RefreshReport) -> None:
    """Write the new openness and capacity of slots, under their lock: places may be taken meanwhile."""
    same: dict[tuple[bool, int | None], list[int]] = defaultdict(list)
    for ids in _batches(sorted(changed)):
        locked = Slot.objects.select_for_update(of=("self",)).select_related("group", "part")
        for slot in locked.filter(pk__in=ids, by_hand=False).order_by("pk"):
            is_open, places = changed[slot.pk]
            least = slot.taken - slot.extra
            if places is not None and places < least:
                report.kept.append(KeptSlot(slot.group.code, slot.day, slot.part.code, places, least))
                places = least
            if (slot.is_open, slot.capacity) != (is_open, places):
                same[is_open, places].append(slot.pk)
    for (is_open, places), ids in same.items():
        for batch in _batches(ids):
            Slot.objects.filter(pk__in=batch).update(is_open=is_open, capacity=places)
    report.slots_changed = sum(map(len, same.values()))


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(ids), BATCH):
        yield ids[start : start + BATCH]
