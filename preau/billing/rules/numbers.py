"""Numbers of invoices: a pattern of the town, and a counter without gaps in each series of a régie."""

import datetime as dt
import re

COUNTER = re.compile(r"\{(N+)\}")
PLACE = re.compile(r"\{([^}]*)\}")
DATE_PLACES = ("YYYY", "YY", "MM")
MAX_DIGITS = 13  # what the Trésor's files can hold


class SeriesFull(Exception):
    """The counter has no number left in the width that the pattern gives it."""


def series_of(pattern: str, issued_on: dt.date) -> str:
    """Which counter numbers an invoice of that day: the year or month of the pattern, "" when it has neither.

    `{YYYY}{NNNNN}` starts again at 1 each year, `{NNNNNNN}` never does.
    """
    return "-".join(_dated(place, issued_on) for place in PLACE.findall(pattern) if place in DATE_PLACES)


def invoice_numbers(pattern: str, first: int, how_many: int, issued_on: dt.date) -> list[str]:
    """Numbers `first`, `first` + 1… (from 1) of the series of that day. Raises SeriesFull when one is too wide."""
    before, places, after = COUNTER.split(label_of(pattern, issued_on))
    width = len(places)
    if first + how_many > 10**width:
        raise SeriesFull(f"{pattern} has no number {first + how_many - 1}")
    return [f"{before}{count:0{width}d}{after}" for count in range(first, first + how_many)]


def label_of(pattern: str, day: dt.date) -> str:
    """`PERI{YY}{MM}` in May 2021 → `PERI2105`: the name of a campaign, or the dated part of a number."""
    return re.sub("|".join(f"{{{place}}}" for place in DATE_PLACES), lambda found: _dated(found[0][1:-1], day), pattern)


def number_pattern_faults(pattern: str) -> list[str]:
    """What is wrong with a pattern of numbers, in French; [] when it can be used."""
    places = PLACE.findall(pattern)
    counters = COUNTER.findall(pattern)
    faults = _unknown_places(pattern, counter_too=True)
    if len(counters) != 1:
        faults.append("il faut un compteur, et un seul, par exemple {NNNNNN}")
    if "MM" in places and not {"YY", "YYYY"} & set(places):
        faults.append("le mois {MM} demande l’année {YY} ou {YYYY}, sinon un numéro reviendrait l’année suivante")
    shown = PLACE.sub(lambda found: found[1], pattern)
    if len(shown) > MAX_DIGITS:
        faults.append(f"le numéro aurait {len(shown)} signes, {MAX_DIGITS} au plus")
    if not re.fullmatch("[0-9]*", PLACE.sub("", pattern)):
        faults.append("le numéro n’est fait que de chiffres")
    return faults


def label_pattern_faults(pattern: str) -> list[str]:
    """What is wrong with a pattern of labels, in French; [] when it can be used."""
    return _unknown_places(pattern, counter_too=False)


def _unknown_places(pattern: str, *, counter_too: bool) -> list[str]:
    known = [*DATE_PLACES, *(COUNTER.findall(pattern) if counter_too else [])]
    unknown = [place for place in PLACE.findall(pattern) if place not in known]
    faults = [f"{{{place}}} n’est pas connu ({{YYYY}}, {{YY}} ou {{MM}})" for place in unknown]
    if re.search("[{}]", PLACE.sub("", pattern)):
        faults.append("une accolade est de trop ou manque")
    return faults


def _dated(place: str, day: dt.date) -> str:
    return {"YYYY": f"{day:%Y}", "YY": f"{day:%y}", "MM": f"{day:%m}"}[place]
