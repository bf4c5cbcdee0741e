"""The outbox."""

from django.db import models

from preau.notifications.choices import Channel, OutgoingState


class Outgoing(models.Model):
    """One message to one address. `next_try_at` is also the end of the lease while a worker is sending.

    One that is made when it is sent names what makes it, and what it is about.
    """

    address = models.CharField(max_length=254)
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.MAIL)
    template = models.CharField(max_length=80, blank=True)
    maker = models.CharField(max_length=80, blank=True)
    about = models.CharField(max_length=40, blank=True)
    subject = models.CharField(max_length=200)
    text = models.TextField()
    html = models.TextField(blank=True)
    dedupe_key = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=10, choices=OutgoingState, default=OutgoingState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    next_try_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    fault = models.CharField(max_length=300, blank=True)

    class Meta:
        verbose_name = "message sortant"
        constraints = [
            models.CheckConstraint(
                name="outgoing_sent_has_date",
                condition=models.Q(state="sent", sent_at__isnull=False)
                | (~models.Q(state="sent") & models.Q(sent_at__isnull=True)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_try_at"], name="outgoing_due", condition=models.Q(state__in=["waiting", "sending"])
            ),
        ]
