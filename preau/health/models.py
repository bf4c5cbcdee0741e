"""Sealed sheets, their keys, and who read them. In clear: which items are filled, which doses, when a PAI runs."""

from django.conf import settings
from django.db import models

from preau.core.codes import new_code
from preau.families.models import Adult, Participant
from preau.health.choices import DoseState, Item, Purpose, Vaccine
from preau.town.models import SchoolYear

MOST_DOSES = 9


class HealthKey(models.Model):
    """The key of one child, wrapped by a version of the master key. Without it nothing of the child opens, in a backup
    neither.

    `code` is the id that each sealed value carries.
    """

    participant = models.OneToOneField(Participant, on_delete=models.CASCADE, primary_key=True, related_name="+")
    code = models.CharField(max_length=16, unique=True)
    wrapped = models.BinaryField()
    master = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = "clé de santé"
        constraints = [models.CheckConstraint(name="healthkey_master_version", condition=models.Q(master__gte=1))]
        indexes = [models.Index(fields=["master"], name="healthkey_by_master")]


class Filled(models.Model):
    """Who wrote a sealed value, and when. `filled_by` is None for what an import brought."""

    sealed = models.BinaryField()
    filled_at = models.DateTimeField()
    filled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        abstract = True


class HealthField(Filled):
    """The answer of a sheet to one item. Its existence says that it was answered, never what."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="health_fields")
    name = models.CharField(max_length=20, choices=Item)

    class Meta:
        verbose_name = "réponse de fiche sanitaire"
        constraints = [models.UniqueConstraint(fields=["participant", "name"], name="healthfield_once")]


class Vaccination(Filled):
    """A dose of a vaccine: given, planned, or not to be given. `sealed` is its date.

    `is_enough` says that with this dose the vaccine is complete: whoever began late needs fewer of them.
    """

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="vaccinations")
    vaccine = models.CharField(max_length=20, choices=Vaccine)
    rank = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=DoseState, default=DoseState.GIVEN)
    is_enough = models.BooleanField(default=False)

    class Meta:
        verbose_name = "vaccination"
        constraints = [
            models.UniqueConstraint(fields=["participant", "vaccine", "rank"], name="vaccination_once"),
            models.CheckConstraint(name="vaccination_rank", condition=models.Q(rank__range=(1, MOST_DOSES))),
            models.CheckConstraint(
                name="vaccination_only_given_is_enough",
                condition=models.Q(is_enough=False) | models.Q(state=DoseState.GIVEN),
            ),
        ]


class Pai(Filled):
    """A projet d’accueil individualisé: that it exists and when it runs are in clear, what it says is sealed."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="pais")
    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        verbose_name = "PAI"
        constraints = [
            models.UniqueConstraint(fields=["participant", "starts_on"], name="pai_once"),
            models.CheckConstraint(name="pai_ordered", condition=models.Q(starts_on__lte=models.F("ends_on"))),
        ]


class Confirmation(models.Model):
    """A parent has said for a school year that the sheet still holds."""

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    adult = models.ForeignKey(Adult, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "fiche sanitaire confirmée"
        constraints = [models.UniqueConstraint(fields=["participant", "year"], name="confirmation_once_a_year")]


class HealthReading(models.Model):
    """An agent has read a sheet. Never changed, the database sees to it; shown to the parents.

    `names` are the items that were there to read; `reason`, asked in an emergency, is sealed with the child's key.
    """

    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="health_readings")
    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    purpose = models.CharField(max_length=10, choices=Purpose)
    names = models.JSONField(default=list)
    reason = models.BinaryField(null=True)

    class Meta:
        verbose_name = "lecture de fiche sanitaire"
        constraints = [
            models.CheckConstraint(
                name="healthreading_emergency_has_reason",
                condition=~models.Q(purpose=Purpose.EMERGENCY) | models.Q(reason__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["participant", "at"], name="healthreading_by_child")]


class SheetSettings(models.Model):
    """What the town asks of a sheet; without the row, what is usual.

    `modes` holds Mode by Item, where it is not the usual one (see rules.sheet.USUAL); `schemes` the vaccines as the
    town file writes them (see rules.vaccines), None for the national calendar.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    modes = models.JSONField(default=dict)
    schemes = models.JSONField(null=True, default=None)
    show_readings = models.BooleanField(default=True)

    class Meta:
        verbose_name = "réglages de la fiche sanitaire"
        constraints = [models.CheckConstraint(name="sheetsettings_is_one_row", condition=models.Q(id=1))]
