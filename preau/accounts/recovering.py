"""Giving back the access of an agent who has lost their second factor: two administrators confirm, never the agent.

Then nothing of the old access is left, not even the password: whoever knows it could set up a factor of their own. A
mailed link lets the agent choose a new one, and set up a new factor.
"""

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import transaction

from preau.accounts import agents
from preau.accounts.agents import AgentRefused
from preau.accounts.models import Recovery, User
from preau.accounts.rules import RECOVERY_HOLDS, Confirmed, first_holds, recovery_refusal
from preau.journal import actions as journal

ASKED = (
    "Quelqu’un qui connaît votre mot de passe a demandé à retrouver votre accès, sans votre deuxième protection. "
    "Ce n’est pas vous\u00a0? Changez votre mot de passe sans attendre, et prévenez un administrateur."
)


@transaction.atomic
def ask_recovery(user: User, *, now: dt.datetime) -> None:
    """The agent says that the second factor is lost. Asking again while it is looked at changes nothing."""
    Recovery.objects.filter(user=user, second_at=None, asked_at__lt=now - RECOVERY_HOLDS).delete()
    _, is_new = Recovery.objects.get_or_create(user=user, second_at=None, defaults={"asked_at": now})
    if not is_new:
        return
    journal.record(user, "accounts.recovery_asked", at=now, subject=user.code)
    agents.tell(user, ASKED, key=f"recovery:{now.timestamp()}", now=now)
    agents.tell_administrators(
        f"{user} a perdu sa deuxième protection et demande à retrouver son accès. Vérifiez de vive voix que la demande "
        "vient bien de cette personne. Deux administrateurs doivent confirmer, à moins d’un jour d’écart.",
        key=f"recovery:{user.pk}:{now.timestamp()}",
        now=now,
    )


@transaction.atomic
def confirm_recovery(recovery: Recovery, *, by: User, now: dt.datetime) -> bool:
    """An administrator confirms; whether it was the second, and the access is given back. Raises AgentRefused."""
    case = agents.hold(by=by, about=recovery.user, now=now)
    recovery = Recovery.objects.select_for_update(of=("self",)).select_related("user").get(pk=recovery.pk)
    if recovery.second_at is not None:
        return True
    stands = Confirmed(recovery.asked_at, recovery.first_by_id, recovery.first_at)
    if refusal := recovery_refusal(case, stands, now=now):
        raise AgentRefused(refusal)
    user = recovery.user
    journal.record(by, "accounts.recovery_confirmed", at=now, subject=user.code)
    if not first_holds(stands, now):
        recovery.first_by, recovery.first_at = by, now
        recovery.save(update_fields=["first_by", "first_at"])
        what = f"{by} a confirmé que {user} a perdu sa deuxième protection. Un autre administrateur doit confirmer."
        agents.tell_administrators(what, key=f"recovery:{recovery.code}:{now.timestamp()}", now=now)
        return False
    recovery.second_by, recovery.second_at = by, now
    recovery.save(update_fields=["second_by", "second_at"])
    reset_access(user, by=by, now=now)
    what = f"{recovery.first_by} et {by} ont rendu son accès à {user}."
    agents.tell_administrators(what, key=f"recovery:{recovery.code}:done", now=now)
    return True


@transaction.atomic
def reset_from_server(user: User, *, now: dt.datetime) -> str:
    """The host gives an agent's access back, where there are not two administrators to do it: they are told."""
    path = reset_access(user, by=None, now=now)
    what = f"L’accès de {user} a été réinitialisé depuis le serveur du portail."
    agents.tell_administrators(what, key=f"reset:{user.pk}:{now.timestamp()}", now=now)
    return path


@transaction.atomic
def drop_recovery(recovery: Recovery, *, by: User, now: dt.datetime) -> None:
    """An administrator says no: it was not the agent, or the telephone is found. Raises AgentRefused."""
    agents.decide(by=by, about=recovery.user, now=now)
    if Recovery.objects.filter(pk=recovery.pk, second_at=None).delete()[0]:
        journal.record(by, "accounts.recovery_dropped", at=now, subject=recovery.user.code)
        what = f"{by} a classé la demande de {recovery.user}, qui disait avoir perdu sa deuxième protection."
        agents.tell_administrators(what, key=f"recovery:{recovery.code}:dropped", now=now)


@transaction.atomic
def reset_access(user: User, *, by: User | None, now: dt.datetime) -> str:
    """Take away the second factor, the password and the sessions of an agent, and mail the link to set new ones, whose
    path is returned."""
    Authenticator.objects.filter(user=user).delete()
    user.set_unusable_password()
    user.save(update_fields=["password"])
    agents.end_access(user, now=now)
    journal.record(by, "accounts.access_reset", at=now, subject=user.code)
    return agents.mail_link(user, now=now)
