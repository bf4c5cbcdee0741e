"""What the parents' answers come to, who is asked, who is the same person."""

import datetime as dt
from collections.abc import Iterable

from preau.families.rules import folded
from preau.members.choices import Verdict

MAJORITY = 18


def verdict(answers: Iterable[bool | None]) -> Verdict:
    """What holds when each parent with authority answered so (None: not yet): one no is enough to refuse."""
    given = {answer for answer in answers if answer is not None}
    if given == {True, False}:
        return Verdict.DISAGREED
    if not given:
        return Verdict.UNANSWERED
    return Verdict.GRANTED if given == {True} else Verdict.REFUSED


def holds(outcome: Verdict, *, is_default: bool) -> bool:
    """Whether the child may: what is usual (`is_default`) needs no answer, and yields to a single no."""
    return outcome == Verdict.GRANTED or (outcome == Verdict.UNANSWERED and is_default)


def age_on(born_on: dt.date, day: dt.date) -> int:
    """Whole years; somebody born on the 29th of February is a year older on the 1st of March."""
    return day.year - born_on.year - ((day.month, day.day) < (born_on.month, born_on.day))


def is_asked(born_on: dt.date, day: dt.date, *, from_age: int, to_age: int | None) -> bool:
    """Whether something is asked of a child born on that day: both ages included."""
    age = age_on(born_on, day)
    return age >= from_age and (to_age is None or age <= to_age)


def is_same_name(one: str, other: str) -> bool:
    """Whether two whole names may be one person: the words of one, two or more, are all among those of the other.

    Order, accents, hyphens and a second first name do not matter: « MARTIN Jean Paul » may be « Jean-Paul Martin », and
    so may « Paul Martin ».
    """
    these, those = name_words(one), name_words(other)
    fewer, more = sorted((these, those), key=len)
    if fewer == more:
        return bool(fewer)
    return (len(fewer) > 1 and fewer <= more) or folded(one) == folded(other) != ""


def name_words(name: str) -> frozenset[str]:
    """The words of a name, folded: two names of the same words are one."""
    apart = "".join(sign if sign.isalnum() or sign in "'’" else " " for sign in name)
    return frozenset(word for word in map(folded, apart.split()) if word)
