"""Files that look alike: those like one file, and all those of the town."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch, QuerySet

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.families.choices import TraitKind
from preau.families.models import Adult, Family, Home, Participant, ToldApart
from preau.families.permissions import families_in_scope
from preau.families.traits import Pair, kinds_shared

TOLD_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Alike:
    """A file that looks like another, and why."""

    family: Family
    reasons: tuple[str, ...]


def files_like(user: User, family: Family, *, on: dt.date) -> list[Alike]:
    """The open files, in the agent's scope, that look like this one: four queries at most."""
    others = families_in_scope(user, Capability.MERGE_FAMILIES, on=on).filter(archived_at__isnull=True)
    kinds = kinds_shared(family, others)
    found = Family.objects.filter(pk__in=kinds).order_by("name", "number")
    return [Alike(file, in_words(kinds[file.pk])) for file in found]


def in_words(kinds: Collection[TraitKind]) -> tuple[str, ...]:
    return tuple(str(kind.label) for kind in TraitKind if kind in kinds)


@dataclass(frozen=True, slots=True)
class LikeFile:
    """A file of a pair, with its people."""

    family: Family
    adults: list[Adult]
    children: list[Participant]


@dataclass(frozen=True, slots=True)
class LikePair:
    """Two files that look alike, and why."""

    one: LikeFile
    other: LikeFile
    reasons: tuple[str, ...]


def told_pairs(pairs: Sequence[Pair]) -> list[LikePair]:
    """The pairs of a page, with their people: three queries."""
    files = _with_people().in_bulk({key for pair in pairs for key in (pair.one, pair.other)})
    return [LikePair(_told(files[pair.one]), _told(files[pair.other]), in_words(pair.kinds)) for pair in pairs]


def _with_people() -> QuerySet[Family]:
    homes = Home.objects.filter(participant__adult=None).select_related("participant")
    return Family.objects.prefetch_related(
        Prefetch("adults", Adult.objects.order_by("pk")),
        Prefetch("homes", homes.order_by("participant__born_on", "pk")),
    )


def _told(family: Family) -> LikeFile:
    return LikeFile(family, list(family.adults.all()), [home.participant for home in family.homes.all()])


def told_apart() -> QuerySet[ToldApart]:
    """The latest pairs said to be two families."""
    return ToldApart.objects.select_related("one", "other", "by").order_by("-at", "-pk")[:TOLD_SHOWN]
