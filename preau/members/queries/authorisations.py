"""What parents are asked about children, what they answered, and what it comes to."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from preau.families.choices import Subject
from preau.families.models import AUTHORISATION_TEXT, Adult, AuthorisationKind, Consent, Guardianship, Participant
from preau.members.choices import Verdict
from preau.members.queries.parents import bonds_of
from preau.members.rules import holds, is_asked, verdict
from preau.town.models import Text


@dataclass(frozen=True, slots=True)
class Answered:
    """The last answer of a parent, if any; `is_outdated` when the words have changed since."""

    adult: Adult
    given: bool | None
    at: dt.datetime | None
    is_outdated: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a child's parents, those with authority, answered to one question of the town."""

    kind: AuthorisationKind
    text: Text
    answers: tuple[Answered, ...]

    @property
    def verdict(self) -> Verdict:
        return verdict(answer.given for answer in self.answers)

    @property
    def is_granted(self) -> bool:
        """Whether the child may."""
        return holds(self.verdict, is_default=self.kind.is_default)

    @property
    def is_missing(self) -> bool:
        """Whether the town requires an answer and no parent gave one."""
        return self.kind.is_required and self.verdict == Verdict.UNANSWERED

    def answer_of(self, adult: Adult) -> Answered | None:
        return next((answer for answer in self.answers if answer.adult.pk == adult.pk), None)


def subject_of(kind: AuthorisationKind) -> Subject:
    """The kind of data on which one must be able to act to answer."""
    return Subject.IDENTITY if kind.is_image else Subject.PICKUP


def kinds_asked(*, on: dt.date) -> list[tuple[AuthorisationKind, Text]]:
    """What the town asks on that day, with the words in force: two queries."""
    kinds = AuthorisationKind.objects.filter(Q(retired_on__isnull=True) | Q(retired_on__gt=on)).order_by("order")
    texts = {
        text.code: text for text in Text.objects.filter(code__startswith=AUTHORISATION_TEXT).order_by("version")
    }  # the last version stays
    return [(kind, texts[kind.text_code]) for kind in kinds if kind.text_code in texts]


def authorisation_states(participants: Iterable[Participant], *, on: dt.date) -> dict[int, list[State]]:
    """By child, what its parents answered to each question asked at its age: four queries whatever the children.

    Adults who take part are asked nothing. Of a parent, the last answer counts; of one who has lost authority, none.
    """
    children = [one for one in participants if one.adult_id is None]
    asked = kinds_asked(on=on)
    bonds: dict[int, list[Guardianship]] = defaultdict(list)
    for bond in bonds_of(children, on=on):
        bonds[bond.participant_id].append(bond)
    last = _last_answers(children, asked)
    return {
        child.pk: [
            State(kind, text, _answers(child, kind, text, bonds[child.pk], last))
            for kind, text in asked
            if is_asked(child.born_on, on, from_age=kind.from_age, to_age=kind.to_age)
        ]
        for child in children
    }


Key = tuple[int, int, str]


def _last_answers(
    children: Sequence[Participant], asked: Sequence[tuple[AuthorisationKind, Text]]
) -> dict[Key, Consent]:
    """By child, adult and text."""
    given = Consent.objects.filter(
        participant__in=[child.pk for child in children], text__code__in=[text.code for _, text in asked]
    )
    return {
        (answer.participant_id or 0, answer.adult_id, answer.text.code): answer
        for answer in given.select_related("text").order_by("at", "pk")
    }


def _answers(
    child: Participant,
    kind: AuthorisationKind,
    text: Text,
    bonds: Iterable[Guardianship],
    last: dict[Key, Consent],
) -> tuple[Answered, ...]:
    able = [bond.adult for bond in bonds if getattr(bond, subject_of(kind)) >= 2]
    answers = []
    for adult in able:
        answer = last.get((child.pk, adult.pk, text.code))
        if answer is None:
            answers.append(Answered(adult, None, None))
        else:
            answers.append(Answered(adult, answer.given, answer.at, answer.text_id != text.pk))
    return tuple(answers)


def history_of(participant: Participant) -> list[Consent]:
    """All answers about a child, the latest first."""
    answers = Consent.objects.filter(participant=participant, text__code__startswith=AUTHORISATION_TEXT)
    return list(answers.select_related("text", "adult").order_by("-at", "-pk")[:60])
