"""The header of requests, its history, who receives each kind, and the details of the kinds about accounts."""

from django.conf import settings
from django.db import models

from preau.core.codes import new_code
from preau.demarches.choices import ACCOUNT, OPEN, DemarcheState, FieldState
from preau.families.models import Adult, Family, Participant, Reachable
from preau.town.models import Service


class Demarche(models.Model):
    """A request to a service. `version` makes two agents on one démarche collide in words, not in silence."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    kind = models.CharField(max_length=40)  # "enrolments.asked", see kinds.py
    service = models.ForeignKey(Service, on_delete=models.PROTECT)
    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, blank=True, related_name="demarches")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=DemarcheState, default=DemarcheState.SENT)
    summary = models.CharField(max_length=200)
    words = models.CharField(max_length=400, blank=True)  # what agents look for, without accents (rules.fold)
    sent_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True, blank=True)  # nothing is due while the family has to complete it
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "démarche"
        constraints = [
            models.CheckConstraint(
                name="demarche_answered_has_date",
                condition=models.Q(state__in=OPEN, answered_at__isnull=True)
                | (~models.Q(state__in=OPEN) & models.Q(answered_at__isnull=False)),
            ),
            models.UniqueConstraint(
                name="demarche_one_account_request",
                fields=["asked_by"],
                condition=models.Q(kind=ACCOUNT, state__in=OPEN),
            ),
        ]
        indexes = [
            models.Index(fields=["service", "sent_at"], name="demarche_open", condition=models.Q(state__in=OPEN)),
        ]

    def __str__(self) -> str:
        return f"{self.summary} ({self.code})"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN


class DemarcheEvent(models.Model):
    """One step in the life of a démarche: who moved it, what they said, what they put right in what was asked."""

    demarche = models.ForeignKey(Demarche, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField(max_length=12, choices=DemarcheState)
    text = models.TextField(blank=True)
    corrections = models.JSONField(default=list, blank=True)  # of rules.Correction, in the words of that day


class Recipient(models.Model):
    """The service that receives the requests of a kind; without a row, the first service of the town does.

    `working_days` are what is promised for an answer, None for what is usual (see Kind); of accounts, the town says so
    itself.
    """

    kind = models.CharField(max_length=40, unique=True)
    service = models.ForeignKey(Service, on_delete=models.PROTECT, related_name="+")
    working_days = models.PositiveSmallIntegerField(null=True, blank=True)


class AnswerText(models.Model):
    """A text that agents send again and again when they refuse, or ask for more (`state`)."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    state = models.CharField(max_length=12, choices=DemarcheState)
    title = models.CharField(max_length=80)
    body = models.TextField()

    class Meta:
        verbose_name = "texte de réponse"
        constraints = [
            models.UniqueConstraint(fields=["state", "title"], name="answertext_title_once"),
            models.CheckConstraint(
                name="answertext_needs_reason",
                condition=models.Q(state__in=[DemarcheState.REFUSED, DemarcheState.INCOMPLETE]),
            ),
        ]

    def __str__(self) -> str:
        return self.title


class AccountAsked(Reachable):
    """Someone without a file asks for an account, or says which file is theirs: as they wrote it, nothing checked.

    `claimed_number` and `claimed_name` are those of a file; what links an account is an agent's answer. `vouched_at` is
    when FranceConnect vouched for the fields of `rules.VOUCHED`, which then are no longer the person's to write.
    """

    demarche = models.OneToOneField(Demarche, on_delete=models.CASCADE, primary_key=True, related_name="account_asked")
    civility = models.CharField(max_length=12, blank=True)
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    birth_name = models.CharField(max_length=60, blank=True)
    birth_date = models.CharField(max_length=10, blank=True)
    birth_country = models.CharField(max_length=80, blank=True)
    birth_department = models.CharField(max_length=80, blank=True)
    birth_town = models.CharField(max_length=80, blank=True)
    address = models.CharField(max_length=200, blank=True)
    postcode = models.CharField(max_length=10, blank=True)
    city = models.CharField(max_length=80, blank=True)
    claimed_number = models.CharField(max_length=40, blank=True)
    claimed_name = models.CharField(max_length=120, blank=True)
    vouched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = "compte demandé"


class AskedPhoto(models.Model):
    """The photo given with a request for an account, as core.photos writes it: deleted once the request is answered."""

    asked = models.OneToOneField(AccountAsked, on_delete=models.CASCADE, primary_key=True, related_name="photo")
    jpeg = models.BinaryField()

    class Meta:
        verbose_name = "photo d’une demande"


ONE_TARGET = (
    models.Q(family__isnull=False, adult__isnull=True, participant__isnull=True)
    | models.Q(family__isnull=True, adult__isnull=False, participant__isnull=True)
    | models.Q(family__isnull=True, adult__isnull=True, participant__isnull=False)
)


class Targeted(models.Model):
    """About a household, an adult or a child: one of them."""

    family = models.ForeignKey(Family, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    adult = models.ForeignKey(Adult, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True

    @property
    def target(self) -> Family | Adult | Participant:
        found = self.family or self.adult or self.participant
        assert found is not None, "the database refuses a change without a target"
        return found


class FileChange(Targeted):
    """What a parent asks to change in the file; `starts_on` is the day from which an address would hold."""

    demarche = models.OneToOneField(Demarche, on_delete=models.CASCADE, primary_key=True, related_name="file_change")
    starts_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = "changement demandé"
        constraints = [models.CheckConstraint(name="filechange_one_target", condition=ONE_TARGET)]


class FieldChange(Targeted):
    """One field of a change: `old` was in force when it was asked, and the file keeps it until an agent accepts `new`.

    Both are as `file_fields` tells: a text, or the parts of an address. That the live value has moved meanwhile is a
    question, never a state: `old` no longer is what the file says.
    """

    change = models.ForeignKey(FileChange, on_delete=models.CASCADE, related_name="fields")
    field = models.SlugField(max_length=40)
    old = models.JSONField()
    new = models.JSONField()
    state = models.CharField(max_length=10, choices=FieldState, default=FieldState.PENDING)

    class Meta:
        verbose_name = "champ demandé"
        constraints = [
            models.CheckConstraint(name="fieldchange_one_target", condition=ONE_TARGET),
            *(
                models.UniqueConstraint(
                    name=f"fieldchange_one_pending_{target}",
                    fields=[target, "field"],
                    condition=models.Q(state=FieldState.PENDING, **{f"{target}__isnull": False}),
                )
                for target in ("family", "adult", "participant")
            ),
        ]
