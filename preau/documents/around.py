"""What areas above lend to the pages of documents: who is enrolled where, and the papers that they make themselves.

An area registers when it starts; here nothing is known of invoices nor of enrolments.
"""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from preau.accounts.models import User


@dataclass(frozen=True, slots=True)
class Paper:
    """A paper of the town that another area makes: shown under « De la mairie », where `url` leads to it."""

    title: str
    url: str
    at: dt.datetime
    note: str = ""


Papers = Callable[[User], Sequence[Paper]]
Activities = Callable[[Collection[int], dt.date], Mapping[int, frozenset[str]]]

PAPERS: list[Papers] = []
ACTIVITIES: list[Activities] = []


def register_papers(papers: Papers) -> None:
    """`papers(user)` lists those that this parent may read, the latest first: a few queries, whatever their number."""
    PAPERS.append(papers)


def register_activities(activities: Activities) -> None:
    """`activities(participants, on)` tells the codes of the activities of each, with and without their school year."""
    ACTIVITIES.append(activities)


def papers_of(user: User) -> list[Paper]:
    """The papers of all areas, the latest first."""
    found = [paper for papers in PAPERS for paper in papers(user)]
    return sorted(found, key=lambda paper: paper.at, reverse=True)


def activities_of(participants: Collection[int], on: dt.date) -> dict[int, frozenset[str]]:
    """The activities of each of these people."""
    found: dict[int, frozenset[str]] = dict.fromkeys(participants, frozenset())
    for activities in ACTIVITIES:
        for pk, codes in activities(participants, on).items():
            found[pk] = found.get(pk, frozenset()) | codes
    return found
