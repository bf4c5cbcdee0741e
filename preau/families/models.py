"""Households, adults, participants, bonds and custody. Dated facts are chains: a row holds until the next one."""

from django.conf import settings
from django.db import models

from preau.accounts.choices import Channel
from preau.core.codes import new_code
from preau.families.choices import (
    AccessLevel,
    Colour,
    CustodyHolidays,
    CustodyMode,
    PreferredContact,
    Sex,
    Situation,
    Subject,
    TraitKind,
)
from preau.families.rules import Contact
from preau.town.models import Level, Place, SchoolYear, Service, Text

ERASED = "E-"
"""What the number of a file that was erased begins with, before its code."""


class Family(models.Model):
    """A dossier: one household. `number` is what letters and invoices show.

    Protected, no account is linked to it online, whatever the proof: an agent does it. Merged into another, it is
    archived: what was issued in its name stays there, the rest is in the other.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    number = models.CharField(max_length=20, unique=True)
    name = models.CharField(max_length=120)
    archived_at = models.DateTimeField(null=True, blank=True)
    merged_into = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="merged", db_index=True
    )
    is_protected = models.BooleanField(default=False)
    allocataire = models.CharField(max_length=15, blank=True)  # at the CAF or the MSA: never shown to another household

    class Meta:
        verbose_name = "dossier famille"
        constraints = [
            models.CheckConstraint(
                name="family_merged_is_archived",
                condition=models.Q(merged_into__isnull=True) | models.Q(archived_at__isnull=False),
            ),
            models.CheckConstraint(
                name="family_not_merged_into_itself",
                condition=models.Q(merged_into__isnull=True) | ~models.Q(merged_into=models.F("id")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.number})"

    @property
    def is_erased(self) -> bool:
        """Nothing is left of it but what the law keeps."""
        return self.number == f"{ERASED}{self.code}"


class FileNumber(models.Model):
    """The number that a service of its own gives to a household: on its letters, and as good as that of the file."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="numbers")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20)

    class Meta:
        verbose_name = "numéro de dossier d’un service"
        constraints = [
            models.UniqueConstraint(fields=["family", "service"], name="file_number_once_a_service"),
            models.UniqueConstraint(fields=["service", "number"], name="file_number_of_one_family"),
        ]


