"""Channels and states of the outbox."""

from django.db.models import TextChoices


class Channel(TextChoices):
    MAIL = "mail", "courriel"


class OutgoingState(TextChoices):
    WAITING = "waiting", "à envoyer"
    SENDING = "sending", "en cours d’envoi"
    SENT = "sent", "envoyé"
    FAILED = "failed", "abandonné"
