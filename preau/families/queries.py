"""Reading households, the children of a parent, and what a parent consents to."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Prefetch

from preau.accounts.models import User
from preau.families.choices import AccessLevel, Subject
from preau.families.models import Adult, AuthorisationKind, Consent, Family, Participant, Schooling
from preau.families.permissions import families_visible_to, participants_visible_to
from preau.town.choices import CONSENTS, TextCode
from preau.town.models import Text


def with_schooling() -> "Prefetch[Any]":
    """What to prefetch on participants so that `schooling_on` needs no query."""
    return Prefetch("schoolings", Schooling.objects.select_related("year", "level", "place"))


def children_of(
    user: User, *, on: dt.date, subject: Subject = Subject.PLANNING, level: AccessLevel = AccessLevel.SEE
) -> list[Participant]:
    """Those whose `subject` this parent may see or act on, eldest first, with their schooling: two queries."""
    visible = participants_visible_to(user, subject, on=on, level=level)
    return list(visible.prefetch_related(with_schooling()).order_by("born_on", "first_name", "id"))


def schooling_on(schoolings: Iterable[Schooling], day: dt.date) -> Schooling | None:
    """The one of the school year of `day` or, between two years and before the first, of the next; else None."""
    to_come = [schooling for schooling in schoolings if schooling.year.ends_on >= day]
    return min(to_come, key=lambda schooling: schooling.year.starts_on, default=None)


def adults_of_household(user: User) -> list[Adult]:
    """The adults of this parent's household, this parent first: one query."""
    adults = Adult.objects.filter(family__in=families_visible_to(user)).order_by("first_name", "pk")
    return sorted(adults, key=lambda adult: adult.user_id != user.pk)


def household_of(user: User) -> Family | None:
    """The household of this parent: whose prices and invoices are theirs."""
    return families_visible_to(user).first()


@dataclass(frozen=True, slots=True)
class Asked:
    """A consent that a parent may give or not: the text in force, about oneself or a child, and the answers so far."""

    text: Text
    participant: Participant | None
    answers: tuple[Consent, ...]  # the latest first

    @property
    def last(self) -> Consent | None:
        return self.answers[0] if self.answers else None

    @property
    def is_given(self) -> bool:
        return self.last is not None and self.last.given

    @property
    def was_given(self) -> bool:
        return any(answer.given for answer in self.answers)

    @property
    def is_outdated(self) -> bool:
        """Whether the last answer was to other words than those in force."""
        return self.last is not None and self.last.text_id != self.text.pk

    @property
    def name(self) -> str:
        """What it is about, in a list."""
        return f"{self.text.title}\u00a0: {self.participant.first_name}" if self.participant else self.text.title


ABOUT_A_CHILD = frozenset({TextCode.CONSENT_IMAGE})


def consents_of(user: User, *, on: dt.date) -> list[Asked]:
    """What this parent is asked: about themselves, and about each one whose identity they may act on. Five queries."""
    texts = _texts_in_force()
    adult = Adult.objects.filter(user=user).first()
    if not texts or adult is None:
        return []
    acted_on = participants_visible_to(user, Subject.IDENTITY, on=on, level=AccessLevel.ACT)
    children = list(acted_on.order_by("born_on", "first_name", "id"))
    answers: dict[tuple[str, int | None], list[Consent]] = defaultdict(list)
    for answer in Consent.objects.filter(adult=adult).select_related("text").order_by("-at", "-pk"):
        answers[answer.text.code, answer.participant_id].append(answer)
    return [
        Asked(text, who, tuple(answers[text.code, who.pk if who else None]))
        for text in texts
        for who in (children if text.code in ABOUT_A_CHILD else [None])
    ]


def _texts_in_force() -> list[Text]:
    """The consents that the town asks for, in the order of CONSENTS. Uses of a child's image asked one by one are not
    asked here, but with the other authorisations."""
    last = {text.code: text for text in Text.objects.filter(code__in=CONSENTS).order_by("version")}
    if ABOUT_A_CHILD & last.keys() and asks_use_by_use():
        last = {code: text for code, text in last.items() if code not in ABOUT_A_CHILD}
    return [last[code] for code in CONSENTS if code in last]


def asks_use_by_use() -> bool:
    """Whether the town asks about each use of a child's image apart."""
    return AuthorisationKind.objects.filter(is_image=True, retired_on__isnull=True).exists()
