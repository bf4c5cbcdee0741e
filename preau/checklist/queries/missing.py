"""Whose file lacks something, for agents: read in batches, so that ten thousand children weigh what one batch does."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from preau.checklist.queries.demands import demands_of
from preau.checklist.queries.standings import people_of
from preau.checklist.rules import Missing, standing
from preau.checklist.words import names_of
from preau.enrolments.choices import LIVE
from preau.enrolments.models import Enrolment
from preau.families.models import Participant, Schooling
from preau.town.queries import the_town

BATCH = 2000
COLUMNS = ("pk", "code", "first_name", "last_name", "born_on", "adult")


@dataclass(frozen=True, slots=True)
class Lack:
    """A participant and what their file lacks, the most urgent first."""

    key: int
    code: str
    first_name: str
    last_name: str
    school: str
    level: str
    missing: tuple[Missing, ...]
    version: int  # of the catalogue, whose words are those of documents

    @property
    def items(self) -> list[str]:
        return list(names_of((one.item for one in self.missing), self.version))

    def items_among(self, owed: Collection[str] | None) -> list[str]:
        """In words, once each, those of `owed` alone; None is all."""
        items = (one.item for one in self.missing if owed is None or one.item in owed)
        return list(dict.fromkeys(names_of(items, self.version)))

    @property
    def is_blocked(self) -> bool:
        return any(one.is_blocking for one in self.missing)

    @property
    def by(self) -> dt.date | None:
        return min((one.by for one in self.missing if one.by), default=None)

    @property
    def since(self) -> dt.date | None:
        return min((one.since for one in self.missing if one.since), default=None)


def enrolled_in(people: QuerySet[Participant], activity: str, *, on: dt.date) -> QuerySet[Participant]:
    """Those who are enrolled in an activity, or ask to be; "" is anyone."""
    if not activity:
        return people
    rows = Enrolment.objects.filter(activity__code=activity, state__in=LIVE, ends_on__gte=on)
    return people.filter(pk__in=rows.values("participant"))


def lacks_of(people: QuerySet[Participant], *, on: dt.date, wanted: Collection[str] = ()) -> Iterator[Lack]:
    """Of these, those whose file lacks something (or one of `wanted`) on that day, by name, batch by batch."""
    version = the_town().catalogue_version
    demands = demands_of(version)
    if not demands:
        return
    items = {demand.item for demand in demands}
    keys = list(people.order_by("last_name", "first_name", "pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        some = keys[start : start + BATCH]
        rows = Participant.objects.filter(pk__in=some).only(*COLUMNS).order_by("last_name", "first_name", "pk")
        participants = list(rows)
        schools = _schools(some, on)
        found = people_of(participants, items, on=on)
        for one in participants:
            missing = standing(found[one.pk], demands, on=on).missing
            if wanted:
                missing = tuple(each for each in missing if each.item in wanted)
            if missing:
                yield Lack(
                    one.pk, one.code, one.first_name, one.last_name, *schools.get(one.pk, ("", "")), missing, version
                )


def _schools(keys: Sequence[int], on: dt.date) -> dict[int, tuple[str, str]]:
    """School and level of the running year, or of the next."""
    rows = Schooling.objects.filter(participant__in=keys, year__ends_on__gte=on).order_by("-year__starts_on")
    return {
        key: (school, level) for key, school, level in rows.values_list("participant", "place__name", "level__name")
    }


def counts_of(lacks: Sequence[Lack]) -> list[tuple[str, int]]:
    """How many files lack each thing, the most often missing first."""
    return Counter(item for lack in lacks for item in lack.items).most_common()
