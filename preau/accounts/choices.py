"""Kinds of users, and what agents may be allowed to do."""

from django.db.models import TextChoices


class UserKind(TextChoices):
    FAMILY = "family", "famille"
    STAFF = "staff", "agent"


class Capability(TextChoices):
    """One thing that an agent may do. Roles gather them; grants give a role on a service or a place."""

    SEE_BOOKINGS = "see_bookings", "voir les réservations et l’occupation"
    PREPARE_INVOICES = "prepare_invoices", "préparer et émettre les factures"
    SEE_PAYMENTS = "see_payments", "voir les paiements"
    HANDLE_REQUESTS = "handle_requests", "répondre aux demandes"
    INVITE_FAMILIES = "invite_families", "ouvrir les comptes des familles"
    SEE_FAMILIES = "see_families", "voir les dossiers des familles"
    EDIT_FAMILIES = "edit_families", "modifier les dossiers et agir pour les familles"
    MERGE_FAMILIES = "merge_families", "réunir et archiver des dossiers"
    SEE_CHILDREN = "see_children", "voir les listes d’enfants"
    SEE_DIETS = "see_diets", "voir les régimes alimentaires"
    SEE_HEALTH = "see_health", "lire les fiches sanitaires"
    SEE_JUDGMENTS = "see_judgments", "connaître les jugements et les personnes écartées"
    REVIEW_DOCUMENTS = "review_documents", "vérifier les pièces"
    PREPARE_SCHOOL_YEAR = "prepare_school_year", "préparer l’année scolaire"
    PROTECT_DATA = "protect_data", "répondre des données personnelles"
    MANAGE_AGENTS = "manage_agents", "gérer les agents et leurs droits"
    PUBLISH_TEXTS = "publish_texts", "publier les textes et les conditions"


TOWN_WIDE = (Capability.MANAGE_AGENTS,)
"""What is given for the whole town alone: whoever gives rights could give themselves all."""
HELD_EVERYWHERE = (*TOWN_WIDE, Capability.PROTECT_DATA)
"""What opens nothing when it is granted on one service or place: data of people belong to no service."""


class Channel(TextChoices):
    """How an answer reached the town."""

    ONLINE = "online", "en ligne"
    COUNTER = "counter", "au guichet"


class Topic(TextChoices):
    """What a person may choose to be told or not."""

    REQUESTS = "requests", "la réponse à une demande"
    REMINDERS = "reminders", "un rappel avant une date limite"


class LinkPurpose(TextChoices):
    """What a mailed link does once its page's button is pressed."""

    ACTIVATION = "activation", "activer un compte"
    INVITATION = "invitation", "recevoir un compte"
    REQUEST = "request", "confirmer l’adresse d’une demande de compte"
    PASSWORD = "password", "choisir un nouveau mot de passe"
    EMAIL = "email", "confirmer une nouvelle adresse"
    EMAIL_UNDO = "email_undo", "revenir à l’ancienne adresse"
    AGENT = "agent", "ouvrir un compte d’agent"


class LinkFault(TextChoices):
    """Why a mailed link no longer does anything."""

    UNKNOWN = (
        "unknown",
        "Nous ne connaissons pas ce lien : il est peut-être coupé. Copiez-le en entier depuis l’e-mail.",
    )
    USED = "used", "Ce lien a déjà servi. Il ne marche qu’une fois."
    EXPIRED = "expired", "Ce lien n’est plus valable : sa durée est passée, ou un autre lien l’a remplacé."


class TextSize(TextChoices):
    NORMAL = "", "normale"
    LARGE = "grand", "grande"
    LARGER = "tres-grand", "très grande"
