"""The journal and the head of its chain."""

from django.db import models


class Entry(models.Model):
    """One action. `seq` and `digest` are empty until the worker has chained the row; from then on the database refuses
    that it change."""

    at = models.DateTimeField()
    actor = models.CharField(max_length=80)  # kind and code of the user: "family:k3m9…", "staff:t7w2…"; or "system"
    action = models.CharField(max_length=60)  # "bookings.booked"
    subject = models.CharField(max_length=80, blank=True)
    family = models.CharField(max_length=20, blank=True)
    participant = models.CharField(max_length=20, blank=True)
    facts = models.JSONField(default=dict)
    seq = models.BigIntegerField(null=True, unique=True)
    digest = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = "entrée du journal"
        constraints = [
            models.CheckConstraint(
                name="journal_chained_rows_have_digest",
                condition=models.Q(seq__isnull=True, digest="") | (models.Q(seq__isnull=False) & ~models.Q(digest="")),
            ),
        ]
        indexes = [
            models.Index(fields=["family", "at"], name="journal_by_family"),
            models.Index(fields=["id"], name="journal_unchained", condition=models.Q(seq__isnull=True)),
        ]


class Cut(models.Model):
    """Where the oldest part of the chain was taken away: `seq` and `digest` are those of the last row that went.

    PostgreSQL lets a row go only below a cut, and the journal itself tells each cut (`journal.cut`).
    """

    seq = models.BigIntegerField(primary_key=True)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()
    count = models.PositiveIntegerField()

    class Meta:
        verbose_name = "coupe du journal"


class ChainHead(models.Model):
    """The last link of the chain; one row."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, default="0" * 64)

    class Meta:
        constraints = [models.CheckConstraint(name="journal_one_chain_head", condition=models.Q(id=1))]
