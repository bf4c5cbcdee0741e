"""Navigation of the area's shell."""

from typing import Any

from django.http import HttpRequest


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, for the users of this shell only."""
    return {}
