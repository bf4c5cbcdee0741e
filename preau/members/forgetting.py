"""What becomes of those whom a parent named, of persons barred, of diets."""

from collections.abc import Iterator

from django.db.models import Q

from preau.core.personal import Step, Whom, deleted, emptied
from preau.demarches.models import Demarche
from preau.members.models import Barred, DietChoice, TrustedPerson


def steps(whom: Whom) -> Iterator[Step]:
    named = TrustedPerson.objects.filter(Q(participant__in=whom.participants) | Q(signed_by__in=whom.adults))
    yield emptied(
        "Personnes désignées",
        named,
        first_name="Personne",
        last_name="effacée",
        link="",
        phone="",
        other_phone="",
        born_on=None,
    )
    about = Q(asked_by__in=whom.users) | Q(participant__in=whom.participants) | Q(family__in=whom.families)
    asked = Demarche.objects.filter(about, member_asked__isnull=False)
    yield deleted("Demandes sur les membres du dossier", asked)
    yield deleted("Personnes écartées", Barred.objects.filter(participant__in=whom.participants))
    yield deleted("Régimes", DietChoice.objects.filter(participant__in=whom.participants))
