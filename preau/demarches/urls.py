"""Addresses of the area."""

from django.urls import path

from preau.demarches.views import accounts, changes, contact, family, following, staff, texts, together

app_name = "demarches"
urlpatterns = [
    path("en-attente/", family.waiting, name="waiting"),
    path("en-attente/demander/", family.ask, name="ask"),
    path("en-attente/completer/", family.completing, name="complete"),
    path("en-attente/annuler/", family.withdrawing, name="withdraw"),
    path("dossier/demarches/<slug:demarche_code>/", following.followed, name="followed"),
    path("dossier/demarches/<slug:demarche_code>/completer/", following.completing, name="followed_complete"),
    path("dossier/demarches/<slug:demarche_code>/annuler/", following.withdrawing, name="followed_withdraw"),
    path("dossier/coordonnees/", contact.contact, name="contact"),
    path("dossier/coordonnees/adresse/", contact.changing_address, name="contact_address"),
    path("dossier/coordonnees/telephones/", contact.changing_phones, name="contact_phones"),
    path("dossier/coordonnees/allocataire/", contact.changing_allocataire, name="contact_allocataire"),
    path("dossier/coordonnees/factures/", contact.choosing_invoices, name="contact_invoices"),
    path("dossier/enfants/<slug:who>/modifier/", contact.changing_child, name="child_change"),
    path("mairie/demandes/", staff.demandes, name="worklist"),
    path("mairie/demandes/textes/", texts.texts, name="texts"),
    path("mairie/demandes/textes/<slug:text_code>/", texts.text, name="text"),
    path("mairie/demandes/textes/<slug:text_code>/supprimer/", texts.text_deleting, name="text_delete"),
    path("mairie/demandes/refuser/", together.refusing_many, name="refuse_many"),
    path("mairie/demandes/accepter/", together.accepting_many, name="accept_many"),
    path("mairie/demandes/<slug:demarche_code>/", staff.demande, name="demarche"),
    path("mairie/demandes/<slug:demarche_code>/prendre/", staff.taking, name="take"),
    path("mairie/demandes/<slug:demarche_code>/laisser/", staff.releasing, name="release"),
    path("mairie/demandes/<slug:demarche_code>/refuser/", staff.refusing, name="refuse"),
    path("mairie/demandes/<slug:demarche_code>/completer/", staff.asking_more, name="ask_more"),
    path("mairie/demandes/<slug:demarche_code>/changement/", changes.change, name="change"),
    path("mairie/demandes/<slug:demarche_code>/compte/", accounts.account, name="account"),
    path("mairie/demandes/<slug:demarche_code>/compte/photo/", accounts.account_photo, name="account_photo"),
    path("mairie/demandes/<slug:demarche_code>/compte/relier/", accounts.linking, name="account_link"),
    path("mairie/demandes/<slug:demarche_code>/compte/ouvrir/", accounts.opening, name="account_open"),
]
