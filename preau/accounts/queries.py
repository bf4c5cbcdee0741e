"""Reading accounts, for pages."""

import datetime as dt
from dataclasses import dataclass
from enum import Enum

from allauth.mfa.models import Authenticator
from django.db.models import Max, Prefetch

from preau.accounts.choices import UserKind
from preau.accounts.factors import APP, Factors, read_factors, unused_code
from preau.accounts.models import Grant, Proposal, Recovery, User
from preau.accounts.permissions import administrators
from preau.accounts.rules import PROPOSAL_HOLDS, RECOVERY_HOLDS, Confirmed, can_be_recovered, first_holds
from preau.core.dates import local_day


@dataclass(frozen=True, slots=True)
class AgentCode:
    """What an agent's application shows; "" until the next code."""

    agent: User
    code: str


def agents_codes(*, now: dt.datetime) -> list[AgentCode]:
    """The code of each agent who has an application: for demonstrations alone. One query."""
    apps = Authenticator.objects.filter(type=APP, user__kind=UserKind.STAFF, user__is_active=True)
    rows = apps.select_related("user").order_by("user__last_name", "user__pk")
    return [AgentCode(row.user, unused_code(row, now)) for row in rows]


class AgentState(Enum):
    """Where an agent's account stands."""

    INVITED = "invited"
    OPEN = "open"
    TO_REOPEN = "to_reopen"  # given back after a lost factor: the agent has not used the link yet
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class AgentRow:
    """An agent, as administrators see them; `grants` are those of today and to come, `seen_at` the last visit."""

    agent: User
    state: AgentState
    grants: list[Grant]
    factors: Factors
    seen_at: dt.datetime | None


def agent_rows(*, now: dt.datetime, only: User | None = None) -> list[AgentRow]:
    """Every agent, those whose account is open first, by name; or one. Three queries, however many there are."""
    today = local_day(now)
    grants = Grant.objects.on_or_after(today).select_related("role", "service", "place").order_by("starts_on", "pk")
    users = (
        User.objects.filter(kind=UserKind.STAFF)
        .annotate(last_seen=Max("sessions__seen_at"))
        .prefetch_related(Prefetch("grants", grants, to_attr="held"), "authenticator_set")
        .order_by("-is_active", "last_name", "first_name", "pk")
    )
    if only is not None:
        users = users.filter(pk=only.pk)
    return [
        AgentRow(
            agent=user,
            state=_state_of(user),
            grants=user.held,
            factors=read_factors(sorted(user.authenticator_set.all(), key=lambda row: row.pk)),
            seen_at=max(filter(None, (user.last_login, user.last_seen)), default=None),
        )
        for user in users
    ]


def _state_of(user: User) -> AgentState:
    if not user.is_active:
        return AgentState.CLOSED
    if user.has_usable_password():
        return AgentState.OPEN
    return AgentState.TO_REOPEN if user.last_login else AgentState.INVITED


def open_proposals(*, now: dt.datetime) -> list[Proposal]:
    """What one administrator proposed and another has not answered, oldest first."""
    since = now - PROPOSAL_HOLDS
    waiting = Proposal.objects.filter(decided_at=None, asked_at__gte=since).select_related("user", "role", "asked_by")
    return list(waiting.order_by("asked_at"))


@dataclass(frozen=True, slots=True)
class OpenRecovery:
    """An agent without their second factor; `first_by` has confirmed less than a day ago."""

    recovery: Recovery
    user: User
    first_by: User | None
    can_be_done: bool  # two administrators besides the agent


def open_recoveries(*, now: dt.datetime) -> list[OpenRecovery]:
    """Who waits for two administrators to confirm, oldest first."""
    found = Recovery.objects.filter(second_at=None, asked_at__gte=now - RECOVERY_HOLDS)
    ruling = administrators(local_day(now))
    return [
        OpenRecovery(
            recovery=row,
            user=row.user,
            first_by=row.first_by if first_holds(Confirmed(row.asked_at, row.first_by_id, row.first_at), now) else None,
            can_be_done=can_be_recovered(row.user_id, ruling),
        )
        for row in found.select_related("user", "first_by").order_by("asked_at")
    ]
