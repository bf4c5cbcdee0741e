import datetime as dt

import pytest

from preau.activities.testing import make_activity, make_unit
from preau.families.testing import make_child, make_family
from preau.pricing.queries import HOUSEHOLDS, PriceBook, tariff_catalogue
from preau.pricing.rules import TariffHole
from preau.pricing.testing import make_quotient, make_tariff
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

FIRST, LAST = dt.date(2026, 10, 1), dt.date(2026, 10, 31)
GRID = {"base": [{"kind": "grid", "at": ["0", "600", "900"], "prices": ["2.00", "3.00", "4.00"]}]}


@pytest.fixture(autouse=True)
def fresh_catalogue():
    make_town()
    tariff_catalogue.cache_clear()


def read(unit, *families):
    return PriceBook.read(unit_ids=[unit.pk], family_ids=[f.pk for f in families], first=FIRST, last=LAST)


def cents(book, unit, family, child, day=FIRST):
    return book.price(unit_id=unit.pk, family_id=family.pk, participant_id=child.pk, day=day).cents


def test_the_quotient_in_force_on_the_day_gives_the_bracket():
    family, unit = make_family(), make_unit(make_activity())
    child = make_child(family)
    make_tariff(unit, GRID)
    make_quotient(family, "742")
    make_quotient(family, "450", starts_on=dt.date(2026, 10, 12))
    book = read(unit, family)
    assert cents(book, unit, family, child, dt.date(2026, 10, 11)) == 300
    assert cents(book, unit, family, child, dt.date(2026, 10, 12)) == 200


def test_without_a_quotient_the_highest_price_holds():
    family, unit = make_family(), make_unit(make_activity())
    make_tariff(unit, GRID)
    assert cents(read(unit, family), unit, family, make_child(family)) == 400


def test_a_refused_quotient_counts_as_unknown():
    family, unit = make_family(), make_unit(make_activity())
    make_tariff(unit, GRID)
    make_quotient(family, "100")
    make_quotient(family, None, starts_on=dt.date(2026, 9, 1))
    assert cents(read(unit, family), unit, family, make_child(family)) == 400


def test_a_household_outside_the_town_pays_the_other_price():
    unit = make_unit(make_activity())
    make_tariff(
        unit,
        {"base": [{"kind": "fixed", "price": "2.85", "when": {"resident": True}}, {"kind": "fixed", "price": "4.00"}]},
    )
    here, away = make_family(), make_family(insee_code="75113")
    book = read(unit, here, away)
    assert cents(book, unit, here, make_child(here)) == 285
    assert cents(book, unit, away, make_child(away)) == 400


def test_the_rank_is_that_of_birth_among_the_children_of_the_household():
    family, unit = make_family(), make_unit(make_activity())
    make_tariff(unit, {"base": [{"kind": "fixed", "price": ["4.17", "3.33"]}]})
    younger = make_child(family, born_on=dt.date(2021, 1, 1))
    elder = make_child(family, first_name="Mylis", born_on=dt.date(2019, 1, 1))
    book = read(unit, family)
    assert (cents(book, unit, family, elder), cents(book, unit, family, younger)) == (417, 333)


@pytest.mark.parametrize("found_in", [list, lambda rows: rows[::-1]])
def test_twins_keep_their_ranks_whatever_the_order_in_which_they_are_found(monkeypatch, found_in):
    family, unit = make_family(), make_unit(make_activity())
    make_tariff(unit, {"base": [{"kind": "fixed", "price": ["4.17", "3.33"]}]})
    first, second = (make_child(family, first_name=name, born_on=dt.date(2020, 1, 1)) for name in ("Nora", "Mylis"))
    found = HOUSEHOLDS.rows(family_ids=[family.pk], last=LAST)
    monkeypatch.setattr(HOUSEHOLDS, "rows", lambda **values: found_in(list(found)))
    book = read(unit, family)
    assert (cents(book, unit, family, first), cents(book, unit, family, second)) == (417, 333)


def test_a_new_version_prices_from_its_day_on():
    family, unit = make_family(), make_unit(make_activity())
    child = make_child(family)
    make_tariff(unit, "3.50")
    make_tariff(unit, "3.60", starts_on=dt.date(2026, 10, 15))
    book = read(unit, family)
    assert cents(book, unit, family, child, dt.date(2026, 10, 14)) == 350
    assert cents(book, unit, family, child, dt.date(2026, 10, 15)) == 360


def test_breakpoints_are_the_days_on_which_a_price_may_change():
    family, unit = make_family(), make_unit(make_activity())
    make_tariff(unit, "3.50")
    make_tariff(unit, "3.60", starts_on=dt.date(2026, 10, 15))
    make_quotient(family, "742", starts_on=dt.date(2026, 10, 5))
    make_quotient(family, "700", starts_on=FIRST)
    book = read(unit, family)
    assert book.breakpoints(family.pk, unit.pk) == [dt.date(2026, 10, 5), dt.date(2026, 10, 15)]


def test_a_unit_without_a_tariff_is_a_hole():
    family, unit = make_family(), make_unit(make_activity())
    with pytest.raises(TariffHole):
        cents(read(unit, family), unit, family, make_child(family))


def test_the_label_says_where_the_quotient_comes_from():
    family, unit = make_family(), make_unit(make_activity())
    make_tariff(unit, GRID)
    make_quotient(family, "742").__class__.objects.update(month=dt.date(2026, 1, 1))
    book = read(unit, family)
    assert book.quotient_on(family.pk, FIRST).label == "attestation de la CAF, janvier 2026"


@pytest.mark.parametrize("count", [1, 6])
def test_a_book_takes_one_query_whatever_the_households(count, django_assert_num_queries):
    unit = make_unit(make_activity())
    make_tariff(unit, GRID)
    families = [make_family() for _ in range(count)]
    children = [make_child(family) for family in families]
    tariff_catalogue(1)
    with django_assert_num_queries(1):
        book = PriceBook.read(
            unit_ids=[unit.pk], family_ids=[f.pk for f in families], first=FIRST, last=LAST, catalogue_version=1
        )
        for family, child in zip(families, children, strict=True):
            cents(book, unit, family, child)
