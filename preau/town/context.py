"""The town on every page: one query a request, shared by templates and views."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from preau.town.models import Town


def town_of(request: HttpRequest) -> Town:
    """The town, read once a request. A new instance has default names until its file is loaded."""
    known: Town | None = getattr(request, "_town", None)
    if known is None:
        known = Town.objects.filter(id=1).first() or Town(name="Préau", insee_code="", address="", phone="", email="")
        request._town = known  # type: ignore[attr-defined]
    return known


def town(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `town`, read only if a template asks for it."""
    return {"town": SimpleLazyObject(lambda: town_of(request))}
