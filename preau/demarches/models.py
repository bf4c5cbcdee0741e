"""The header of requests, and its history."""

from django.conf import settings
from django.db import models

from preau.core.codes import new_code
from preau.demarches.choices import DemarcheState
from preau.families.models import Family, Participant
from preau.town.models import Service

OPEN = [DemarcheState.SENT, DemarcheState.INCOMPLETE]


class Demarche(models.Model):
    """A request to a service. `version` makes two agents on one démarche collide in words, not in silence."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    kind = models.CharField(max_length=40)  # "enrolments.asked"
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, blank=True, related_name="demarches")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=DemarcheState, default=DemarcheState.SENT)
    summary = models.CharField(max_length=200)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "démarche"
        constraints = [
            models.CheckConstraint(
                name="demarche_answered_has_date",
                condition=models.Q(state__in=OPEN, answered_at__isnull=True)
                | (~models.Q(state__in=OPEN) & models.Q(answered_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["service", "sent_at"], name="demarche_open", condition=models.Q(state__in=OPEN)),
        ]


class DemarcheEvent(models.Model):
    """One step in the life of a démarche."""

    demarche = models.ForeignKey(Demarche, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=DemarcheState)
    text = models.TextField(blank=True)
