"""What the area above lends to the sheet: the papers that go with its items, handed in there.

An area registers when it starts; here nothing is known of documents.
"""

import datetime as dt
from collections.abc import Callable, Mapping

from preau.accounts.models import User
from preau.core.asked import AskedPaper
from preau.families.models import Participant
from preau.health.choices import Item

Papers = Callable[[User, Participant, dt.date], Mapping[Item, AskedPaper]]

PAPERS: list[Papers] = []


def register_papers(papers: Papers) -> None:
    """`papers(user, child, on)` tells those that this parent may give or read, by item, in a few queries."""
    PAPERS.append(papers)


def papers_of(user: User, child: Participant, on: dt.date) -> dict[Item, AskedPaper]:
    """The paper of each item that has one."""
    return {item: paper for papers in PAPERS for item, paper in papers(user, child, on).items()}
