"""Sessions that know their user, so that one query reads both, and the middleware that lean on them."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.middleware import AuthenticationMiddleware as DjangoAuthenticationMiddleware
from django.contrib.auth.middleware import LoginRequiredMiddleware as DjangoLoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from preau.accounts.models import Session, User


class SessionStore(DatabaseStore):
    """Django's database sessions, on our table; `user` is who the row says, read with it."""

    user: User | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row = cast(Session, super().create_model_instance(data))
        user_id = data.get(auth.SESSION_KEY)
        row.user_id = int(user_id) if user_id else None
        return row

    def _get_session_from_db(self) -> Session | None:
        row = (
            Session.objects.select_related("user")
            .filter(session_key=self.session_key, expire_date__gt=timezone.now())
            .first()
        )
        if row is None:
            self._session_key = None
            return None
        self.user = row.user
        return row


class AuthenticationMiddleware(DjangoAuthenticationMiddleware):
    """`request.user` from the session's own row: no second query."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: _current_user(request))  # type: ignore[assignment]


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
    """Sends a visitor to sign in, then back to the page where they were: a form that was sent, or a part of a page,
    has no address to come back to."""

    # A part of a page asked by htmx is sent to sign in by a header, hence the wider type.
    def handle_no_permission(self, request: HttpRequest, view_func: Callable[..., Any]) -> HttpResponseBase:  # type: ignore[override]
        back = request.get_full_path()
        if request.method not in ("GET", "HEAD"):
            messages.warning(request, "Votre session est terminée\u00a0: rien n’a été enregistré. Reconnectez-vous.")
            back = _page_of(request)
        if request.headers.get("HX-Request"):
            return HttpResponseClientRedirect(redirect_to_login(_page_of(request)).url)
        return redirect_to_login(back)


def _page_of(request: HttpRequest) -> str:
    """The page of ours that sent this request, or where one arrives."""
    page = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(page, allowed_hosts={request.get_host()}):
        return resolve_url(settings.LOGIN_REDIRECT_URL)
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
