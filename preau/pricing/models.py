"""Quotients, tariffs, and which tariff a unit follows from a day on."""

from django.conf import settings
from django.db import models

from preau.activities.models import Unit
from preau.families.models import Family
from preau.pricing.choices import QuotientSource
from preau.town.models import Service


class Quotient(models.Model):
    """The quotient familial of a household from a day on; `value_cents` None is unknown or refused: highest tariff."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="quotients")
    starts_on = models.DateField()
    value_cents = models.PositiveIntegerField(null=True, blank=True)
    source = models.CharField(max_length=12, choices=QuotientSource)
    month = models.DateField(null=True, blank=True)  # the month that the CAF computed
    proof = models.CharField(max_length=160, blank=True)  # what the agent was shown
    read_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    replaced_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "starts_on"],
                name="quotient_chain",
                condition=models.Q(replaced_at__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["family", "starts_on"], name="quotient_by_family")]


class Tariff(models.Model):
    """A tariff of a service (repas, accueil du matin…)."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True)
    is_example = models.BooleanField(default=False)  # no published price: marked as an example on pages
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "tarif"

    def __str__(self) -> str:
        return self.name


class TariffVersion(models.Model):
    """The rules of a tariff from a day on, as voted (see pricing.rules); followed by another, never edited."""

    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="versions")
    starts_on = models.DateField()
    rules = models.JSONField()
    vote = models.CharField(max_length=160, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tariff", "starts_on"], name="tariffversion_chain")]


class UnitTariff(models.Model):
    """Which tariff a unit follows, from a day on."""

    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="tariffs")
    starts_on = models.DateField()
    tariff = models.ForeignKey(Tariff, on_delete=models.PROTECT, related_name="units")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["unit", "starts_on"], name="unittariff_chain")]
