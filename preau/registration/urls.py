"""Addresses of the area."""

from django.urls import path

from preau.registration.views import family, identity, links, request_steps, staff, steps, takeover

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
    path("demander-un-espace/", request_steps.start, name="request"),
    path("demander-un-espace/identite/", request_steps.identity, name="request_identity"),
    path("demander-un-espace/coordonnees/", request_steps.contact, name="request_contact"),
    path("demander-un-espace/identifiants/", request_steps.sign_in, name="request_sign_in"),
    path("demander-un-espace/conditions-d-utilisation/", request_steps.terms, name="request_terms"),
    path("demander-un-espace/confidentialite/", request_steps.privacy, name="request_privacy"),
    path("demander-un-espace/recapitulatif/", request_steps.recap, name="request_recap"),
    path("demander-un-espace/courriel-envoye/", request_steps.sent, name="request_sent"),
    path("demander-un-espace/annuler/", request_steps.cancel, name="request_cancel"),
    path("demander-un-espace/annulee/", request_steps.cancelled, name="request_cancelled"),
    path("confirmer-ma-demande/<slug:link_token>/", links.confirmation, name="confirmation"),
    path("activer/<slug:link_token>/", links.activation, name="activation"),
    path("invitation/<slug:link_token>/", links.invitation, name="invitation"),
    path("relier-mon-dossier/", family.link_file, name="link_file"),
    path("mairie/comptes/", staff.accounts, name="accounts"),
    path("mairie/comptes/inviter/", staff.invite_many, name="invite_many"),
    path("mairie/comptes/lettres/", staff.letters, name="letters"),
    path("mairie/comptes/dossier/<slug:family_code>/", staff.file_accounts, name="file_accounts"),
    path("mairie/comptes/dossier/<slug:family_code>/numero/", staff.number, name="number"),
    path("mairie/comptes/dossier/<slug:family_code>/protection/", staff.protection, name="protection"),
    path("mairie/comptes/adulte/<slug:adult_code>/inviter/", staff.invite_one, name="invite_one"),
    path("mairie/comptes/adulte/<slug:adult_code>/annuler/", staff.revoke, name="revoke"),
    path("mairie/comptes/reprise/", takeover.takeover, name="takeover"),
    path("mairie/comptes/reprise/<slug:takeover_code>/", takeover.takeover_report, name="takeover_report"),
]
