"""Stored files, and the documents that own them: my space, supporting documents and their kinds, the town's."""

from collections.abc import Sequence

from django.conf import settings
from django.db import models

from preau.accounts.choices import Channel
from preau.core.codes import new_code
from preau.demarches.models import Demarche
from preau.documents.choices import (
    LIVE,
    SEALED,
    DocumentState,
    FileState,
    FileType,
    Holder,
    ScanState,
    Sensitivity,
    Validity,
)
from preau.documents.rules import Owed, parse_owed, weight
from preau.families.models import Adult, Family, Participant


class StoredFile(models.Model):
    """The bytes of a document, kept under `key` in the storage: never shown by themselves, only for what owns them.

    `sha256` and `size` are those of the bytes in the storage: when `is_sealed`, of what the key of a child has sealed.
    """

    key = models.CharField(max_length=80, unique=True)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    type = models.CharField(max_length=5, choices=FileType)
    pages = models.PositiveSmallIntegerField(default=1)
    scan = models.CharField(max_length=12, choices=ScanState, default=ScanState.NOT_SCANNED)
    is_sealed = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=FileState, default=FileState.WRITING)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "fichier gardé"
        constraints = [
            models.CheckConstraint(
                name="storedfile_of_something", condition=models.Q(size__gt=0) & models.Q(pages__gt=0)
            ),
            models.CheckConstraint(
                name="storedfile_state_known", condition=models.Q(state__in=["writing", "kept", "dropped"])
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="storedfile_to_clear", condition=~models.Q(state="kept")),
        ]

    @property
    def is_pdf(self) -> bool:
        return self.type == FileType.PDF

    @property
    def weight(self) -> str:
        """« 212 Ko »."""
        return weight(self.size)

    @property
    def extension(self) -> str:
        return "pdf" if self.is_pdf else "jpg"


class OwnDocument(models.Model):
    """A file of my space: its owner's alone. No agent reads this table, nor the other adults of the household."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    adult = models.ForeignKey(Adult, on_delete=models.PROTECT, related_name="own_documents")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="own_documents")
    title = models.CharField(max_length=100)
    at = models.DateTimeField()

    class Meta:
        verbose_name = "document de mon espace"

    def __str__(self) -> str:
        return f"{self.title}.{self.file.extension}"


class DocumentKind(models.Model):
    """A kind of supporting document, as the town asks for it. `required` holds its cases (see rules.parse_owed).

    What is sealed is sealed with the key of a child; what tells of income belongs to one household.
    """

    code = models.SlugField(max_length=40, unique=True)
    order = models.PositiveSmallIntegerField(default=0)
    label = models.CharField(max_length=80)
    help = models.CharField(max_length=300, blank=True)
    holder = models.CharField(max_length=6, choices=Holder)
    sensitivity = models.CharField(max_length=8, choices=Sensitivity, default=Sensitivity.ORDINARY)
    validity = models.CharField(max_length=11, choices=Validity, default=Validity.FOREVER)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    pdf_only = models.BooleanField(default=False)
    required = models.JSONField(default=list, blank=True)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "type de pièce"
        constraints = [
            models.CheckConstraint(
                name="documentkind_months_said",
                condition=models.Q(validity="months", months__isnull=False, months__gt=0)
                | (~models.Q(validity="months") & models.Q(months__isnull=True)),
            ),
            models.CheckConstraint(
                name="documentkind_sealed_for_a_child",
                condition=~models.Q(sensitivity__in=["health", "judgment"]) | models.Q(holder="child"),
            ),
            models.CheckConstraint(
                name="documentkind_income_of_a_household",
                condition=~models.Q(sensitivity="income") | models.Q(holder="family"),
            ),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def is_sealed(self) -> bool:
        return self.sensitivity in SEALED

    @property
    def asks_day(self) -> bool:
        """Whether only the document says until when it is good."""
        return self.validity == Validity.ASKED

    @property
    def cases(self) -> Sequence[Owed]:
        return [parse_owed(case) for case in self.required]


class SupportingDocument(models.Model):
    """A document given to the town: by whoever sent the démarche, for a household, an adult or a child.

    It serves for all that its holder does, this year and the next. `valid_until` is its last day, None has no end.
    `household` is the one that gave a judgment: each keeps its own, which takes the place of no other's.
    """

    demarche = models.OneToOneField(Demarche, on_delete=models.CASCADE, primary_key=True, related_name="document")
    kind = models.ForeignKey(DocumentKind, on_delete=models.PROTECT, related_name="documents")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    adult = models.ForeignKey(Adult, on_delete=models.PROTECT, null=True, blank=True, related_name="documents")
    participant = models.ForeignKey(
        Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="documents"
    )
    household = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="supporting_documents")
    state = models.CharField(max_length=9, choices=DocumentState, default=DocumentState.HANDED)
    at = models.DateTimeField()
    valid_until = models.DateField(null=True, blank=True)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ONLINE)
    handed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    warned_at = models.DateTimeField(null=True, blank=True)  # when its family was told that it expires

    class Meta:
        verbose_name = "pièce"
        constraints = [
            models.CheckConstraint(
                name="supportingdocument_one_holder",
                condition=models.Q(family__isnull=False, adult__isnull=True, participant__isnull=True)
                | models.Q(family__isnull=True, adult__isnull=False, participant__isnull=True)
                | models.Q(family__isnull=True, adult__isnull=True, participant__isnull=False),
            ),
            models.CheckConstraint(
                name="supportingdocument_valid_once_accepted",
                condition=models.Q(valid_until__isnull=True) | models.Q(state__in=["accepted", "replaced"]),
            ),
            models.UniqueConstraint(
                name="supportingdocument_one_of_family",
                fields=["kind", "family", "state"],
                condition=models.Q(state__in=LIVE),
            ),
            models.UniqueConstraint(
                name="supportingdocument_one_of_adult",
                fields=["kind", "adult", "state"],
                condition=models.Q(state__in=LIVE),
            ),
            models.UniqueConstraint(
                name="supportingdocument_one_of_child",
                fields=["kind", "participant", "state"],
                condition=models.Q(state__in=LIVE, household__isnull=True),
            ),
            models.UniqueConstraint(
                name="supportingdocument_one_of_household",
                fields=["kind", "participant", "household", "state"],
                condition=models.Q(state__in=LIVE, household__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["valid_until"],
                name="supportingdocument_expiring",
                condition=models.Q(state="accepted", warned_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} ({self.holder_name})"

    @property
    def holder(self) -> Family | Adult | Participant:
        holder = self.participant or self.adult or self.family
        assert holder is not None  # by a constraint
        return holder

    @property
    def holder_name(self) -> str:
        """« Famille », or the person."""
        person = self.adult or self.participant
        return str(person) if person else "Famille"

    @property
    def holder_first_name(self) -> str:
        """The same, for a parent: one household has one surname, most of the time a long one."""
        person = self.adult or self.participant
        return person.first_name if person else "Famille"


class TownDocument(models.Model):
    """A document that an agent puts in the file of a household."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="town_documents")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="town_documents")
    title = models.CharField(max_length=100)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "document de la mairie"

    def __str__(self) -> str:
        return f"{self.title}.{self.file.extension}"
