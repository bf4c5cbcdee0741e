"""What kind of day it is, from the few rows of the school calendar; what a text of the town is made of."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from preau.core.dates import days
from preau.core.money import NBSP
from preau.town.choices import DayKind

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY, SATURDAY, SUNDAY = range(7)
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Days from `starts_on` to `ends_on`, both included."""

    starts_on: dt.date
    ends_on: dt.date

    def __post_init__(self) -> None:
        if self.ends_on < self.starts_on:
            raise ValueError(f"a span cannot end on {self.ends_on}, before it starts on {self.starts_on}")

    def __contains__(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.ends_on

    def __iter__(self) -> Iterator[dt.date]:
        return days(self.starts_on, self.ends_on)

    def __len__(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


@dataclass(frozen=True, slots=True)
class SchoolYear:
    """From the first to the last day of class; `weekdays` have class, Monday 0."""

    starts_on: dt.date
    ends_on: dt.date
    weekdays: frozenset[int]

    def __contains__(self, day: dt.date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True, slots=True)
class Calendar:
    """The school years that the town knows, their holiday periods and the public holidays.

    `holidays` are as the ministry's calendar gives them once read in whole days: from the Saturday after class to the
    Sunday before class resumes.
    """

    years: tuple[SchoolYear, ...]
    holidays: tuple[Span, ...]
    public_holidays: frozenset[dt.date]


def kind_of_day(calendar: Calendar, day: dt.date) -> DayKind:
    """The one kind of `day`. A public holiday wins over all, then school holidays (weekends of a period included).

    Outside every known school year it is holidays. In term, a day from Monday to Friday without class counts as a
    Wednesday: it is what families call the day off, whatever its name.
    """
    if day in calendar.public_holidays:
        return DayKind.PUBLIC_HOLIDAY
    year = next((year for year in calendar.years if day in year), None)
    if year is None or any(day in period for period in calendar.holidays):
        return DayKind.HOLIDAYS
    if day.weekday() in year.weekdays:
        return DayKind.SCHOOL
    return {SATURDAY: DayKind.SATURDAY, SUNDAY: DayKind.SUNDAY}.get(day.weekday(), DayKind.WEDNESDAY)


def is_working_day(calendar: Calendar, day: dt.date) -> bool:
    """Monday to Friday less public holidays: the « jours ouvrés » of town regulations, school holidays included."""
    return day.weekday() <= FRIDAY and day not in calendar.public_holidays


def breaks(calendar: Calendar) -> tuple[Span, ...]:
    """Every stretch of school holidays in order: the periods and the summers between two known years, merged."""
    years = sorted(calendar.years, key=lambda year: year.starts_on)
    summers = [
        Span(before.ends_on + ONE_DAY, after.starts_on - ONE_DAY)
        for before, after in pairwise(years)
        if (after.starts_on - before.ends_on).days > 1
    ]
    merged: list[Span] = []
    for span in sorted([*calendar.holidays, *summers]):
        if merged and span.starts_on <= merged[-1].ends_on + ONE_DAY:
            merged[-1] = Span(merged[-1].starts_on, max(merged[-1].ends_on, span.ends_on))
        else:
            merged.append(span)
    return tuple(merged)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a text: a title, a paragraph (one line each), or the items of a list."""

    kind: Literal["title", "paragraph", "list"]
    lines: tuple[str, ...]


def spaced(line: str) -> str:
    """With the non-breaking spaces that French asks for, which nobody types."""
    return re.sub(r" (?=[:;!?»%€])|(?<=«) ", NBSP, line)


def blocks(body: str) -> list[Block]:
    """A town's text in blocks: a line that starts with `## ` is a title, with `- ` an item of a list; a blank line
    ends a paragraph or a list, and any other line goes on with what is above."""
    found: list[Block] = []
    open_kind = ""
    for line in map(spaced, map(str.strip, body.splitlines())):
        if not line:
            open_kind = ""
        elif line.startswith("## "):
            found.append(Block("title", (line[3:].strip(),)))
            open_kind = ""
        elif line.startswith("- "):
            items = found.pop().lines if open_kind == "list" else ()
            found.append(Block("list", (*items, line[2:].strip())))
            open_kind = "list"
        elif open_kind == "list":
            items = found.pop().lines
            found.append(Block("list", (*items[:-1], f"{items[-1]} {line}")))
        else:
            lines = found.pop().lines if open_kind == "paragraph" else ()
            found.append(Block("paragraph", (*lines, line)))
            open_kind = "paragraph"
    return found
