"""What the town asks for, documents apart: those are demands of their own area."""

from django.db import models

from preau.activities.models import Activity, Theme
from preau.checklist.choices import Item, Stage


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
