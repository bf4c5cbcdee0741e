"""Pages for signed-in people. Another kind of user, or an agent without the capability, finds no such page (404)."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.cache import add_never_cache_headers
from django_htmx.middleware import HtmxDetails

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
        return _private(view(cast(SignedInRequest, request), *args, **kwargs))

    return declare(page, Audience(AudienceKind.SIGNED_IN))


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
    """A page for agents who hold `capability`; None asks only that they be agents."""

    def decorate(
        view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def page(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            user = request.user
            if not (isinstance(user, User) and user.kind == UserKind.STAFF):
                raise Http404
            if capability is not None and not user.may(capability):
                raise Http404
            return _private(view(cast(StaffRequest, request), *args, **kwargs))

        return declare(page, Audience(AudienceKind.STAFF, capability))

    return decorate


def _private(response: HttpResponseBase) -> HttpResponseBase:
    add_never_cache_headers(response)
    return response
