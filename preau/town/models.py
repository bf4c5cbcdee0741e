"""The town, its services and places, its school calendar."""

from django.db import models

from preau.town.choices import PlaceKind, Proof, WayIn

LINK_HOURS = 72
SHORTEST_PASSWORD = 12
"""Signs: what the CNIL asks of a password that stands alone (2022); a town may only lengthen."""
LONGEST_MINIMUM = 64
"""Signs: a town may not ask for more than people can type."""


def default_ways() -> list[str]:
    return [WayIn.FIVE_STEPS.value]


def default_proofs() -> list[str]:
    return [Proof.CODE.value, Proof.CONTACT.value, Proof.AGENT.value]


class Town(models.Model):
    """The one row that describes this instance. `catalogue_version` grows each time reference data changes.

    `ways` (see WayIn) are the open ways to an account; `link_hours` says for each how long the mailed link holds.
    Without any of the `proofs` (see Proof) the number and name of a file are proof enough, which `town check` warns of.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=100)
    portal_name = models.CharField(max_length=60, default="Portail famille")
    insee_code = models.CharField(max_length=5)
    siret = models.CharField(max_length=14, blank=True)
    address = models.CharField(max_length=200)
    phone = models.CharField(max_length=20)
    opening_hours = models.CharField(max_length=160)
    email = models.EmailField()
    data_protection_email = models.EmailField(blank=True)  # of whoever protects the data of people
    website = models.URLField(blank=True)
    accent = models.CharField(max_length=7, default="#0b6a5a")
    school_zone = models.CharField(max_length=1)
    sections = models.JSONField(default=list)  # ordered list of {"code": …, "label": …}
    where_is_file_number = models.CharField(max_length=300, blank=True)
    ways = models.JSONField(default=default_ways)
    proofs = models.JSONField(default=default_proofs)
    link_hours = models.JSONField(default=dict)  # {way: hours}
    account_request_days = models.PositiveSmallIntegerField(default=2)  # working days to answer a request
    password_minimum = models.PositiveSmallIntegerField(default=SHORTEST_PASSWORD)
    family_session_hours = models.PositiveSmallIntegerField(default=12)
    family_remember_days = models.PositiveSmallIntegerField(default=30)
    staff_session_hours = models.PositiveSmallIntegerField(default=9)
    staff_idle_minutes = models.PositiveSmallIntegerField(default=15)
    catalogue_version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "commune"
        constraints = [
            models.CheckConstraint(name="town_is_one_row", condition=models.Q(id=1)),
            models.CheckConstraint(
                name="town_password_minimum",
                condition=models.Q(password_minimum__range=(SHORTEST_PASSWORD, LONGEST_MINIMUM)),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def has_section(self, code: str) -> bool:
        """Whether the town has switched on this section of the families' space."""
        return any(section["code"] == code for section in self.sections)

    def hours_of_link(self, way: str) -> int:
        """How long the link mailed on this way holds."""
        return int(self.link_hours.get(way, LINK_HOURS))


class FieldPolicy(models.Model):
    """What the town says of a field of the family file (see fields.FIELDS): without a row, its own defaults hold."""

    field = models.SlugField(max_length=40, unique=True)
    is_shown = models.BooleanField()
    is_required = models.BooleanField()
    is_checked = models.BooleanField()

    class Meta:
        verbose_name = "champ du dossier"
        constraints = [
            models.CheckConstraint(
                name="fieldpolicy_required_is_shown", condition=models.Q(is_shown=True) | models.Q(is_required=False)
            ),
        ]

    def __str__(self) -> str:
        return self.field


class Service(models.Model):
    """A service of the town hall, with its address for families."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    phone = models.CharField(max_length=20, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=200, blank=True)
    opening_hours = models.CharField(max_length=160, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Place(models.Model):
    """Where children go: school, leisure centre, restaurant."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    kind = models.CharField(max_length=12, choices=PlaceKind)
    address = models.CharField(max_length=200, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class Level(models.Model):
    """A school level, in the order in which children pass through them."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(max_length=40)
    order = models.PositiveSmallIntegerField(unique=True)

    def __str__(self) -> str:
        return self.name


class SchoolYear(models.Model):
    """From the first to the last day of class; `weekdays` are school days, Monday 0."""

    code = models.CharField(max_length=9, unique=True)  # 2026-2027
    starts_on = models.DateField()
    ends_on = models.DateField()
    weekdays = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(name="schoolyear_ordered", condition=models.Q(starts_on__lt=models.F("ends_on")))
        ]

    def __str__(self) -> str:
        return self.code


class SchoolPeriod(models.Model):
    """A holiday period of a school year, both days included."""

    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT, related_name="periods")
    code = models.SlugField(max_length=40)
    name = models.CharField(max_length=60)
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "code"], name="schoolperiod_once_a_year"),
            models.CheckConstraint(name="schoolperiod_ordered", condition=models.Q(starts_on__lte=models.F("ends_on"))),
        ]

    def __str__(self) -> str:
        return self.name


class PublicHoliday(models.Model):
    """A day on which everything is closed."""

    on = models.DateField(unique=True)
    name = models.CharField(max_length=60)

    def __str__(self) -> str:
        return f"{self.name} ({self.on:%d/%m/%Y})"


class Text(models.Model):
    """A published version of a text (legal notice, privacy…). Never changed, the database sees to it: a new version
    follows.

    `changes` says in a few sentences what differs from the version before. `published_by` is the agent's name on that
    day; empty when the town's file brought the text.
    """

    code = models.SlugField(max_length=40)
    version = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=120)
    body = models.TextField()
    changes = models.TextField(blank=True)
    sha256 = models.CharField(max_length=64)
    published_at = models.DateTimeField()
    published_by = models.CharField(max_length=130, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "version"], name="text_version_once")]

    def __str__(self) -> str:
        return f"{self.title}, version {self.version}"
