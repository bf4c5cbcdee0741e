"""The addresses that the layouts link to, so that core can be tested without the areas above it."""

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path


def nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def pages(namespace: str, *names: str) -> tuple[list[URLPattern], str]:
    return [path(f"{namespace}/{name}", nothing, name=name) for name in names], namespace


urlpatterns = [
    path("", include(pages("town", "theme"))),
    path("", include(pages("portal", "welcome", "help", "sitemap", "accessibility", "privacy", "legal"))),
    path("", include(pages("accounts", "login", "logout", "landing", "account"))),
]
