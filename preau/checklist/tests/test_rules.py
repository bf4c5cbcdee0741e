"""What is owed, by when, and what it blocks."""

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from preau.checklist.choices import Item, Stage, State
from preau.checklist.rules import (
    SETTLED,
    Demand,
    ItemState,
    Missing,
    Person,
    Use,
    merged,
    standing,
)

TODAY = dt.date(2026, 11, 9)
CANTEEN, MORNING = 1, 2
LUNCH = Use(CANTEEN, "Restauration", dt.date(2026, 10, 1), dt.date(2026, 11, 20))
CARE = Use(MORNING, "Accueil du matin", dt.date(2026, 10, 5), dt.date(2026, 12, 1))
NORA = Person(dt.date(2021, 3, 14), uses=(LUNCH, CARE))


def asked(item="coordinates", stage=Stage.BEFORE_BOOKING, **more) -> Demand:
    return Demand(item=item, stage=stage, **more)


def owed(person: Person, *demands: Demand, on: dt.date = TODAY) -> Missing:
    (only,) = standing(person, demands, on=on).missing
    return only


def test_what_nobody_asks_for_is_not_missing():
    assert standing(NORA, [], on=TODAY).is_complete


def test_what_is_asked_of_everyone_before_booking_blocks_every_activity():
    missing = owed(NORA, asked())
    assert missing.everything
    assert standing(NORA, [asked()], on=TODAY).obstacles(99) == (missing,)


def test_it_is_asked_of_whoever_is_enrolled_in_nothing_too():
    assert owed(replace(NORA, uses=()), asked()).everything


def test_what_is_asked_for_an_activity_blocks_that_one_alone():
    found = standing(NORA, [asked(activities=frozenset({CANTEEN}))], on=TODAY)
    assert found.missing[0].names == ("Restauration",)
    assert found.obstacles(CANTEEN)
    assert not found.obstacles(MORNING)


def test_what_is_asked_for_an_activity_is_not_asked_of_who_does_not_use_it():
    assert standing(replace(NORA, uses=(CARE,)), [asked(activities=frozenset({CANTEEN}))], on=TODAY).is_complete


def test_before_the_first_day_it_blocks_nothing_and_says_the_eve():
    missing = owed(NORA, asked(stage=Stage.BEFORE_FIRST_DAY))
    assert (missing.by, missing.is_blocking, missing.is_late) == (dt.date(2026, 11, 19), False, False)


def test_once_the_first_day_is_there_it_is_late():
    assert owed(NORA, asked(stage=Stage.BEFORE_FIRST_DAY), on=LUNCH.first_day).is_late


def test_a_provisional_admission_lasts_its_months_last_day_included():
    demand = asked(stage=Stage.PROVISIONAL, months=3, activities=frozenset({CANTEEN}))
    last = dt.date(2027, 2, 20)
    assert owed(NORA, demand, on=last).by == last
    assert not owed(NORA, demand, on=last).is_blocking
    after = owed(NORA, demand, on=last + dt.timedelta(days=1))
    assert after.blocks == {CANTEEN}
    assert after.stage == Stage.BEFORE_BOOKING


def test_what_is_optional_is_not_missing_and_says_what_leaving_it_out_costs():
    cost = "Sans lui, le tarif le plus élevé s’applique."
    found = standing(NORA, [asked("avis", Stage.OPTIONAL, cost=cost)], on=TODAY)
    assert found.is_complete
    assert found.optional[0].cost == cost


def test_optional_here_and_required_there_is_required():
    both = [asked(stage=Stage.OPTIONAL), asked(stage=Stage.BEFORE_FIRST_DAY, activities=frozenset({CANTEEN}))]
    assert owed(NORA, *both).stage == Stage.BEFORE_FIRST_DAY


def test_while_an_agent_looks_nothing_is_asked_nor_blocked_and_the_file_is_not_complete_yet():
    person = replace(NORA, states={"coordinates": ItemState(State.CHECKING)})
    found = standing(person, [asked()], on=TODAY)
    assert not found.missing
    assert not found.is_complete
    assert found.checking == ("coordinates",)


def test_what_was_refused_or_has_expired_is_missing_again_since_then():
    refused = ItemState(State.REFUSED, dt.date(2026, 11, 2), "illisible")
    missing = owed(replace(NORA, states={"coordinates": refused}), asked())
    assert (missing.since, missing.state) == (refused.since, refused)


