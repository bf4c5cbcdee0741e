"""Agents' accounts, for those who manage them. Reading is open to them; each change asks again who they are."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from preau.accounts import agents, recovering
from preau.accounts.actions import UsernameTaken
from preau.accounts.agents import AgentRefused
from preau.accounts.audience import StaffRequest, staff_page
from preau.accounts.choices import Capability, UserKind
from preau.accounts.desk_forms import EndForm, InviteForm, LinkForm, RightForm
from preau.accounts.fresh import fresh
from preau.accounts.models import Grant, Proposal, Recovery, User
from preau.accounts.queries import agent_rows, open_proposals, open_recoveries
from preau.accounts.rules import AgentRefusal
from preau.core.dates import local_day

MINUTES = 5  # since one showed who one is, before rights are changed (PRODUCT 4.13)
TAKEN = "Ce nom d’utilisateur ou cette adresse a déjà un compte d’agent."
REFUSALS = {
    AgentRefusal.NOT_ADMINISTRATOR: "Vous ne gérez plus les agents\u00a0: rien n’a été changé.",
    AgentRefusal.OWN_RIGHTS: "Personne ne change ses propres droits. Demandez à un autre administrateur.",
    AgentRefusal.LAST_ADMINISTRATOR: (
        "Il ne resterait personne pour gérer les agents. Donnez d’abord ce droit, sans date de fin, à un autre."
    ),
    AgentRefusal.TOWN_WIDE: (
        "Ce rôle permet de gérer les agents\u00a0: il se donne pour toute la commune, sans service ni lieu."
    ),
    AgentRefusal.ENDS_BEFORE_IT_STARTS: "Choisissez une date de fin après la date de début.",
    AgentRefusal.ALREADY_ACTIVE: "Cet agent a déjà choisi son mot de passe\u00a0: il n’a plus besoin de lien.",
    AgentRefusal.CLOSED: "Ce compte est fermé. Rouvrez-le d’abord.",
    AgentRefusal.OVER: "Cette demande est trop ancienne. Il faut la refaire.",
    AgentRefusal.SAME_ADMINISTRATOR: "Il faut un deuxième administrateur\u00a0: vous seul ne suffisez pas.",
}
FIELDS = {AgentRefusal.ENDS_BEFORE_IT_STARTS: "ends_on", AgentRefusal.TOWN_WIDE: "role"}

manages_agents = staff_page(Capability.MANAGE_AGENTS)
recently = fresh(minutes=MINUTES)


@manages_agents
@require_safe
def list_agents(request: StaffRequest) -> HttpResponse:
    """Everybody of the town hall, and what waits for two administrators."""
    now = timezone.now()
    context = {
        "rows": agent_rows(now=now),
        "proposals": open_proposals(now=now),
        "recoveries": open_recoveries(now=now),
        "today": local_day(now),
    }
    return render(request, "accounts/staff/agents.html", context)


@manages_agents
@recently
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: StaffRequest) -> HttpResponse:
    now = timezone.now()
    form = InviteForm(request.POST if request.method == "POST" else None, today=local_day(now))
    if request.method == "POST" and form.is_valid() and (agent := _invited(request, form, now)):
        messages.success(request, f"L’invitation part à {agent.email}. Le lien vaut trois jours.")
        return redirect("accounts:agent", agent.username)
    return render(request, "accounts/staff/invite.html", {"form": form})


def _invited(request: StaffRequest, form: InviteForm, now: dt.datetime) -> User | None:
    who = {name: form.cleaned_data[name] for name in ("username", "email", "first_name", "last_name")}
    try:
        return agents.invite(**who, right=form.right, by=request.user, now=now)[0]
    except UsernameTaken:
        form.add_error("username", TAKEN)
    except AgentRefused as refused:
        form.add_error(FIELDS.get(refused.reason), REFUSALS[refused.reason])
    return None


@manages_agents
@require_safe
def agent(request: StaffRequest, agent_name: str) -> HttpResponse:
    return _show(request, _agent(agent_name))


def _agent(username: str) -> User:
    return get_object_or_404(User, username=username, kind=UserKind.STAFF)


def _show(request: StaffRequest, found: User, *, form: Form | None = None) -> HttpResponse:
    """The agent's page, with a form that was refused."""
    now = timezone.now()
    [row] = agent_rows(now=now, only=found)
    context: dict[str, Any] = {
        "row": row,
        "today": local_day(now),
        "is_self": found == request.user,
        "proposals": [proposal for proposal in open_proposals(now=now) if proposal.user == found],
        "recoveries": [recovery for recovery in open_recoveries(now=now) if recovery.user == found],
        "form": form if isinstance(form, RightForm) else RightForm(today=local_day(now)),
        "link_form": form if isinstance(form, LinkForm) else LinkForm(agent=found),
    }
    return render(request, "accounts/staff/agent.html", context)


