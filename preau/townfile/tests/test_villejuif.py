"""The town that is shipped: as its guides show it, on the official calendar."""

import datetime as dt
from decimal import Decimal

import holidays
import pytest
from vacances_scolaires_france import SchoolHolidayDates

from preau.activities.rules import describe, parse_notice
from preau.core.dates import PARIS, days
from preau.core.money import NBSP
from preau.pricing.rules import Facts, parse_tariff, price
from preau.townfile.checking import checked_town_file
from preau.townfile.demonstration.preparing import town_file
from preau.townfile.file import TownFile

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=PARIS)
D = dt.date


@pytest.fixture(scope="module")
def file() -> TownFile:
    return checked_town_file(town_file("villejuif"))


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
