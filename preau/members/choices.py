"""What becomes of an authorisation, why somebody cannot be named, kinds of requests."""

from django.db.models import TextChoices

DISAGREEMENT = "members.disagreement"
"""The kind of the request that two parents who do not agree send without meaning to."""

CHILD, GUARDIAN, CUSTODY, SCHOOL = "members.child", "members.guardian", "members.custody", "members.school"
"""The kinds of the requests about who is in a file, whose days, which school."""


class Verdict(TextChoices):
    """What the answers of the parents come to."""

    GRANTED = "granted", "accordé"
    REFUSED = "refused", "refusé"
    DISAGREED = "disagreed", "désaccord entre parents"
    UNANSWERED = "unanswered", "sans réponse"


class NamingRefusal(TextChoices):
    """Why a person was not named."""

    TOO_MANY = "too_many", "Le nombre de personnes est atteint\u00a0: retirez-en une avant d’en ajouter une autre"
    ASK_US = "ask_us", "Cette personne ne peut pas être ajoutée en ligne. Appelez la mairie"
    TOO_YOUNG = "too_young", "Cette personne est trop jeune pour venir chercher l’enfant"
    ALREADY_NAMED = "already_named", "Cette personne est déjà dans la liste"
    MOVED = "moved", "Cette personne n’est plus dans la liste\u00a0: quelqu’un l’a changée entre-temps"
