"""From when an enrolment may start, and in which group it goes."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from preau.enrolments.choices import Refusal


@dataclass(frozen=True, slots=True)
class EntrySpan:
    """The first and the last day on which one may enter an activity, both included."""

    first: dt.date
    last: dt.date

    def refusal(self, day: dt.date) -> Refusal | None:
        """Why one may not enter on `day`, or None if one may."""
        if day < self.first:
            return Refusal.TOO_EARLY
        if day > self.last:
            return Refusal.TOO_LATE
        return None


def entry_span(*, starts_on: dt.date, ends_on: dt.date, today: dt.date) -> EntrySpan:
    """Nobody enters in the past, nor before the activity starts; its last day is still an entry."""
    return EntrySpan(max(starts_on, today), ends_on)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFacts:
    """A group in which an activity is open; empty `levels` and `schools` take any, `places_left` None has no limit."""

    key: int
    levels: frozenset[str] = frozenset()
    schools: frozenset[str] = frozenset()
    places_left: int | None = None


def suitable_intakes(intakes: Iterable[IntakeFacts], *, level: str | None, school: str | None) -> list[IntakeFacts]:
    """The intakes that take a child of this level and school (None: unknown), full ones included, in the order in
    which to try them: made for the school, then for the level, then for anyone."""
    suitable = [
        intake
        for intake in intakes
        if (not intake.levels or level in intake.levels) and (not intake.schools or school in intake.schools)
    ]
    return sorted(suitable, key=lambda intake: (not intake.schools, not intake.levels, intake.key))


def has_room(intake: IntakeFacts) -> bool:
    return intake.places_left is None or intake.places_left > 0


def intake_refusal(suitable: Iterable[IntakeFacts]) -> Refusal | None:
    """Why none of the suitable intakes can take one more, or None if one can."""
    intakes = list(suitable)
    if not intakes:
        return Refusal.NO_GROUP
    return None if any(map(has_room, intakes)) else Refusal.FULL
