"""Addresses of the area."""

from django.urls import path

from preau.members.views import asked, authorisations, counter, diets, persons, requests, school_year, staff

app_name = "members"
CHILD = "dossier/enfants/<slug:who>/"
PERSON = f"{CHILD}autorisations/personnes/<slug:person_code>/"
COUNTER = "mairie/familles/<slug:family_code>/adultes/<slug:adult_code>/agir/"
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
    path("mairie/enfants/<slug:who>/autorisations/", staff.collecting, name="collecting"),
    path("mairie/enfants/<slug:who>/jugements/", staff.judgments, name="judgments"),
    path("mairie/enfants/<slug:who>/jugements/<slug:barred_code>/lever/", staff.lifting, name="bar_lift"),
    path("dossier/demander/", requests.choosing, name="requests"),
    path("dossier/demander/enfant/", requests.child, name="ask_child"),
    path("dossier/demander/responsable/", requests.guardian, name="ask_guardian"),
    path(f"{CHILD}garde/", requests.custody, name="ask_custody"),
    path(f"{CHILD}ecole/", requests.school, name="ask_school"),
    path(COUNTER, counter.choosing, name="counter"),
    path(f"{COUNTER}enfant/", counter.child, name="counter_child"),
    path(f"{COUNTER}responsable/", counter.guardian, name="counter_guardian"),
    path(f"{COUNTER}<slug:who>/repas/", counter.diet, name="counter_diet"),
    path(f"{COUNTER}<slug:who>/autorisations/", counter.answers, name="counter_answers"),
    path(f"{COUNTER}<slug:who>/personnes/", counter.persons, name="counter_persons"),
    path(f"{COUNTER}<slug:who>/garde/", counter.custody, name="counter_custody"),
    path(f"{COUNTER}<slug:who>/ecole/", counter.school, name="counter_school"),
    path("mairie/annee-scolaire/", school_year.preparing, name="school_year"),
    path("mairie/annee-scolaire/redoublements/", school_year.repeating, name="repeating"),
    path("mairie/annee-scolaire/annuler/", school_year.undoing, name="school_year_undo"),
    path("mairie/demandes/<slug:demarche_code>/membre/", asked.asked, name="asked"),
]
