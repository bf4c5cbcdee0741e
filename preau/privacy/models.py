"""What people asked about their data, and what became of it."""

import datetime as dt

from django.conf import settings
from django.db import models

from preau.core.codes import new_code
from preau.demarches.models import Demarche
from preau.families.models import Adult
from preau.privacy.choices import ASKED_OF, Erased, ExportState


class DataExport(models.Model):
    """The file in which somebody takes their data away: made by the worker, there for a week, then deleted with this
    row. It is asked for by `user` or, for an `adult` without an account, by an agent. `taken_until` is the end of the
    lease of the worker that is making it; `file` is its name in the storage."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="data_export"
    )
    adult = models.OneToOneField(Adult, on_delete=models.CASCADE, null=True, related_name="data_export")
    state = models.CharField(max_length=10, choices=ExportState, default=ExportState.ASKED)
    asked_at = models.DateTimeField()
    taken_until = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    file = models.CharField(max_length=80, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "export de données"
        constraints = [
            models.CheckConstraint(
                name="dataexport_of_one",
                condition=models.Q(user__isnull=False, adult__isnull=True)
                | models.Q(user__isnull=True, adult__isnull=False),
            ),
            models.CheckConstraint(
                name="dataexport_ready_is_whole",
                condition=models.Q(state="asked", ready_at__isnull=True, expires_at__isnull=True, file="")
                | (
                    models.Q(state="ready", ready_at__isnull=False, expires_at__isnull=False)
                    & ~models.Q(file="")
                    & ~models.Q(sha256="")
                ),
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], name="dataexport_expires")]

    def is_there(self, now: dt.datetime) -> bool:
        """Whether it may be downloaded."""
        return self.state == ExportState.READY and self.expires_at is not None and self.expires_at > now


class Erasure(models.Model):
    """Somebody was erased: by their code, with how many rows of each sort went or stayed, and why these stay. The first
    time counts: done again, it finds nothing more."""

    kind = models.CharField(max_length=10, choices=Erased)
    subject = models.CharField(max_length=10)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    report = models.JSONField(default=list)  # of {"label", "how", "count", "why"}

    class Meta:
        verbose_name = "effacement"
        constraints = [models.UniqueConstraint(fields=["kind", "subject"], name="erasure_once")]


class DataAsked(models.Model):
    """What a person asks about their data: to have it put right, to have it erased (`about`: whose), that it be no
    longer used. The kind of the request says which."""

    demarche = models.OneToOneField(Demarche, on_delete=models.CASCADE, primary_key=True, related_name="data_asked")
    about = models.CharField(max_length=10, choices=Erased, blank=True)
    text = models.TextField(blank=True)

    class Meta:
        verbose_name = "demande sur les données"
        constraints = [
            models.CheckConstraint(
                name="dataasked_about_who_asks", condition=models.Q(about__in=["", *(one.value for one in ASKED_OF)])
            )
        ]


class RetentionRule(models.Model):
    """A delay that the town chose, within the bounds of rules.DELAYS; without a row, what is usual."""

    code = models.SlugField(max_length=20, unique=True)
    months = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "durée de conservation"
        constraints = [models.CheckConstraint(name="retentionrule_keeps_a_while", condition=models.Q(months__gt=0))]


class PurgeRun(models.Model):
    """So many rows of a sort went, kept long enough; `by` None is the worker, or the command."""

    at = models.DateTimeField()
    code = models.SlugField(max_length=20)
    count = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "effacement de ce qui est échu"
        indexes = [models.Index(fields=["code", "at"], name="purgerun_by_code")]


class UnusedWarning(models.Model):
    """Somebody was told that their account, which they use no more, will go in a month."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "compte inutilisé, prévenu"
