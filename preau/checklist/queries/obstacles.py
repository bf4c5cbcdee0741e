"""What keeps from booking: the one question that bookings ask."""

import datetime as dt
from collections.abc import Collection, Mapping

from preau.checklist.choices import Stage
from preau.checklist.queries.demands import demands_of
from preau.checklist.queries.sources import in_household
from preau.checklist.queries.standings import people_of
from preau.checklist.rules import Demand, is_for, standing
from preau.core.dates import months_after
from preau.families.models import Participant

CAN_BLOCK = (Stage.BEFORE_BOOKING, Stage.PROVISIONAL)

Obstacles = dict[tuple[int, int], tuple[str, ...]]


FirstDays = Mapping[tuple[int, int], dt.date]


def obstacles_to(
    wanted: Mapping[int, Collection[int]],
    *,
    catalogue_version: int,
    on: dt.date,
    household: int,
    first_days: FirstDays | None = None,
) -> Obstacles:
    """The items that must be given first, by (participant, activity), for the activities `wanted` by participant.

    `household` is that of whoever books. No statement when nothing that the town asks for could keep from booking them;
    `first_days`, of each activity of each participant, spares those of a provisional demand whose delay still runs.
    """
    activities = {activity for some in wanted.values() for activity in some}
    demands = [one for one in demands_of(catalogue_version) if _may_block(one, activities, first_days, on)]
    if not demands:
        return {}
    participants = list(Participant.objects.filter(pk__in=wanted).only("pk", "born_on", "adult"))
    people = people_of(participants, {demand.item for demand in demands}, in_household(household), on=on)
    found: Obstacles = {}
    for key, person in people.items():
        stands = standing(person, demands, on=on)
        for activity in wanted[key]:
            if items := tuple(missing.item for missing in stands.obstacles(activity)):
                found[key, activity] = items
    return found


def _may_block(demand: Demand, activities: Collection[int], first_days: FirstDays | None, on: dt.date) -> bool:
    if demand.stage not in CAN_BLOCK or not any(is_for(demand, activity) for activity in activities):
        return False
    if demand.stage == Stage.BEFORE_BOOKING or first_days is None:
        return True
    return any(is_for(demand, use) and on > months_after(day, demand.months) for (_, use), day in first_days.items())
