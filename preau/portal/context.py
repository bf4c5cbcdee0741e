"""Navigation of the area's shell."""

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from preau.accounts.models import User
from preau.core.addresses import address_of
from preau.core.templatetags.ui import MenuEntry
from preau.portal.sections import sections_of
from preau.town.context import town_of

IN_THE_BAR = 4


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, for the users of this shell only, made only if a template asks for it.

    An account that waits for its file has no section to open.
    """
    user = getattr(request, "user", None)  # absent when a middleware before sign-in refuses the request
    if isinstance(user, User) and user.is_family and user.is_admitted:
        return {"navigation": SimpleLazyObject(lambda: _menu(request))}
    return {}


def _menu(request: HttpRequest) -> list[MenuEntry]:
    here = request.resolver_match
    return [
        MenuEntry(
            label=chosen.label,
            url=address_of(chosen.section.page),
            icon=chosen.section.icon,
            is_current=here is not None and chosen.section.holds(here.view_name),
            is_second=place >= IN_THE_BAR,
        )
        for place, chosen in enumerate(sections_of(town_of(request)))
    ]
