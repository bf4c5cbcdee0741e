"""What becomes of the health sheet of a child: its key goes, so that nothing of it opens, in a backup neither."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from preau.core.personal import Step, Whom, deleted, kept
from preau.families.models import Participant
from preau.health.keys import forget
from preau.health.models import Confirmation, HealthField, HealthKey, HealthReading


def steps(whom: Whom) -> Iterator[Step]:
    children = whom.participants
    yield Step("Clés des fiches sanitaires, avec tout ce qu’elles ferment", _keys(whom), instead=_forget)
    yield Step("Réponses des fiches sanitaires", HealthField.objects.filter(participant__in=children))
    yield deleted("Fiches confirmées", Confirmation.objects.filter(participant__in=children))
    yield kept(
        "Lectures des fiches",
        HealthReading.objects.filter(participant__in=children),
        "Preuve de qui a lu la fiche et quand\u00a0; ce qui y était dit ne s’ouvre plus.",
    )


def _keys(whom: Whom) -> QuerySet[HealthKey]:
    return HealthKey.objects.filter(participant__in=whom.participants)


def _forget(keys: QuerySet[Any, Any]) -> None:
    for child in Participant.objects.filter(pk__in=list(keys.values_list("pk", flat=True))):
        forget(child)
