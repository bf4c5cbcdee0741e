"""Pages for which one must have shown who one is a short while ago: e-mail address, password, exports, rights.

    @signed_in_page
    @fresh(minutes=15)
    def change_email(request): …

Under the audience's decorator. Whoever signed in, or confirmed, more than `minutes` ago is asked for their password
(`accounts:confirm`), then goes on; a form sent meanwhile is kept and sent after that (see kept_forms).

What counts is allauth's record of the session: each sign-in and each confirmation, whatever the means in CONFIRMS
(password, authenticator app or passkey, FranceConnect). To ask otherwise, record with allauth's `record_authentication`
and send people to `confirmed(request)`. Tests: `preau.accounts.testing.confirm(client)`.
"""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from allauth.account.authentication import get_authentication_records
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from preau.accounts.kept_forms import keep_form, page_of
from preau.accounts.models import User

EXPORT_MINUTES = 5
"""Before a file that names families or their money leaves the portal (PRODUCT 4.13)."""

CONFIRMS = frozenset({"password", "mfa", "socialaccount"})

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)


def confirmed_at(request: HttpRequest, by: frozenset[str] = CONFIRMS) -> dt.datetime | None:
    """When this person last showed in this session who they are, by one of these means; None if they never did."""
    user = request.user
    records = get_authentication_records(request, user) if isinstance(user, User) else []
    instants = [record["at"] for record in records if record.get("method") in by]
    return dt.datetime.fromtimestamp(max(instants), dt.UTC) if instants else None


def is_fresh(request: HttpRequest, *, minutes: int, by: frozenset[str] = CONFIRMS) -> bool:
    """Whether that was at most `minutes` ago."""
    at = confirmed_at(request, by)
    return at is not None and timezone.now() - at <= dt.timedelta(minutes=minutes)


def fresh(
    *, minutes: int, by: frozenset[str] = CONFIRMS
) -> Callable[
    [Callable[Concatenate[R, P], HttpResponseBase]],
    Callable[Concatenate[R, P], HttpResponseBase],
]:
    """Ask again for the password before this page, unless it was given at most `minutes` ago."""

    def decorate(view: Callable[Concatenate[R, P], HttpResponseBase]) -> Callable[Concatenate[R, P], HttpResponseBase]:
        @wraps(view)
        def page(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if is_fresh(request, minutes=minutes, by=by):
                return view(request, *args, **kwargs)
            return ask_again(request)

        return page

    return decorate


def ask_again(request: HttpRequest) -> HttpResponseBase:
    """Send to the page that asks for the password, then back."""
    if request.headers.get("HX-Request"):
        return HttpResponseClientRedirect(redirect_to_login(page_of(request), resolve_url("accounts:confirm")).url)
    back = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        assert isinstance(request.user, User)
        back = resolve_url("accounts:resume") if keep_form(request, request.user) else page_of(request)
    return redirect_to_login(back, resolve_url("accounts:confirm"))
