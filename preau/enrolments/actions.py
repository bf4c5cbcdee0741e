"""Enrolling."""

import datetime as dt
from collections.abc import Mapping
from types import MappingProxyType

from django.db import IntegrityError, transaction
from django.db.models import F, Q

from preau.accounts.models import User
from preau.activities.choices import EnrolmentMode, Misfit
from preau.activities.models import Activity
from preau.activities.queries import facts_of
from preau.activities.rules import fits
from preau.core.dates import local_day
from preau.enrolments.choices import LIVE, EnrolmentState, Refusal
from preau.enrolments.models import Enrolment, Intake
from preau.enrolments.queries import intake_facts, intakes_of, person_facts, schooling_for
from preau.enrolments.rules import entry_span, has_room, intake_refusal, suitable_intakes
from preau.families.models import Family, Participant
from preau.families.queries import household_of
from preau.journal.actions import record
from preau.notifications.actions import queue_mail
from preau.town.queries import the_town

NO_MORE: Mapping[str, str] = MappingProxyType({})
HAS_ROOM = Q(capacity__isnull=True) | Q(taken__lt=F("capacity") + F("extra"))


class EnrolmentRefused(Exception):
    """Nothing was written; `reason` tells why, in a sentence for the family."""

    def __init__(self, reason: Refusal | Misfit) -> None:
        super().__init__(reason.value)
        self.reason = reason


def enrol(*, participant: Participant, activity: Activity, starts_on: dt.date, by: User, now: dt.datetime) -> Enrolment:
    """Enrol `participant` from `starts_on` to the end of an activity that accepts at once; `by` receives a mail.

    Raises EnrolmentRefused, a second time in the same activity included.
    """
    try:
        with transaction.atomic():
            return _enrol(participant, activity, starts_on, by, now)
    except IntegrityError:
        if is_enrolled(participant, activity):  # the other of two simultaneous requests came first
            raise EnrolmentRefused(Refusal.ALREADY) from None
        raise


def is_enrolled(participant: Participant, activity: Activity) -> bool:
    return Enrolment.objects.filter(participant=participant, activity=activity, state__in=LIVE).exists()


def _enrol(participant: Participant, activity: Activity, starts_on: dt.date, by: User, now: dt.datetime) -> Enrolment:
    intake = _take_place(_intakes_to_try(participant, activity, starts_on, local_day(now)))
    enrolment = write(
        participant=participant,
        activity=activity,
        intake=intake,
        starts_on=starts_on,
        household=household_of(by),
        by=by,
        now=now,
    )
    queue_mail(
        by.email,
        template="enrolments/mail/enrolled",
        context={"town": the_town(), "user": by, "enrolment": enrolment},
        dedupe_key=f"enrolments.enrolled:{enrolment.code}",
        now=now,
    )
    return enrolment


def write(
    *,
    participant: Participant,
    activity: Activity,
    intake: Intake,
    starts_on: dt.date,
    household: Family | None,
    reason: str = "",
    more: Mapping[str, str] = NO_MORE,
    by: User,
    now: dt.datetime,
) -> Enrolment:
    """Enrol in the place that was just taken; `more` goes to the journal, which holds no `reason`."""
    enrolment = Enrolment.objects.create(
        participant=participant,
        activity=activity,
        group_id=intake.group_id,
        state=EnrolmentState.ACCEPTED,
        starts_on=starts_on,
        ends_on=activity.ends_on,
        asked_at=now,
        reason=reason,
        by=by,
    )
    record(
        by,
        "enrolments.enrolled",
        at=now,
        subject=enrolment.code,
        family=household.code if household else "",
        participant=participant.code,
        facts={
            "activity": activity.code,
            "group": intake.group.code,
            "starts_on": starts_on.isoformat(),
            **more,
        },
    )
    return enrolment


def _intakes_to_try(participant: Participant, activity: Activity, starts_on: dt.date, today: dt.date) -> list[Intake]:
    """The intakes that suit and have room, the best first. Raises EnrolmentRefused."""
    if is_enrolled(participant, activity):
        raise EnrolmentRefused(Refusal.ALREADY)
    if activity.enrolment_mode != EnrolmentMode.DIRECT or _is_retired(activity, today):
        raise EnrolmentRefused(Refusal.DESK_ONLY)
    schoolings = participant.schoolings.select_related("year", "level", "place")
    person = person_facts(participant, schooling_for(activity, schoolings, today))
    rows = {intake.pk: intake for intake in intakes_of([activity])[activity.pk]}
    suitable = suitable_intakes(map(intake_facts, rows.values()), level=person.level, school=person.school)
    span = entry_span(starts_on=activity.starts_on, ends_on=activity.ends_on, today=today)
    refusal = fits(facts_of(activity), person, today) or intake_refusal(suitable) or span.refusal(starts_on)
    if refusal:
        raise EnrolmentRefused(refusal)
    return [rows[intake.key] for intake in suitable if has_room(intake)]


def _is_retired(activity: Activity, day: dt.date) -> bool:
    return activity.retired_on is not None and activity.retired_on <= day


def _take_place(intakes: list[Intake]) -> Intake:
    """Count one more in the first intake that still has room. Raises EnrolmentRefused when the last place has gone."""
    for intake in intakes:
        if Intake.objects.filter(HAS_ROOM, pk=intake.pk).update(taken=F("taken") + 1):
            return intake
    raise EnrolmentRefused(Refusal.FULL)
