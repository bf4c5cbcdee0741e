"""What becomes of the people of a file: their rows stay, with nothing in them but a code."""

from collections.abc import Iterator

from django.db.models import F, Q, Value
from django.db.models.functions import Concat, Now, TruncYear

from preau.core.personal import Step, Whom, deleted, emptied, kept
from preau.families.models import (
    ERASED,
    Address,
    Adult,
    Consent,
    Custody,
    Family,
    FileNote,
    FileNumber,
    FileTrait,
    FileWord,
    Guardianship,
    Merge,
    Participant,
    Schooling,
    ToldApart,
)

NO_NAME = {"first_name": "Personne", "last_name": "effacée"}


def steps(whom: Whom) -> Iterator[Step]:
    children, adults, families = whom.participants, whom.adults, whom.families
    yield deleted("Mots pour la recherche", FileWord.objects.filter(Q(family__in=families) | Q(adult__in=adults)))
    traits = FileTrait.objects.filter(Q(family__in=families) | Q(participant__in=children))
    yield deleted("Ce qui fait ressembler deux dossiers", traits)
    yield deleted("Dossiers dits différents", ToldApart.objects.filter(Q(one__in=families) | Q(other__in=families)))
    yield deleted("Notes internes", FileNote.objects.filter(family__in=families))
    merges = Merge.objects.filter(Q(kept__in=families) | Q(gone__in=families))
    yield emptied("Réunions de dossiers", merges, reason="", steps=[])
    yield deleted("Numéros des services", FileNumber.objects.filter(family__in=families))
    yield deleted("Adresses du foyer", Address.objects.filter(family__in=families))
    yield deleted("Écoles et niveaux", Schooling.objects.filter(participant__in=children))
    yield deleted("Jours de garde", Custody.objects.filter(participant__in=children))
    bonds = Guardianship.objects.filter(Q(adult__in=adults) | Q(participant__in=children))
    yield deleted("Liens entre adultes et enfants", bonds)
    consents = Consent.objects.filter(Q(adult__in=adults) | Q(participant__in=children))
    yield kept("Accords et refus", consents, "Preuve du consentement, sans le nom (RGPD, art. 7).")
    yield emptied("Liens entre un adulte et son compte", Adult.objects.filter(user__in=whom.users), user=None)
    yield emptied(
        "Adultes",
        Adult.objects.filter(pk__in=adults),
        **NO_NAME,
        user=None,
        civility="",
        birth_name="",
        email="",
        birth_date="",
        birth_place="",
        birth_country="",
        phone_mobile="",
        phone_home="",
        phone_work="",
        preferred_contact="",
    )
    yield emptied(
        "Enfants et participants",
        Participant.objects.filter(pk__in=children),
        **NO_NAME,
        sex="",
        email="",
        phone_mobile="",
        born_on=TruncYear("born_on"),
    )
    yield emptied(
        "Dossiers",
        Family.objects.filter(pk__in=families),
        name="Dossier effacé",
        allocataire="",
        number=Concat(Value(ERASED), F("code")),
        archived_at=Now(),
    )
