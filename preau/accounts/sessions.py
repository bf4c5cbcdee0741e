"""Sessions that know their user, so that one query reads both, and the middleware that lean on them.

An agent who does nothing for a while is signed out. When somebody was last there is written once in a while, not at
each page.
"""

import datetime as dt
import math
from collections.abc import Callable
from typing import Any, cast

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django_htmx.http import HttpResponseClientRedirect

from preau.accounts import conditions
from preau.accounts.devices import write_cookie
from preau.accounts.kept_forms import keep_form, owner_of, page_of
from preau.accounts.models import Session, User

ENDS_AT, IDLE_MINUTES = "ends_at", "idle_minutes"
SEEN_EVERY = {True: dt.timedelta(minutes=1), False: dt.timedelta(minutes=5)}  # agents, parents
LONGEST_IDLE = 15  # minutes, for a session that does not say
OWN_COLUMNS = ("code", "device", "created_at", "seen_at")


class SessionStore(DatabaseStore):
    """Django's database sessions, on our table; `row` is what was read and `user` who it says, read with it.

    Django writes the whole row from the data of the session: our own columns are carried over.
    """

    user: User | None = None
    row: Session | None = None
    device: str | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        user_id = data.get(auth.SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        if self.row is not None:
            for name in OWN_COLUMNS:
                setattr(row, name, getattr(self.row, name))
        if self.device is not None:
            row.device = self.device
        return row

    def end_at(self, instant: dt.datetime) -> None:
        """The session ends then, whatever is done meanwhile."""
        self[ENDS_AT] = instant.isoformat()

    def get_expiry_date(self, **kwargs: Any) -> dt.datetime:
        ends_at: str | None = self.get(ENDS_AT)
        return dt.datetime.fromisoformat(ends_at) if ends_at else super().get_expiry_date(**kwargs)

    def get_expiry_age(self, **kwargs: Any) -> int:
        if ENDS_AT not in self:
            return super().get_expiry_age(**kwargs)
        return max(0, math.ceil((self.get_expiry_date() - timezone.now()).total_seconds()))

    def flush(self) -> None:
        super().flush()
        self.user = self.row = None

    def expire(self) -> None:
        """End the session as time would have: the row stays a while, so that what was being sent finds its owner."""
        Session.objects.filter(pk=self.session_key).update(expire_date=timezone.now())
        self.clear()
        self._session_key = None
        self.user = self.row = None

    def start_anew(self, device: str) -> None:
        """Somebody has just signed in: another session begins, on this device."""
        self.user, self.row, self.device = None, None, device

    def _get_session_from_db(self) -> Session | None:
        row = (
            Session.objects.select_related("user")
            .filter(session_key=self.session_key, expire_date__gt=timezone.now())
            .first()
        )
        if row is None:
            self._session_key = None
            return None
        self.user, self.row = row.user, row
        return row


class AuthenticationMiddleware(DjangoAuthenticationMiddleware):
    """`request.user` from the session's own row: no second query. Browsers are told whose they are."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _present_user(request))  # type: ignore[assignment]

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        write_cookie(request, response)
        return response


def _present_user(request: HttpRequest) -> Any:
    """Who is signed in; nobody any more when it is an agent who was away for too long."""
    user = _current_user(request)
    row: Session | None = getattr(request.session, "row", None)
    if not isinstance(user, User) or row is None:
        return user
    now = timezone.now()
    away = now - row.seen_at
    if user.is_staff and away > dt.timedelta(minutes=request.session.get(IDLE_MINUTES, LONGEST_IDLE)):
        cast(SessionStore, request.session).expire()
        return AnonymousUser()
    if away > SEEN_EVERY[user.is_staff]:
        row.seen_at = now
        Session.objects.filter(pk=row.pk).update(seen_at=now)
    return user


def _current_user(request: HttpRequest) -> Any:
    session = request.session
    user_id, backend = session.get(auth.SESSION_KEY), session.get(auth.BACKEND_SESSION_KEY)
    user = getattr(session, "user", None)
    if (
        user is not None
        and str(user.pk) == user_id
        and user.is_active
        and backend in settings.AUTHENTICATION_BACKENDS
        and constant_time_compare(session.get(auth.HASH_SESSION_KEY, ""), user.get_session_auth_hash())
    ):
        return user
    return auth.get_user(request)  # signed in during this very request, or a session that no longer holds


class LoginRequiredMiddleware(DjangoLoginRequiredMiddleware):
    """Sends a visitor to sign in, then back to the page where they were, and a parent to what they must accept first.

    A form that was sent is kept for its owner; a part of a page has no address to come back to.
    """

    def process_view(self, request: HttpRequest, view_func: Callable[..., Any], *given: Any) -> HttpResponseBase | None:
        answer: HttpResponseBase | None = super().process_view(request, view_func, *given)
        if answer is None and conditions.is_held(request) and conditions.waits(request, view_func):
            back = request.get_full_path() if request.method in ("GET", "HEAD") else page_of(request)
            return redirect_to_login(back, resolve_url("accounts:conditions"))
        return answer

    # A part of a page asked by htmx is sent to sign in by a header, hence the wider type.
    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(redirect_to_login(page_of(request)).url)
        if request.method in ("GET", "HEAD"):
            return redirect_to_login(request.get_full_path())
        owner = owner_of(request)
        if owner is not None and keep_form(request, owner):
            return redirect_to_login(resolve_url("accounts:resume"))
        messages.warning(request, "Votre session est terminée\u00a0: rien n’a été enregistré. Reconnectez-vous.")
        return redirect_to_login(page_of(request))
