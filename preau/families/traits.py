"""What makes two files look alike: a child of the same name born the same day, a phone, an e-mail address, an adult of
the same name. Kept beside the words of a file (see `searching`): one query compares the whole town with itself."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db import connection
from django.db.models import Q, QuerySet

from preau.families.choices import TraitKind
from preau.families.models import Adult, Family, FileTrait, Home, ToldApart
from preau.families.rules import folded
from preau.families.search_words import phone_digits

LONGEST = 140
MOST_SHARED = 20  # files: what more of them have, the number of a service or a placeholder, makes no likeness

Trait = tuple[str, str, int | None]
"""Kind, value, and the participant when it is a child."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files that look alike, by key, the lower first."""

    one: int
    other: int
    kinds: tuple[TraitKind, ...]


def read_traits(families: Collection[int]) -> dict[int, set[Trait]]:
    """The traits of each file: two queries. Adults who take part are not children."""
    found: dict[int, set[Trait]] = {key: set() for key in families}
    homes = Home.objects.filter(family__in=families, participant__adult=None).select_related("participant")
    for home in homes:
        child = home.participant
        names = f"{folded(child.first_name)} {folded(child.last_name)}"
        found[home.family_id].add((TraitKind.CHILD, f"{child.born_on:%Y%m%d} {names}"[:LONGEST], child.pk))
    for adult in Adult.objects.filter(family__in=families):
        first, last = folded(adult.first_name), folded(adult.last_name)
        values = {(TraitKind.PHONE, phone_digits(phone)) for phone in adult.contact.phones}
        values |= {(TraitKind.EMAIL, adult.email.casefold()), (TraitKind.ADULT, f"{first} {last}" if first else "")}
        found[adult.family_id] |= {(kind, value[:LONGEST], None) for kind, value in values if value}
    return found


def pairs_alike(*, most: int, homonyms: bool) -> list[Pair]:
    """The open files of the town that look alike, the most alike first, without those that were told apart: one query.

    `homonyms` adds those that have nothing but the name of an adult in common. A child of two homes is one row, and
    makes no likeness.
    """
    with connection.cursor() as cursor:
        cursor.execute(PAIRS, [MOST_SHARED, 1 if homonyms else 2, most])
        rows = cursor.fetchall()
    return [
        Pair(one, other, tuple(kind for kind, has in zip(TraitKind, has_it, strict=True) if has))
        for one, other, *has_it in rows
    ]


PAIRS = """
WITH shared AS (
  SELECT kind, value FROM families_filetrait
  GROUP BY kind, value HAVING COUNT(DISTINCT family_id) BETWEEN 2 AND %s
), pair AS (
  SELECT mine.family_id AS one, theirs.family_id AS other,
    MAX(CASE mine.kind WHEN 'child' THEN 1 ELSE 0 END) AS child,
    MAX(CASE mine.kind WHEN 'phone' THEN 1 ELSE 0 END) AS phone,
    MAX(CASE mine.kind WHEN 'email' THEN 1 ELSE 0 END) AS email,
    MAX(CASE mine.kind WHEN 'adult' THEN 1 ELSE 0 END) AS adult
  FROM shared
  JOIN families_filetrait mine ON mine.kind = shared.kind AND mine.value = shared.value
  JOIN families_filetrait theirs
    ON theirs.kind = mine.kind AND theirs.value = mine.value AND theirs.family_id > mine.family_id
    AND (mine.participant_id IS NULL OR mine.participant_id <> theirs.participant_id)
  GROUP BY mine.family_id, theirs.family_id
), weighed AS (
  SELECT pair.*, 4 * child + 2 * phone + 2 * email + adult AS weight FROM pair
)
SELECT one, other, child, phone, email, adult
FROM weighed
JOIN families_family a ON a.id = one AND a.archived_at IS NULL
JOIN families_family b ON b.id = other AND b.archived_at IS NULL
WHERE weight >= %s AND NOT EXISTS (SELECT 1 FROM families_toldapart t WHERE t.one_id = one AND t.other_id = other)
ORDER BY weight DESC, one, other
LIMIT %s
"""
"""The columns of kinds are in the order of TraitKind; what people write alike weighs less than who they are."""


def kinds_shared(family: Family, others: QuerySet[Family]) -> dict[int, set[TraitKind]]:
    """Those of `others` that look like this file, by key, and why: three queries at most."""
    mine = {
        (kind, value): child
        for kind, value, child in FileTrait.objects.filter(family=family).values_list("kind", "value", "participant")
    }
    if not mine:
        return {}
    wanted = Q(pk__in=[])
    for known in TraitKind:
        wanted |= Q(kind=known, value__in=[value for kind, value in mine if kind == known])
    rows = FileTrait.objects.filter(wanted, family__in=others.exclude(pk=family.pk).values("pk"))
    having: dict[tuple[str, str], set[int]] = defaultdict(set)
    for key, kind, value, child in rows.values_list("family", "kind", "value", "participant"):
        if child is None or child != mine[kind, value]:
            having[kind, value].add(key)
    apart = set(told_apart_from(family))
    found: dict[int, set[TraitKind]] = defaultdict(set)
    for (kind, _), keys in having.items():
        for key in keys - apart if len(keys) < MOST_SHARED else ():
            found[key].add(TraitKind(kind))
    return dict(found)


def told_apart_from(family: Family) -> list[int]:
    """The keys of the files that are said to be another family's."""
    rows = ToldApart.objects.filter(Q(one=family) | Q(other=family)).values_list("one", "other")
    return [one if other == family.pk else other for one, other in rows]
