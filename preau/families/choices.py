"""Participants, bonds between adults and children, and whose day it is."""

from django.db.models import IntegerChoices, TextChoices


class Sex(TextChoices):
    GIRL = "f", "fille ou femme"
    BOY = "m", "garçon ou homme"


class Colour(TextChoices):
    """Colour of a participant's coat-hook label; `preau.css` draws each."""

    CORAIL = "corail", "corail"
    CIEL = "ciel", "ciel"
    SOLEIL = "soleil", "soleil"
    POMME = "pomme", "pomme"
    LILAS = "lilas", "lilas"
    MENTHE = "menthe", "menthe"


class Situation(TextChoices):
    """What ties an adult to a child. It presets the levels; a judgment may adjust one."""

    EXERCISES = "exercises", "exerce l’autorité parentale"
    WITHOUT_EXERCISE = "without_exercise", "parent sans l’exercice de l’autorité parentale"
    WITHDRAWN = "withdrawn", "autorité parentale retirée"
    PAYER_ONLY = "payer_only", "payeur seulement"
    FOSTER = "foster", "famille d’accueil"
    COLLECTS = "collects", "personne qui vient chercher l’enfant"
    GRANDPARENT = "grandparent", "grand-parent"
    ENDED = "ended", "lien terminé"


class Subject(TextChoices):
    """Kinds of data about a child. Bills, quotient, address, messages belong to adult or household: never here."""

    IDENTITY = "identity", "identité et scolarité"
    PLANNING = "planning", "inscriptions et réservations"
    HEALTH = "health", "fiche sanitaire"
    DOCUMENTS = "documents", "documents de l’enfant"
    ATTENDANCE = "attendance", "présences"
    PICKUP = "pickup", "personnes autorisées à venir le chercher"


class AccessLevel(IntegerChoices):
    """What an adult may do with one kind of data; each level includes the one below."""

    NONE = 0, "rien"
    SEE = 1, "voir"
    ACT = 2, "voir et agir"


class CustodyMode(TextChoices):
    ONE = "one", "un seul foyer"
    CYCLE = "cycle", "cycle à partir d’une date"
    ISO_WEEK = "iso_week", "semaines paires et impaires"


class CustodyHolidays(TextChoices):
    """Who has the first half of each school holiday; the other home has the second."""

    NONE = "none", "comme hors vacances"
    FIRST_HALF_A_EVEN = "first_half_a_even", "première moitié au foyer A les années paires"
    FIRST_HALF_A_ODD = "first_half_a_odd", "première moitié au foyer A les années impaires"


class PreferredContact(TextChoices):
    """How somebody would rather be reached."""

    EMAIL = "email", "Courriel"
    MOBILE = "mobile", "Téléphone portable"
    HOME = "home", "Téléphone du domicile"
    WORK = "work", "Téléphone du travail"
    POST = "post", "Courrier"


class LinkRefusal(TextChoices):
    """Why an account is not linked to an adult."""

    ADULT_HAS_ACCOUNT = "adult_has_account", "cette personne a déjà un compte"
    ACCOUNT_HAS_FILE = "account_has_file", "ce compte est déjà relié à un dossier"
    NOT_A_FAMILY_ACCOUNT = "not_a_family_account", "ce compte n’est pas celui d’une famille"
    FILE_IS_CLOSED = "file_is_closed", "ce dossier est fermé"


class TraitKind(TextChoices):
    """What makes two files look alike, the most telling first."""

    CHILD = "child", "même enfant"
    PHONE = "phone", "même téléphone"
    EMAIL = "email", "même e-mail"
    ADULT = "adult", "même adulte"
