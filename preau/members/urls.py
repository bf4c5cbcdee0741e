"""Addresses of the area."""

from django.urls import path

from preau.members.views import asked, authorisations, diets, persons, requests, school_year, staff

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
    path("dossier/demander/", requests.choosing, name="requests"),
    path("dossier/demander/enfant/", requests.child, name="ask_child"),
    path("dossier/demander/responsable/", requests.guardian, name="ask_guardian"),
    path(f"{CHILD}garde/", requests.custody, name="ask_custody"),
    path(f"{CHILD}ecole/", requests.school, name="ask_school"),
    path("mairie/annee-scolaire/", school_year.preparing, name="school_year"),
    path("mairie/annee-scolaire/redoublements/", school_year.repeating, name="repeating"),
    path("mairie/annee-scolaire/annuler/", school_year.undoing, name="school_year_undo"),
    path("mairie/demandes/<slug:demarche_code>/membre/", asked.asked, name="asked"),
]
