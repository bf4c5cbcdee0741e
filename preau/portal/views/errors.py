"""What people see when a page cannot be shown.

400, 500 and maintenance stand alone: they use neither the database, nor the session, nor the addresses of other pages.
"""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from preau.accounts.models import User
from preau.core.audience import public_page
from preau.core.codes import new_code

logger = logging.getLogger(__name__)

TEN_MINUTES = "600"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return alone("400", status=400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "portal/errors/403.html", {"layout": layout_for(request)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "portal/errors/404.html", {"layout": layout_for(request)}, status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """The visitor reads a code which is in the log too, next to what happened."""
    code = f"E-{new_code()[:4]}-{new_code()[:4]}".upper()
    logger.error("The visitor was given the code %s: %s %s", code, request.method, request.path)
    again = request.get_full_path() if request.method == "GET" else ""
    return alone("500", status=500, code=code, again=again)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or sent after signing in again elsewhere."""
    context = {
        "layout": layout_for(request),
        "back": page_before(request),
        "no_cookie": reason == REASON_NO_CSRF_COOKIE,
    }
    return render(request, "portal/errors/csrf.html", context, status=403)


def explain_not_allowed(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: Django answers an empty page to who types the address of a button."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if isinstance(response, HttpResponseNotAllowed) and not response.content:
            back = request.path if "GET" in response["Allow"] else page_above(request.path)
            context = {"layout": layout_for(request), "back": back}
            response.content = render_to_string("portal/errors/405.html", context, request)
        return response

    return answer


@public_page
def maintenance(request: HttpRequest) -> HttpResponse:
    """Answers every address while the host works on the instance."""
    response = alone("maintenance", status=503)
    response["Retry-After"] = TEN_MINUTES
    return response


def alone(name: str, *, status: int, **context: str) -> HttpResponse:
    return HttpResponse(render_to_string(f"portal/errors/{name}.html", context), status=status)


def layout_for(request: HttpRequest) -> str:
    user = getattr(request, "user", None)  # absent when a middleware before sign-in refuses the request
    if not isinstance(user, User):
        return "core/public.html"
    return "core/staff.html" if user.is_staff else "core/family.html"


def page_before(request: HttpRequest) -> str:
    """The page of ours that held the form, "" if the browser does not say."""
    page = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    return page if ours else ""


def page_above(path: str) -> str:
    """The nearest page above an address, about the same things: its parameters are among those of the address."""
    mine, above = resolve(path).kwargs, path
    while above != "/":
        above = above.rstrip("/").rpartition("/")[0] + "/"
        try:
            theirs = resolve(above).kwargs
        except Resolver404:
            continue
        if theirs.items() <= mine.items():
            return above
    return "/"
