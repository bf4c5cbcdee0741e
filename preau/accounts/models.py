"""Users, their sessions, and what agents may do."""

import datetime as dt
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.functional import cached_property

from preau.accounts.choices import Capability, UserKind
from preau.town.models import Place, Service


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, email: str, *, kind: str, password: str | None = None, **names: str) -> "User":
        """A new active user. `password` None makes an account that cannot sign in yet."""
        user = self.model(username=username, email=email, kind=kind, **names)
        user.set_password(password)
        user.save()
        return user


class User(AbstractBaseUser):
    """Someone who signs in, by user name or e-mail address, whatever the case."""

    kind = models.CharField(max_length=6, choices=UserKind)
    username = models.CharField(max_length=60)
    email = models.EmailField()
    first_name = models.CharField(max_length=60)
    last_name = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
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
        return f"{self.kind}:{self.username}"

    @cached_property
    def capabilities(self) -> frozenset[str]:
        """What this agent may do today, on at least one service or place; empty for families."""
        if not self.is_staff:
            return frozenset()
        today = dt.date.today()  # noqa: DTZ011 (the process runs in the town's time zone)
        return frozenset(
            RoleCapability.objects.filter(role__grants__in=Grant.objects.in_force(self, today)).values_list(
                "capability", flat=True
            )
        )

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
    def in_force(self, user: User, on: dt.date) -> "GrantQuerySet":
        """The grants of `user` that hold on the day `on`."""
        return self.filter(user=user, starts_on__lte=on).filter(
            models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=on)
        )


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
    """A signed-in browser. `user` lets one query read the session and its user, and close all of somebody's."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="sessions")

    objects: ClassVar[SessionManager] = SessionManager()

    @classmethod
    def get_session_store_class(cls) -> type:
        from preau.accounts.sessions import SessionStore

        return SessionStore
