"""Intakes and enrolments."""

from django.conf import settings
from django.db import models

from preau.activities.models import Activity, Group
from preau.core.codes import new_code
from preau.demarches.models import Demarche
from preau.enrolments.choices import LIVE, EnrolmentState
from preau.families.models import Participant


class Intake(models.Model):
    """A group in which an activity is open; `capacity` None is no limit over the year."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="intakes")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="intakes")
    capacity = models.PositiveIntegerField(null=True, blank=True)
    extra = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["activity", "group"], name="intake_once"),
            models.CheckConstraint(
                name="intake_never_above_its_places",
                condition=models.Q(capacity__isnull=True)
                | models.Q(taken__lte=models.F("capacity") + models.F("extra")),
            ),
        ]


class Enrolment(models.Model):
    """A participant in an activity, from `starts_on` (date d’entrée) to `ends_on`."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="enrolments")
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="enrolments")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="enrolments")
    state = models.CharField(max_length=10, choices=EnrolmentState)
    starts_on = models.DateField()
    ends_on = models.DateField()
    asked_at = models.DateTimeField()
    demarche = models.OneToOneField(Demarche, on_delete=models.PROTECT, null=True, blank=True, related_name="enrolment")
    reason = models.CharField(max_length=200, blank=True)  # why an agent enrolled beyond the rules
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "inscription"
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "activity"],
                name="enrolment_once_while_live",
                condition=models.Q(state__in=LIVE),
            ),
            models.CheckConstraint(name="enrolment_ordered", condition=models.Q(starts_on__lte=models.F("ends_on"))),
        ]
        indexes = [models.Index(fields=["participant"], name="enrolment_by_participant")]
