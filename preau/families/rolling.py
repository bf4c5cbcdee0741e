"""All children of the town at once, from one school year to the next: one statement, however many they are."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from preau.families.models import Participant, Schooling
from preau.journal import actions as journal
from preau.town.models import SchoolYear


@dataclass(frozen=True, slots=True)
class Move:
    """Where the children of a level of a school go the year after; keys of places and levels."""

    place: int
    level: int
    to_place: int
    to_level: int


ROLL = """
WITH moves(place_id, level_id, to_place_id, to_level_id) AS (VALUES {rows})
INSERT INTO families_schooling (participant_id, year_id, place_id, level_id, batch)
SELECT before.participant_id, %s, moves.to_place_id, moves.to_level_id, %s
FROM families_schooling before
JOIN moves ON moves.place_id = before.place_id AND moves.level_id = before.level_id
WHERE before.year_id = %s
ON CONFLICT (participant_id, year_id) DO NOTHING
"""


@transaction.atomic
def roll_schoolings(
    *,
    before: SchoolYear,
    after: SchoolYear,
    moves: Sequence[Move],
    repeating: Iterable[Participant],
    batch: str,
    by: journal.Actor | None,
    now: dt.datetime,
) -> int:
    """Write the schools of the year `after` from those of `before`; returns how many. `repeating` stay where they are.

    Whoever has a school for that year already keeps it, so that doing it again adds only those who came meanwhile.
    """
    stay = Schooling.objects.filter(year=before, participant__in=[child.pk for child in repeating])
    known = Schooling.objects.filter(batch=batch).count()  # SQLite does not count what such a statement writes
    Schooling.objects.bulk_create(
        [
            Schooling(
                participant_id=row.participant_id, year=after, place_id=row.place_id, level_id=row.level_id, batch=batch
            )
            for row in stay
        ],
        ignore_conflicts=True,
    )
    if moves:
        rows = ", ".join(["(%s, %s, %s, %s)"] * len(moves))
        values = [key for move in moves for key in (move.place, move.level, move.to_place, move.to_level)]
        with connection.cursor() as cursor:
            cursor.execute(ROLL.format(rows=rows), [*values, after.pk, batch, before.pk])
    written = Schooling.objects.filter(batch=batch).count() - known
    facts = {"from": before.code, "to": after.code, "written": written}
    journal.record(by, "families.schoolings_rolled", at=now, subject=batch, facts=facts)
    return written


@transaction.atomic
def unroll_schoolings(*, batch: str, by: journal.Actor | None, now: dt.datetime) -> int:
    """Take back what was written under `batch`, save what somebody changed since; returns how many."""
    gone, _ = Schooling.objects.filter(batch=batch).delete()
    journal.record(by, "families.schoolings_unrolled", at=now, subject=batch, facts={"taken_back": gone})
    return gone
