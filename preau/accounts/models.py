"""Users, their sessions, and what agents may do."""

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property

from preau.accounts.choices import HELD_EVERYWHERE, Capability, Channel, LinkPurpose, TextSize, Topic, UserKind
from preau.core.codes import new_code
from preau.town.models import Place, Service, Text


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, email: str, *, kind: str, password: str | None = None, **names: str) -> "User":
        """A new active user. `password` None makes an account that cannot sign in yet."""
        user = self.model(username=username, email=email, kind=kind, **names)
        user.set_password(password)
        user.save()
        return user


@dataclass(frozen=True, slots=True)
class Right:
    """A capability that a grant gives, where and from which day to which; no service or no place means all of them."""

    capability: str
    service: int | None
    place: int | None
    starts_on: dt.date
    ends_on: dt.date | None

    @property
    def is_everywhere(self) -> bool:
        return self.service is None and self.place is None

    def is_on(self, day: dt.date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day <= self.ends_on)


class User(AbstractBaseUser):
    """Someone who signs in, by user name or e-mail address, whatever the case.

    A parent who is not admitted waits for the town to link a file to the account, and sees nothing else.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    kind = models.CharField(max_length=6, choices=UserKind)
    username = models.CharField(max_length=60)
    email = models.EmailField()
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    is_admitted = models.BooleanField(default=True)
    text_size = models.CharField(max_length=10, choices=TextSize, blank=True, default=TextSize.NORMAL)
    language = models.CharField(max_length=8, blank=True)
    password_changed_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        verbose_name = "compte"
        constraints = [
            models.UniqueConstraint(Lower("username"), name="user_username_once"),
            models.UniqueConstraint(Lower("email"), "kind", name="user_email_once_per_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}"

    @property
    def is_family(self) -> bool:
        return self.kind == UserKind.FAMILY

    @property
    def is_staff(self) -> bool:
        return self.kind == UserKind.STAFF

    @property
    def journal_name(self) -> str:
        """The journal holds codes only: a name may change, and goes with the account."""
        return f"{self.kind}:{self.code}"

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What this agent may do today, on at least one service or place; empty for families.

        What concerns the whole town counts only when it is held there (HELD_EVERYWHERE).
        """
        if not self.is_staff:
            return frozenset()
        today = dt.date.today()  # noqa: DTZ011 (the process runs in the town's time zone)
        return frozenset(
            right.capability
            for right in self.rights
            if right.is_on(today) and (right.is_everywhere or right.capability not in HELD_EVERYWHERE)
        )

    @cached_property
    def rights(self) -> tuple[Right, ...]:
        """What the grants of this agent give, on any day: one query, however often a page asks."""
        grants = Grant.objects.filter(user=self, role__capability_rows__isnull=False).order_by("pk")
        rows = grants.values_list("role__capability_rows__capability", "service", "place", "starts_on", "ends_on")
        return tuple(Right(*row) for row in rows)

    def may(self, capability: str) -> bool:
        """Whether this agent holds `capability` on at least one service or place."""
        return capability in self.capabilities


class Role(models.Model):
    """A named set of capabilities (régisseur, agent du service Enfance…)."""

    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return self.name


class RoleCapability(models.Model):
    """A capability that a role gives."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="capability_rows")
    capability = models.CharField(max_length=40, choices=Capability)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "capability"], name="rolecapability_once")]


class GrantQuerySet(models.QuerySet["Grant"]):
    def on(self, day: dt.date) -> "GrantQuerySet":
        """The grants that hold on that day."""
        return self.on_or_after(day).filter(starts_on__lte=day)

    def on_or_after(self, day: dt.date) -> "GrantQuerySet":
        """The grants that hold on that day or on a later one."""
        return self.filter(models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=day))


class Grant(models.Model):
    """A role given to an agent, from a day to another; no service or no place means all of them."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants")
    service = models.ForeignKey(Service, on_delete=models.PROTECT, null=True, blank=True)
    place = models.ForeignKey(Place, on_delete=models.PROTECT, null=True, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="grant_ordered",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            )
        ]


class SessionManager(BaseSessionManager["Session"]):
    use_in_migrations = True


class Session(AbstractBaseSession):
    """A signed-in browser. `user` lets one query read the session and its user, and close all of somebody's.

    `device` is what the browser says it is; `seen_at` is written now and then, not at each page.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")
    code = models.CharField(max_length=10, default=new_code, editable=False)
    device = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[SessionManager] = SessionManager()

    @classmethod
    def get_session_store_class(cls) -> type:
        from preau.accounts.sessions import SessionStore

        return SessionStore


class Acceptance(models.Model):
    """A person has read and accepted (conditions) or taken note of (privacy) a version of a text."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="acceptances")
    text = models.ForeignKey(Text, on_delete=models.PROTECT, related_name="acceptances")
    at = models.DateTimeField()
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.ONLINE)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "text"], name="acceptance_once")]


