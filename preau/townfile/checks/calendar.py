"""School years, their holidays, public holidays and closures: days in order, nothing twice."""

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise

from preau.core.money import NBSP
from preau.townfile.file import TownFile
from preau.townfile.lines import Path


def calendar_faults(file: TownFile) -> Iterator[tuple[Path, str]]:
    """Faults of `[calendar]` and `[closures]`."""
    yield from _years(file)
    yield from _periods(file)
    yield from _public_holidays(file)
    for path, _, closure in file.closures.items():
        if (closure.place is None) == (closure.activity is None):
            yield path, "indiquez ce qui ferme : place ou activity, l’un des deux."
        if closure.starts_on > closure.ends_on:
            yield (*path, "ends_on"), _disorder(closure.starts_on)


def _years(file: TownFile) -> Iterator[tuple[Path, str]]:
    years = sorted(file.years.items(), key=lambda item: item[2].starts_on)
    for path, code, year in years:
        if year.starts_on >= year.ends_on:
            yield (*path, "ends_on"), _disorder(year.starts_on)
        if code != f"{year.starts_on.year}-{year.starts_on.year + 1}":
            yield (*path, "starts_on"), f"l’année {code} ne commence pas en {year.starts_on.year}."
    for (_, before, earlier), (path, _, later) in pairwise(years):
        if later.starts_on <= earlier.ends_on:
            yield (*path, "starts_on"), f"l’année {before} n’est pas finie ce jour-là."


def _periods(file: TownFile) -> Iterator[tuple[Path, str]]:
    seen: set[tuple[str, str]] = set()
    for path, period in file.periods:
        if (period.year, period.code) in seen:
            yield path, f"vacances écrites deux fois pour {period.year}{NBSP}: {period.code}."
        seen.add((period.year, period.code))
        if period.starts_on > period.ends_on:
            yield (*path, "ends_on"), _disorder(period.starts_on)
        year = file.years.rows.get(period.year)
        if year is not None and (period.ends_on < year.starts_on or period.starts_on > year.ends_on):
            yield (*path, "starts_on"), f"ces vacances sont en dehors de l’année {period.year}."
    ordered = sorted(file.periods, key=lambda item: item[1].starts_on)
    for (_, earlier), (path, later) in pairwise(ordered):
        if later.starts_on <= earlier.ends_on:
            yield (*path, "starts_on"), f"{earlier.name} durent encore ce jour-là."


def _public_holidays(file: TownFile) -> Iterator[tuple[Path, str]]:
    seen: set[dt.date] = set()
    for path, holiday in file.public_holidays:
        if holiday.on in seen:
            yield (*path, "on"), f"jour écrit deux fois{NBSP}: {holiday.on:%d/%m/%Y}."
        seen.add(holiday.on)


def _disorder(starts_on: dt.date) -> str:
    return f"ce jour vient avant le début ({starts_on:%d/%m/%Y})."
