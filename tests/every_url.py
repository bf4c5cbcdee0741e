"""All the addresses at once: the portal's, and those of the demonstration."""

from django.urls import include, path

from preau.config.urls import handler400, handler403, handler404, handler500
from preau.config.urls import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

DEMONSTRATION = {
    "notifications": "preau.notifications.urls",
    "demonstration": "preau.accounts.demonstration_urls",
}
there = {str(getattr(part, "app_name", "")) for part in portal}
urlpatterns = [*portal, *(path("", include(urls)) for name, urls in DEMONSTRATION.items() if name not in there)]
