"""The catalogue: themes, activities, units; groups and their capacities; closures."""

from django.db import models

from preau.activities.choices import AfterNotice, BookingMode, EnrolmentMode
from preau.town.models import Level, Place, SchoolYear, Service


class Theme(models.Model):
    """A kind of activities as families choose it: « type d’activité »."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)
    order = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Part(models.Model):
    """A part of the day in which a child can be in one place only."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(unique=True)

    def __str__(self) -> str:
        return self.name


class Activity(models.Model):
    """Something to enrol in, between two dates. Notices are rules as data (see activities.rules)."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    theme = models.ForeignKey(Theme, on_delete=models.PROTECT, related_name="activities")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="activities")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, null=True, blank=True, related_name="activities")
    starts_on = models.DateField()
    ends_on = models.DateField()
    kinds_of_day = models.JSONField(default=list)
    born_from = models.DateField(null=True, blank=True)
    born_to = models.DateField(null=True, blank=True)
    levels = models.ManyToManyField(Level, blank=True)  # none: any level
    schools = models.ManyToManyField(Place, blank=True, related_name="+")  # none: any school
    for_adults = models.BooleanField(default=False)
    enrolment_mode = models.CharField(max_length=10, choices=EnrolmentMode, default=EnrolmentMode.DIRECT)
    booking_mode = models.CharField(max_length=10, choices=BookingMode, default=BookingMode.FAMILY)
    keeps_place_while_checked = models.BooleanField(default=True)
    notice_book = models.JSONField(null=True, blank=True)
    notice_cancel = models.JSONField(null=True, blank=True)
    after_notice = models.CharField(max_length=10, choices=AfterNotice, default=AfterNotice.REFUSE)
    blocks_on_debt = models.BooleanField(default=False)
    order = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "activité"
        constraints = [
            models.CheckConstraint(name="activity_ordered", condition=models.Q(starts_on__lte=models.F("ends_on")))
        ]

    def __str__(self) -> str:
        return self.name


class Unit(models.Model):
    """What a family books. It takes a place in each of its parts; `exclusive` False does not occupy the child."""

    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, related_name="units")
    code = models.SlugField(max_length=60)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=20)
    parts = models.ManyToManyField(Part, related_name="units")
    starts_at = models.TimeField()
    ends_at = models.TimeField()
    weekdays = models.JSONField(default=list)  # Monday 0
    exclusive = models.BooleanField(default=True)
    notice_book = models.JSONField(null=True, blank=True)  # None: the activity's
    notice_cancel = models.JSONField(null=True, blank=True)
    icon = models.CharField(max_length=20, default="horloge")
    order = models.PositiveSmallIntegerField(default=0)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "unité"
        constraints = [
            models.UniqueConstraint(fields=["activity", "code"], name="unit_once"),
            models.CheckConstraint(name="unit_ordered", condition=models.Q(starts_at__lt=models.F("ends_at"))),
        ]

    def __str__(self) -> str:
        return self.name


class Group(models.Model):
    """Children received together at a place; `within` is the larger group whose places it also takes."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=100)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="groups")
    within = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="inner_groups")
    levels = models.ManyToManyField(Level, blank=True)  # none: any level
    schools = models.ManyToManyField(Place, blank=True, related_name="+")  # none: any school
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "groupe"
        constraints = [
            models.CheckConstraint(name="group_not_within_itself", condition=~models.Q(within=models.F("id")))
        ]

    def __str__(self) -> str:
        return self.name


class CapacityRule(models.Model):
    """Places of a group in a part of the day, on some kinds of day and weekdays, from a day on; None is no limit."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="capacity_rules")
    part = models.ForeignKey(Part, on_delete=models.PROTECT)
    starts_on = models.DateField()
    kinds_of_day = models.JSONField(default=list)
    places = models.PositiveIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = "capacité"
        constraints = [
            models.UniqueConstraint(fields=["group", "part", "starts_on", "kinds_of_day"], name="capacityrule_chain")
        ]


class Closure(models.Model):
    """A place or an activity that is closed on some days, both included."""

    code = models.SlugField(max_length=60, unique=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True)
    activity = models.ForeignKey(Activity, on_delete=models.PROTECT, null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    reason = models.CharField(max_length=120)

    class Meta:
        verbose_name = "fermeture"
        constraints = [
            models.CheckConstraint(
                name="closure_of_something",
                condition=models.Q(place__isnull=False) | models.Q(activity__isnull=False),
            ),
            models.CheckConstraint(name="closure_ordered", condition=models.Q(starts_on__lte=models.F("ends_on"))),
        ]
