"""Addresses of the area."""

from django.urls import path

from preau.health.views import family, staff

app_name = "health"
SHEET = "dossier/enfants/<slug:who>/fiche-sanitaire/"
urlpatterns = [
    path(SHEET, family.sheet, name="sheet"),
    path(f"{SHEET}confirmer/", family.confirming, name="confirm"),
    path(f"{SHEET}lectures/", family.readings, name="readings"),
    path(f"{SHEET}vaccins/", family.vaccines, name="vaccines"),
    path(f"{SHEET}vaccins/<slug:vaccine>/", family.vaccine, name="vaccine"),
    path(f"{SHEET}<slug:subject>/", family.item, name="item"),
    path("mairie/enfants/<slug:who>/fiche-sanitaire/", staff.staff_sheet, name="staff_sheet"),
]
