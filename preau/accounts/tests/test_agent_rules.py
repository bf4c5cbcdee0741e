"""Who may give rights, and take them: rules on plain values."""

import datetime as dt

import pytest

from preau.accounts.rules import (
    AgentRefusal,
    Confirmed,
    Deciding,
    can_be_recovered,
    deciding_refusal,
    first_holds,
    leaving_refusal,
    needs_agreement,
    proposal_refusal,
    recovery_refusal,
)

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)
ANNE, BRUNO, CHLOE, DENIS = 1, 2, 3, 4


def case(by, about=DENIS, ruling=(ANNE, BRUNO), lasting=()) -> Deciding:
    return Deciding(by, about, frozenset(ruling), frozenset(lasting))


@pytest.mark.parametrize(
    ("by", "about", "refusal"),
    [
        (ANNE, DENIS, None),
        (ANNE, BRUNO, None),
        (ANNE, ANNE, AgentRefusal.OWN_RIGHTS),
        (CHLOE, DENIS, AgentRefusal.NOT_ADMINISTRATOR),
        (CHLOE, CHLOE, AgentRefusal.NOT_ADMINISTRATOR),
        (None, ANNE, None),
    ],
)
def test_an_administrator_decides_of_others_and_never_of_themselves(by, about, refusal):
    assert deciding_refusal(case(by, about)) is refusal


@pytest.mark.parametrize(
    ("before", "left", "refusal"),
    [
        (case(ANNE, lasting=[ANNE, BRUNO]), case(ANNE, ruling=[ANNE], lasting=[ANNE]), None),
        (case(ANNE, lasting=[BRUNO]), case(ANNE, ruling=[ANNE]), AgentRefusal.LAST_ADMINISTRATOR),
        (case(ANNE), case(ANNE, ruling=[ANNE]), None),
        (case(ANNE), case(ANNE, ruling=[]), AgentRefusal.LAST_ADMINISTRATOR),
        (case(None, ruling=[]), case(None, ruling=[]), None),
    ],
)
def test_an_administrator_whose_right_has_no_end_always_stays(before, left, refusal):
    assert leaving_refusal(before, left) is refusal


@pytest.mark.parametrize(
    ("by", "about", "ruling", "needed"),
    [
        (ANNE, DENIS, [ANNE, BRUNO], True),
        (ANNE, DENIS, [ANNE], False),
        (ANNE, BRUNO, [ANNE, BRUNO], False),
        (ANNE, BRUNO, [ANNE, BRUNO, CHLOE], True),
        (None, DENIS, [ANNE, BRUNO], False),
    ],
)
def test_a_second_administrator_must_agree_when_there_is_one(by, about, ruling, needed):
    assert needs_agreement(case(by, about, ruling)) is needed


@pytest.mark.parametrize(
    ("by", "after", "refusal"),
    [
        (BRUNO, 7 * 24 * HOUR, None),
        (BRUNO, 7 * 24 * HOUR + HOUR, AgentRefusal.OVER),
        (ANNE, HOUR, AgentRefusal.SAME_ADMINISTRATOR),
        (DENIS, HOUR, AgentRefusal.NOT_ADMINISTRATOR),
    ],
)
def test_a_proposal_is_agreed_by_another_within_a_week(by, after, refusal):
    assert proposal_refusal(case(by), asked_by=ANNE, asked_at=NOW, now=NOW + after) is refusal


@pytest.mark.parametrize(
    ("by", "first_by", "after", "refusal"),
    [
        (ANNE, None, 0 * HOUR, None),
        (BRUNO, ANNE, 24 * HOUR, None),
        (ANNE, ANNE, HOUR, AgentRefusal.SAME_ADMINISTRATOR),
        (ANNE, ANNE, 25 * HOUR, None),  # begins again
        (DENIS, ANNE, HOUR, AgentRefusal.NOT_ADMINISTRATOR),
        (BRUNO, None, 7 * 24 * HOUR + HOUR, AgentRefusal.OVER),
    ],
)
def test_two_administrators_confirm_within_a_day(by, first_by, after, refusal):
    asked = Confirmed(NOW, first_by, NOW if first_by else None)
    assert recovery_refusal(case(by), asked, now=NOW + after) is refusal


def test_an_administrator_does_not_confirm_their_own_recovery():
    asked = Confirmed(NOW, ANNE, NOW)
    assert recovery_refusal(case(BRUNO, BRUNO), asked, now=NOW) is AgentRefusal.OWN_RIGHTS


def test_the_first_confirmation_holds_a_day():
    assert first_holds(Confirmed(NOW, ANNE, NOW), NOW + 24 * HOUR)
    assert not first_holds(Confirmed(NOW, ANNE, NOW), NOW + 25 * HOUR)
    assert not first_holds(Confirmed(NOW), NOW)


@pytest.mark.parametrize(
    ("ruling", "possible"), [([], False), ([ANNE], False), ([ANNE, DENIS], False), ([ANNE, BRUNO], True)]
)
def test_it_takes_two_administrators_besides_the_agent(ruling, possible):
    assert can_be_recovered(DENIS, ruling) is possible
