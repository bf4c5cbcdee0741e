"""Whom an activity is for."""

import datetime as dt
from dataclasses import dataclass

from preau.activities.choices import Misfit


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityFacts:
    """Whom an activity is for. Birth dates include both ends; None and empty sets ask for nothing."""

    ends_on: dt.date
    born_from: dt.date | None = None
    born_to: dt.date | None = None
    levels: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()
    for_adults: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Who would enrol; level and school are those of the activity's school year, None when unknown."""

    born_on: dt.date
    level: str | None = None
    school: str | None = None
    is_adult: bool = False


def fits(activity: ActivityFacts, person: PersonFacts, day: dt.date) -> Misfit | None:
    """Why the activity is not for this person on `day`, or None if it is. Current and future activities both fit.

    Asked of participants: a grown-up of the family takes part only in activities for adults, and the reverse.
    """
    if day > activity.ends_on:
        return Misfit.OVER
    if activity.for_adults != person.is_adult:
        return Misfit.ADULTS_ONLY if activity.for_adults else Misfit.CHILDREN_ONLY
    if activity.born_to is not None and person.born_on > activity.born_to:
        return Misfit.TOO_YOUNG
    if activity.born_from is not None and person.born_on < activity.born_from:
        return Misfit.TOO_OLD
    if activity.levels and person.level not in activity.levels:
        return Misfit.WRONG_LEVEL
    if activity.schools and person.school not in activity.schools:
        return Misfit.WRONG_SCHOOL
    return None
