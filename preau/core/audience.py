"""Who a page is for. Every page declares its audience; a sweep over the routes fails on a silent one."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from django.contrib.auth.decorators import login_not_required

View = TypeVar("View", bound=Callable[..., Any])


class AudienceKind(StrEnum):
    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    FAMILY = "family"
    STAFF = "staff"


@dataclass(frozen=True, slots=True)
class Audience:
    """Who may open a page; `capability` is what an agent must hold, None elsewhere."""

    kind: AudienceKind
    capability: str | None = None


def declare(view: View, audience: Audience) -> View:
    """Mark `view` as meant for `audience`, and return it."""
    view.audience = audience  # type: ignore[attr-defined]
    return view


def audience_of(view: Callable[..., Any]) -> Audience | None:
    """The audience that `view` declares, or None when it is silent."""
    return getattr(view, "audience", None)


def public_page(view: View) -> View:
    """A page that anyone may read, signed in or not."""
    return declare(login_not_required(view), Audience(AudienceKind.PUBLIC))
