"""Addresses of the area."""

from django.urls import path

from preau.documents.views import family, space, staff

app_name = "documents"
urlpatterns = [
    path("dossier/documents/", family.documents, name="documents"),
    path("dossier/documents/deposer/", family.handing_in, name="hand_in"),
    path("dossier/documents/pieces/<slug:document_code>/", family.document, name="document"),
    path("dossier/documents/pieces/<slug:document_code>/retirer/", family.withdrawing, name="withdraw"),
    path("dossier/documents/mairie/<slug:paper_code>/", family.town_document, name="town_document"),
    path("dossier/documents/espace/ajouter/", space.adding, name="own_add"),
    path("dossier/documents/espace/<slug:own_code>/", space.own_document, name="own"),
    path("dossier/documents/espace/<slug:own_code>/renommer/", space.changing, name="own_change"),
    path("dossier/documents/espace/<slug:own_code>/supprimer/", space.deleting, name="own_delete"),
    path("mairie/demandes/<slug:demarche_code>/piece/", staff.review, name="review"),
    path("mairie/demandes/<slug:demarche_code>/piece/fichier/", staff.review_file, name="review_file"),
    path("mairie/demandes/<slug:demarche_code>/piece/<int:page_number>/", staff.page, name="page"),
    path("mairie/familles/<slug:family_code>/documents/", staff.counter, name="counter"),
    path("mairie/familles/<slug:family_code>/documents/<slug:paper_code>/", staff.given_by_town, name="given_by_town"),
    path(
        "mairie/familles/<slug:family_code>/documents/<slug:paper_code>/retirer/", staff.taking_back, name="take_back"
    ),
]
