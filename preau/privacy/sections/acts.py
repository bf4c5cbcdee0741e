"""What each action of a family is called, as the journal writes it."""

from collections.abc import Mapping
from types import MappingProxyType

from preau.demarches.choices import DemarcheState

ACTS: Mapping[str, str] = MappingProxyType(
    {
        **{f"demarches.{state}": f"Demande {state.label}" for state in DemarcheState},
        "accounts.email_change_undone": "Changement d’adresse e-mail annulé",
        "accounts.email_changed": "Adresse e-mail changée",
        "accounts.factor_added": "Deuxième protection ajoutée",
        "accounts.factor_removed": "Deuxième protection retirée",
        "accounts.franceconnect_linked": "FranceConnect relié",
        "accounts.franceconnect_unlinked": "FranceConnect délié",
        "accounts.opened": "Compte ouvert",
        "accounts.password_changed": "Mot de passe changé",
        "accounts.recovery_codes_renewed": "Codes de secours renouvelés",
        "accounts.texts_accepted": "Textes acceptés",
        "accounts.username_changed": "Nom d’utilisateur changé",
        "billing.attempt_opened": "Paiement en ligne commencé",
        "bookings.confirmed": "Planning modifié",
        "checklist.year_confirmed": "Étape du dossier annuel confirmée",
        "documents.handed": "Pièce donnée à la mairie",
        "documents.own_added": "Document ajouté à mon espace",
        "documents.own_deleted": "Document supprimé de mon espace",
        "documents.own_renamed": "Document de mon espace renommé",
        "enrolments.asked": "Inscription demandée",
        "enrolments.enrolled": "Enfant inscrit à une activité",
        "families.account_linked": "Compte relié au dossier",
        "families.adult_changed": "Coordonnées changées",
        "families.allocataire_changed": "Numéro d’allocataire changé",
        "families.child_changed": "Identité d’un enfant changée",
        "families.consent_given": "Accord donné",
        "families.consent_withdrawn": "Refus, ou accord retiré",
        "families.contact_completed": "Téléphones complétés",
        "families.invoices_by_email": "Choix des factures par e-mail",
        "families.moved": "Adresse changée",
        "health.confirmed": "Fiche sanitaire confirmée",
        "health.filled": "Fiche sanitaire remplie",
        "members.diets_chosen": "Régime d’un enfant choisi",
        "members.person_accepted": "Opposition à une personne levée",
        "members.person_changed": "Personne autorisée changée",
        "members.person_contested": "Opposition à une personne",
        "members.person_named": "Personne ajoutée aux autorisations",
        "members.person_withdrawn": "Personne retirée des autorisations",
        "privacy.export_asked": "Données demandées",
        "privacy.export_deleted": "Fichier des données supprimé",
        "privacy.export_downloaded": "Fichier des données téléchargé",
    }
)
