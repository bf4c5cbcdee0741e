"""What waits for a link to be pressed or a code to be typed. An account is made only then."""

from django.conf import settings
from django.db import models
from django.db.models.functions import Lower

from preau.core.codes import new_code
from preau.families.models import Adult
from preau.registration.choices import CodeChannel, RequestStep, Step
from preau.town.choices import Proof, WayIn
from preau.town.models import Text


class Registration(models.Model):
    """What a person has typed in the five steps. `password` and `proof_digest` are digests, never what was typed.

    Or what somebody who came by FranceConnect has typed: `identity` is what it vouched for, kept until the link is
    pressed and no longer; then there is no password, and maybe no file.
    Or what somebody without a file asks for an account with (`way`): `asked` is who they are, as
    demarches.rules.AccountIdentity tells it, until the request itself has it.
    `submitted_at` once the person has said yes to the recap; `user` once the account exists, for as long as it waits
    for its file. After `expires_at` the row is deleted.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    way = models.CharField(max_length=13, choices=WayIn, default=WayIn.FIVE_STEPS)
    asked = models.JSONField(default=dict)
    first_name = models.CharField(max_length=60, blank=True)
    last_name = models.CharField(max_length=60, blank=True)
    email = models.EmailField(blank=True)
    username = models.CharField(max_length=60, blank=True)
    password = models.CharField(max_length=128, blank=True)
    file_number = models.CharField(max_length=40, blank=True)
    file_name = models.CharField(max_length=120, blank=True)
    proof = models.CharField(max_length=13, choices=Proof, blank=True)
    proof_digest = models.CharField(max_length=64, blank=True)
    identity = models.JSONField(null=True, blank=True)
    terms = models.ForeignKey(Text, on_delete=models.PROTECT, null=True, related_name="+")
    terms_at = models.DateTimeField(null=True)
    privacy = models.ForeignKey(Text, on_delete=models.PROTECT, null=True, related_name="+")
    privacy_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    mails = models.PositiveSmallIntegerField(default=0)
    mailed_at = models.DateTimeField(null=True)
    link_expires_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, related_name="registration"
    )

    class Meta:
        verbose_name = "création de compte"
        constraints = [
            models.CheckConstraint(
                name="registration_submitted_is_whole",
                condition=models.Q(submitted_at__isnull=True)
                | (
                    models.Q(terms_at__isnull=False, privacy_at__isnull=False)
                    & ~models.Q(email="")
                    & ~models.Q(username="")
                    & (~models.Q(file_number="") | models.Q(proof=Proof.FRANCECONNECT) | models.Q(way=WayIn.REQUEST))
                    & (~models.Q(password="") | models.Q(user__isnull=False))
                ),
            ),
            models.CheckConstraint(
                name="registration_account_was_submitted",
                condition=models.Q(user__isnull=True) | models.Q(submitted_at__isnull=False),
            ),
            models.CheckConstraint(
                name="registration_identity_until_account",
                condition=models.Q(identity__isnull=True) | models.Q(user__isnull=True, proof=Proof.FRANCECONNECT),
            ),
        ]
        indexes = [
            models.Index(fields=["expires_at"], name="registration_expires"),
            models.Index(Lower("email"), name="registration_email"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def done(self) -> frozenset[str]:
        """The steps, of whatever way, that hold what they ask for."""
        held = {
            Step.ABOUT: bool(self.password),
            Step.FILE: bool(self.file_number),
            RequestStep.IDENTITY: bool(self.last_name),
            RequestStep.CONTACT: bool(self.email),
            RequestStep.SIGN_IN: bool(self.password),
            Step.TERMS: self.terms_at is not None,
            Step.PRIVACY: self.privacy_at is not None,
        }
        return frozenset(step for step, is_held in held.items() if is_held)


class DraftPhoto(models.Model):
    """The photo chosen in a request without a file, as core.photos writes it, until the request itself has it."""

    registration = models.OneToOneField(Registration, on_delete=models.CASCADE, primary_key=True, related_name="photo")
    jpeg = models.BinaryField()

    class Meta:
        verbose_name = "photo choisie"


class ActivationCode(models.Model):
    """A code sent to an adult of a file. The code is on the paper or in the mail alone: here is its keyed digest."""

    adult = models.ForeignKey(Adult, on_delete=models.CASCADE, related_name="activation_codes")
    channel = models.CharField(max_length=6, choices=CodeChannel)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "code d’activation"
        constraints = [
            models.CheckConstraint(
                name="activationcode_ordered", condition=models.Q(created_at__lte=models.F("expires_at"))
            )
        ]


class WrongTry(models.Model):
    """A claim that proved nothing: counted for an hour, to slow down whoever guesses. `file` is a number's key."""

    at = models.DateTimeField()
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="wrong_tries")
    address = models.CharField(max_length=45)
    file = models.CharField(max_length=40)

    class Meta:
        verbose_name = "essai manqué"
        indexes = [models.Index(fields=["at"], name="wrongtry_at")]


class Invitation(models.Model):
    """An account offered to an adult by mail; open until it is accepted or taken back."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    adult = models.ForeignKey(Adult, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    username = models.CharField(max_length=60)
    invited_at = models.DateTimeField()
    mails = models.PositiveSmallIntegerField(default=1)
    mailed_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "invitation"
        constraints = [
            models.UniqueConstraint(
                fields=["adult"],
                name="invitation_one_open_per_adult",
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
            ),
            models.UniqueConstraint(
                Lower("email"),
                name="invitation_one_open_per_email",
                condition=models.Q(accepted_at__isnull=True, revoked_at__isnull=True),
            ),
            models.CheckConstraint(
                name="invitation_accepted_or_revoked",
                condition=models.Q(accepted_at__isnull=True) | models.Q(revoked_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.adult} ({self.email})"


class Takeover(models.Model):
    """A file of shared accounts, checked, then done once. `lines` are its rows, `report` what could not be done."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    name = models.CharField(max_length=120)
    lines = models.JSONField()
    checked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    report = models.JSONField(default=list)
    invited = models.PositiveIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = "reprise de comptes partagés"
