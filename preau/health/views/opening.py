"""What the pages of sheets share: who they are for, the password asked again, and what is said when no key opens."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters

from preau.accounts.audience import FamilyRequest, family_page
from preau.accounts.fresh import fresh
from preau.core.dates import local_day
from preau.families.choices import AccessLevel
from preau.families.models import Participant
from preau.health.master import MasterFault
from preau.health.permissions import sheets_visible_to
from preau.health.sealing import CannotOpen

P = ParamSpec("P")
MINUTES = 15
log = logging.getLogger(__name__)


def sheet_page(
    level: AccessLevel,
) -> Callable[
    [Callable[Concatenate[FamilyRequest, Participant, P], HttpResponse]],
    Callable[..., HttpResponseBase],
]:
    """A page of the sheet of one child (`who` in its address), for the parents who may see it, or fill it in."""

    def decorate(
        view: Callable[Concatenate[FamilyRequest, Participant, P], HttpResponse],
    ) -> Callable[..., HttpResponseBase]:
        @wraps(view)
        def page(request: FamilyRequest, /, who: str, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            visible = sheets_visible_to(request.user, on=local_day(timezone.now()), level=level)
            child = get_object_or_404(visible, code=who)
            return opened(request, lambda: view(request, child, *args, **kwargs), layout="core/family.html")

        return family_page(sensitive_post_parameters()(fresh(minutes=MINUTES)(page)))

    return decorate


def opened(request: HttpRequest, view: Callable[[], HttpResponse], *, layout: str) -> HttpResponse:
    """The page or, when the keys are not there, one that says so: the fault is for the administrator's log."""
    try:
        return view()
    except (MasterFault, CannotOpen):
        log.exception("A health sheet does not open")
        return render(request, "health/closed.html", {"layout": layout}, status=503)
