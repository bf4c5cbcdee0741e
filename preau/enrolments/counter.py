"""Enrolling someone at the counter: also in what is not open online and, with a reason, beyond the rules."""

import datetime as dt

from django.db import IntegrityError, transaction
from django.db.models import F

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.activities.choices import Misfit
from preau.activities.models import Activity
from preau.activities.queries import activities_to_come, facts_of
from preau.activities.rules import fits
from preau.core.dates import local_day
from preau.enrolments.actions import HAS_ROOM, EnrolmentRefused, is_enrolled, write
from preau.enrolments.choices import LIVE, Refusal
from preau.enrolments.models import Enrolment, Intake
from preau.enrolments.queries import intake_facts, intakes_of, person_facts, schooling_for
from preau.enrolments.rules import entry_span, intake_refusal, suitable_intakes
from preau.families.models import Family, Participant, Schooling

NEVER = frozenset({Misfit.OVER, Misfit.ADULTS_ONLY, Misfit.CHILDREN_ONLY})
"""What no reason makes fit."""


class ReasonWanted(Exception):
    """Nothing was written: the rules say no, and nothing says why to go beyond; `rule` is what they say."""

    def __init__(self, rule: Refusal | Misfit) -> None:
        super().__init__(rule.value)
        self.rule = rule


def offered_at_counter(participant: Participant, *, on: dt.date) -> list[Activity]:
    """The activities that receive such a person, now or later, whatever their age or school; not those taken up."""
    known, taken = schoolings(participant), _taken_up(participant)
    return [
        activity
        for activity in activities_to_come(on)
        if activity.pk not in taken
        and fits(facts_of(activity), person_facts(participant, schooling_for(activity, known, on)), on) not in NEVER
    ]


def _taken_up(participant: Participant) -> set[int]:
    live = Enrolment.objects.filter(participant=participant, state__in=LIVE)
    return set(live.values_list("activity", flat=True))


def schoolings(participant: Participant) -> list[Schooling]:
    return list(participant.schoolings.select_related("year", "level", "place"))


def enrol_at_counter(
    *,
    participant: Participant,
    activity: Activity,
    starts_on: dt.date,
    household: Family,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Enrolment:
    """Enrol from `starts_on` to the end of the activity, for this household.

    Raises EnrolmentRefused for what no reason changes, ReasonWanted for what one would.
    """
    try:
        with transaction.atomic():
            return _enrol(participant, activity, starts_on, household, reason, by, now)
    except IntegrityError:
        if is_enrolled(participant, activity):
            raise EnrolmentRefused(Refusal.ALREADY) from None
        raise


def _enrol(
    participant: Participant,
    activity: Activity,
    starts_on: dt.date,
    household: Family,
    reason: str,
    by: User,
    now: dt.datetime,
) -> Enrolment:
    if is_enrolled(participant, activity):
        raise EnrolmentRefused(Refusal.ALREADY)
    rows, rule = _rules(participant, activity, starts_on, local_day(now))
    if rule and not reason:
        raise ReasonWanted(rule)
    intake = _take_place(rows, beyond=bool(rule))
    return write(
        participant=participant,
        activity=activity,
        intake=intake,
        starts_on=starts_on,
        household=household,
        reason=reason if rule else "",
        more={"channel": Channel.COUNTER, **({"beyond": rule} if rule else {})},
        by=by,
        now=now,
    )


def _rules(
    participant: Participant, activity: Activity, starts_on: dt.date, today: dt.date
) -> tuple[list[Intake], Refusal | Misfit | None]:
    """The intakes to try, the best first, and what the rules say against it. Raises EnrolmentRefused."""
    rows = {intake.pk: intake for intake in intakes_of([activity])[activity.pk]}
    person = person_facts(participant, schooling_for(activity, schoolings(participant), today))
    misfit = fits(facts_of(activity), person, today)
    span = entry_span(starts_on=activity.starts_on, ends_on=activity.ends_on, today=today)
    if not rows or misfit in NEVER:
        raise EnrolmentRefused(misfit or Refusal.NO_GROUP)
    if late := span.refusal(starts_on):
        raise EnrolmentRefused(late)
    suitable = suitable_intakes(map(intake_facts, rows.values()), level=person.level, school=person.school)
    tried = [rows[intake.key] for intake in suitable] or list(rows.values())
    return tried, misfit or intake_refusal(suitable)


def _take_place(intakes: list[Intake], *, beyond: bool) -> Intake:
    """Count one more in the first intake that has room; `beyond`, in the first one if none has, above its places."""
    for intake in intakes:
        if Intake.objects.filter(HAS_ROOM, pk=intake.pk).update(taken=F("taken") + 1):
            return intake
    if not beyond:
        raise ReasonWanted(Refusal.FULL)
    Intake.objects.filter(pk=intakes[0].pk).update(taken=F("taken") + 1, extra=F("extra") + 1)
    return intakes[0]
