"""Addresses of the area."""

from django.urls import path

from preau.registration.views import family, identity, links, steps

app_name = "registration"
urlpatterns = [
    path("creer-mon-compte/", steps.start, name="start"),
    path("creer-mon-compte/mes-informations/", steps.about, name="about"),
    path("creer-mon-compte/mes-references-dossier/", steps.file, name="file"),
    path("creer-mon-compte/conditions-d-utilisation/", steps.terms, name="terms"),
    path("creer-mon-compte/confidentialite/", steps.privacy, name="privacy"),
    path("creer-mon-compte/recapitulatif/", steps.recap, name="recap"),
    path("creer-mon-compte/courriel-envoye/", steps.sent, name="sent"),
    path("creer-mon-compte/annuler/", steps.cancel, name="cancel"),
    path("creer-mon-compte/annulee/", steps.cancelled, name="cancelled"),
    path("creer-mon-compte/franceconnect/", identity.identity, name="identity"),
    path("activer/<slug:link_token>/", links.activation, name="activation"),
    path("activer/<slug:link_token>/renvoyer/", links.activation_again, name="activation_again"),
    path("invitation/<slug:link_token>/", links.invitation, name="invitation"),
    path("invitation/<slug:link_token>/renvoyer/", links.invitation_again, name="invitation_again"),
    path("relier-mon-dossier/", family.link_file, name="link_file"),
]
