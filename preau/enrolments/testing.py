"""Builders for tests."""

import datetime as dt

from django.db.models import F
from django.utils import timezone

from preau.activities.models import Activity, Group
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment, Intake
from preau.families.models import Participant


def make_intake(activity: Activity, group: Group, *, capacity: int | None = None) -> Intake:
    """A group in which an activity is open; `capacity` None has no limit."""
    return Intake.objects.create(activity=activity, group=group, capacity=capacity)


def make_enrolment(
    participant: Participant, activity: Activity, group: Group, *, starts_on: dt.date | None = None
) -> Enrolment:
    """An accepted enrolment for the whole activity, with its intake."""
    Intake.objects.get_or_create(activity=activity, group=group)
    Intake.objects.filter(activity=activity, group=group).update(taken=F("taken") + 1)
    return Enrolment.objects.create(
        participant=participant,
        activity=activity,
        group=group,
        state=EnrolmentState.ACCEPTED,
        starts_on=starts_on or activity.starts_on,
        ends_on=activity.ends_on,
        asked_at=timezone.now(),
    )
