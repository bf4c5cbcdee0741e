"""Navigation of agents."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import SimpleLazyObject

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.permissions import holds_everywhere
from preau.core.dates import local_day
from preau.core.templatetags.ui import MenuEntry
from preau.demarches.queries import to_handle

IN_THE_BAR, IN_A_WIDE_BAR = 2, 5  # entries; the others are in « Menu »


@dataclass(frozen=True, slots=True)
class Page:
    """A page that agents with a capability may open, on the whole town if it says so; what is below its address
    belongs to it."""

    label: str
    name: str
    icon: str
    capability: Capability
    is_town_wide: bool = False


PAGES = (
    Page("Demandes", "demarches:worklist", "boite", Capability.HANDLE_REQUESTS),
    Page("Familles", "backoffice:families", "famille", Capability.SEE_FAMILIES),
    Page("Enfants", "backoffice:children", "ecole", Capability.SEE_CHILDREN),
    Page("Dossiers incomplets", "checklist:missing", "alerte", Capability.REVIEW_DOCUMENTS),
    Page("Dossiers d’inscription", "checklist:unfinished", "agenda", Capability.PREPARE_SCHOOL_YEAR),
    Page("Année scolaire", "members:school_year", "cartable", Capability.PREPARE_SCHOOL_YEAR, is_town_wide=True),
    Page("Réservations", "bookings:day", "liste", Capability.SEE_BOOKINGS),
    Page("Occupation", "bookings:occupancy", "graphique", Capability.SEE_BOOKINGS),
    Page("Comptes", "registration:accounts", "compte", Capability.INVITE_FAMILIES),
    Page("Factures", "billing:campaigns", "facturation", Capability.PREPARE_INVOICES),
    Page("Paiements", "billing:payments", "carte", Capability.SEE_PAYMENTS),
    Page("Textes", "accounts:texts", "document", Capability.PUBLISH_TEXTS),
    Page("Données personnelles", "privacy:desk", "bouclier", Capability.PROTECT_DATA),
    Page("Agents", "accounts:agents", "roles", Capability.MANAGE_AGENTS),
)


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor: `navigation`, for the users of this shell only, made only if a template asks for it."""
    user = getattr(request, "user", None)  # absent when a middleware before sign-in refuses the request
    if isinstance(user, User) and user.is_staff:
        return {"navigation": SimpleLazyObject(lambda: _menu(user, request.path))}
    return {}


def _menu(user: User, here: str) -> list[MenuEntry]:
    pages = {reverse(page.name): page for page in PAGES if _opens(user, page)}
    current = max((url for url in pages if here.startswith(url)), key=len, default="")
    return [
        MenuEntry(
            label=page.label,
            url=url,
            icon=page.icon,
            is_current=url == current,
            is_second=place >= IN_THE_BAR,
            is_third=place >= IN_A_WIDE_BAR,
            badge=(count := _waiting(user, page)),
            badge_text="à traiter" if count else "",
        )
        for place, (url, page) in enumerate(pages.items())
    ]


def _opens(user: User, page: Page) -> bool:
    if not user.may(page.capability):
        return False
    return not page.is_town_wide or holds_everywhere(user, page.capability, local_day(timezone.now()))


def _waiting(user: User, page: Page) -> int:
    """What waits for this agent on a page."""
    if page.capability != Capability.HANDLE_REQUESTS:
        return 0
    now = timezone.now()
    return to_handle(user, now=now, on=local_day(now)).waiting
