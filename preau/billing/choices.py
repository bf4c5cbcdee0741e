"""Kinds and states of bills and payments."""

from django.db.models import TextChoices


class PayFiPMode(TextChoices):
    TEST = "T", "test"
    ACTIVATION = "X", "activation"
    PRODUCTION = "W", "production"


class CampaignState(TextChoices):
    OPEN = "open", "ouverte"
    DRAFTED = "drafted", "en préparation"
    ISSUED = "issued", "émise"


class InvoiceKind(TextChoices):
    INVOICE = "invoice", "facture"
    CREDIT_NOTE = "credit_note", "avoir"


class InvoiceState(TextChoices):
    DRAFT = "draft", "brouillon"
    ISSUED = "issued", "émise"
    VOID = "void", "annulée"


class PaymentMethod(TextChoices):
    CARD = "card", "carte bancaire (PayFiP)"
    ONLINE_DEBIT = "online_debit", "prélèvement unique (PayFiP)"


class AttemptState(TextChoices):
    OPEN = "open", "en cours"
    PAID = "paid", "payé"
    REFUSED = "refused", "refusé"
    ABANDONED = "abandoned", "abandonné"
    EXPIRED = "expired", "expiré"
