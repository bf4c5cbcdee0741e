"""Addresses of the area."""

from django.urls import path

from preau.privacy.views import family

app_name = "privacy"
urlpatterns = [
    path("mon-compte/donnees/", family.data, name="data"),
    path("mon-compte/donnees/demander/", family.asking, name="ask_export"),
    path("mon-compte/donnees/telecharger/", family.download, name="download"),
    path("mon-compte/donnees/supprimer/", family.deleting, name="delete_export"),
]
