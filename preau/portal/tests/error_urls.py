"""Addresses that fail in every way, beside those that the layouts link to."""

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_POST, require_safe

from preau.core.audience import public_page
from preau.core.tests.ui_urls import urlpatterns as linked
from preau.portal.views.errors import maintenance


@public_page
def refused(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


@public_page
def suspicious(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("malformed")


@public_page
def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


@public_page
@require_safe
def shown(request: HttpRequest, code: str) -> HttpResponse:
    return HttpResponse("Une page")


@public_page
@require_POST
def sent(request: HttpRequest, code: str = "") -> HttpResponse:
    return HttpResponse("Envoyé")


urlpatterns = [
    *linked,
    path("refusee/", refused),
    path("abimee/", suspicious),
    path("cassee/", broken),
    path("entretien/", maintenance),
    path("choses/<slug:code>/", shown),
    path("choses/<slug:code>/essai/supprimer/", sent),
    path("choses/robot/prevenir/", sent),
]

handler400 = "preau.portal.views.errors.bad_request"
handler403 = "preau.portal.views.errors.forbidden"
handler404 = "preau.portal.views.errors.not_found"
handler500 = "preau.portal.views.errors.server_error"
