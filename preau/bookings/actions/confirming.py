"""A draft that becomes bookings, once."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from preau.accounts.models import User
from preau.bookings.actions.writing import twice, write
from preau.bookings.models import DraftChange, Submission
from preau.bookings.queries.children import Child
from preau.bookings.queries.recaps import (
    Recap,
    RecapLine,
    dump_line,
    lines_of_decisions,
    plan_draft,
    read_draft,
    read_prices,
)
from preau.journal.actions import record
from preau.notifications.actions import queue_mail
from preau.town.models import Town
from preau.town.queries import the_town


class TokenTaken(Exception):
    """The token belongs to someone else's submission."""


def confirm_draft(*, by: User, token: str, now: dt.datetime) -> Submission:
    """Book and cancel all that `by` has ticked, each line whole or not at all, and empty the draft.

    `token` makes a second click, a replay or a race return the first outcome. Each line ends done, already so, or
    refused with its reason. Raises TokenTaken when the token is someone else's.
    """
    return twice(lambda: _confirm(by, token, now))


def _confirm(by: User, token: str, now: dt.datetime) -> Submission:
    known = _known(by, token)
    if known is not None:
        return known
    draft = read_draft(by, lock=True)
    if not draft:  # taken by the same click, seen twice, while we waited for its locks
        known = _known(by, token)
        return known or Submission.objects.create(token=token, user=by, at=now, outcome={"lines": [], "mailed_to": ""})
    town = the_town()
    plan = plan_draft(by, draft, town=town, now=now)
    days = [cell.day for cell in draft]
    book = read_prices(plan, town, min(days), max(days))
    decided = write(plan, by=by, now=now, submission=token)
    lines = lines_of_decisions(decided.decisions, plan, decided.facts, draft, book)
    # Only what was read: a tick that another tab adds meanwhile stays in the draft.
    DraftChange.objects.filter(pk__in=[ticked.key for ticked in draft.values()]).delete()
    _record(lines, by=by, token=token, now=now)
    _send(lines, by=by, token=token, town=town, now=now)
    outcome = {"lines": [dump_line(line) for line in lines], "mailed_to": by.email}
    return Submission.objects.create(token=token, user=by, at=now, outcome=outcome)


def _known(by: User, token: str) -> Submission | None:
    known = Submission.objects.filter(pk=token).first()
    if known is not None and known.user_id != by.pk:
        raise TokenTaken
    return known


def _record(lines: Iterable[RecapLine], *, by: User, token: str, now: dt.datetime) -> None:
    """One entry per child: what was booked, cancelled and refused, by codes."""
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
            facts=some,
        )


def _send(lines: list[RecapLine], *, by: User, token: str, town: Town, now: dt.datetime) -> None:
    if by.email and lines:
        queue_mail(
            by.email,
            template="bookings/mail/outcome",
            context={"town": town, "person": by, "recap": Recap(lines, []), "token": token},
            dedupe_key=f"bookings.outcome:{token}",
            now=now,
        )
