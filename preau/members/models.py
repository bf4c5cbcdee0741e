"""Persons named by parents, persons barred by judges, what the town asks parents, diets; details of requests."""

from django.conf import settings
from django.db import models

from preau.core.codes import new_code
from preau.demarches.models import Demarche
from preau.families.models import Adult, AuthorisationKind, Participant
from preau.members.sectors import BOTH, EVEN, HIGHEST, LOWEST, ODD
from preau.town.models import Level, Place, SchoolYear


class CollectingRule(models.Model):
    """The town's one rule about those who collect: from which age, and how many persons for a child and a household."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    youngest = models.PositiveSmallIntegerField(default=16)
    most = models.PositiveSmallIntegerField(default=10)

    class Meta:
        verbose_name = "règle des personnes autorisées"
        constraints = [models.CheckConstraint(name="collectingrule_is_one_row", condition=models.Q(id=1))]


class Diet(models.Model):
    """What a child does not eat, as the kitchen needs it: never why."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)
    order = models.PositiveSmallIntegerField(unique=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "régime"

    def __str__(self) -> str:
        return self.name


class DietChoice(models.Model):
    """The diet boxes of a child from a day on, none included: a chain."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="diet_choices")
    starts_on = models.DateField()
    diets = models.ManyToManyField(Diet, related_name="+")
    signed_by = models.ForeignKey(Adult, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_at = models.DateTimeField()

    class Meta:
        verbose_name = "régime d’un enfant"
        constraints = [models.UniqueConstraint(fields=["participant", "starts_on"], name="dietchoice_chain")]


class TrustedPerson(models.Model):
    """Somebody whom a parent names for a child. Never changed: a change withdraws the row and writes another.

    `emergency_order` is that parent's, None when the person is not to be called. `born_on` is only known of those who
    are not of age. The other parent's no (`contested_by`) suspends it.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="trusted_persons")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    link = models.CharField(max_length=60)
    phone = models.CharField(max_length=20)
    other_phone = models.CharField(max_length=20, blank=True)
    may_collect = models.BooleanField()
    emergency_order = models.PositiveSmallIntegerField(null=True, blank=True)
    born_on = models.DateField(null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    signed_by = models.ForeignKey(Adult, on_delete=models.PROTECT, related_name="trusted_persons")
    signed_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    contested_by = models.ForeignKey(Adult, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    contested_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "personne autorisée"
        constraints = [
            models.CheckConstraint(
                name="trustedperson_for_something",
                condition=models.Q(may_collect=True) | models.Q(emergency_order__isnull=False),
            ),
            models.CheckConstraint(
                name="trustedperson_ordered",
                condition=models.Q(ends_on__isnull=True) | models.Q(starts_on__lte=models.F("ends_on")),
            ),
            models.CheckConstraint(
                name="trustedperson_contested_whole",
                condition=models.Q(contested_by__isnull=True, contested_at__isnull=True)
                | models.Q(contested_by__isnull=False, contested_at__isnull=False),
            ),
            models.CheckConstraint(
                name="trustedperson_contested_by_another",
                condition=models.Q(contested_by__isnull=True) | ~models.Q(contested_by=models.F("signed_by")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["participant"], name="trustedperson_live", condition=models.Q(withdrawn_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Barred(models.Model):
    """Somebody who may not collect or approach a child: a judgment says so. Agents write and read it, families never.

    Lifted by another judgment, the row stays.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="barred_persons")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    judged_on = models.DateField()
    reason = models.CharField(max_length=300)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = "personne écartée"
        constraints = [
            models.CheckConstraint(
                name="barred_lifted_after",
                condition=models.Q(lifted_at__isnull=True) | models.Q(lifted_at__gte=models.F("written_at")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Disagreement(models.Model):
    """What two parents do not agree on: an authorisation, or a person that one of them named."""

    demarche = models.OneToOneField(Demarche, on_delete=models.CASCADE, primary_key=True, related_name="disagreement")
    kind = models.ForeignKey(AuthorisationKind, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(TrustedPerson, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "désaccord"
        constraints = [
            models.CheckConstraint(
                name="disagreement_about_one_thing",
                condition=models.Q(kind__isnull=True, person__isnull=False)
                | models.Q(kind__isnull=False, person__isnull=True),
            )
        ]


class SchoolRule(models.Model):
    """The reasons for another school that the town weighs, in its words: never the nature of an illness.

    `papers` are those that support a reason: {reason: paper}; `places` how many children a school takes in a level:
    {school: {level: count}}, by codes.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    criteria = models.JSONField(default=list)
    papers = models.JSONField(default=dict)
    places = models.JSONField(default=dict)

    class Meta:
        verbose_name = "critères des écoles"
        constraints = [models.CheckConstraint(name="schoolrule_is_one_row", condition=models.Q(id=1))]


class Sector(models.Model):
    """The streets whose children go to the same schools, one for each level."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=60)

    class Meta:
        verbose_name = "secteur scolaire"

    def __str__(self) -> str:
        return self.name


class SectorSchool(models.Model):
    """The school of a sector for a level."""

    sector = models.ForeignKey(Sector, on_delete=models.CASCADE, related_name="schools")
    level = models.ForeignKey(Level, on_delete=models.PROTECT, related_name="+")
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "école d’un secteur"
        constraints = [models.UniqueConstraint(fields=["sector", "level"], name="sectorschool_one_a_level")]


class SectorStreet(models.Model):
    """Numbers of a street that are in a sector (see sectors.StreetPart); `key` is what ways of writing the street have
    in common."""

    sector = models.ForeignKey(Sector, on_delete=models.CASCADE, related_name="streets")
    street = models.CharField(max_length=120)
    key = models.CharField(max_length=120, db_index=True)
    first = models.PositiveSmallIntegerField(default=LOWEST)
    last = models.PositiveSmallIntegerField(default=HIGHEST)
    side = models.CharField(max_length=4, choices=((EVEN, "pairs"), (ODD, "impairs")), blank=True)

    class Meta:
        verbose_name = "rue d’un secteur"
        constraints = [
            models.CheckConstraint(name="sectorstreet_ordered", condition=models.Q(first__lte=models.F("last"))),
            models.CheckConstraint(name="sectorstreet_side", condition=models.Q(side__in=(BOTH, EVEN, ODD))),
            models.UniqueConstraint(fields=["key", "first", "last", "side"], name="sectorstreet_in_one_sector"),
        ]


class MemberAsked(models.Model):
    """What a family asks about its members, as rules.from_json reads it: a child, a guardian, custody, a school."""

    demarche = models.OneToOneField(Demarche, on_delete=models.CASCADE, primary_key=True, related_name="member_asked")
    asked = models.JSONField()

    class Meta:
        verbose_name = "demande sur un membre"


class Repeating(models.Model):
    """A child who stays in the same level the year after: an agent said so before the roll-over."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")  # the one that is repeated

    class Meta:
        verbose_name = "redoublement"
        constraints = [models.UniqueConstraint(fields=["participant", "year"], name="repeating_once_a_year")]


class RollOver(models.Model):
    """All the children of the town were given a school for `after`. Undone within a week, another may follow."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    before = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    after = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "passage d’année"
        constraints = [
            models.UniqueConstraint(
                name="rollover_one_a_year", fields=["after"], condition=models.Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(name="rollover_two_years", condition=~models.Q(before=models.F("after"))),
        ]
