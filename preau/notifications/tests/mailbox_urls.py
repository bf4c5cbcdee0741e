"""The addresses of a demonstration: the mailbox is there only."""

from django.urls import include, path

from preau.config.urls import handler404
from preau.config.urls import urlpatterns as usual

__all__ = ["handler404", "urlpatterns"]

urlpatterns = [*usual, path("", include("preau.notifications.urls"))]
