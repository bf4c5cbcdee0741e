"""The town on every page: one query a request, shared by templates and views."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from preau.town.models import Town
from preau.town.queries import the_town


def town_of(request: HttpRequest) -> Town:
    """The town, read once a request."""
    known: Town | None = getattr(request, "_town", None)
    if known is None:
        known = the_town()
        request._town = known  # type: ignore[attr-defined]
    return known


def town(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `town`, read only if a template asks for it."""
    return {"town": SimpleLazyObject(lambda: town_of(request))}
