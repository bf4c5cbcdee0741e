"""Addresses of the area."""

from django.urls import path

from preau.backoffice.views import families, staff

app_name = "backoffice"
urlpatterns = [
    path("mairie/", staff.desk, name="desk"),
    path("mairie/familles/", families.search, name="families"),
    path("mairie/familles/<slug:family_code>/", families.overview, name="family"),
    path("mairie/familles/<slug:family_code>/historique/", families.history, name="family_history"),
]
