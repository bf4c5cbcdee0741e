"""What the town asks for, documents apart (those are demands of their own area), and the file of the year."""

import datetime as dt

from django.conf import settings
from django.db import models

from preau.activities.models import Activity, Theme
from preau.checklist.choices import OF_THE_HOUSEHOLD, Item, Stage, Step
from preau.families.models import Family, Participant
from preau.town.models import SchoolYear


class AskedItem(models.Model):
    """Something that the town asks for (see rules.Demand): of everyone, or for some themes and activities."""

    code = models.SlugField(max_length=40, unique=True)
    item = models.CharField(max_length=20, choices=Item)
    stage = models.CharField(max_length=20, choices=Stage)
    themes = models.ManyToManyField(Theme, blank=True, related_name="+")
    activities = models.ManyToManyField(Activity, blank=True, related_name="+")  # and no theme: of everyone
    age_from = models.PositiveSmallIntegerField(null=True, blank=True)
    age_to = models.PositiveSmallIntegerField(null=True, blank=True)
    months = models.PositiveSmallIntegerField(default=0)
    cost = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "information demandée"
        constraints = [
            models.CheckConstraint(
                name="askeditem_delay_when_provisional",
                condition=models.Q(stage=Stage.PROVISIONAL.value, months__gte=1)
                | (~models.Q(stage=Stage.PROVISIONAL.value) & models.Q(months=0)),
            ),
            models.CheckConstraint(
                name="askeditem_cost_when_optional",
                condition=models.Q(cost="") | models.Q(stage=Stage.OPTIONAL.value),
            ),
            models.CheckConstraint(
                name="askeditem_ages_ordered",
                condition=models.Q(age_from__isnull=True)
                | models.Q(age_to__isnull=True)
                | models.Q(age_from__lte=models.F("age_to")),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Season(models.Model):
    """The « dossier d’inscription » of a school year: what families look at again (see Step), between two days.

    `reminders` are days before the last one; `reminded_on` is the day of the last that was sent by itself.
    """

    year = models.OneToOneField(SchoolYear, on_delete=models.PROTECT, related_name="season")
    opens_on = models.DateField()
    closes_on = models.DateField()
    steps = models.JSONField(default=list)
    reminders = models.JSONField(default=list)
    reminded_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "dossier d’inscription"
        constraints = [
            models.CheckConstraint(name="season_ordered", condition=models.Q(opens_on__lte=models.F("closes_on")))
        ]

    def __str__(self) -> str:
        return f"Dossier d’inscription {self.year.code}"

    def is_open(self, on: dt.date) -> bool:
        return self.opens_on <= on <= self.closes_on


class YearConfirmation(models.Model):
    """« Rien n’a changé »: a step looked at again, once, for a participant or for a household. Never changed.

    `seen` is the SHA-256 of what the page showed: of which version it was said.
    """

    season = models.ForeignKey(Season, on_delete=models.PROTECT, related_name="confirmations")
    step = models.CharField(max_length=20, choices=Step)
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, null=True, related_name="+")
    family = models.ForeignKey(Family, on_delete=models.CASCADE, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seen = models.CharField(max_length=64)

    class Meta:
        verbose_name = "étape confirmée"
        constraints = [
            models.UniqueConstraint(fields=["season", "step", "participant"], name="yearconfirmation_once_a_child"),
            models.UniqueConstraint(fields=["season", "step", "family"], name="yearconfirmation_once_a_household"),
            models.CheckConstraint(
                name="yearconfirmation_of_one",
                condition=models.Q(step__in=sorted(OF_THE_HOUSEHOLD), participant__isnull=True, family__isnull=False)
                | (
                    ~models.Q(step__in=sorted(OF_THE_HOUSEHOLD))
                    & models.Q(participant__isnull=False, family__isnull=True)
                ),
            ),
        ]
