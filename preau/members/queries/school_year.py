"""What there is to prepare: the two years, the levels of each school, where their children usually go."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef

from preau.families.models import Participant, Schooling
from preau.members.models import Repeating, RollOver
from preau.members.rules import ClassOf
from preau.town.models import SchoolYear

FOUND = 20


@dataclass(frozen=True, slots=True)
class Years:
    """The year that ends, the one to prepare (None: the town has not written it yet), and what was done."""

    before: SchoolYear
    after: SchoolYear | None
    made: RollOver | None


def years_to_prepare(on: dt.date) -> Years | None:
    """The running year, or in summer the one that has just ended, and the one after; None without any year.

    Before the first year of the town, the first is the one that runs.
    """
    years = list(SchoolYear.objects.order_by("starts_on"))
    if not years:
        return None
    begun = [year for year in years if year.starts_on <= on]
    before = begun[-1] if begun else years[0]
    after = next((year for year in years if year.starts_on > before.starts_on), None)
    made = RollOver.objects.filter(after=after, undone_at__isnull=True).select_related("made_by").first()
    return Years(before, after, made)


def classes_of(years: Years) -> list[ClassOf]:
    """The children of each level of each school who have no school yet for the year to prepare: one query. Those who
    repeat are left out."""
    later = Schooling.objects.filter(participant=OuterRef("participant"), year=years.after)
    stays = Repeating.objects.filter(participant=OuterRef("participant"), year=years.before)
    rows = Schooling.objects.filter(~Exists(later), ~Exists(stays), year=years.before, participant__adult__isnull=True)
    counted = rows.values("place", "level").annotate(count=Count("pk")).order_by("place__name", "level__order")
    return [ClassOf(row["place"], row["level"], row["count"]) for row in counted]


def usual_next_schools(before: SchoolYear) -> dict[int, int]:
    """By school, the one to which most of its children went last time: two queries; {} for a town in its first year."""
    last = SchoolYear.objects.filter(starts_on__lt=before.starts_on).order_by("-starts_on").first()
    moved = Schooling.objects.filter(year=before, participant__schoolings__year=last)
    rows = moved.values("place", origin=F("participant__schoolings__place")).annotate(count=Count("pk"))
    return {row["origin"]: row["place"] for row in rows.order_by("count") if row["origin"] != row["place"]}


def repeating_in(year: SchoolYear) -> list[Schooling]:
    """Those who stay in their level after that year."""
    rows = Schooling.objects.filter(
        year=year, participant__in=Repeating.objects.filter(year=year).values("participant")
    )
    return list(rows.select_related("participant", "place", "level").order_by("participant__last_name", "pk"))


def children_named(text: str, year: SchoolYear) -> list[Schooling]:
    """Children of that year whose name holds these words, whatever the case."""
    rows = Schooling.objects.filter(year=year, participant__adult__isnull=True)
    for word in text.split()[:4]:
        named = Participant.objects.filter(first_name__icontains=word) | Participant.objects.filter(
            last_name__icontains=word
        )
        rows = rows.filter(participant__in=named.values("pk"))
    found = rows.select_related("participant", "place", "level").order_by("participant__last_name", "pk")
    return list(found[:FOUND])
