"""Régies, payers, campaigns, invoices and their lines, payment attempts, payments and allocations."""

from django.conf import settings
from django.db import models

from preau.activities.models import Activity, Unit
from preau.billing.choices import (
    AttemptState,
    CampaignState,
    InvoiceKind,
    InvoiceState,
    PayFiPMode,
    PaymentMethod,
)
from preau.core.codes import new_code
from preau.families.models import Adult, Family, Participant
from preau.town.models import Service

F, Q = models.F, models.Q


class Regie(models.Model):
    """Who collects. `number_pattern` is like `{YYYY}{NNNNN}`; `label_pattern` names a campaign, like `PERI{YY}{MM}`."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="regies")
    number_pattern = models.CharField(max_length=40, default="{YYYY}{NNNNNN}")
    label_pattern = models.CharField(max_length=40, blank=True)
    numcli = models.CharField(max_length=6, blank=True)  # given by the DGFiP; empty: no online payment
    payfip_mode = models.CharField(max_length=1, choices=PayFiPMode, default=PayFiPMode.TEST)
    online_since = models.DateField(null=True, blank=True)
    due_days = models.PositiveSmallIntegerField(default=30)
    how_to_pay = models.JSONField(default=list)  # sentences printed on the invoice
    retired_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class RegieActivity(models.Model):
    """The régie that bills an activity."""

    activity = models.OneToOneField(Activity, on_delete=models.CASCADE, primary_key=True, related_name="regie_link")
    regie = models.ForeignKey(Regie, on_delete=models.PROTECT, related_name="activity_links")


class Counter(models.Model):
    """The last number given in a series of a régie: locked, then advanced, in the transaction that issues."""

    regie = models.ForeignKey(Regie, on_delete=models.PROTECT, related_name="counters")
    series = models.CharField(max_length=20)
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["regie", "series"], name="counter_once")]


class Payer(models.Model):
    """Who owes: an adult, for their household."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    adult = models.OneToOneField(Adult, on_delete=models.PROTECT, related_name="payer")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="payers")

    class Meta:
        verbose_name = "payeur"


class PayerShare(models.Model):
    """Who pays the days of a household from a day on, by weight; rows of a participant replace the household's."""

    family = models.ForeignKey(Family, on_delete=models.CASCADE, related_name="payer_shares")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    starts_on = models.DateField()
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="shares")
    weight = models.PositiveSmallIntegerField(default=1)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["family", "starts_on", "payer"],
                name="payershare_household_chain",
                condition=Q(participant__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["family", "participant", "starts_on", "payer"],
                name="payershare_participant_chain",
                condition=Q(participant__isnull=False),
            ),
            models.CheckConstraint(name="payershare_weighs", condition=Q(weight__gte=1)),
        ]


