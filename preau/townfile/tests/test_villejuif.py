"""The town that is shipped: as its guides show it, on the official calendar."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal

import holidays
import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker
from vacances_scolaires_france import SchoolHolidayDates

from preau.activities.models import Activity, Unit
from preau.activities.rules import describe, parse_notice
from preau.bookings.models import Opening, Slot
from preau.core.dates import PARIS, days
from preau.core.money import NBSP
from preau.pricing.rules import Facts, parse_tariff, price
from preau.townfile.checking import checked_town_file
from preau.townfile.comparing import changes
from preau.townfile.demonstration.preparing import TOWN
from preau.townfile.exporting import export
from preau.townfile.file import TownFile
from preau.townfile.loading import file_to_load, load
from preau.townfile.testing import write_town

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=PARIS)
D = dt.date


@pytest.fixture(scope="module")
def file() -> TownFile:
    return checked_town_file(TOWN)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker, file: TownFile) -> Iterator[None]:
    """The town in the database, for all the tests that only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load(file, by=None, now=NOW)
        yield
        transaction.set_rollback(True)


@pytest.mark.parametrize("code", ["2026-2027", "2027-2028"])
def test_holidays_are_those_of_the_ministry_for_zone_c(file: TownFile, code: str) -> None:
    year = file.years.rows[code]
    official = SchoolHolidayDates()
    wanted = {
        day
        for calendar_year in (year.starts_on.year, year.ends_on.year)
        for day in official.holidays_for_year_and_zone(calendar_year, "C")
        if year.starts_on <= day <= year.ends_on
    }
    written = {
        day for _, period in file.periods if period.year == code for day in days(period.starts_on, period.ends_on)
    }
    # 4 July 2028 is a Tuesday: holidays begin after class, the library counts the day itself.
    assert wanted - {D(2028, 7, 4)} == written


def test_public_holidays_are_those_of_the_country(file: TownFile) -> None:
    written = {row.on for _, row in file.public_holidays}
    country = holidays.country_holidays("FR", years=range(2025, 2029))
    assert written == {day for day in country if D(2025, 9, 1) <= day <= D(2028, 7, 31)}


def test_the_catalogue_has_the_words_of_the_guides(file: TownFile) -> None:
    names = {row.name for row in file.activities.rows.values()}
    assert names >= {
        "1_Accueil matin maternelle",
        "2_Accueil soir maternelle",
        "3_Accueil mercredi maternelle matin",
        "5_Accueil mercredi maternelle journée",
        "6_Passerelle maternelle",
        "Restauration Scolaire Maternelle",
    }
    assert file.units["mercredi-matin-maternelle"].rows["matin"].name == "MERCREDI MATIN MATER"


def test_a_morning_costs_what_the_guide_shows_and_other_prices_are_marked_as_examples(file: TownFile) -> None:
    assert price_of(file, "accueil-matin", None) == 350
    examples = {code for code, tariff in file.tariffs.rows.items() if tariff.is_example}
    assert examples == set(file.tariffs.rows) - {"accueil-matin"}


@pytest.mark.parametrize(
    ("tariff", "cents"),
    [("accueil-soir", 455), ("repas", 472), ("mercredi-matin", 980), ("mercredi-journee", 1591), ("passerelle", 0)],
)
def test_a_quotient_of_742_has_middling_prices(file: TownFile, tariff: str, cents: int) -> None:
    assert price_of(file, tariff, "742") == cents
    assert price_of(file, tariff, "0") <= cents <= price_of(file, tariff, None)


def price_of(file: TownFile, tariff: str, quotient: str | None) -> int:
    rules = parse_tariff(file.tariffs.rows[tariff].versions[0].rules())
    return price(rules, Facts(quotient=None if quotient is None else Decimal(quotient))).cents


def test_deadlines_are_of_several_kinds(file: TownFile) -> None:
    told = {describe(parse_notice(row.notice_book)) for row in file.activities.rows.values() if row.notice_book}
    assert {words.replace(NBSP, " ") for words in told} >= {
        "au plus tard la veille, avant minuit",
        "au plus tard le jour même, à midi",
        "au plus tard 2 jours ouvrés avant, à 9 h 30",
        "au plus tard le jeudi de la semaine précédente, avant minuit",
    }


def test_there_is_an_activity_for_each_school_year(loaded: None) -> None:
    assert Activity.objects.count() == 33
    assert Activity.objects.filter(year__code="2026-2027", name="1_Accueil matin maternelle").count() == 1


def test_days_open_as_the_calendar_says(loaded: None) -> None:
    def is_open(day: dt.date) -> bool:
        return Opening.objects.get(unit=unit, day=day).is_open

    unit = Unit.objects.get(activity__code="restauration-maternelle-2026-2027")
    assert is_open(D(2026, 12, 18))
    assert not is_open(D(2026, 12, 16))  # a Wednesday
    assert not is_open(D(2026, 12, 21))  # holidays
    assert not is_open(D(2027, 3, 29))  # Easter Monday


def test_a_closed_centre_has_no_slot_open(loaded: None) -> None:
    slots = Slot.objects.filter(group__code="la-ferme-maternelle", day="2026-12-16")
    assert [slot.is_open for slot in slots] == [False] * 3


def test_written_back_it_is_the_same_town(loaded: None, tmp_path_factory: pytest.TempPathFactory) -> None:
    copy = write_town(tmp_path_factory.mktemp("copy"), export())
    assert changes(file_to_load(copy, today=NOW.date()), today=NOW.date()) == []
