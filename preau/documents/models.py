"""Stored files."""

from django.db import models

from preau.documents.choices import FileState, FileType, ScanState


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
    def extension(self) -> str:
        return "pdf" if self.is_pdf else "jpg"
