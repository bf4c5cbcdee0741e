"""Parents tick what their child does not eat."""

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.core.dates import local_day
from preau.families.models import Adult, Participant
from preau.journal.actions import record
from preau.members.actions.telling import tell_other_parents
from preau.members.models import Diet, DietChoice


@transaction.atomic
def choose_diets(
    *,
    adult: Adult,
    participant: Participant,
    diets: Collection[Diet],
    starts_on: dt.date,
    channel: Channel = Channel.ONLINE,
    by: User,
    now: dt.datetime,
) -> DietChoice:
    """What a child does not eat from a day on; choices for later days give way, the past stays. The other parents are
    told. The same boxes from the same day change nothing."""
    Participant.objects.select_for_update().get(pk=participant.pk)
    known = DietChoice.objects.filter(participant=participant, starts_on=starts_on).first()
    wanted = {diet.pk for diet in diets}
    later = DietChoice.objects.filter(participant=participant, starts_on__gt=starts_on)
    if known is not None and set(known.diets.values_list("pk", flat=True)) == wanted and not later.exists():
        return known
    later.delete()
    choice, _ = DietChoice.objects.update_or_create(
        participant=participant, starts_on=starts_on, defaults={"signed_by": adult, "signed_at": now}
    )
    choice.diets.set(wanted)
    record(
        by,
        "members.diets_chosen",
        at=now,
        subject=adult.code,
        family=adult.family.code,
        participant=participant.code,
        facts={
            "starts_on": starts_on.isoformat(),
            "diets": sorted(diet.code for diet in diets),
            "channel": channel,
        },
    )
    told = ", ".join(diet.name.lower() for diet in diets) or "aucun régime"
    said = [f"Repas à partir du {starts_on:%d/%m/%Y}\u00a0: {told}"]
    tell_other_parents(participant, adult, said, today=local_day(now), now=now)
    return choice
