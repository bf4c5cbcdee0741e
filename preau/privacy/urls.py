"""Addresses of the area."""

from django.urls import path

from preau.privacy.views import answering, asking, family, protecting, taking

app_name = "privacy"
urlpatterns = [
    path("mon-compte/donnees/", family.data, name="data"),
    path("mon-compte/donnees/demander/", family.asking, name="ask_export"),
    path("mon-compte/donnees/telecharger/", family.download, name="download"),
    path("mon-compte/donnees/supprimer/", family.deleting, name="delete_export"),
    path("mon-compte/donnees/corriger/", asking.correction, name="correct"),
    path("mon-compte/donnees/effacer/", asking.erasure, name="ask_erasure"),
    path("mon-compte/donnees/s-opposer/", asking.objection, name="object"),
    path("mairie/demandes/<slug:demarche_code>/donnees/", answering.asked, name="asked"),
    path("mairie/demandes/<slug:demarche_code>/effacer/", answering.erasing_asked, name="erase_asked"),
    path("mairie/donnees/", protecting.desk, name="desk"),
    path("mairie/donnees/acces/", protecting.register, name="register"),
    path("mairie/donnees/emporter/<slug:adult_code>/", taking.adult_data, name="adult_data"),
    path("mairie/donnees/fichiers/<slug:export_code>/", taking.adult_download, name="adult_download"),
    path("mairie/donnees/effacer/", protecting.choosing, name="choose"),
    path("mairie/donnees/effacer/<slug:erased_kind>/<slug:erased_code>/", protecting.erasing, name="erase"),
]
