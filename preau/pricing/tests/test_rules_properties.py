"""What holds of every tariff, and of every family."""

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


fractions = st.integers(1, 20_000).map(lambda millionths: f"0.{millionths:06d}")


@st.composite
def rates(draw: st.DrawFn) -> dict[str, Any]:
    floor, ceiling = sorted([draw(amounts), draw(amounts)], key=Decimal)
    rate = draw(st.one_of(fractions, st.lists(fractions, min_size=1, max_size=3)))
    return {"kind": "rate", "rate": rate, "floor": floor, "ceiling": ceiling}


@st.composite
def lines(draw: st.DrawFn) -> dict[str, Any]:
    at = draw(st.lists(st.integers(0, 3000), min_size=2, max_size=5, unique=True))
    return {"kind": "line", "points": [[str(each), draw(by_rank)] for each in sorted(at)]}


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


effects = st.one_of(
    st.fixed_dictionaries({"add": st.integers(-300, 300).map(lambda cents: f"{cents / 100:.2f}")}),
    st.fixed_dictionaries({"times": amounts}),
    st.fixed_dictionaries({"replace": amounts}),
    st.fixed_dictionaries({"floor": amounts}),
    st.fixed_dictionaries({"ceiling": amounts}),
)
modifiers = st.builds(lambda effect, when: effect | ({"when": when} if when else {}), effects, conditions | st.none())


@st.composite
def tariffs(draw: st.DrawFn) -> dict[str, Any]:
    """Conditional prices of listed amounts, and one for all that remain."""
    return draw(tariffs_of(st.one_of(fixed, grids())))


@st.composite
def modified(draw: st.DrawFn) -> dict[str, Any]:
    """Prices of every kind, and what then modifies them."""
    data = draw(tariffs_of(st.one_of(fixed, grids(), rates(), lines())))
    return data | ({"then": then} if (then := draw(st.lists(modifiers, max_size=3))) else {})


@st.composite
def tariffs_of(draw: st.DrawFn, kinds: st.SearchStrategy[Any]) -> dict[str, Any]:
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


@given(modified(), families)
def test_a_price_always_explains_itself_and_ends_with_its_amount(data: dict[str, Any], facts: Facts) -> None:
    steps = price(parse_tariff(data), facts).steps
    assert [steps[0].label, *(step.label for step in steps if step.label == "Prix")] == ["Tarif", "Prix"]
    assert len({step.label for step in steps}) == len(steps)


@given(modified(), families)
def test_care_and_food_make_the_price(data: dict[str, Any], facts: Facts) -> None:
    found = price(parse_tariff(data), facts)
    if found.care_cents is None or found.food_cents is None:
        assert "split" not in data
    else:
        assert min(found.care_cents, found.food_cents) >= 0
        assert found.care_cents + found.food_cents == found.cents


@given(modified())
def test_a_tariff_written_and_read_back_is_the_same(data: dict[str, Any]) -> None:
    tariff = parse_tariff(data)
    written = dump_tariff(tariff)
    assert parse_tariff(written) == tariff
    assert dump_tariff(parse_tariff(written)) == written


@given(modified(), families)
def test_what_a_booking_costs_is_within_the_published_range(data: dict[str, Any], facts: Facts) -> None:
    tariff = parse_tariff(data)
    assume(facts.status == PricedStatus.BOOKED)
    low, high = lowest_and_highest(tariff)
    assert low <= price(tariff, facts).cents <= high


@given(modified(), families)
def test_an_unknown_quotient_never_pays_less_than_a_known_one(data: dict[str, Any], facts: Facts) -> None:
    tariff = parse_tariff(data)
    assert price(tariff, facts._replace(quotient=None)).cents >= price(tariff, facts).cents


@given(st.integers(1, 120), amounts, st.integers(0, 600), st.integers(0, 600))
def test_a_longer_stay_never_costs_less_and_a_period_is_due_once_started(
    period: int, each: str, one: int, other: int
) -> None:
    tariff = parse_tariff({"base": [{"kind": "per", "minutes": period, "each": {"kind": "fixed", "price": each}}]})
    short, long = (price(tariff, Facts(minutes=minutes)).cents for minutes in sorted([one, other]))
    assert short <= long
    assert price(tariff, Facts(minutes=one * period)).cents == one * int(Decimal(each) * 100)


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
