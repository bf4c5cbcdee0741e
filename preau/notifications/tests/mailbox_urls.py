"""The addresses of a demonstration's mailbox, and those that the layouts link to."""

from django.urls import include, path

from preau.core.tests.ui_urls import urlpatterns as linked

urlpatterns = [
    *linked,
    path("", include("preau.notifications.urls")),
    path("", include("preau.accounts.demonstration_urls")),
]
