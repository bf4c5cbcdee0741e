"""Agents' accounts: inviting, giving rights and taking them, closing. Each change is journalled and told by mail.

The rights that make administrators are claimed under a lock before anything is decided: two administrators who close
each other leave one.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.urls import reverse

from preau.accounts.actions import UsernameTaken
from preau.accounts.choices import TOWN_WIDE, Capability, LinkPurpose, UserKind
from preau.accounts.credentials import LinkOver
from preau.accounts.links import make_link, use_link
from preau.accounts.models import Grant, MailedLink, Proposal, Role, RoleCapability, Session, User
from preau.accounts.notifying import Event, notify
from preau.accounts.permissions import administering, administrators
from preau.accounts.rules import (
    PROPOSAL_HOLDS,
    AgentRefusal,
    Deciding,
    deciding_refusal,
    leaving_refusal,
    needs_agreement,
    proposal_refusal,
)
from preau.core.codes import new_code
from preau.core.dates import local_day
from preau.journal import actions as journal
from preau.town.models import Place, Service

LINK_HOURS = 72
INVITED, TOLD, ADMINISTRATORS = (
    Event("accounts/mail/agent_link"),
    Event("accounts/mail/agent_told"),
    Event("accounts/mail/administrators"),
)


class AgentRefused(Exception):
    """A change that is not made; `reason` is an AgentRefusal."""

    def __init__(self, reason: AgentRefusal) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Right:
    """A role to give, on one service or place or (None) on all, from a day to another or (None) without end."""

    role: Role
    service: Service | None
    place: Place | None
    starts_on: dt.date
    ends_on: dt.date | None = None


def manages(role: Role) -> bool:
    """Whether the role makes administrators."""
    return role.capability_rows.filter(capability__in=TOWN_WIDE).exists()


def hold(*, by: User | None, about: User, now: dt.datetime) -> Deciding:
    """Who decides about whom, from now until the end of the transaction: administrators change one at a time."""
    list(RoleCapability.objects.select_for_update().filter(capability=Capability.MANAGE_AGENTS).order_by("pk"))
    return _deciding(by, about, now)


def _deciding(by: User | None, about: User, now: dt.datetime) -> Deciding:
    rows = list(administering(local_day(now)).values_list("user", "ends_on"))
    return Deciding(
        by=by.pk if by else None,
        about=about.pk,
        administrators=frozenset(user for user, _ in rows),
        lasting=frozenset(user for user, ends_on in rows if ends_on is None),
    )


def decide(*, by: User | None, about: User, now: dt.datetime) -> Deciding:
    """The same, for a change of the rights or the access of `about`. Raises AgentRefused."""
    case = hold(by=by, about=about, now=now)
    if refusal := deciding_refusal(case):
        raise AgentRefused(refusal)
    return case


# Inviting


@transaction.atomic
def invite(
    *, username: str, email: str, first_name: str, last_name: str, right: Right, by: User | None, now: dt.datetime
) -> tuple[User, str]:
    """Open an agent's account, and mail the link by which the agent chooses a password: both are returned. Raises
    UsernameTaken or AgentRefused."""
    try:
        with transaction.atomic():
            user = User.objects.create_user(
                username, email, kind=UserKind.STAFF, first_name=first_name, last_name=last_name
            )
    except IntegrityError as taken:
        raise UsernameTaken(username) from taken
    journal.record(by, "accounts.agent_invited", at=now, subject=username)
    give(user, right, by=by, now=now, is_told=False)
    return user, mail_link(user, now=now)


@transaction.atomic
def invite_again(user: User, *, email: str, by: User | None, now: dt.datetime) -> None:
    """A new link, which closes the one before; to another address only if the agent has never signed in: the address
    of somebody who has is theirs. Raises UsernameTaken or AgentRefused."""
    decide(by=by, about=user, now=now)
    if not user.is_active:
        raise AgentRefused(AgentRefusal.CLOSED)
    if user.has_usable_password():
        raise AgentRefused(AgentRefusal.ALREADY_ACTIVE)
    if user.last_login is None and email != user.email:
        _change_address(user, email)
    journal.record(by, "accounts.agent_invited_again", at=now, subject=user.code)
    mail_link(user, now=now)


def _change_address(user: User, email: str) -> None:
    user.email = email
    try:
        with transaction.atomic():
            user.save(update_fields=["email"])
    except IntegrityError as taken:
        raise UsernameTaken(email) from taken


def mail_link(user: User, *, now: dt.datetime) -> str:
    """Mail the link by which an agent chooses a password; its path is returned."""
    token = make_link(LinkPurpose.AGENT, user=user, hours=LINK_HOURS, now=now)
    path = reverse("accounts:agent_welcome", args=[token])
    facts = {
        "user": user,
        "path": path,
        "until": now + dt.timedelta(hours=LINK_HOURS),
        "is_new": user.last_login is None,
    }
    notify(INVITED, to=user, facts=facts, key=f"agent-link:{new_code()}", now=now)
    return path


@transaction.atomic
def welcome(link: MailedLink, password: str, *, now: dt.datetime) -> None:
    """The agent who holds the link chooses a password. Raises LinkOver."""
    user = link.user
    if user is None or not user.is_active or not use_link(link, now=now):
        raise LinkOver
    user.set_password(password)
    user.password_changed_at = now
    user.save(update_fields=["password", "password_changed_at"])
    journal.record(user, "accounts.agent_welcomed", at=now, subject=user.code)


# Rights


@transaction.atomic
def give(user: User, right: Right, *, by: User | None, now: dt.datetime, is_told: bool = True) -> Grant | Proposal:
    """Give a role; what makes an administrator waits for another administrator's agreement, when there is one.

    A second click gives, proposes and tells nothing more. Raises AgentRefused. `is_told` False: another mail tells the
    agent already.
    """
    case = decide(by=by, about=user, now=now)
    if right.ends_on is not None and right.ends_on < right.starts_on:
        raise AgentRefused(AgentRefusal.ENDS_BEFORE_IT_STARTS)
    if not manages(right.role):
        return _grant(user, right, by=by, now=now, is_told=is_told)
    if right.service or right.place:
        raise AgentRefused(AgentRefusal.TOWN_WIDE)
    if by is not None and needs_agreement(case):
        return _propose(user, right, by=by, now=now)
    grant = _grant(user, right, by=by, now=now, is_told=is_told)
    tell_administrators(f"{user} gère maintenant les agents et leurs droits.", key=f"grant:{grant.pk}", now=now)
    return grant


def _grant(user: User, right: Right, *, by: User | None, now: dt.datetime, is_told: bool = True) -> Grant:
    scope = {"service": right.service, "place": right.place, "starts_on": right.starts_on, "ends_on": right.ends_on}
    if before := Grant.objects.filter(user=user, role=right.role, **scope).first():
        return before
    grant = Grant.objects.create(user=user, role=right.role, **scope)
    journal.record(by, "accounts.granted", at=now, subject=user.code, facts=_facts(grant))
    if is_told:
        tell(user, f"Vous avez un nouveau rôle\u00a0: {right.role.name}.", key=f"granted:{grant.pk}", now=now)
    return grant


def _propose(user: User, right: Right, *, by: User, now: dt.datetime) -> Proposal:
    asked = {"user": user, "role": right.role, "starts_on": right.starts_on, "ends_on": right.ends_on, "asked_by": by}
    waiting = Proposal.objects.filter(**asked, decided_at=None, asked_at__gte=now - PROPOSAL_HOLDS)
    if before := waiting.first():
        return before
    proposal = Proposal.objects.create(**asked, asked_at=now)
    journal.record(by, "accounts.administrator_proposed", at=now, subject=user.code, facts={"role": right.role.code})
    tell_administrators(
        f"{by} propose de donner à {user} le rôle «\u00a0{right.role.name}\u00a0», qui gère les agents et leurs "
        "droits. Un autre administrateur doit donner son accord dans les sept jours.",
        key=f"proposal:{proposal.code}",
        now=now,
    )
    return proposal


@transaction.atomic
def decide_proposal(proposal: Proposal, *, agrees: bool, by: User, now: dt.datetime) -> None:
    """Another administrator agrees, or anyone of them says no; a second answer changes nothing. Raises AgentRefused."""
    case = hold(by=by, about=proposal.user, now=now)
    proposal = (
        Proposal.objects.select_for_update(of=("self",)).select_related("user", "role", "asked_by").get(pk=proposal.pk)
    )
    if proposal.decided_at is not None:
        return
    refusal = (
        proposal_refusal(case, asked_by=proposal.asked_by_id, asked_at=proposal.asked_at, now=now)
        if agrees
        else deciding_refusal(case)
    )
    if refusal:
        raise AgentRefused(refusal)
    proposal.decided_by, proposal.decided_at, proposal.is_agreed = by, now, agrees
    proposal.save(update_fields=["decided_by", "decided_at", "is_agreed"])
    user, role = proposal.user, proposal.role
    action = "accounts.administrator_agreed" if agrees else "accounts.administrator_refused"
    journal.record(by, action, at=now, subject=user.code, facts={"role": role.code})
    if agrees:
        starts_on = max(proposal.starts_on, local_day(now))
        _grant(user, Right(role, None, None, starts_on, proposal.ends_on), by=by, now=now)
    answer = "a donné son accord\u00a0: " if agrees else "a refusé\u00a0: "
    tell_administrators(
        f"{by} {answer}{user}, rôle «\u00a0{role.name}\u00a0».", key=f"proposal:{proposal.code}:decided", now=now
    )


@transaction.atomic
def end_grant(grant: Grant, *, ends_on: dt.date | None, by: User | None, now: dt.datetime) -> None:
    """A role holds until that day included, or (None) without end. Raises AgentRefused."""
    case = decide(by=by, about=grant.user, now=now)
    if ends_on is not None and ends_on < grant.starts_on:
        raise AgentRefused(AgentRefusal.ENDS_BEFORE_IT_STARTS)
    before = grant.ends_on
    Grant.objects.filter(pk=grant.pk).update(ends_on=ends_on)
    _keep_an_administrator(case, grant.user, now)
    journal.record(
        by,
        "accounts.grant_changed",
        at=now,
        subject=grant.user.code,
        facts={"role": grant.role.code, "before": str(before or ""), "ends_on": str(ends_on or "")},
    )


@transaction.atomic
def take_back(grant: Grant, *, by: User | None, now: dt.datetime) -> None:
    """A role no longer holds, from the next request on. Raises AgentRefused."""
    case = decide(by=by, about=grant.user, now=now)
    _take_back([grant], by=by, now=now)
    _keep_an_administrator(case, grant.user, now)
    tell(grant.user, f"Vous n’avez plus le rôle\u00a0: {grant.role.name}.", key=f"taken:{grant.pk}:{now}", now=now)


def _take_back(grants: Iterable[Grant], *, by: User | None, now: dt.datetime) -> None:
    """A grant that held yesterday keeps its past; one that begins today or later leaves no trace but the journal's."""
    yesterday = local_day(now) - dt.timedelta(days=1)
    for grant in grants:
        journal.record(by, "accounts.grant_taken_back", at=now, subject=grant.user.code, facts=_facts(grant))
        if grant.starts_on <= yesterday:
            Grant.objects.filter(pk=grant.pk).update(ends_on=yesterday)
        else:
            grant.delete()


