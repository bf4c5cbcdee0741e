"""What follows a child from one home to the other when its custody changes; lent by the areas above.

An area registers when it starts; here nothing is known of bookings.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from preau.families.models import Participant
from preau.journal.actions import Actor


@dataclass(frozen=True, slots=True)
class Moving:
    """Something of a day that changes home; homes are keys of families."""

    day: dt.date
    label: str
    before: int
    after: int


HomeOn = Callable[[dt.date], int]
Shows = Callable[[Participant, dt.date, HomeOn], Sequence[Moving]]


class Follows(Protocol):
    def __call__(self, participant: Participant, since: dt.date, *, by: Actor | None, now: dt.datetime) -> object: ...


SHOWS: list[Shows] = []
FOLLOWS: list[Follows] = []


def register_following(shows: Shows, follows: Follows) -> None:
    """`shows(participant, since, home_on)` tells what would move if each day were that home's; `follows(participant,
    since, by=…, now=…)` moves it to the homes of the custody that is written, in the caller's transaction."""
    SHOWS.append(shows)
    FOLLOWS.append(follows)


def moving(participant: Participant, since: dt.date, home_on: HomeOn) -> list[Moving]:
    """All that would move, by day."""
    found = [one for shows in SHOWS for one in shows(participant, since, home_on)]
    return sorted(found, key=lambda one: (one.day, one.label))


def follow(participant: Participant, since: dt.date, *, by: Actor | None, now: dt.datetime) -> None:
    for follows in FOLLOWS:
        follows(participant, since, by=by, now=now)
