"""A draft that becomes bookings, once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from preau.accounts.models import User
from preau.bookings.actions.writing import twice, write
from preau.bookings.models import DraftChange, Submission
from preau.bookings.queries.children import Child
from preau.bookings.queries.plans import decide_plan
from preau.bookings.queries.recaps import (
    RecapLine,
    dump_line,
    lines_of_decisions,
    plan_draft,
    read_draft,
    read_prices,
)
from preau.core.prepared import insert
from preau.journal.actions import record
from preau.notifications.actions import queue_later
from preau.town.queries import the_town

MAIL = "preau.bookings.mails.outcome"
NO_MORE: Mapping[str, object] = MappingProxyType({})


class TokenTaken(Exception):
    """The token belongs to someone else's submission."""


def confirm_draft(*, by: User, token: str, now: dt.datetime) -> Submission:
    """Book and cancel all that `by` has ticked, each line whole or not at all, and empty the draft.

    `token` makes a second click, a replay or a race return the first outcome. Each line ends done, already so, or
    refused with its reason. Raises TokenTaken when the token is someone else's.
    """
    return twice(lambda is_first: _confirm(by, token, now, is_first=is_first))


def _confirm(by: User, token: str, now: dt.datetime, *, is_first: bool) -> Submission:
    """The first time, a draft that only books is decided without a lock, told, then claimed at once: what everyone
    wants stays locked for one statement. When someone was quicker, or places are freed, the locks come first."""
    if not is_first and (known := token_of(by, token)):
        return known
    draft = read_draft(by, lock=True)
    if not draft:  # taken by the same click, seen twice, while we waited for its locks
        known = token_of(by, token)
        return known or Submission.objects.create(token=token, user=by, at=now, outcome={"lines": [], "mailed_to": ""})
    town = the_town()
    plan = plan_draft(by, draft, town=town, now=now)
    days = [cell.day for cell in draft]
    book = read_prices(plan, town, min(days), max(days))
    only_books = all(ticked.wanted for ticked in draft.values())
    decided = decide_plan(plan, now=now, lock=not (is_first and only_books))
    lines = lines_of_decisions(decided.decisions, plan, decided.facts, draft, book)
    outcome = {"lines": [dump_line(line) for line in lines], "mailed_to": by.email}
    submission = Submission(token=token, user=by, at=now, outcome=outcome)
    insert(submission)
    # Only what was read: a tick that another tab adds meanwhile stays in the draft.
    DraftChange.objects.filter(pk__in=[ticked.key for ticked in draft.values()]).delete()
    note_lines(lines, by=by, token=token, now=now)
    if by.email and lines:
        queue_later(by.email, maker=MAIL, about=token, dedupe_key=f"bookings.outcome:{token}", now=now)
    write(plan, decided, by=by, now=now, submission=token)
    return submission


def token_of(by: User, token: str) -> Submission | None:
    """What the token became already. Raises TokenTaken when it is someone else's."""
    known = Submission.objects.filter(pk=token).first()
    if known is not None and known.user_id != by.pk:
        raise TokenTaken
    return known


def note_lines(
    lines: Iterable[RecapLine], *, by: User, token: str, now: dt.datetime, more: Mapping[str, object] = NO_MORE
) -> None:
    """One entry per child: what was booked, cancelled and refused, by codes, and what `more` says of them all."""
    facts: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    children: dict[int, Child] = {}
    for line in lines:
        children[line.child.key] = line.child
        for change in line.changes:
            cell = f"{line.day} {change.unit.activity_code}/{change.unit.code}"
            if line.is_done:
                facts[line.child.key]["booked" if change.is_booked else "cancelled"].append(cell)
            elif line.is_refused:
                facts[line.child.key]["refused"].append(f"{cell} {line.refusal}")
    for key, some in facts.items():
        record(
            by,
            "bookings.confirmed",
            at=now,
            subject=token,
            family=children[key].household_code,
            participant=children[key].code,
            facts={**some, **more},
        )
