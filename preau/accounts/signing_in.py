"""What happens each time somebody signs in, whatever the way: password, link, FranceConnect."""

import datetime as dt
from typing import cast

from allauth.account.adapter import get_adapter
from django.http import HttpRequest
from django.utils import timezone

from preau.accounts import conditions, devices
from preau.accounts.kept_forms import LEFT_BY
from preau.accounts.models import User
from preau.accounts.notifying import Event, notify
from preau.accounts.sessions import IDLE_MINUTES, SessionStore
from preau.town.context import town_of

REMEMBER = "remember"
NEW_DEVICE = Event("accounts/mail/new_device")


def enter(request: HttpRequest, user: User) -> None:
    """Sign in somebody who has just proved who they are otherwise than by their password."""
    get_adapter(request).login(request, user)


def begin_session(request: HttpRequest, user: User, *, came_before: bool) -> None:
    """Give the new session its length and its device, and see what must be asked first.

    `came_before` tells a new device from the first visit of all, of which nobody needs to be warned.
    """
    now, device = timezone.now(), devices.describe(request.headers.get("User-Agent", ""))
    _store(request).start_anew(device)
    request.session.pop(LEFT_BY, None)
    set_length(request, user)
    conditions.hold(request, user)
    if came_before and not devices.is_known(request, user):
        key = f"new-device:{user.pk}:{now.timestamp()}"
        notify(NEW_DEVICE, to=user, facts={"user": user, "device": device, "at": now}, key=key, now=now)
    devices.trust(request, user)


def set_length(request: HttpRequest, user: User) -> None:
    """How long the session lasts, as the town says: a parent's some hours, or some days with « Rester connecté »; an
    agent's some hours, whatever is asked, and less when nothing is done. Without the box, closing the browser ends it.
    """
    town, session = town_of(request), _store(request)
    wants_to_stay = session.pop(REMEMBER, False)
    length = dt.timedelta(hours=town.staff_session_hours if user.is_staff else town.family_session_hours)
    if user.is_staff:
        session[IDLE_MINUTES] = town.staff_idle_minutes
    elif wants_to_stay:
        length = dt.timedelta(days=town.family_remember_days)
    session.end_at(timezone.now() + length)
    session.set_expiry(length if wants_to_stay else 0)


def _store(request: HttpRequest) -> SessionStore:
    return cast(SessionStore, request.session)
