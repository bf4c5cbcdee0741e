"""What becomes of what a person asked about their data: that it was asked and answered stays, their words go."""

from collections.abc import Iterator

from django.db.models import Q

from preau.core.personal import Step, Whom, emptied
from preau.privacy.models import DataAsked


def steps(whom: Whom) -> Iterator[Step]:
    about = Q(demarche__asked_by__in=whom.users) | Q(demarche__family__in=whom.families)
    yield emptied("Demandes sur les données", DataAsked.objects.filter(about), text="")
