"""Back to the page that asked for a document, once it is given."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme

from preau.core.audience import AudienceKind, audience_of

LONGEST = 500


def page_before(request: HttpRequest) -> str:
    """The page of families that led here, as the form kept it or as the browser says; "" when there is none."""
    asked = request.POST.get("next") or _referer(request)
    return asked if _is_ours(asked) else ""


def _referer(request: HttpRequest) -> str:
    page = request.headers.get("Referer", "")
    if not url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _is_ours(asked: str) -> bool:
    """Whether it is the address of a page of families, the one where documents are given apart."""
    if len(asked) > LONGEST or not asked.startswith("/") or not url_has_allowed_host_and_scheme(asked, None):
        return False
    try:
        match = resolve(urlsplit(asked).path)
    except Resolver404:
        return False
    audience = audience_of(match.func)
    is_family = audience is not None and audience.kind == AudienceKind.FAMILY
    return is_family and match.view_name != "documents:hand_in"
