"""Pages for signed-in people. Another kind of user, or an agent without the capability, finds no such page (404).

An agent who has not given a second factor is led to the page where one sets it up.
"""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from allauth.account.internal.flows.login import get_authentication_records
from django.contrib import messages
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django_htmx.middleware import HtmxDetails

from preau.accounts import factors
from preau.accounts.choices import UserKind
from preau.accounts.models import User
from preau.core.audience import Audience, AudienceKind, declare

P = ParamSpec("P")


class FamilyRequest(HttpRequest):
    """A request by a signed-in parent."""

    user: User
    htmx: HtmxDetails


class SignedInRequest(HttpRequest):
    """A request by somebody signed in, parent or agent."""

    user: User
    htmx: HtmxDetails


class StaffRequest(HttpRequest):
    """A request by a signed-in agent who holds the page's capability."""

    user: User
    htmx: HtmxDetails


def signed_in_page(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page about one's own account, for parents, those who wait for their file included, and agents."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if must_protect(request):
            return redirect("accounts:protection")
        return _private(view(cast(SignedInRequest, request), *args, **kwargs))

    return declare(page, Audience(AudienceKind.SIGNED_IN))


def protecting_page(
    view: Callable[Concatenate[SignedInRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page where one protects one's account: the only ones open to an agent who has given a password alone.

    An agent who is protected already, by another browser, gives that protection first.
    """

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if must_protect(request) and factors.has_factor(cast(User, request.user)):
            logout(request)
            messages.warning(
                request, "Votre compte est protégé\u00a0: reconnectez-vous avec votre deuxième protection."
            )
            return redirect("accounts:login")
        return _private(view(cast(SignedInRequest, request), *args, **kwargs))

    return declare(page, Audience(AudienceKind.SIGNED_IN))


def must_protect(request: HttpRequest) -> bool:
    """Whether an agent has given a password alone, and must give or set up a second factor before anything else."""
    return isinstance(request.user, User) and request.user.is_staff and not has_passed(request)


def has_passed(request: HttpRequest) -> bool:
    """Whether this session gave a second factor: allauth notes in it how one signed in, so that no query is needed."""
    user = request.user
    return isinstance(user, User) and any(
        record.get("method") == "mfa" for record in get_authentication_records(request, user)
    )


def family_page(
    view: Callable[Concatenate[FamilyRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page for parents. Those who wait for their file are held on the page that says so."""

    @wraps(view)
    def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not (isinstance(request.user, User) and request.user.kind == UserKind.FAMILY):
            raise Http404
        if not request.user.is_admitted:
            return redirect("demarches:waiting")
        return _private(view(cast(FamilyRequest, request), *args, **kwargs))

    return declare(page, Audience(AudienceKind.FAMILY))


def staff_page(
    capability: str | None,
) -> Callable[
    [Callable[Concatenate[StaffRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """A page for agents who hold `capability` and gave a second factor; None asks only that they be agents."""

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not (isinstance(user, User) and user.kind == UserKind.STAFF):
                raise Http404
            if must_protect(request):
                return redirect("accounts:protection")
            if capability is not None and not user.may(capability):
                raise Http404
            return _private(view(cast(StaffRequest, request), *args, **kwargs))

        return declare(page, Audience(AudienceKind.STAFF, capability))

    return decorate


def layout_of(user: User) -> str:
    """The frame of the pages that parents and agents share."""
    return "core/staff.html" if user.is_staff else "core/family.html"


def _private(response: HttpResponseBase) -> HttpResponseBase:
    add_never_cache_headers(response)
    return response