def test_what_is_about_children_is_not_asked_of_an_adult():
    grown = Person(dt.date(1985, 1, 1), is_adult=True)
    assert standing(grown, [asked(Item.SCHOOL)], on=TODAY).is_complete


def test_ages_are_counted_on_the_first_day_both_ends_included():
    six = replace(NORA, uses=(LUNCH,), born_on=dt.date(2020, 11, 20))
    assert not standing(six, [asked(activities=frozenset({CANTEEN}), age_from=6)], on=TODAY).is_complete
    assert standing(six, [asked(activities=frozenset({CANTEEN}), age_to=5)], on=TODAY).is_complete


def test_the_most_urgent_comes_first():
    late = asked("b", Stage.BEFORE_FIRST_DAY)
    found = standing(NORA, [asked("c", Stage.PROVISIONAL, months=3), late, asked("a")], on=TODAY)
    assert [missing.item for missing in found.missing] == ["a", "b", "c"]


def test_what_a_brother_and_a_sister_owe_alike_is_told_once():
    before = owed(replace(NORA, uses=(CARE,)), asked(stage=Stage.BEFORE_FIRST_DAY))
    blocking = owed(replace(NORA, uses=(LUNCH,)), asked(activities=frozenset({CANTEEN})))
    (both,) = merged([before, blocking])
    assert (both.stage, both.by, both.blocks) == (Stage.BEFORE_BOOKING, before.by, frozenset({CANTEEN}))


# Properties

items = st.sampled_from(["coordinates", "school", "health", "vaccines"])
demands = st.builds(
    Demand,
    item=items,
    stage=st.sampled_from(Stage),
    activities=st.none() | st.frozensets(st.integers(1, 4), min_size=1),
    age_from=st.none() | st.integers(0, 12),
    age_to=st.none() | st.integers(0, 12),
    months=st.integers(1, 12),
)
some_days = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
uses = st.builds(Use, st.integers(1, 4), st.sampled_from(["A", "B"]), some_days, some_days)
states = st.dictionaries(items, st.builds(ItemState, st.sampled_from(State), st.none() | some_days))
people = st.builds(
    Person,
    born_on=st.dates(dt.date(2012, 1, 1), dt.date(2024, 1, 1)),
    is_adult=st.booleans(),
    uses=st.lists(uses, max_size=4).map(tuple),
    states=states,
)


def owed_items(person: Person, some: list[Demand], on: dt.date) -> set[str]:
    return {missing.item for missing in standing(person, some, on=on).missing}


@given(people, st.lists(demands, max_size=6), demands, some_days)
def test_asking_for_more_never_makes_a_file_more_complete(person, some, more, on):
    before, after = standing(person, some, on=on), standing(person, [*some, more], on=on)
    assert owed_items(person, some, on) <= owed_items(person, [*some, more], on)
    assert before.is_complete or not after.is_complete
    for activity in range(1, 5):
        assert len(before.obstacles(activity)) <= len(after.obstacles(activity))


@given(people, st.lists(demands, max_size=6), items, some_days)
def test_giving_something_never_asks_for_more(person, some, item, on):
    given_now = replace(person, states={**person.states, item: SETTLED})
    assert owed_items(given_now, some, on) <= owed_items(person, some, on) - {item}


@given(people, st.lists(demands, max_size=6), some_days)
def test_the_order_of_demands_changes_nothing_to_what_is_owed(person, some, on):
    one, other = standing(person, some, on=on), standing(person, some[::-1], on=on)
    assert [(m.item, m.stage, m.by, m.blocks, m.everything) for m in one.missing] == [
        (m.item, m.stage, m.by, m.blocks, m.everything) for m in other.missing
    ]


@given(people, st.lists(demands, max_size=6), some_days)
def test_only_what_one_uses_is_blocked_and_everything_given_blocks_nothing(person, some, on):
    found = standing(person, some, on=on)
    assert all(missing.blocks <= {use.activity for use in person.uses} for missing in found.missing)
    whole = replace(person, states=dict.fromkeys(("coordinates", "school", "health", "vaccines"), SETTLED))
    assert standing(whole, some, on=on).is_complete


@given(people, st.lists(demands, max_size=6), some_days)
def test_what_is_optional_never_blocks(person, some, on):
    optional = [replace(demand, stage=Stage.OPTIONAL) for demand in some]
    found = standing(person, optional, on=on)
    assert not found.missing
    assert not any(one.is_blocking for one in found.optional)