class Campaign(models.Model):
    """The billing of a period of a régie, both days included."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    regie = models.ForeignKey(Regie, on_delete=models.PROTECT, related_name="campaigns")
    label = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()
    state = models.CharField(max_length=8, choices=CampaignState, default=CampaignState.OPEN)
    drafted_at = models.DateTimeField(null=True, blank=True)
    issued_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    anomalies = models.JSONField(default=list)

    class Meta:
        verbose_name = "campagne de facturation"
        constraints = [
            models.UniqueConstraint(fields=["regie", "starts_on"], name="campaign_once_a_period"),
            models.CheckConstraint(name="campaign_ordered", condition=Q(starts_on__lte=F("ends_on"))),
            models.CheckConstraint(
                name="campaign_issued_has_dates",
                condition=~Q(state="issued") | Q(issued_at__isnull=False, due_on__isnull=False),
            ),
        ]


class Invoice(models.Model):
    """A bill or a credit note. `number` exists only once issued; issued, only its settlement moves."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    # Other indexes start with the régie and with the payer: these two need none of their own.
    regie = models.ForeignKey(Regie, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    campaign = models.ForeignKey(Campaign, on_delete=models.PROTECT, null=True, blank=True, related_name="invoices")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="invoices", db_index=False)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="invoices")
    kind = models.CharField(max_length=12, choices=InvoiceKind, default=InvoiceKind.INVOICE)
    corrects = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="credit_notes")
    state = models.CharField(max_length=8, choices=InvoiceState, default=InvoiceState.DRAFT)
    number = models.CharField(max_length=40, null=True, blank=True)  # noqa: DJ001 (NULL until issued, so that it is unique)
    label = models.CharField(max_length=40, blank=True)
    period_starts_on = models.DateField()
    period_ends_on = models.DateField()
    issued_on = models.DateField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    quotient_cents = models.PositiveIntegerField(null=True, blank=True)
    total_cents = models.PositiveIntegerField()
    settled_cents = models.PositiveIntegerField(default=0)
    by_email = models.BooleanField(default=False)  # else printed and posted
    announced_at = models.DateTimeField(null=True, blank=True)  # when its mail entered the outbox
    sha256 = models.CharField(max_length=64, blank=True)  # of the lines while a draft, of the whole once issued

    class Meta:
        verbose_name = "facture"
        constraints = [
            models.UniqueConstraint(fields=["regie", "number"], name="invoice_number_once"),
            models.UniqueConstraint(
                fields=["campaign", "payer", "family"],
                name="invoice_once_a_period",
                condition=Q(state__in=["draft", "issued"], kind="invoice", campaign__isnull=False),
            ),
            models.CheckConstraint(
                name="invoice_numbered_when_issued",
                condition=Q(state="issued", number__isnull=False, issued_on__isnull=False, due_on__isnull=False)
                | (~Q(state="issued") & Q(number__isnull=True)),
            ),
            models.CheckConstraint(name="invoice_never_overpaid", condition=Q(settled_cents__lte=F("total_cents"))),
            models.CheckConstraint(
                name="invoice_credit_note_corrects",
                condition=Q(kind="credit_note", corrects__isnull=False) | Q(kind="invoice", corrects__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["payer", "state"], name="invoice_by_payer"),
            models.Index(
                fields=["id"],
                name="invoice_to_announce",
                condition=Q(state="issued", by_email=True, announced_at__isnull=True),
            ),
        ]

    @property
    def due_cents(self) -> int:
        """What remains to pay."""
        return self.total_cents - self.settled_cents


class Line(models.Model):
    """Quantity × unit price for a participant and a unit; a cap or a share may lower `amount`, and `why` says so."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    label = models.CharField(max_length=240)
    quantity = models.PositiveIntegerField()
    unit_price_cents = models.PositiveIntegerField()
    amount_cents = models.PositiveIntegerField()
    care_cents = models.PositiveIntegerField(default=0)
    food_cents = models.PositiveIntegerField(default=0)
    settled_cents = models.PositiveIntegerField(default=0)
    why = models.JSONField(default=dict)  # {"steps": [[label, value], …], "days": ["2026-10-05", …]}
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = "ligne de facture"
        constraints = [
            models.CheckConstraint(
                name="line_amount_within_product",
                condition=Q(amount_cents__lte=F("quantity") * F("unit_price_cents")),
            ),
            models.CheckConstraint(name="line_never_overpaid", condition=Q(settled_cents__lte=F("amount_cents"))),
            models.CheckConstraint(
                name="line_care_and_food_within_amount",
                condition=Q(amount_cents__gte=F("care_cents") + F("food_cents")),
            ),
        ]


class PaymentAttempt(models.Model):
    """One operation at the payment site. Its amount and invoices are frozen when it is opened; paid is final."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    regie = models.ForeignKey(Regie, on_delete=models.PROTECT, related_name="attempts")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="attempts")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    provider = models.CharField(max_length=10, default="payfip")
    operation = models.CharField(max_length=60)
    reference = models.CharField(max_length=30, unique=True)
    page_url = models.URLField(max_length=300)
    amount_cents = models.PositiveIntegerField()
    numcli = models.CharField(max_length=6)
    mode = models.CharField(max_length=1, choices=PayFiPMode)
    state = models.CharField(max_length=10, choices=AttemptState, default=AttemptState.OPEN)
    opened_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)
    next_poll_at = models.DateTimeField(null=True, blank=True)
    alert = models.CharField(max_length=200, blank=True)  # what the payment site answered that contradicts this row

    class Meta:
        verbose_name = "tentative de paiement"
        constraints = [
            models.UniqueConstraint(fields=["provider", "operation"], name="attempt_operation_once"),
            models.CheckConstraint(name="attempt_amount", condition=Q(amount_cents__gte=100)),
        ]
        indexes = [
            models.Index(fields=["next_poll_at"], name="attempt_to_poll", condition=Q(next_poll_at__isnull=False))
        ]


class AttemptShare(models.Model):
    """What an attempt pays of an invoice; frozen."""

    attempt = models.ForeignKey(PaymentAttempt, on_delete=models.CASCADE, related_name="shares")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="attempt_shares")
    amount_cents = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["attempt", "invoice"], name="attemptshare_once")]


class Payment(models.Model):
    """Money received; what is not used on lines is the payer's credit."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    regie = models.ForeignKey(Regie, on_delete=models.PROTECT, related_name="payments")
    payer = models.ForeignKey(Payer, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=14, choices=PaymentMethod)
    amount_cents = models.PositiveIntegerField()
    used_cents = models.PositiveIntegerField(default=0)
    received_at = models.DateTimeField()
    attempt = models.OneToOneField(
        PaymentAttempt, on_delete=models.PROTECT, null=True, blank=True, related_name="payment"
    )
    authorisation = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = "paiement"
        constraints = [
            models.CheckConstraint(name="payment_used_within_amount", condition=Q(used_cents__lte=F("amount_cents")))
        ]


class Allocation(models.Model):
    """Money put on a line, from a payment or a credit note. Append-only: taking back is a negative row."""

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="allocations")
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations")
    credit_note = models.ForeignKey(
        Invoice, on_delete=models.PROTECT, null=True, blank=True, related_name="allocations"
    )
    amount_cents = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="allocation_from_one_source",
                condition=Q(payment__isnull=False, credit_note__isnull=True)
                | Q(payment__isnull=True, credit_note__isnull=False),
            ),
            models.CheckConstraint(name="allocation_moves_money", condition=~Q(amount_cents=0)),
        ]
