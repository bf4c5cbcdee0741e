"""Addresses of the area."""

from django.urls import path

from preau.members.views import authorisations, diets, persons, staff

app_name = "members"
CHILD = "dossier/enfants/<slug:who>/"
PERSON = f"{CHILD}autorisations/personnes/<slug:person_code>/"
urlpatterns = [
    path(f"{CHILD}autorisations/", authorisations.authorisations, name="authorisations"),
    path(f"{CHILD}autorisations/historique/", authorisations.history, name="authorisation_history"),
    path(f"{CHILD}autorisations/ajouter/", persons.adding, name="person_add"),
    path(f"{CHILD}autorisations/copier/", persons.copying, name="persons_copy"),
    path(PERSON, persons.changing, name="person"),
    path(f"{PERSON}retirer/", persons.ending, name="person_end"),
    path(f"{PERSON}opposition/", persons.contesting, name="person_contest"),
    path(f"{CHILD}regime/", diets.diet, name="diet"),
    path("mairie/demandes/<slug:demarche_code>/desaccord/", staff.disagreement, name="disagreement"),
    path("mairie/enfants/<slug:who>/jugements/", staff.judgments, name="judgments"),
    path("mairie/enfants/<slug:who>/jugements/<slug:barred_code>/lever/", staff.lifting, name="bar_lift"),
]
