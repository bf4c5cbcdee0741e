"""Which sector an address is in: streets, ranges of numbers, one side or both. On plain values."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

LOWEST, HIGHEST = 1, 9999
BOTH, EVEN, ODD = "", "even", "odd"
SHORTENED = MappingProxyType(
    {
        **{"r": "rue", "av": "avenue", "ave": "avenue", "bd": "boulevard", "bld": "boulevard", "boul": "boulevard"},
        **{"pl": "place", "imp": "impasse", "all": "allee", "ch": "chemin", "che": "chemin", "chem": "chemin"},
        **{"sq": "square", "rte": "route", "crs": "cours", "res": "residence", "pass": "passage", "qu": "quai"},
        **{"st": "saint", "ste": "sainte", "gal": "general", "mal": "marechal", "dr": "docteur", "cdt": "commandant"},
    }
)
LITTLE = frozenset({"de", "du", "des", "d", "la", "le", "les", "l", "a", "au", "aux"})
NUMBERED = re.compile(
    r"(?=(?<![\w-])(\d{1,4})(?:\s*(?:bis|ter|quater|[a-f])(?=[\s,]))?\s*,?\s+([^,;\n]{3,}))", re.IGNORECASE
)
"""A number and what follows it, wherever it stands: « Bât. 4, 12 bis rue du 8 mai 1945 » has three."""


@dataclass(frozen=True, slots=True)
class StreetPart:
    """The numbers of a street that are in a sector, both ends included; `side` is BOTH, EVEN or ODD."""

    sector: str
    street: str
    first: int = LOWEST
    last: int = HIGHEST
    side: str = BOTH

    def has(self, number: int) -> bool:
        return self.first <= number <= self.last and self.side in (BOTH, side_of(number))


def side_of(number: int) -> str:
    return ODD if number % 2 else EVEN


def street_key(name: str) -> str:
    """What two ways of writing a street have in common: « Av. de Stalingrad » and « avenue de STALINGRAD »."""
    bare = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(sign if sign.isalnum() else " " for sign in bare if not unicodedata.combining(sign))
    words = [SHORTENED.get(word, word) for word in letters.split()]
    return " ".join(word for word in words if word not in LITTLE)


def read_address(lines: str) -> list[tuple[int | None, str]]:
    """The numbers and streets that an address may tell, the likeliest first; the number is None where there is none."""
    numbered = [(int(number), street_key(street)) for number, street in NUMBERED.findall(lines)]
    alone = [(None, street_key(part)) for part in re.split(r"[,;\n]", lines)]
    return [(number, key) for number, key in [*numbered, *alone] if key]


def sector_of(lines: str, parts: Iterable[StreetPart]) -> str | None:
    """The sector of an address; None when no street of the town is read in it, or when the number would decide and is
    not there."""
    known = list(parts)
    for number, key in read_address(lines):
        on_street = [part for part in known if street_key(part.street) == key]
        held = {part.sector for part in on_street if number is None or part.has(number)}
        if len(held) == 1:
            return held.pop()
    return None


def overlaps(parts: Sequence[StreetPart]) -> Iterator[tuple[int, int]]:
    """The places in the list of two parts of a street that share a number: the later one first."""
    by_street: dict[str, list[int]] = {}
    for place, part in enumerate(parts):
        for earlier in by_street.setdefault(street_key(part.street), []):
            if _meet(parts[earlier], part):
                yield place, earlier
                break
        by_street[street_key(part.street)].append(place)


def _meet(one: StreetPart, other: StreetPart) -> bool:
    sides = {one.side, other.side} - {BOTH}
    if len(sides) == 2:
        return False
    first, last = max(one.first, other.first), min(one.last, other.last)
    if sides and side_of(first) not in sides:
        first += 1
    return first <= last