class Subscription(models.Model):
    """What a person has chosen for a topic; without a row, the topic's own default holds."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="subscriptions")
    topic = models.CharField(max_length=20, choices=Topic)
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "topic"], name="subscription_once")]


class MailedLink(models.Model):
    """A link sent by mail: opening it shows a page, pressing its button acts, once, until it expires.

    Only a digest is kept. `subject` is the code of what it is about; a parent's own links have `user`.
    """

    digest = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=12, choices=LinkPurpose)
    subject = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="mailed_links")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "lien envoyé"
        indexes = [models.Index(fields=["purpose", "subject"], name="mailedlink_subject")]


class EmailChange(models.Model):
    """A new address asked, confirmed there, and for a week taken back from the old one."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="email_changes")
    old_email = models.EmailField()
    new_email = models.EmailField()
    asked_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "changement d’adresse"
        constraints = [
            models.CheckConstraint(
                name="emailchange_undone_was_confirmed",
                condition=models.Q(undone_at__isnull=True) | models.Q(confirmed_at__isnull=False),
            )
        ]


class Tries(models.Model):
    """How often something secret was tried: `level` falls with time. The key is a digest: neither a name nor an address
    is kept."""

    key = models.CharField(max_length=64, unique=True)
    level = models.FloatField(default=0)
    at = models.DateTimeField()
    wait_until = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "essais"


class KeptForm(models.Model):
    """What somebody had typed when their session ended: they alone find it again, and send it once.

    `fields` are pairs (name, values); passwords and files are never there, `files` says how many were left out.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="kept_forms")
    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    address = models.CharField(max_length=500)
    fields = models.JSONField(default=list)
    files = models.PositiveSmallIntegerField(default=0)
    kept_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "saisie gardée"


class PasswordRequest(models.Model):
    """Somebody forgot their password, and typed this name or address. The worker answers: the page that received it
    takes the same time whether there is such an account or not."""

    login = models.CharField(max_length=254)
    asked_at = models.DateTimeField()

    class Meta:
        verbose_name = "mot de passe oublié"


class Proposal(models.Model):
    """An administrator proposes to give somebody a role that manages agents; another one agrees, or not.

    The role would hold for the whole town. `is_agreed` is None until somebody has decided.
    """

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="proposals")
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="proposals")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="proposals_made")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="proposals_decided")
    decided_at = models.DateTimeField(null=True)
    is_agreed = models.BooleanField(null=True)

    class Meta:
        verbose_name = "proposition"
        constraints = [
            models.CheckConstraint(
                name="proposal_ordered",
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
            ),
            models.CheckConstraint(
                name="proposal_decided_whole",
                condition=models.Q(decided_by__isnull=True, decided_at__isnull=True, is_agreed__isnull=True)
                | models.Q(decided_by__isnull=False, decided_at__isnull=False, is_agreed__isnull=False),
            ),
            models.CheckConstraint(
                name="proposal_agreed_by_another",
                condition=models.Q(is_agreed__isnull=True)
                | models.Q(is_agreed=False)
                | ~models.Q(decided_by=models.F("asked_by")) & ~models.Q(decided_by=models.F("user")),
            ),
            models.CheckConstraint(name="proposal_not_for_oneself", condition=~models.Q(asked_by=models.F("user"))),
        ]


class Recovery(models.Model):
    """An agent has lost their second factor: two administrators confirm, the second within a day of the first."""

    code = models.CharField(max_length=10, unique=True, default=new_code, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="recoveries")
    asked_at = models.DateTimeField()
    first_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="recoveries_begun")
    first_at = models.DateTimeField(null=True)
    second_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="recoveries_ended")
    second_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "accès à retrouver"
        constraints = [
            models.UniqueConstraint(
                fields=["user"], name="recovery_once_while_open", condition=models.Q(second_at__isnull=True)
            ),
            models.CheckConstraint(
                name="recovery_confirmed_whole",
                condition=(
                    models.Q(first_by__isnull=True, first_at__isnull=True, second_by__isnull=True)
                    | models.Q(first_by__isnull=False, first_at__isnull=False)
                )
                & (
                    models.Q(second_by__isnull=True, second_at__isnull=True)
                    | models.Q(second_by__isnull=False, second_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="recovery_by_two_others",
                condition=(models.Q(first_by__isnull=True) | ~models.Q(first_by=models.F("user")))
                & (
                    models.Q(second_by__isnull=True)
                    | ~models.Q(second_by=models.F("user")) & ~models.Q(second_by=models.F("first_by"))
                ),
            ),
        ]
