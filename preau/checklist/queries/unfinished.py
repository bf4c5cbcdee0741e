"""Who has not finished the file of the year, for agents."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from preau.checklist.choices import OF_THE_HOUSEHOLD, Step
from preau.checklist.models import Season, YearConfirmation
from preau.families.models import Home, Participant, Schooling


def of_children(season: Season) -> list[str]:
    return [step for step in Step if step in season.steps and step not in OF_THE_HOUSEHOLD]


def of_households(season: Season) -> list[str]:
    return [step for step in Step if step in season.steps and step in OF_THE_HOUSEHOLD]


def unfinished(people: QuerySet[Participant], season: Season) -> QuerySet[Participant]:
    """The children of whom a step is left, their own or that of one of their households; with `steps_done`."""
    mine, theirs = of_children(season), of_households(season)
    own = YearConfirmation.objects.filter(season=season, participant=OuterRef("pk"), step__in=mine)
    count = own.order_by().values("participant").annotate(count=Count("pk")).values("count")
    late = Home.objects.filter(family__archived_at__isnull=True).exclude(family__in=finished_households(season))
    left = Q(steps_done__lt=len(mine))
    if theirs:
        left |= Q(pk__in=late.values("participant"))
    return people.filter(adult=None).annotate(steps_done=Coalesce(Subquery(count), 0)).filter(left)


def finished_households(season: Season) -> QuerySet[YearConfirmation, int]:
    """The households that have confirmed all their steps, as keys of families."""
    theirs = of_households(season)
    rows = YearConfirmation.objects.filter(season=season, step__in=theirs, family__isnull=False)
    return (
        rows.order_by()
        .values("family")
        .annotate(count=Count("pk"))
        .filter(count=len(theirs))
        .values_list("family", flat=True)
    )


def at_school(people: QuerySet[Participant], *, on: dt.date, place: str = "", level: str = "") -> QuerySet[Participant]:
    """Those of a school and a level, this year or later; "" is any."""
    schooled = Schooling.objects.filter(year__ends_on__gte=on)
    if place:
        schooled = schooled.filter(place__code=place)
    if level:
        schooled = schooled.filter(level__code=level)
    return people.filter(pk__in=schooled.values("participant")) if place or level else people


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the town has come: children of whom nothing is left, out of all."""

    children: int
    done: int

    @property
    def left(self) -> int:
        return self.children - self.done


def progress_of(people: QuerySet[Participant], season: Season) -> Progress:
    """Two counts."""
    children = people.filter(adult=None).count()
    return Progress(children, children - unfinished(people, season).count())
