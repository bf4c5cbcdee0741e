"""The activities of people, lent to the areas below (see documents.around)."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping

from django.db.models import Q

from preau.enrolments.choices import LIVE
from preau.enrolments.models import Enrolment


def activities_of(participants: Collection[int], on: dt.date) -> Mapping[int, frozenset[str]]:
    """The codes of the activities in which each takes part or is to, with and without their school year: one query."""
    rows = Enrolment.objects.filter(
        Q(ends_on__isnull=True) | Q(ends_on__gte=on), participant__in=participants, state__in=LIVE
    )
    found = defaultdict[int, set[str]](set)
    for participant, code, year in rows.values_list("participant", "activity__code", "activity__year__code"):
        found[participant] |= {code, code.removesuffix(f"-{year}")}
    return {participant: frozenset(codes) for participant, codes in found.items()}
