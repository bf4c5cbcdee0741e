"""What an agent books and cancels for a household, at the counter: the family's rules, and a reason to go beyond."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from preau.accounts.choices import Channel
from preau.accounts.models import User
from preau.bookings.actions.confirming import note_lines, token_of
from preau.bookings.actions.writing import twice, write
from preau.bookings.choices import Origin
from preau.bookings.models import Submission
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.queries.children import Child, children_of_household
from preau.bookings.queries.counter import holders_of
from preau.bookings.queries.plans import Decided, Plan, bar_incomplete, decide_plan, read_plan
from preau.bookings.queries.recaps import Ticked, dump_line, lines_of_decisions, read_prices
from preau.bookings.rules.lines import Cell
from preau.core.dates import local_day
from preau.core.prepared import insert
from preau.families.models import Family
from preau.notifications.actions import queue_later
from preau.town.queries import the_town

MAIL = "preau.bookings.mails.counter"


class ReasonWanted(Exception):
    """Nothing was written: a line goes beyond the rules, and nothing says why."""


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What a family asks of an agent. `token` makes a second click the same; `tells` sends them a mail."""

    family: Family
    changes: Mapping[Cell, bool]
    token: str
    reason: str = ""
    tells: bool = True


def save_at_counter(asked: AtCounter, *, by: User, now: dt.datetime) -> Submission:
    """Book and cancel for the household, each line whole or not at all.

    Raises ReasonWanted when something goes beyond the rules without a reason, TokenTaken when the token is someone
    else's.
    """
    return twice(lambda is_first: _save(asked, by, now))


def _save(asked: AtCounter, by: User, now: dt.datetime) -> Submission:
    if known := token_of(by, asked.token):
        return known
    town = the_town()
    children = children_of_household(asked.family, may_act=True)
    plan = read_plan(asked.changes, children, catalogue(town.catalogue_version), at_counter=True)
    bar_incomplete(plan, catalogue_version=town.catalogue_version, on=local_day(now))
    decided = decide_plan(plan, now=now, lock=True)
    if decided.beyond and not asked.reason:
        raise ReasonWanted
    days, today = [cell.day for cell in asked.changes], local_day(now)
    book = read_prices(plan, town, min(days, default=today), max(days, default=today))
    draft = {cell: Ticked(0, wanted, now) for cell, wanted in asked.changes.items()}
    lines = lines_of_decisions(decided.decisions, plan, decided.facts, draft, book)
    outcome = {
        "lines": [dump_line(line) for line in lines],
        "mailed_to": "",
        "channel": Channel.COUNTER,
        "reason": asked.reason if decided.beyond else "",
    }
    submission = Submission(token=asked.token, user=by, at=now, outcome=outcome)
    insert(submission)
    note_lines(lines, by=by, token=asked.token, now=now, more=_facts(decided, plan))
    if asked.tells and any(line.is_done for line in lines):
        _tell(asked.family, children, asked.token, now)
    write(plan, decided, by=by, now=now, submission=asked.token, origin=Origin.AGENT)
    return submission


def _facts(decided: Decided, plan: Plan) -> dict[str, object]:
    """That it was at the counter, and what went beyond the rules; the reason is with the submission."""
    beyond = [
        f"{decision.at_fault.day} {unit.activity_code}/{unit.code} {decision.refusal}"
        for decision in decided.beyond
        if decision.at_fault is not None
        for unit in [plan.unit(decision.at_fault)]
    ]
    return {"channel": Channel.COUNTER, **({"beyond": beyond} if beyond else {})}


def _tell(family: Family, children: Mapping[int, Child], token: str, now: dt.datetime) -> None:
    for holder in holders_of(family, children, now=now):
        key = f"bookings.counter:{token}:{holder.pk}"
        queue_later(holder.email, maker=MAIL, about=f"{token} {holder.pk}", dedupe_key=key, now=now)