class Address(models.Model):
    """Where a household lives from a day on. `insee_code` tells residents of the town."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="addresses")
    starts_on = models.DateField()
    lines = models.CharField(max_length=200)
    postcode = models.CharField(max_length=10)
    city = models.CharField(max_length=80)
    insee_code = models.CharField(max_length=5, blank=True)

    class Meta:
        verbose_name = "adresse"
        constraints = [models.UniqueConstraint(fields=["family", "starts_on"], name="address_chain")]


class Reachable(models.Model):
    """Where somebody is reached, and how they would rather be; what is empty is unknown."""

    phone_mobile = models.CharField(max_length=20, blank=True)
    phone_home = models.CharField(max_length=20, blank=True)
    phone_work = models.CharField(max_length=20, blank=True)
    preferred_contact = models.CharField(max_length=10, choices=PreferredContact, blank=True)

    class Meta:
        abstract = True

    @property
    def contact(self) -> Contact:
        return Contact(self.phone_mobile, self.phone_home, self.phone_work, self.preferred_contact)


class Adult(Reachable):
    """A grown-up of a household; signs in through `user` once the account exists.

    `birth_date` is 1985-03-14, or 1985-03 or 1985 when the day is not known; `birth_place` and `birth_country` are
    INSEE codes (COG), the place empty for those born abroad.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="adults")
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="adult"
    )
    civility = models.CharField(max_length=12, blank=True)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    birth_name = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    birth_date = models.CharField(max_length=10, blank=True)
    birth_place = models.CharField(max_length=5, blank=True)
    birth_country = models.CharField(max_length=5, blank=True)
    invoices_by_email = models.BooleanField(default=True)

    class Meta:
        verbose_name = "adulte"
        constraints = [
            models.CheckConstraint(
                name="adult_preferred_phone_known",
                condition=(~models.Q(preferred_contact=PreferredContact.MOBILE) | ~models.Q(phone_mobile=""))
                & (~models.Q(preferred_contact=PreferredContact.HOME) | ~models.Q(phone_home=""))
                & (~models.Q(preferred_contact=PreferredContact.WORK) | ~models.Q(phone_work="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Participant(models.Model):
    """A child, or an adult who takes part (then `adult` says who). `symbol` and `colour` are its coat-hook label."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    adult = models.OneToOneField(Adult, on_delete=models.PROTECT, null=True, blank=True, related_name="participant")
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    sex = models.CharField(max_length=1, choices=Sex, blank=True)
    born_on = models.DateField()
    symbol = models.CharField(max_length=20, default="lapin")
    colour = models.CharField(max_length=10, choices=Colour, default=Colour.CORAIL)
    email = models.EmailField(blank=True)  # a teenager's own, as the number below
    phone_mobile = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = "enfant ou adulte inscrit"

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"


class Home(models.Model):
    """A household in which a participant lives; one to several."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="homes")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="homes")

    class Meta:
        verbose_name = "foyer d’un enfant"
        constraints = [models.UniqueConstraint(fields=["participant", "family"], name="home_once")]


class Schooling(models.Model):
    """School and level of a child for a school year. `batch` is the code of the roll-over that wrote it for all the
    children at once; empty once somebody has changed it."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="schoolings")
    year = models.ForeignKey(SchoolYear, on_delete=models.PROTECT)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="schoolings")
    level = models.ForeignKey(Level, on_delete=models.PROTECT)
    batch = models.CharField(max_length=10, blank=True, db_index=True)

    class Meta:
        verbose_name = "école d’un enfant"
        constraints = [models.UniqueConstraint(fields=["participant", "year"], name="schooling_once_a_year")]


LEVEL_RANGE = (0, 1, 2)
SUBJECT_FIELDS = ("identity", "planning", "health", "documents", "attendance", "pickup")


class Guardianship(models.Model):
    """What an adult may see (1) or do (2) for a participant, from a day on, kind of data by kind of data.

    A chain: the row with the latest `starts_on` not after a day is the one in force. The situation presets the levels
    (see rules.PRESETS); an agent may adjust one for a judgment. `reason` is what the agent saw: for agents alone, and
    for the adult who asks for their data.
    """

    adult = models.ForeignKey(Adult, on_delete=models.CASCADE, related_name="guardianships")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="guardianships")
    starts_on = models.DateField()
    situation = models.CharField(max_length=20, choices=Situation)
    identity = models.PositiveSmallIntegerField(default=0)
    planning = models.PositiveSmallIntegerField(default=0)
    health = models.PositiveSmallIntegerField(default=0)
    documents = models.PositiveSmallIntegerField(default=0)
    attendance = models.PositiveSmallIntegerField(default=0)
    pickup = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "lien"
        constraints = [
            models.UniqueConstraint(fields=["adult", "participant", "starts_on"], name="guardianship_chain"),
            models.CheckConstraint(
                name="guardianship_levels",
                condition=models.Q(**{f"{field}__in": LEVEL_RANGE for field in SUBJECT_FIELDS}),
            ),
            models.CheckConstraint(
                name="guardianship_withdrawn_sees_nothing",
                condition=~models.Q(situation__in=["withdrawn", "ended"])
                | models.Q(**dict.fromkeys(SUBJECT_FIELDS, 0)),
            ),
        ]
        indexes = [models.Index(fields=["participant", "starts_on"], name="guardianship_by_participant")]

    @property
    def levels(self) -> dict[Subject, AccessLevel]:
        return {subject: AccessLevel(getattr(self, subject.value)) for subject in Subject}


class Custody(models.Model):
    """In which home a child is on which day, from a day on: always one, a cycle from an anchor, or ISO weeks."""

    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="custodies")
    starts_on = models.DateField()
    mode = models.CharField(max_length=10, choices=CustodyMode)
    home_a = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    home_b = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    anchor_on = models.DateField(null=True, blank=True)
    pattern = models.CharField(max_length=56, blank=True)
    holidays = models.CharField(max_length=20, choices=CustodyHolidays, default=CustodyHolidays.NONE)

    class Meta:
        verbose_name = "garde"
        constraints = [
            models.UniqueConstraint(fields=["participant", "starts_on"], name="custody_chain"),
            models.CheckConstraint(
                name="custody_mode_complete",
                condition=models.Q(mode="one", home_b__isnull=True, anchor_on__isnull=True, pattern="")
                | (models.Q(mode="cycle", home_b__isnull=False, anchor_on__isnull=False) & ~models.Q(pattern=""))
                | models.Q(mode="iso_week", home_b__isnull=False, anchor_on__isnull=True, pattern=""),
            ),
            models.CheckConstraint(
                name="custody_two_homes_differ",
                condition=models.Q(home_b__isnull=True) | ~models.Q(home_a=models.F("home_b")),
            ),
        ]


class CustodyException(models.Model):
    """Days on which the plan does not hold: both days included."""

    custody = models.ForeignKey(Custody, on_delete=models.CASCADE, related_name="exceptions")
    starts_on = models.DateField()
    ends_on = models.DateField()
    home = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "jours hors de la garde"
        constraints = [
            models.CheckConstraint(
                name="custodyexception_ordered", condition=models.Q(starts_on__lte=models.F("ends_on"))
            )
        ]


class FileWord(models.Model):
    """A folded word by which a file is found (see `searching`); `adult` when it describes one of its adults."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="+")
    adult = models.ForeignKey(Adult, on_delete=models.CASCADE, null=True, related_name="+")
    word = models.CharField(max_length=40, db_index=True)


class FileTrait(models.Model):
    """What another file may have too (see `traits`); `participant` when it is a child, who may live in two homes."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, null=True, related_name="+")
    kind = models.CharField(max_length=5, choices=TraitKind)
    value = models.CharField(max_length=140)

    class Meta:
        indexes = [models.Index(fields=["kind", "value", "family"], name="filetrait_shared")]


class ToldApart(models.Model):
    """Two files that look alike and are two families, as an agent said: the one of the lower key first."""

    one = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "dossiers dits différents"
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="toldapart_once"),
            models.CheckConstraint(name="toldapart_ordered", condition=models.Q(one__lt=models.F("other"))),
        ]


class Merge(models.Model):
    """Two files that became one, and each row that moved for it (see `merging`): what undoing puts back."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    kept = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    gone = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    steps = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "réunion de dossiers"
        constraints = [
            models.UniqueConstraint(
                fields=["gone"], name="merge_once_in_force", condition=models.Q(undone_at__isnull=True)
            ),
            models.CheckConstraint(name="merge_of_two", condition=~models.Q(kept=models.F("gone"))),
        ]


class FileNote(models.Model):
    """What agents tell each other of a file. Never changed: the latest is the note, "" once it was taken away. The
    family may ask to read it."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = "note interne"


class Consent(models.Model):
    """A yes or a no to a version of a text, about oneself or a child. Never changed: the latest row is the answer."""

    adult = models.ForeignKey(Adult, on_delete=models.PROTECT, related_name="consents")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="consents"
    )
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ONLINE)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "consentement"
        indexes = [models.Index(fields=["adult", "at"], name="consent_by_adult")]


AUTHORISATION_TEXT = "authorisation-"
"""The words of an authorisation are a text of the town, whose code begins so: what was read can be shown again."""


class AuthorisationKind(models.Model):
    """Something that parents are asked about a child, between two ages, both included (`to_age` None: no end).

    `is_image` is a use of the child's image: its answer may be required, never a yes. `is_default` is what holds until
    somebody answers. Name and words are those of the town's text `text_code`.
    """

    code = models.SlugField(max_length=26, unique=True)
    order = models.PositiveSmallIntegerField(unique=True)
    is_image = models.BooleanField(default=False)
    is_required = models.BooleanField(default=False)
    is_default = models.BooleanField(default=False)
    from_age = models.PositiveSmallIntegerField(default=0)
    to_age = models.PositiveSmallIntegerField(null=True, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "type d’autorisation"
        constraints = [
            models.CheckConstraint(
                name="authorisationkind_image_is_free", condition=~models.Q(is_image=True, is_default=True)
            ),
            models.CheckConstraint(
                name="authorisationkind_ages_ordered",
                condition=models.Q(to_age__isnull=True) | models.Q(from_age__lte=models.F("to_age")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def text_code(self) -> str:
        return f"{AUTHORISATION_TEXT}{self.code}"
