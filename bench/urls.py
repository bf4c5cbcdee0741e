"""The project's addresses and one more: bytes made beforehand, for a signed-in parent. The floor of a page."""

from django.http import HttpResponse  # noqa: TID251 (a page)
from django.urls import path

from preau.accounts.audience import FamilyRequest, family_page
from preau.config.urls import handler400, handler403, handler404, handler500
from preau.config.urls import urlpatterns as project

SAVED: dict[str, bytes] = {}


@family_page
def saved(request: FamilyRequest, name: str) -> HttpResponse:
    assert request.user.is_family  # as any page, it looks at who asks
    return HttpResponse(SAVED[name])


urlpatterns = [path("mesure/<slug:name>/", saved), *project]

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]
