"""Addresses of the area."""

from django.urls import path

from preau.health.views import counter, family, staff

app_name = "health"
SHEET = "dossier/enfants/<slug:who>/fiche-sanitaire/"
COUNTER = "mairie/familles/<slug:family_code>/adultes/<slug:adult_code>/agir/<slug:who>/fiche-sanitaire/"
urlpatterns = [
    path(SHEET, family.sheet, name="sheet"),
    path(f"{SHEET}confirmer/", family.confirming, name="confirm"),
    path(f"{SHEET}lectures/", family.readings, name="readings"),
    path(f"{SHEET}vaccins/", family.vaccines, name="vaccines"),
    path(f"{SHEET}vaccins/<slug:vaccine>/", family.vaccine, name="vaccine"),
    path(f"{SHEET}<slug:subject>/", family.item, name="item"),
    path(COUNTER, counter.sheet, name="counter_sheet"),
    path(f"{COUNTER}confirmer/", counter.confirming, name="counter_confirm"),
    path(f"{COUNTER}vaccins/", counter.vaccines, name="counter_vaccines"),
    path(f"{COUNTER}vaccins/<slug:vaccine>/", counter.vaccine, name="counter_vaccine"),
    path(f"{COUNTER}<slug:subject>/", counter.item, name="counter_item"),
    path("mairie/enfants/<slug:who>/fiche-sanitaire/", staff.staff_sheet, name="staff_sheet"),
]
