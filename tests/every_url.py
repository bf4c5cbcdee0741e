"""All the addresses at once: the portal's, and those of the demonstration."""

from django.urls import include, path

from preau.config.urls import handler400, handler403, handler404, handler500
from preau.config.urls import urlpatterns as portal

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

has_mailbox = any(str(getattr(part, "app_name", "")) == "notifications" for part in portal)
urlpatterns = [*portal, *([] if has_mailbox else [path("", include("preau.notifications.urls"))])]
