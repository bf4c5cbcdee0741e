"""Until when a document is good, who owes which, and where they stand."""

import datetime as dt
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from preau.core.dates import months_after
from preau.documents.choices import DocumentState, Stage, Standing, Validity

SOON = dt.timedelta(days=30)
"""A family is told this long before a document expires."""


def proposed_until(validity: str, *, months: int | None, on: dt.date, year_ends_on: dt.date | None) -> dt.date | None:
    """The last day of a document accepted on a day, as its kind has it; None when it has no end, or when only the
    document says it. `year_ends_on` is the last day of the school year of that day, None when there is none."""
    if validity == Validity.MONTHS and months is not None:
        return months_after(on, months)
    if validity == Validity.SCHOOL_YEAR:
        return year_ends_on
    if validity == Validity.YEAR:
        return dt.date(on.year, 12, 31)
    return None


@dataclass(frozen=True, slots=True)
class Owed:
    """When a document is owed, and by whom: of the activities, the levels and the ages that are said, all must fit.

    `activities` and `levels` are codes, () for all; ages in years, both included. `months` is for Stage.PROVISIONAL.
    `without` tells families what leaving the document out costs.
    """

    stage: Stage
    activities: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    age_from: int | None = None
    age_to: int | None = None
    months: int | None = None
    without: str = ""


def parse_owed(value: Mapping[str, Any]) -> Owed:
    """What a kind of document says of one case. Raises KeyError or ValueError."""
    return Owed(
        stage=Stage(value["stage"]),
        activities=tuple(value.get("activities", ())),
        levels=tuple(value.get("levels", ())),
        age_from=value.get("age_from"),
        age_to=value.get("age_to"),
        months=value.get("months"),
        without=value.get("without", ""),
    )


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Someone for whom documents are owed. `activities` are codes, with and without their school year."""

    age: int | None = None
    level: str | None = None
    activities: frozenset[str] = frozenset()


def is_owed_by(owed: Owed, person: Enrolled) -> bool:
    """Whether this case is that of this person."""
    if owed.activities and not person.activities.intersection(owed.activities):
        return False
    if owed.levels and person.level not in owed.levels:
        return False
    if owed.age_from is not None and (person.age is None or person.age < owed.age_from):
        return False
    return owed.age_to is None or (person.age is not None and person.age <= owed.age_to)


STRICTEST = (Stage.BEFORE_BOOKING, Stage.BEFORE_FIRST_DAY, Stage.PROVISIONAL, Stage.OPTIONAL)


def strictest(cases: Iterable[Owed]) -> Owed | None:
    """Of several cases, the one that asks for the document the soonest."""
    return min(cases, key=lambda case: STRICTEST.index(case.stage), default=None)


@dataclass(frozen=True, slots=True)
class Given:
    """A document that was given; `valid_until` None has no end, its last day included."""

    state: str
    valid_until: dt.date | None = None
    is_incomplete: bool = False  # an agent asked for more


def standing_of(given: Sequence[Given], on: dt.date) -> Standing:
    """Where somebody stands with documents of one kind, the latest first."""
    accepted = next((one for one in given if one.state == DocumentState.ACCEPTED), None)
    good = accepted is not None and (accepted.valid_until is None or accepted.valid_until >= on)
    lasts = good and accepted is not None and (accepted.valid_until is None or accepted.valid_until > on + SOON)
    waiting = next((one for one in given if one.state == DocumentState.HANDED), None)
    if waiting is not None and waiting.is_incomplete:
        return Standing.REFUSED
    if lasts:
        return Standing.OK
    if waiting is not None:
        return Standing.WAITING
    if good:
        return Standing.EXPIRING
    if given and given[0].state == DocumentState.REFUSED:
        return Standing.REFUSED
    return Standing.EXPIRED if accepted is not None else Standing.MISSING


def weight(size: int) -> str:
    """How heavy a file is, as people read it: « 212 Ko », « 1,4 Mo »."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))}\u00a0Ko"
    return f"{size / 1_000_000:.1f}\u00a0Mo".replace(".", ",")


LONGEST_TITLE = 100


def title_of(name: str, fallback: str = "document") -> str:
    """What a file is called from now on: the name it came with, on one line, without its folder nor its extension, nor
    signs that turn the text round."""
    base = PurePosixPath(name.replace("\\", "/")).name
    plain = "".join(
        sign if unicodedata.category(sign)[0] != "C" else " " for sign in unicodedata.normalize("NFC", base)
    )
    stem = " ".join(plain.split())
    head, dot, tail = stem.rpartition(".")
    if dot and head and len(tail) <= 5 and tail.isalnum():
        stem = head
    return stem[:LONGEST_TITLE].strip(" .") or fallback
