"""How a démarche may move, and by when it is answered."""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from preau.core.dates import PARIS, local_day
from preau.demarches.choices import DemarcheState
from preau.town.rules import Calendar, is_working_day

CLOSING = dt.time(17)
"""When a day of work ends at the town hall: an answer due on a day is due by then."""

ENDS = (DemarcheState.ACCEPTED, DemarcheState.REFUSED, DemarcheState.WITHDRAWN)
MOVES: Mapping[DemarcheState, frozenset[DemarcheState]] = MappingProxyType(
    {
        DemarcheState.SENT: frozenset({DemarcheState.INCOMPLETE, *ENDS}),
        DemarcheState.INCOMPLETE: frozenset({DemarcheState.SENT, *ENDS}),
        DemarcheState.ACCEPTED: frozenset(),
        DemarcheState.REFUSED: frozenset(),
        DemarcheState.WITHDRAWN: frozenset(),
    }
)
"""From a state to those that may follow. What is answered never changes: one asks again."""


def may_move(before: str, after: str) -> bool:
    """Whether a démarche in the state `before` may go to `after`."""
    return DemarcheState(after) in MOVES[DemarcheState(before)]


def needs_reason(state: str) -> bool:
    """Whether an answer is worth nothing to the family without a sentence."""
    return state in (DemarcheState.REFUSED, DemarcheState.INCOMPLETE)


def due_at(calendar: Calendar, sent_at: dt.datetime, working_days: int) -> dt.datetime:
    """The end of the last of `working_days` after the day on which a request is sent, that day not counted.

    « 48 heures ouvrées » are two working days: sent on a Tuesday at 16 h 10, due on Thursday at 17 h.
    """
    day, left = local_day(sent_at), working_days
    while left > 0:
        day += dt.timedelta(days=1)
        left -= is_working_day(calendar, day)
    return dt.datetime.combine(day, CLOSING, PARIS)


def working_days_left(calendar: Calendar, due: dt.datetime, now: dt.datetime) -> int:
    """Working days after today until the day of `due`, included: 0 is today; -1 once it is past."""
    if now > due:
        return -1
    day, last, left = local_day(now), local_day(due), 0
    while day < last:
        day += dt.timedelta(days=1)
        left += is_working_day(calendar, day)
    return left


@dataclass(frozen=True, slots=True)
class AccountIdentity:
    """Who asks for an account, as they wrote it. `birth_date` is 1985-03-14, or 1985-03 or 1985 when not all is known.

    `last_name` is the one in use; `preferred_contact` is one of PreferredContact.
    """

    first_name: str
    last_name: str
    civility: str = ""
    birth_name: str = ""
    birth_date: str = ""
    birth_country: str = ""
    birth_department: str = ""
    birth_town: str = ""
    address: str = ""
    postcode: str = ""
    city: str = ""
    phone_home: str = ""
    phone_mobile: str = ""
    phone_work: str = ""
    preferred_contact: str = ""


FIRST_YEAR = 1900
BIRTH_DATE = re.compile(r"(?:(?:(?P<day>\d{1,2})[/. -])?(?P<month>\d{1,2})[/. -])?(?P<year>\d{4})", re.ASCII)


def birth_date(text: str, *, today: dt.date) -> str:
    """« 14/03/1985 », « 03/1985 » or « 1985 » as 1985-03-14, 1985-03 or 1985; "" for nothing. Raises ValueError."""
    if not text.strip():
        return ""
    found = BIRTH_DATE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"not a date of birth: {text!r}")
    day, month, year = (int(found[name] or 1) for name in ("day", "month", "year"))
    first = dt.date(year, month, day)  # raises ValueError on the 30th of February
    if not year >= FIRST_YEAR or first > today:
        raise ValueError(f"nobody was born on {text!r}")
    return f"{year}" + (f"-{month:02d}" if found["month"] else "") + (f"-{day:02d}" if found["day"] else "")


def is_phone(text: str) -> bool:
    """Whether this may be dialled: 8 to 15 figures, with spaces, dots and a + as people write them."""
    return bool(re.fullmatch(r"\+?[\d .()-]+", text, re.ASCII)) and 8 <= len(re.sub(r"\D", "", text)) <= 15
