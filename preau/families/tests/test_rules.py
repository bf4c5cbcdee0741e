"""Presets of the bonds, and whose day it is."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preau.families.choices import AccessLevel, CustodyHolidays, CustodyMode, Situation, Subject
from preau.families.rules import PRESETS, CustodyException, CustodyPlan, home_on
from preau.town.rules import Span

D = dt.date
A, B, GRANDMOTHER = 1, 2, 3
ONE_WEEK = dt.timedelta(days=7)

ISO_WEEKS = CustodyPlan(CustodyMode.ISO_WEEK, A, B)
WEEK_ABOUT = CustodyPlan(CustodyMode.CYCLE, A, B, anchor_on=D(2026, 8, 31), pattern="A" * 7 + "B" * 7)
TWO_TWO_THREE = CustodyPlan(CustodyMode.CYCLE, A, B, anchor_on=D(2026, 8, 31), pattern="AABBAAABBAABBB")

CHRISTMAS_2026 = Span(D(2026, 12, 19), D(2027, 1, 3))
CHRISTMAS_2027 = Span(D(2027, 12, 18), D(2028, 1, 2))
ASCENSION = Span(D(2027, 5, 5), D(2027, 5, 9))

days_ = st.dates(D(2020, 1, 1), D(2040, 12, 31))


def levels(situation: Situation) -> set[AccessLevel]:
    return set(PRESETS[situation].values())


def test_every_situation_says_a_level_for_every_subject() -> None:
    assert set(PRESETS) == set(Situation)
    assert all(set(preset) == set(Subject) for preset in PRESETS.values())


def test_a_parent_who_exercises_authority_acts_on_everything() -> None:
    assert levels(Situation.EXERCISES) == {AccessLevel.ACT}


def test_a_parent_without_exercise_still_sees_the_after_school_papers() -> None:
    preset = PRESETS[Situation.WITHOUT_EXERCISE]
    seen = {subject for subject, level in preset.items() if level == AccessLevel.SEE}
    assert seen == {Subject.IDENTITY, Subject.PLANNING, Subject.DOCUMENTS, Subject.ATTENDANCE}
    assert AccessLevel.ACT not in preset.values()


@pytest.mark.parametrize("situation", [Situation.WITHDRAWN, Situation.ENDED, Situation.PAYER_ONLY])
def test_a_parent_whose_authority_was_withdrawn_sees_nothing_and_a_payer_sees_only_bills(situation: Situation) -> None:
    assert levels(situation) == {AccessLevel.NONE}


@pytest.mark.parametrize("situation", sorted(set(Situation) - {Situation.EXERCISES, Situation.FOSTER}))
def test_only_those_who_bring_the_child_up_may_act(situation: Situation) -> None:
    assert AccessLevel.ACT not in levels(situation)


def test_a_foster_family_books_but_does_not_decide_who_collects() -> None:
    preset = PRESETS[Situation.FOSTER]
    assert (preset[Subject.PLANNING], preset[Subject.PICKUP]) == (AccessLevel.ACT, AccessLevel.SEE)


@given(days_)
def test_a_child_with_one_home_is_always_there(day: dt.date) -> None:
    assert home_on(CustodyPlan(CustodyMode.ONE, A), [], day, [CHRISTMAS_2026]) == A


def test_even_iso_weeks_are_home_a() -> None:
    assert home_on(ISO_WEEKS, [], D(2026, 9, 7), []) == B  # week 37
    assert home_on(ISO_WEEKS, [], D(2026, 9, 14), []) == A


def test_after_a_year_of_53_weeks_parity_gives_home_b_two_weeks_running() -> None:
    assert [home_on(ISO_WEEKS, [], day, []) for day in (D(2026, 12, 31), D(2027, 1, 4), D(2027, 1, 11))] == [B, B, A]


def test_a_cycle_alternates_across_a_year_of_53_weeks() -> None:
    mondays = [D(2026, 12, 21) + n * ONE_WEEK for n in range(4)]
    homes = [home_on(WEEK_ABOUT, [], monday, []) for monday in mondays]
    assert homes in ([A, B, A, B], [B, A, B, A])


@given(days_)
def test_a_week_about_changes_home_every_week_for_ever(day: dt.date) -> None:
    assert home_on(WEEK_ABOUT, [], day, []) != home_on(WEEK_ABOUT, [], day + ONE_WEEK, [])


def test_a_cycle_starts_at_its_anchor() -> None:
    homes = [home_on(TWO_TWO_THREE, [], D(2026, 8, 31) + dt.timedelta(days=n), []) for n in range(14)]
    assert homes == [A, A, B, B, A, A, A, B, B, A, A, B, B, B]


@given(days_, st.integers(-50, 50))
def test_a_cycle_repeats_before_and_after_its_anchor(day: dt.date, turns: int) -> None:
    assert home_on(TWO_TWO_THREE, [], day, []) == home_on(TWO_TWO_THREE, [], day + turns * 2 * ONE_WEEK, [])


def shared(rule: CustodyHolidays) -> CustodyPlan:
    return CustodyPlan(CustodyMode.ISO_WEEK, A, B, holidays=rule)


@pytest.mark.parametrize(
    ("rule", "period", "homes"),
    [
        (CustodyHolidays.FIRST_HALF_A_EVEN, CHRISTMAS_2026, [A] * 8 + [B] * 8),
        (CustodyHolidays.FIRST_HALF_A_EVEN, CHRISTMAS_2027, [B] * 8 + [A] * 8),
        (CustodyHolidays.FIRST_HALF_A_ODD, CHRISTMAS_2026, [B] * 8 + [A] * 8),
        (CustodyHolidays.FIRST_HALF_A_ODD, CHRISTMAS_2027, [A] * 8 + [B] * 8),
    ],
)
def test_holidays_are_halved_by_the_year_in_which_they_start(
    rule: CustodyHolidays, period: Span, homes: list[int]
) -> None:
    assert [home_on(shared(rule), [], day, [CHRISTMAS_2026, CHRISTMAS_2027]) for day in period] == homes


def test_the_middle_day_of_holidays_belongs_to_the_first_half() -> None:
    plan, nine_days = shared(CustodyHolidays.FIRST_HALF_A_EVEN), Span(D(2026, 2, 7), D(2026, 2, 15))
    assert [home_on(plan, [], day, [nine_days]) for day in nine_days] == [A] * 5 + [B] * 4


def test_without_a_rule_holidays_are_like_other_days() -> None:
    assert [home_on(ISO_WEEKS, [], day, [CHRISTMAS_2026]) for day in CHRISTMAS_2026] == [
        home_on(ISO_WEEKS, [], day, []) for day in CHRISTMAS_2026
    ]


def test_a_bridge_of_a_few_days_is_not_halved() -> None:
    plan = shared(CustodyHolidays.FIRST_HALF_A_EVEN)
    assert [home_on(plan, [], day, [ASCENSION]) for day in ASCENSION] == [
        home_on(ISO_WEEKS, [], day, []) for day in ASCENSION
    ]


def test_an_exception_wins_over_holidays_and_plan() -> None:
    plan = shared(CustodyHolidays.FIRST_HALF_A_EVEN)
    stay = CustodyException(Span(D(2026, 12, 21), D(2026, 12, 22)), GRANDMOTHER)
    homes = [home_on(plan, [stay], D(2026, 12, day), [CHRISTMAS_2026]) for day in (20, 21, 22, 23)]
    assert homes == [A, GRANDMOTHER, GRANDMOTHER, A]


def test_of_two_exceptions_the_one_that_starts_last_holds() -> None:
    month = CustodyException(Span(D(2026, 9, 1), D(2026, 9, 30)), B)
    weekend = CustodyException(Span(D(2026, 9, 12), D(2026, 9, 13)), A)
    assert home_on(CustodyPlan(CustodyMode.ONE, A), [weekend, month], D(2026, 9, 12), []) == A


@pytest.mark.parametrize(
    "parts",
    [
        {"mode": CustodyMode.ONE, "home_b": B},
        {"mode": CustodyMode.ISO_WEEK},
        {"mode": CustodyMode.ISO_WEEK, "home_b": A},
        {"mode": CustodyMode.CYCLE, "home_b": B, "pattern": "AB"},
        {"mode": CustodyMode.CYCLE, "home_b": B, "anchor_on": D(2026, 9, 1)},
        {"mode": CustodyMode.CYCLE, "home_b": B, "anchor_on": D(2026, 9, 1), "pattern": "AC"},
        {"mode": CustodyMode.CYCLE, "home_b": B, "anchor_on": D(2026, 9, 1), "pattern": "AAAA"},
    ],
)
def test_a_plan_that_lacks_what_its_mode_needs_is_refused(parts) -> None:
    with pytest.raises(ValueError):
        CustodyPlan(home_a=A, **parts)
