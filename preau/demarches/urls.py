"""Addresses of the area."""

from django.urls import path

from preau.demarches.views import family

app_name = "demarches"
urlpatterns = [
    path("en-attente/", family.waiting, name="waiting"),
    path("en-attente/demander/", family.ask, name="ask"),
    path("en-attente/completer/", family.completing, name="complete"),
    path("en-attente/annuler/", family.withdrawing, name="withdraw"),
]