def _keep_an_administrator(before: Deciding, about: User, now: dt.datetime) -> None:
    """Raises AgentRefused when nobody would be left to manage agents."""
    if refusal := leaving_refusal(before, _deciding(None, about, now)):
        raise AgentRefused(refusal)


# Closing


@transaction.atomic
def close(user: User, *, by: User | None, now: dt.datetime) -> None:
    """Nobody signs in there any more; sessions and links end at once. What made an administrator is taken back: an
    account that is opened again does not bring it along. Raises AgentRefused."""
    case = decide(by=by, about=user, now=now)
    if not user.is_active:
        return
    today = local_day(now)
    User.objects.filter(pk=user.pk).update(is_active=False)
    user.is_active = False
    ruling = Grant.objects.on_or_after(today).filter(user=user, role__capability_rows__capability__in=TOWN_WIDE)
    _take_back(ruling.select_related("user", "role"), by=by, now=now)
    _keep_an_administrator(case, user, now)
    end_access(user, now=now)
    journal.record(by, "accounts.agent_closed", at=now, subject=user.code)
    tell(user, "Votre compte d’agent est fermé.", key=f"closed:{now.timestamp()}", now=now)


@transaction.atomic
def reopen(user: User, *, by: User | None, now: dt.datetime) -> None:
    """The agent signs in again, as before. Raises AgentRefused."""
    decide(by=by, about=user, now=now)
    if User.objects.filter(pk=user.pk, is_active=False).update(is_active=True):
        journal.record(by, "accounts.agent_reopened", at=now, subject=user.code)
        tell(user, "Votre compte d’agent est de nouveau ouvert.", key=f"reopened:{now.timestamp()}", now=now)


def end_access(user: User, *, now: dt.datetime) -> None:
    """Sign `user` out everywhere, and close the links that were mailed."""
    Session.objects.filter(user=user).delete()
    MailedLink.objects.filter(user=user, used_at=None, expires_at__gt=now).update(expires_at=now)


# Telling


def tell(user: User, what: str, *, key: str, now: dt.datetime) -> None:
    """Tell an agent what changed for them."""
    notify(TOLD, to=user, facts={"user": user, "what": what}, key=f"agent:{user.pk}:{key}", now=now)


def tell_administrators(what: str, *, key: str, now: dt.datetime) -> None:
    """Tell every administrator."""
    for user in User.objects.filter(pk__in=administrators(local_day(now))).order_by("pk"):
        notify(ADMINISTRATORS, to=user, facts={"user": user, "what": what}, key=f"{key}:{user.pk}", now=now)


def _facts(grant: Grant) -> dict[str, str]:
    return {
        "role": grant.role.code,
        "service": grant.service.code if grant.service else "",
        "place": grant.place.code if grant.place else "",
        "starts_on": str(grant.starts_on),
        "ends_on": str(grant.ends_on or ""),
    }
