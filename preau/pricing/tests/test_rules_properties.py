"""What holds of every tariff of fixed prices and grids, and of every family."""

from decimal import Decimal
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from preau.pricing.choices import PricedStatus
from preau.pricing.rules import (
    Facts,
    Tariff,
    TariffFault,
    TariffHole,
    dump_tariff,
    lowest_and_highest,
    parse_tariff,
    price,
    summary,
)

amounts = st.integers(0, 5000).map(lambda cents: f"{cents // 100}.{cents % 100:02d}")
by_rank = st.one_of(amounts, st.lists(amounts, min_size=1, max_size=3))
bounds = st.lists(st.integers(1, 3000), max_size=6, unique=True).map(lambda found: ["0", *map(str, sorted(found))])


@st.composite
def grids(draw: st.DrawFn, prices: st.SearchStrategy[Any] = by_rank) -> dict[str, Any]:
    at = draw(bounds)
    return {"kind": "grid", "at": at, "prices": draw(st.lists(prices, min_size=len(at), max_size=len(at)))}


fixed = st.builds(lambda amount: {"kind": "fixed", "price": amount}, by_rank)
conditions = st.fixed_dictionaries(
    {},
    optional={
        "resident": st.booleans(),
        "occasional": st.booleans(),
        "has": st.sampled_from(["pai", "ulis", ["pai", "ulis"]]),
        "has_not": st.sampled_from(["ccas", ["pai", "ccas"]]),
        "quotient": st.integers(1, 2000).map(lambda bound: {"max": str(bound)}),
        "rank": st.sampled_from([1, [1, 2], {"min": "2"}, {"max": "3"}]),
        "status": st.sampled_from(PricedStatus.values),
        "level": st.sampled_from(["ps", ["cp", "ce1"]]),
    },
).filter(bool)


@st.composite
def tariffs(draw: st.DrawFn) -> dict[str, Any]:
    """Conditional prices, and one for all that remain."""
    kinds = st.one_of(fixed, grids())
    conditional = [
        draw(kinds) | {"when": when}
        for when in draw(st.lists(conditions, max_size=3, unique_by=lambda when: str(when)))
    ]
    data: dict[str, Any] = {"base": [*conditional, draw(kinds)]}
    if draw(st.booleans()):
        data["split"] = draw(st.sampled_from([{"food": "1.20"}, {"care": "62.5"}]))
    return data


quotients = st.one_of(st.none(), st.integers(0, 500_000).map(lambda cents: Decimal(cents) / 100))
families = st.builds(
    Facts,
    quotient=quotients,
    resident=st.booleans(),
    occasional=st.booleans(),
    rank=st.integers(1, 6),
    level=st.sampled_from(["", "ps", "cp", "ce1"]),
    status=st.sampled_from(PricedStatus.values),
    tags=st.frozensets(st.sampled_from(["pai", "ulis", "ccas"])),
)


def listed(tariff: Tariff) -> set[int]:
    return {cents for row in summary(tariff) for cents in row.cents}


@given(tariffs(), families)
def test_a_price_is_always_one_of_the_voted_prices(data: dict[str, Any], facts: Facts) -> None:
    tariff = parse_tariff(data)
    assert price(tariff, facts).cents in listed(tariff)


@given(tariffs(), families)
def test_a_price_always_explains_itself_and_ends_with_its_amount(data: dict[str, Any], facts: Facts) -> None:
    steps = price(parse_tariff(data), facts).steps
    assert [steps[0].label, *(step.label for step in steps if step.label == "Prix")] == ["Tarif", "Prix"]
    assert len({step.label for step in steps}) == len(steps)


@given(tariffs(), families)
def test_care_and_food_make_the_price(data: dict[str, Any], facts: Facts) -> None:
    found = price(parse_tariff(data), facts)
    if found.care_cents is None or found.food_cents is None:
        assert "split" not in data
    else:
        assert min(found.care_cents, found.food_cents) >= 0
        assert found.care_cents + found.food_cents == found.cents


@given(tariffs())
def test_a_tariff_written_and_read_back_is_the_same(data: dict[str, Any]) -> None:
    tariff = parse_tariff(data)
    written = dump_tariff(tariff)
    assert parse_tariff(written) == tariff
    assert dump_tariff(parse_tariff(written)) == written


@given(tariffs(), families)
def test_what_a_booking_costs_is_within_the_published_range(data: dict[str, Any], facts: Facts) -> None:
    tariff = parse_tariff(data)
    assume(facts.status == PricedStatus.BOOKED)
    low, high = lowest_and_highest(tariff)
    assert low <= price(tariff, facts).cents <= high


@given(grids(amounts), quotients, quotients)
def test_on_a_rising_grid_a_higher_quotient_never_pays_less(data: dict[str, Any], one: Any, other: Any) -> None:
    data["prices"].sort(key=Decimal)
    tariff = parse_tariff({"base": [data]})
    assume(one is not None)
    more = price(tariff, Facts(quotient=one if other is None else max(one, other))).cents
    less = price(tariff, Facts(quotient=one if other is None else min(one, other))).cents
    assert less <= more <= price(tariff, Facts(quotient=None)).cents


@given(grids(), quotients, families)
def test_a_price_by_quotient_ignores_all_but_quotient_and_rank(
    data: dict[str, Any], quotient: Any, facts: Facts
) -> None:
    tariff = parse_tariff({"base": [data]})
    plain = price(tariff, Facts(quotient=quotient, rank=facts.rank))
    other = price(
        tariff,
        Facts(
            quotient=quotient,
            rank=facts.rank,
            resident=facts.resident,
            occasional=facts.occasional,
            level=facts.level,
            status=facts.status,
            tags=facts.tags,
        ),
    )
    assert plain == other


@given(
    st.lists(st.builds(lambda entry, when: entry | {"when": when}, fixed, conditions), min_size=1, max_size=4), families
)
def test_a_tariff_without_a_last_resort_is_refused_or_has_a_price_for_all_it_speaks_of(
    base: list[dict[str, Any]], facts: Facts
) -> None:
    try:
        tariff = parse_tariff({"base": base})
    except TariffFault:
        return
    try:
        found = price(tariff, facts)
    except TariffHole:
        assert any({"level", "status"} & set(entry["when"]) for entry in base)
    else:
        assert found.cents in listed(tariff)
