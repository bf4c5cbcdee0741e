"""The file of the year, open on the day of the visit: some families have looked at theirs, others not yet."""

import datetime as dt
import hashlib
import random
from collections.abc import Iterator, Sequence

from preau.checklist.actions.asking import save_season
from preau.checklist.choices import OF_THE_HOUSEHOLD, Step
from preau.checklist.models import Season, YearConfirmation
from preau.core.dates import local_day
from preau.town.models import SchoolYear
from preau.townfile.demonstration.households import Household
from preau.townfile.demonstration.settling import BATCH, Settled

OPENED = dt.timedelta(days=12)
CLOSES = dt.timedelta(days=20)
FINISHED, BEGUN = 0.5, 0.7  # of the families; the others have not looked yet


def review_files(households: Sequence[Household], settled: Settled, rng: random.Random, *, now: dt.datetime) -> None:
    """Open a season for the running year, like the next one of the town, and write what families said. Whoever visits
    has confirmed their coordinates alone."""
    today = local_day(now)
    model = Season.objects.order_by("year__starts_on").last()
    year = SchoolYear.objects.filter(ends_on__gte=today, season=None).order_by("starts_on").first()
    if model is None or year is None:
        return
    days = {"opens_on": today - OPENED, "closes_on": today + CLOSES, "reminded_on": today}
    season = save_season(year.code, {**days, "steps": model.steps, "reminders": model.reminders}, by=None, now=now)
    rows = [row for drawn in households for row in _said(season, drawn, settled, rng, now)]
    YearConfirmation.objects.bulk_create(rows, batch_size=BATCH)


def _said(
    season: Season, drawn: Household, settled: Settled, rng: random.Random, now: dt.datetime
) -> Iterator[YearConfirmation]:
    user, luck = settled.users[drawn], rng.random()
    at = now - dt.timedelta(days=rng.randint(0, OPENED.days - 1), minutes=rng.randint(1, 300))
    if user is None or (luck >= BEGUN and not drawn.is_visited):
        return
    for step in season.steps:
        seen = hashlib.sha256(f"{drawn.code} {step}".encode()).hexdigest()
        said = {"season": season, "step": step, "by": user, "at": at, "seen": seen}
        if step in OF_THE_HOUSEHOLD:
            yield YearConfirmation(family=settled.families[drawn], **said)
        elif not drawn.is_visited and (luck < FINISHED or step == Step.IDENTITY):
            for child in drawn.children:
                yield YearConfirmation(participant=settled.participants[child], **said)
