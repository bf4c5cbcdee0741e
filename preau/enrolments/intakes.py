"""Writing in which groups an activity is open, and for how many over the year."""

import datetime as dt
from collections.abc import Mapping

from django.db import transaction

from preau.activities.models import Activity, Group
from preau.enrolments.models import Intake
from preau.journal.actions import Actor
from preau.town.actions import delete_reference, save_reference


@transaction.atomic
def save_intakes(activity: str, groups: Mapping[str, int | None], *, by: Actor | None, now: dt.datetime) -> None:
    """Open an activity in these groups (code to places over the year, None is no limit) and in no others.

    A group where someone is enrolled stays, and takes nobody else; places never go below those taken.
    """
    row = Activity.objects.get(code=activity)
    taken = dict(
        Intake.objects.select_for_update().filter(activity=row, taken__gt=0).values_list("group__code", "taken")
    )
    wanted = {code: taken[code] for code in taken.keys() - groups.keys()} | dict(groups)
    for code, places in wanted.items():
        capacity = None if places is None else max(places, taken.get(code, 0))
        key = {"activity": row, "group": Group.objects.get(code=code)}
        save_reference(Intake, key, {"capacity": capacity}, by=by, now=now)
    for intake in Intake.objects.filter(activity=row).exclude(group__code__in=list(wanted)):
        delete_reference(intake, by=by, now=now)