def _attempt(request: StaffRequest, change: Callable[[], object], done: str) -> bool:
    """Make the change and say so, or say why not."""
    try:
        change()
    except AgentRefused as refused:
        messages.error(request, REFUSALS[refused.reason])
        return False
    messages.success(request, done)
    return True


# Rights


@manages_agents
@recently
@require_POST
def give(request: StaffRequest, agent_name: str) -> HttpResponse:
    found, now = _agent(agent_name), timezone.now()
    form = RightForm(request.POST, today=local_day(now))
    if not form.is_valid():
        return _show(request, found, form=form)
    try:
        given = agents.give(found, form.right, by=request.user, now=now)
    except AgentRefused as refused:
        form.add_error(FIELDS.get(refused.reason), REFUSALS[refused.reason])
        return _show(request, found, form=form)
    if isinstance(given, Proposal):
        messages.warning(request, "Ce rôle attend l’accord d’un autre administrateur. Tous sont prévenus par e-mail.")
    else:
        messages.success(request, f"{found} a maintenant le rôle «\u00a0{given.role}\u00a0».")
    return redirect("accounts:agent", found.username)


@manages_agents
@recently
@require_POST
def change_grant(request: StaffRequest, agent_name: str) -> HttpResponse:
    """Another last day for a role, or none any more."""
    found, now = _agent(agent_name), timezone.now()
    form = EndForm(request.POST)
    if not form.is_valid():
        messages.error(request, "Choisissez une date de fin avec le jour, le mois et l’année.")
        return redirect("accounts:agent", found.username)
    grants = Grant.objects.filter(user=found).select_related("user", "role", "service", "place")
    grant = get_object_or_404(grants, pk=form.cleaned_data["grant"])
    if "take" in request.POST:
        _attempt(
            request,
            lambda: agents.take_back(grant, by=request.user, now=now),
            f"{found} n’a plus le rôle «\u00a0{grant.role}\u00a0».",
        )
    else:
        ends_on = form.cleaned_data["ends_on"]
        _attempt(
            request,
            lambda: agents.end_grant(grant, ends_on=ends_on, by=request.user, now=now),
            "Les dates sont enregistrées.",
        )
    return redirect("accounts:agent", found.username)


@manages_agents
@recently
@require_POST
def decide(request: StaffRequest, proposal_code: str) -> HttpResponse:
    """An administrator agrees to what another proposed, or not."""
    proposal = get_object_or_404(Proposal.objects.select_related("user"), code=proposal_code)
    agrees = request.POST.get("answer") == "yes"
    _attempt(
        request,
        lambda: agents.decide_proposal(proposal, agrees=agrees, by=request.user, now=timezone.now()),
        "Votre accord est enregistré." if agrees else "La proposition est refusée.",
    )
    return redirect("accounts:agent", proposal.user.username)


# Accounts


@manages_agents
@recently
@require_POST
def invite_again(request: StaffRequest, agent_name: str) -> HttpResponse:
    found, now = _agent(agent_name), timezone.now()
    form = LinkForm(request.POST, agent=found)
    if not form.is_valid():
        return _show(request, found, form=form)
    email = form.cleaned_data["email"]
    try:
        _attempt(
            request,
            lambda: agents.invite_again(found, email=email, by=request.user, now=now),
            f"Un nouveau lien part à {email}.",
        )
    except UsernameTaken:
        form.add_error("email", TAKEN)
        return _show(request, found, form=form)
    return redirect("accounts:agent", found.username)


@manages_agents
@recently
@require_POST
def close(request: StaffRequest, agent_name: str) -> HttpResponse:
    found = _agent(agent_name)
    _attempt(
        request,
        lambda: agents.close(found, by=request.user, now=timezone.now()),
        f"Le compte de {found} est fermé. Ses appareils sont déconnectés.",
    )
    return redirect("accounts:agent", found.username)


@manages_agents
@recently
@require_POST
def reopen(request: StaffRequest, agent_name: str) -> HttpResponse:
    found = _agent(agent_name)
    _attempt(
        request,
        lambda: agents.reopen(found, by=request.user, now=timezone.now()),
        f"Le compte de {found} est de nouveau ouvert.",
    )
    return redirect("accounts:agent", found.username)


@manages_agents
@recently
@require_POST
def confirm_recovery(request: StaffRequest, recovery_code: str) -> HttpResponse:
    """An administrator confirms that an agent has lost their second factor, or says that it is not so."""
    recovery = get_object_or_404(Recovery.objects.select_related("user"), code=recovery_code)
    by, now = request.user, timezone.now()
    if "drop" in request.POST:
        _attempt(request, lambda: recovering.drop_recovery(recovery, by=by, now=now), "La demande est classée.")
    else:
        _attempt(
            request,
            lambda: recovering.confirm_recovery(recovery, by=by, now=now),
            "Votre confirmation est enregistrée.",
        )
    return redirect("accounts:agent", recovery.user.username)
