"""What answers come to, who is asked, whose name may be whose."""

import datetime as dt
import itertools

import pytest

from preau.members.choices import Verdict
from preau.members.rules import holds, is_asked, is_same_name, verdict


@pytest.mark.parametrize(
    ("answers", "outcome"),
    [
        ([], Verdict.UNANSWERED),
        ([None, None], Verdict.UNANSWERED),
        ([True, None], Verdict.GRANTED),
        ([False, None], Verdict.REFUSED),
        ([True, True], Verdict.GRANTED),
        ([False, False], Verdict.REFUSED),
        ([True, False], Verdict.DISAGREED),
        ([True, None, False], Verdict.DISAGREED),
    ],
)
def test_the_answers_of_the_parents_come_to_one(answers, outcome) -> None:
    assert verdict(answers) == outcome


def test_a_child_may_nothing_against_the_no_of_a_parent_whatever_is_usual() -> None:
    for answers in itertools.product((True, False, None), repeat=3):
        for is_default in (True, False):
            if False in answers:
                assert not holds(verdict(answers), is_default=is_default)


def test_what_is_usual_needs_no_answer() -> None:
    assert holds(Verdict.UNANSWERED, is_default=True)
    assert not holds(Verdict.UNANSWERED, is_default=False)


def test_something_is_asked_between_two_ages_both_included() -> None:
    born, day = dt.date(2016, 5, 1), dt.date(2026, 5, 1)  # ten today
    assert is_asked(born, day, from_age=10, to_age=10)
    assert not is_asked(born, day, from_age=11, to_age=None)
    assert not is_asked(born, day, from_age=0, to_age=9)
    assert is_asked(born, day, from_age=0, to_age=None)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Jean-Paul Sinistre", "SINISTRE jean paul", True),
        ("Jean-Paul Sinistre", "Paul Sinistre", True),
        ("Zoé D’Almeïda", "zoe d'almeida", True),
        ("Hélène Œuf", "Helene Oeuf", True),
        ("Paul Martin", "Paul Durand", False),
        ("Martin", "Paul Martin", False),
        ("Martin", "MARTIN", True),
        ("", "", False),
    ],
)
def test_names_are_compared_without_order_accents_nor_second_first_names(one, other, same) -> None:
    assert is_same_name(one, other) is same
    assert is_same_name(other, one) is same
