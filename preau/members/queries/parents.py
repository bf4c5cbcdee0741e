"""The adults who answer for a child on a day."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import OuterRef, QuerySet, Subquery

from preau.families.choices import AccessLevel, Subject
from preau.families.models import Guardianship, Participant


def bonds_of(participants: Iterable[Participant], *, on: dt.date) -> QuerySet[Guardianship]:
    """The bonds in force that tie adults to these children on that day, eldest adult row first."""
    in_force = (
        Guardianship.objects.filter(adult=OuterRef("adult"), participant=OuterRef("participant"), starts_on__lte=on)
        .order_by("-starts_on")
        .values("pk")[:1]
    )
    bonds = Guardianship.objects.filter(participant__in=[one.pk for one in participants], pk=Subquery(in_force))
    return bonds.select_related("adult__user", "adult__family").order_by("adult_id")


def bonds_with(
    participants: Iterable[Participant], subject: Subject, *, on: dt.date, level: AccessLevel = AccessLevel.ACT
) -> QuerySet[Guardianship]:
    """Those of the adults who may act on `subject`, or see it with level SEE."""
    return bonds_of(participants, on=on).filter(**{f"{subject}__gte": level}, adult__family__archived_at__isnull=True)
