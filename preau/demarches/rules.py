"""How a démarche may move, and by when it is answered."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from preau.core.dates import PARIS, local_day, months_after
from preau.demarches.choices import DemarcheState, Likeness
from preau.families.choices import PreferredContact
from preau.families.rules import Contact
from preau.town.rules import Calendar, is_working_day

CLOSING = dt.time(17)
"""When a day of work ends at the town hall: an answer due on a day is due by then."""

ENDS = (DemarcheState.ACCEPTED, DemarcheState.REFUSED, DemarcheState.WITHDRAWN)
MOVES: Mapping[DemarcheState, frozenset[DemarcheState]] = MappingProxyType(
    {
        DemarcheState.SENT: frozenset({DemarcheState.SENT, DemarcheState.INCOMPLETE, *ENDS}),
        DemarcheState.INCOMPLETE: frozenset({DemarcheState.SENT, *ENDS}),
        DemarcheState.ACCEPTED: frozenset(),
        DemarcheState.REFUSED: frozenset(),
        DemarcheState.WITHDRAWN: frozenset(),
    }
)
"""From a state to those that may follow: what is sent may be added to. What is answered stays: one asks again."""


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


def due_in_months(sent_at: dt.datetime, months: int) -> dt.datetime:
    """The same day so many months later, when the town hall closes: how the law counts (regulation 1182/71)."""
    return dt.datetime.combine(months_after(local_day(sent_at), months), CLOSING, PARIS)


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

    @property
    def contact(self) -> Contact:
        return Contact(self.phone_mobile, self.phone_home, self.phone_work, self.preferred_contact)


VOUCHED = ("civility", "first_name", "last_name", "birth_name", "birth_date")
"""What FranceConnect vouches for, of what an account is asked with."""

FIELD_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "civility": "Civilité",
        "last_name": "Nom d’usage",
        "birth_name": "Nom de naissance",
        "first_name": "Prénom(s)",
        "birth_date": "Date de naissance",
        "birth_country": "Pays de naissance",
        "birth_department": "Département de naissance",
        "birth_town": "Commune de naissance",
        "address": "Adresse",
        "postcode": "Code postal",
        "city": "Commune",
        "phone_home": "Téléphone du domicile",
        "phone_mobile": "Téléphone portable",
        "phone_work": "Téléphone du travail",
        "preferred_contact": "Moyen de contact préféré",
    }
)


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody put right in what they had asked: a label, what was written before and what is now."""

    label: str
    before: str
    after: str


def corrections(before: AccountIdentity, after: AccountIdentity) -> tuple[Correction, ...]:
    """What differs, as people read it."""
    return tuple(
        Correction(label, _as_read(name, getattr(before, name)), _as_read(name, getattr(after, name)))
        for name, label in FIELD_LABELS.items()
        if getattr(before, name) != getattr(after, name)
    )


def _as_read(name: str, value: str) -> str:
    if name == "birth_date":
        return "/".join(reversed(value.split("-")))
    return PreferredContact(value).label if name == "preferred_contact" and value else value


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


@lru_cache(maxsize=1024)  # the same person is compared with every adult of the town
def fold(text: str) -> str:
    """A text as it is looked for: without accents, capitals nor signs, one space between words."""
    plain = text
    if not text.isascii():
        apart = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("æ", "ae"))
        plain = "".join(sign for sign in apart if not unicodedata.combining(sign))
    return " ".join(re.sub(r"[^a-z0-9]+", " ", plain.casefold()).split())


@lru_cache(maxsize=1024)
def phone_figures(text: str) -> str:
    """The figures of a French number as it is dialled at home: « +33 6 12… » and « 0612… » are one."""
    figures = re.sub(r"\D", "", text, flags=re.ASCII)
    return re.sub(r"^(?:00)?33(?=\d{9}$)", "0", figures)


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody, as it is written. `family_names` are the name in use and the name at birth; `numbers`
    those of a file that is theirs, or that they say is theirs."""

    first_names: str
    family_names: tuple[str, ...] = ()
    birth_date: str = ""
    phones: tuple[str, ...] = ()
    email: str = ""
    address: str = ""
    postcode: str = ""
    numbers: tuple[str, ...] = ()
    city: str = ""


WEIGHTS: Mapping[Likeness, int] = MappingProxyType(
    {
        Likeness.NUMBER: 4,
        Likeness.NAME: 4,
        Likeness.EMAIL: 4,
        Likeness.PHONE: 3,
        Likeness.BIRTH_DATE: 3,
        Likeness.ADDRESS: 2,
        Likeness.FAMILY_NAME: 1,
    }
)
LEAST = 2
"""A family name alone, which thousands bear, or a year of birth, makes nobody a candidate."""


def likeness(asked: Known, known: Known) -> tuple[Likeness, ...]:
    """Why these two may be one person, the best reason first; () when nothing but a common name says so.

    It only puts people side by side: homonyms are for an agent to tell apart.
    """
    names = _common(map(fold, asked.family_names), map(fold, known.family_names))
    same_first = bool(
        _words(asked.first_names) and _words(asked.first_names)[0] == (_words(known.first_names) or [""])[0]
    )
    found = {
        Likeness.NUMBER: bool(_common(map(fold, asked.numbers), map(fold, known.numbers))),
        Likeness.NAME: bool(names) and same_first,
        Likeness.EMAIL: bool(asked.email) and asked.email.casefold() == known.email.casefold(),
        Likeness.PHONE: bool(_common(map(phone_figures, asked.phones), map(phone_figures, known.phones))),
        Likeness.BIRTH_DATE: len(asked.birth_date) == FULL_DATE and asked.birth_date == known.birth_date,
        Likeness.ADDRESS: bool(asked.address)
        and (fold(asked.address), asked.postcode) == (fold(known.address), known.postcode),
        Likeness.FAMILY_NAME: bool(names) and not same_first,
    }
    reasons = tuple(reason for reason in WEIGHTS if found[reason])
    return reasons if strength(reasons) >= LEAST else ()


FULL_DATE = len("1985-03-14")


def strength(reasons: Iterable[Likeness]) -> int:
    """How much these reasons weigh together."""
    return sum(WEIGHTS[reason] for reason in reasons)


def _words(text: str) -> list[str]:
    return fold(text).split()


def _common(these: Iterable[str], those: Iterable[str]) -> set[str]:
    return (set(these) & set(those)) - {""}
