"""Pages that anyone may read."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from preau.accounts.franceconnect.provider import is_open as franceconnect_is_open
from preau.accounts.models import User
from preau.core.audience import public_page
from preau.core.dates import local_day
from preau.portal.queries import notices_by_theme
from preau.portal.sections import SECTIONS, account_section, sections_of
from preau.town.choices import TextCode, WayIn
from preau.town.context import town_of
from preau.town.models import Text
from preau.town.queries import current_text, services_for_families
from preau.town.rules import blocks


@public_page
@require_safe
def welcome(request: HttpRequest) -> HttpResponse:
    """The front door: sign in here; whoever is signed in goes straight to their own space."""
    if request.user.is_authenticated:
        return redirect("accounts:landing")
    mailbox = reverse("notifications:mailbox") if settings.DEMO else ""
    return _show(request, "welcome", services=services_for_families(local_day(timezone.now())), mailbox=mailbox)


@public_page
@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    chosen = {section.section.code: section.label for section in sections_of(town_of(request))}
    labels = {code: chosen.get(code, "") for code in SECTIONS}
    town = town_of(request)
    return _show(
        request,
        "help",
        labels=labels,
        services=services_for_families(local_day(timezone.now())),
        hours={str(way): town.hours_of_link(way) for way in WayIn},
        has_franceconnect=franceconnect_is_open(),
        **_text(TextCode.HELP),
    )


@public_page
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    user = request.user
    is_family = isinstance(user, User) and user.is_family
    sections = list(sections_of(town_of(request))) if is_family else []
    sections += [account_section(user)] if isinstance(user, User) else []
    return _show(request, "sitemap", sections=sections)


@public_page
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """« Délais de réservation et de modification des activités » : made from the rules, so always true."""
    return _show(request, "notices", themes=notices_by_theme(local_day(timezone.now())))


@public_page
@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    return _show(request, "accessibility", **_text(TextCode.ACCESSIBILITY))


@public_page
@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return _show(request, "privacy", **_text(TextCode.PRIVACY))


@public_page
@require_safe
def legal(request: HttpRequest) -> HttpResponse:
    return _show(request, "legal", **_text(TextCode.LEGAL))


@public_page
@require_safe
def text(request: HttpRequest, published_code: str, version: int) -> HttpResponse:
    """A version of a text, as it was published: whoever accepted it reads the very words."""
    found = get_object_or_404(Text, code=published_code, version=version)
    last = current_text(published_code)
    return _show(request, "text", text=found, blocks=blocks(found.body), changes=blocks(found.changes), last=last)


def _text(code: TextCode) -> dict[str, Any]:
    """What the town has published under `code`; each page has words of its own until then."""
    text = current_text(code)
    return {"text": text, "blocks": blocks(text.body) if text else []}


def _show(request: HttpRequest, page: str, **context: Any) -> HttpResponse:
    """Public pages keep the menu of whoever is signed in as a parent."""
    user = request.user
    is_family = isinstance(user, User) and user.is_family
    layout = "core/family.html" if is_family else "core/public.html"
    return render(request, f"portal/public/{page}.html", {"layout": layout, **context})
