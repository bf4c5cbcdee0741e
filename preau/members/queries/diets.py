"""What children do not eat, on a day."""

import datetime as dt
from collections.abc import Iterable

from django.db.models import OuterRef, Q, Subquery

from preau.families.models import Participant
from preau.members.models import Diet, DietChoice


def diets_offered(*, on: dt.date) -> list[Diet]:
    """The boxes that a parent may tick."""
    return list(Diet.objects.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on)).order_by("order"))


def diets_on(participants: Iterable[Participant], *, on: dt.date) -> dict[int, list[Diet]]:
    """By participant, the boxes in force on that day; [] eats everything. Two queries whatever the participants."""
    keys = [one.pk for one in participants]
    in_force = (
        DietChoice.objects.filter(participant=OuterRef("participant"), starts_on__lte=on)
        .order_by("-starts_on")
        .values("pk")[:1]
    )
    choices = DietChoice.objects.filter(participant__in=keys, pk=Subquery(in_force)).prefetch_related("diets")
    chosen = {choice.participant_id: sorted(choice.diets.all(), key=lambda diet: diet.order) for choice in choices}
    return {key: chosen.get(key, []) for key in keys}


def diet_choices_of(participant: Participant) -> list[DietChoice]:
    """All the choices made for somebody, those to come first."""
    choices = DietChoice.objects.filter(participant=participant).select_related("signed_by")
    return list(choices.prefetch_related("diets").order_by("-starts_on"))
