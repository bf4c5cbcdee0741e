"""Addresses of the area."""

from django.urls import path

from preau.checklist.views import family, staff, year

app_name = "checklist"
urlpatterns = [
    path("dossier/a-faire/", family.todo, name="todo"),
    path("dossier/inscription/", year.overview, name="year"),
    path("dossier/inscription/foyer/<slug:step>/", year.household, name="year_household"),
    path("dossier/inscription/enfants/<slug:who>/", year.child, name="year_child"),
    path("dossier/inscription/enfants/<slug:who>/<slug:step>/", year.child_step, name="year_step"),
    path("mairie/dossiers-incomplets/", staff.missing, name="missing"),
    path("mairie/annee-scolaire/dossiers/", staff.year, name="unfinished"),
    path("mairie/annee-scolaire/dossiers/dates/", staff.season, name="season"),
]
