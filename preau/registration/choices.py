"""Steps, codes, and what comes of them."""

from django.db.models import TextChoices


class Step(TextChoices):
    """The five steps, in order, named as the towns' guides do."""

    ABOUT = "about", "Mes informations"
    FILE = "file", "Mes références dossier"
    TERMS = "terms", "Conditions d’utilisation"
    PRIVACY = "privacy", "Confidentialité"
    RECAP = "recap", "Récapitulatif"


class RequestStep(TextChoices):
    """The steps of a request without a file, in order; « Identité » and « Coordonnées » are the guide's."""

    IDENTITY = "identity", "Identité"
    CONTACT = "contact", "Coordonnées"
    SIGN_IN = "sign_in", "Identifiants"
    TERMS = "terms", "Conditions d’utilisation"
    PRIVACY = "privacy", "Confidentialité"
    RECAP = "recap", "Récapitulatif"


class CodeChannel(TextChoices):
    """How an activation code reached the adult."""

    LETTER = "letter", "courrier"
    MAIL = "mail", "courriel"


class Outcome(TextChoices):
    """What came of an attempt to link an account to a file."""

    LINKED = "linked", "relié"
    NOT_VERIFIED = "not_verified", "pas vérifié"
    CODE_SENT = "code_sent", "code envoyé si les références sont bonnes"
    AGENT_ASKED = "agent_asked", "demande envoyée à un agent"
    TOO_MANY = "too_many", "trop d’essais"


class AccountState(TextChoices):
    """Where an adult of a file stands."""

    NONE = "none", "Sans compte"
    INVITED = "invited", "Invité"
    EXPIRED = "expired", "Invitation expirée"
    WAITING = "waiting", "En attente"
    ACTIVE = "active", "Compte ouvert"


class NotInvited(TextChoices):
    """Why an adult is not invited."""

    HAS_ACCOUNT = "has_account", "a déjà un compte"
    ALREADY_INVITED = "already_invited", "est déjà invité"
    NO_EMAIL = "no_email", "n’a pas d’adresse e-mail"
    EMAIL_TAKEN = "email_taken", "a l’adresse e-mail d’un compte qui existe"
    SHARED_EMAIL = "shared_email", "a la même adresse e-mail qu’un autre adulte"
    FILE_IS_CLOSED = "file_is_closed", "est dans un dossier fermé"
    FILE_IS_PROTECTED = "file_is_protected", "est dans un dossier protégé"
    UNKNOWN_FILE = "unknown_file", "est dans un dossier inconnu"
    UNKNOWN_ADULT = "unknown_adult", "n’est pas dans ce dossier"
    NO_GUARDIAN = "no_guardian", "n’a pas de responsable dans ce dossier"
