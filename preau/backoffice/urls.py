"""Addresses of the area."""

from django.urls import path

from preau.backoffice.views import bonds, children, counter, families, likeness, merging, planning, staff

app_name = "backoffice"
urlpatterns = [
    path("mairie/", staff.desk, name="desk"),
    path("mairie/enfants/", children.children, name="children"),
    path("mairie/familles/", families.search, name="families"),
    path("mairie/familles/ressemblances/", likeness.look_alikes, name="look_alikes"),
    path("mairie/familles/<slug:family_code>/", families.overview, name="family"),
    path("mairie/familles/<slug:family_code>/historique/", families.history, name="family_history"),
    path("mairie/familles/<slug:family_code>/planning/", planning.planning, name="family_planning"),
    path(
        "mairie/familles/<slug:family_code>/planning/<slug:child_code>/<month:month>/",
        planning.month,
        name="family_month",
    ),
    path("mairie/familles/<slug:family_code>/archiver/", merging.archiving, name="family_archive"),
    path("mairie/familles/<slug:family_code>/separer/", merging.separate, name="family_separate"),
    path("mairie/familles/<slug:family_code>/reunir/<slug:other_code>/", merging.merge, name="family_merge"),
    path(
        "mairie/familles/<slug:family_code>/reunir/<slug:other_code>/deux-familles/",
        likeness.apart,
        name="family_apart",
    ),
    path("mairie/familles/<slug:family_code>/factures/", families.invoices, name="family_invoices"),
    path("mairie/familles/<slug:family_code>/demarches/", families.demarches, name="family_demarches"),
    path("mairie/familles/<slug:family_code>/adresse/", counter.address, name="family_address"),
    path("mairie/familles/<slug:family_code>/quotient/", counter.quotient, name="family_quotient"),
    path("mairie/familles/<slug:family_code>/allocataire/", counter.allocataire, name="family_allocataire"),
    path("mairie/familles/<slug:family_code>/note/", counter.note, name="family_note"),
    path("mairie/familles/<slug:family_code>/adultes/<slug:adult_code>/", counter.adult, name="family_adult"),
    path("mairie/familles/<slug:family_code>/adultes/<slug:adult_code>/quitter/", bonds.leaving, name="family_leaving"),
    path("mairie/familles/<slug:family_code>/liens/", bonds.bonds, name="family_bonds"),
    path(
        "mairie/familles/<slug:family_code>/liens/<slug:adult_code>/<slug:child_code>/", bonds.bond, name="family_bond"
    ),
    path("mairie/familles/<slug:family_code>/enfants/<slug:child_code>/", counter.child, name="family_child"),
    path(
        "mairie/familles/<slug:family_code>/enfants/<slug:child_code>/inscrire/",
        counter.enrolment,
        name="family_enrol",
    ),
]
