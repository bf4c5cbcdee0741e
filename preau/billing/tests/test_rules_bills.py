"""From booked days and prices to lines: nothing lost, nothing twice."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from preau.billing.rules.bills import Payers, PricedDays, ShareRow, cut, lines_by_payer, merged_steps
from preau.core.money import Cents
from preau.pricing.rules import Price, Step

DAYS = [(dt.date(2026, 9, 1) + dt.timedelta(days=offset)).isoformat() for offset in range(30)]
ZOE, PAUL, CCAS = 1, 2, 3


def price(cents: int, food: int | None = None, steps: tuple[Step, ...] = ()) -> Price:
    if food is None:
        return Price(Cents(cents), steps)
    return Price(Cents(cents), steps, care_cents=Cents(cents - food), food_cents=Cents(food))


@st.composite
def prices(draw: st.DrawFn) -> Price:
    cents = draw(st.integers(0, 3000))
    return price(cents, draw(st.none() | st.integers(0, cents)))


weights = st.lists(st.tuples(st.sampled_from([ZOE, PAUL, CCAS]), st.integers(1, 9)), min_size=1, max_size=3).map(
    lambda rows: tuple(sorted(dict(rows).items()))
)
runs = st.lists(
    st.builds(
        PricedDays,
        participant=st.integers(1, 3),
        unit=st.integers(1, 3),
        price=prices(),
        days=st.lists(st.sampled_from(DAYS), min_size=1, unique=True).map(sorted),
        payers=weights,
    ),
    max_size=12,
)


@given(runs)
def test_the_lines_of_all_payers_add_up_to_the_priced_days(priced: list[PricedDays]) -> None:
    lines = [line for mine in lines_by_payer(priced).values() for line in mine]
    assert sum(line.amount_cents for line in lines) == sum(len(part.days) * part.price.cents for part in priced)
    assert sum(line.care_cents for line in lines) == sum(
        len(part.days) * (part.price.care_cents or 0) for part in priced
    )
    assert sum(line.food_cents for line in lines) == sum(
        len(part.days) * (part.price.food_cents or 0) for part in priced
    )


@given(runs)
def test_no_line_is_negative_nor_above_quantity_times_price(priced: list[PricedDays]) -> None:
    for mine in lines_by_payer(priced).values():
        for line in mine:
            assert line.care_cents >= 0
            assert line.food_cents >= 0
            assert line.care_cents + line.food_cents <= line.amount_cents <= line.quantity * line.unit_price_cents


@given(runs)
def test_one_payer_has_one_line_for_a_child_a_unit_and_a_price(priced: list[PricedDays]) -> None:
    for mine in lines_by_payer(priced).values():
        keys = [(line.participant, line.unit, line.unit_price_cents, line.share, tuple(line.days)) for line in mine]
        assert len(keys) == len(set(keys))
        assert all(line.quantity == len(line.days) for line in mine)


@given(days=st.lists(st.sampled_from(DAYS), unique=True).map(sorted), marks=st.lists(st.sampled_from(DAYS)).map(sorted))
def test_cutting_days_loses_none_and_no_run_crosses_a_mark(days: list[str], marks: list[str]) -> None:
    pieces = list(cut(days, marks))
    assert [day for piece in pieces for day in piece] == days
    assert all(not (piece[0] < mark <= piece[-1]) for piece in pieces for mark in marks)


def test_the_invoice_of_the_guide() -> None:
    priced = [
        PricedDays(1, unit, price(cents), DAYS[:quantity], ((ZOE, 1),))
        for unit, (quantity, cents) in enumerate([(12, 455), (14, 472), (4, 1591)])
    ]
    lines = lines_by_payer(priced)[ZOE]
    assert [line.amount_cents for line in lines] == [5460, 6608, 6364]
    assert sum(line.amount_cents for line in lines) == 18432


def test_an_odd_cent_goes_to_one_of_the_two_parents() -> None:
    lines = lines_by_payer([PricedDays(1, 1, price(455), DAYS[:1], ((ZOE, 1), (PAUL, 1)))])
    assert [lines[ZOE][0].amount_cents, lines[PAUL][0].amount_cents] == [228, 227]
    assert [lines[ZOE][0].share, lines[ZOE][0].quantity, lines[ZOE][0].unit_price_cents] == ["1/2", 1, 455]


def test_days_of_one_price_on_both_sides_of_a_change_are_one_line_that_tells_both_reasons() -> None:
    before = price(350, steps=(Step("Quotient familial", "742"), Step("Prix", "3,50 €")))
    after = price(350, steps=(Step("Quotient familial", "790"), Step("Prix", "3,50 €")))
    priced = [PricedDays(1, 1, before, DAYS[:3], ((ZOE, 1),)), PricedDays(1, 1, after, DAYS[3:5], ((ZOE, 1),))]
    [line] = lines_by_payer(priced)[ZOE]
    assert line.quantity == 5
    assert list(line.steps) == [Step("Quotient familial", "742 puis 790"), Step("Prix", "3,50 €")]


def test_the_date_of_each_day_is_not_told_twice() -> None:
    steps = [[Step("Date", "01/09/2026"), Step("Prix", "1 €")], [Step("Date", "02/09/2026"), Step("Prix", "1 €")]]
    assert list(merged_steps(steps)) == [Step("Prix", "1 €")]


def test_the_first_adult_pays_where_no_share_is_in_force() -> None:
    assert Payers(default=ZOE).on(1, DAYS[0]) == ((ZOE, 1),)
    assert Payers(default=ZOE, household=[ShareRow(DAYS[5], PAUL, 1)]).on(1, DAYS[4]) == ((ZOE, 1),)


def test_the_shares_of_a_child_replace_those_of_the_household() -> None:
    payers = Payers(ZOE, [ShareRow(DAYS[0], PAUL, 1)], {7: [ShareRow(DAYS[3], CCAS, 1)]})
    assert payers.on(7, DAYS[2]) == ((PAUL, 1),)
    assert payers.on(7, DAYS[3]) == ((CCAS, 1),)
    assert payers.on(8, DAYS[3]) == ((PAUL, 1),)


def test_the_latest_shares_replace_all_those_before() -> None:
    payers = Payers(None, [ShareRow(DAYS[0], ZOE, 1), ShareRow(DAYS[0], PAUL, 2), ShareRow(DAYS[9], ZOE, 1)])
    assert payers.on(1, DAYS[8]) == ((ZOE, 1), (PAUL, 2))
    assert payers.on(1, DAYS[9]) == ((ZOE, 1),)
    assert payers.marks(1) == {DAYS[0], DAYS[9]}


def test_without_share_nor_adult_nobody_pays() -> None:
    assert Payers().on(1, DAYS[0]) == ()
