"""Who may give rights, and take them: one administrator never decides alone on what makes an administrator."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

PROPOSAL_HOLDS = dt.timedelta(days=7)
RECOVERY_HOLDS = dt.timedelta(days=7)
BETWEEN_CONFIRMATIONS = dt.timedelta(hours=24)
"""The second administrator confirms within a day of the first (issue 3)."""


class AgentRefusal(Enum):
    """Why a right is not given, or an access not given back."""

    NOT_ADMINISTRATOR = "not_administrator"
    OWN_RIGHTS = "own_rights"
    LAST_ADMINISTRATOR = "last_administrator"
    TOWN_WIDE = "town_wide"
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts"
    ALREADY_ACTIVE = "already_active"
    CLOSED = "closed"
    OWN_ROLE = "own_role"
    MAKES_ADMINISTRATORS = "makes_administrators"
    OVER = "over"
    SAME_ADMINISTRATOR = "same_administrator"


@dataclass(frozen=True, slots=True)
class Deciding:
    """Who decides about whom: ids; `by` None is the host, at the server. `administrators` are those of today, `lasting`
    those of them whose right has no end."""

    by: int | None
    about: int
    administrators: frozenset[int]
    lasting: frozenset[int] = frozenset()


def deciding_refusal(case: Deciding) -> AgentRefusal | None:
    """Why `by` may not touch the rights of `about`: nobody touches their own."""
    if case.by is None:
        return None
    if case.by not in case.administrators:
        return AgentRefusal.NOT_ADMINISTRATOR
    return AgentRefusal.OWN_RIGHTS if case.by == case.about else None


def leaving_refusal(before: Deciding, left: Deciding) -> AgentRefusal | None:
    """Why a change may not be made: one administrator without an end stays, or one at all where none was lasting.

    A town that has none yet may do without.
    """
    if before.lasting:
        return None if left.lasting else AgentRefusal.LAST_ADMINISTRATOR
    return AgentRefusal.LAST_ADMINISTRATOR if before.administrators and not left.administrators else None


def needs_agreement(case: Deciding) -> bool:
    """Whether another administrator must agree that `about` becomes one: there is another to be asked."""
    return case.by is not None and bool(case.administrators - {case.by, case.about})


def proposal_refusal(case: Deciding, *, asked_by: int, asked_at: dt.datetime, now: dt.datetime) -> AgentRefusal | None:
    """Why `by` may not agree to what `asked_by` proposed for `about`."""
    if refusal := deciding_refusal(case):
        return refusal
    if now > asked_at + PROPOSAL_HOLDS:
        return AgentRefusal.OVER
    return AgentRefusal.SAME_ADMINISTRATOR if case.by == asked_by else None


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Where the recovery of an access stands; `first_by` None when nobody has confirmed."""

    asked_at: dt.datetime
    first_by: int | None = None
    first_at: dt.datetime | None = None


def first_holds(recovery: Confirmed, now: dt.datetime) -> bool:
    """Whether somebody has confirmed, less than a day ago."""
    return recovery.first_at is not None and now <= recovery.first_at + BETWEEN_CONFIRMATIONS


def can_be_recovered(user: int, administrators: Collection[int]) -> bool:
    """Whether there are two administrators besides the agent; else the host does it at the server."""
    return len(set(administrators) - {user}) >= 2


def recovery_refusal(case: Deciding, recovery: Confirmed, *, now: dt.datetime) -> AgentRefusal | None:
    """Why `by` may not confirm that `about` has lost their second factor."""
    if refusal := deciding_refusal(case):
        return refusal
    if now > recovery.asked_at + RECOVERY_HOLDS:
        return AgentRefusal.OVER
    if first_holds(recovery, now) and recovery.first_by == case.by:
        return AgentRefusal.SAME_ADMINISTRATOR
    return None
