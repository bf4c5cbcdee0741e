"""Where participants stand: what they owe, of all that the town asks for."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence

from django.db.models import Q

from preau.checklist.queries.demands import DOCUMENT, demands_of
from preau.checklist.queries.sources import EACH, Asking, in_household, states_of_item
from preau.checklist.rules import ItemState, Person, Standing, Use, standing
from preau.core.dates import local_day
from preau.enrolments.choices import LIVE
from preau.enrolments.models import Enrolment
from preau.families.models import Participant, Schooling
from preau.town.queries import the_town


def standings_of(
    participants: Sequence[Participant], *, on: dt.date, household: int | None = None
) -> dict[int, Standing]:
    """Where each participant stands on a day, by key: the same queries whatever their number.

    `household` is that of whoever looks: what the other household of a child owes is not shown.
    """
    return standings_within(participants, in_household(household), on=on)


def standings_within(participants: Sequence[Participant], within: Q, *, on: dt.date) -> dict[int, Standing]:
    """Where each stands as far as some of their homes go: `within` is a condition on homes."""
    demands = demands_of(the_town().catalogue_version)
    people = people_of(participants, {demand.item for demand in demands}, within, on=on)
    return {key: standing(person, demands, on=on) for key, person in people.items()}


def people_of(
    participants: Sequence[Participant], items: Collection[str], within: Q = EACH, *, on: dt.date
) -> dict[int, Person]:
    """What the rules must know of some participants about these items."""
    if not participants:
        return {}
    keys = [participant.pk for participant in participants]
    states = states_of(Asking(participants, on, within), items)
    uses = uses_of(keys, on=on)
    levels = levels_of(keys, on=on) if any(item.startswith(DOCUMENT) for item in items) else {}
    return {
        one.pk: Person(
            one.born_on, one.adult_id is not None, tuple(uses[one.pk]), states.get(one.pk, {}), levels.get(one.pk, "")
        )
        for one in participants
    }


def levels_of(participants: Collection[int], *, on: dt.date) -> dict[int, str]:
    """The code of the level of each, this year or the next. One query."""
    rows = Schooling.objects.filter(participant__in=participants, year__ends_on__gte=on).order_by("-year__starts_on")
    return dict(rows.values_list("participant", "level__code"))


def states_of(asking: Asking, items: Iterable[str]) -> dict[int, dict[str, ItemState]]:
    """How far these items have come, by participant."""
    states: dict[int, dict[str, ItemState]] = defaultdict(dict)
    for item in sorted(set(items)):
        for key, state in states_of_item(item, asking).items():
            states[key][item] = state
    return states


def uses_of(participants: Collection[int], *, on: dt.date) -> Mapping[int, list[Use]]:
    """The enrolments that are not over, requests included: their papers are asked for too. One query."""
    rows = Enrolment.objects.filter(participant__in=participants, state__in=LIVE, ends_on__gte=on)
    uses: dict[int, list[Use]] = defaultdict(list)
    for participant, activity, name, asked_at, starts_on in rows.order_by("starts_on", "pk").values_list(
        "participant", "activity", "activity__name", "asked_at", "starts_on"
    ):
        uses[participant].append(Use(activity, name, local_day(asked_at), starts_on))
    return uses
