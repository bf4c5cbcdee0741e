"""The school of an address, and what an agent weighs before giving another."""

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Count

from preau.families.models import Address, Family, Participant, Schooling
from preau.families.queries import schooling_on, with_schooling
from preau.members.models import SchoolRule, Sector, SectorSchool, SectorStreet
from preau.members.rules import SchoolAsked
from preau.members.sectors import StreetPart, read_address, sector_of
from preau.town.models import Level, Place, SchoolYear, Town
from preau.town.queries import year_on


@dataclass(frozen=True, slots=True)
class Sectored:
    """What the sectors say of a household. `place` None: no school of the sector for that level, or no sector.

    `is_resident` False when the address is in another town, None when none is known.
    """

    address: Address | None
    is_resident: bool | None
    sector: Sector | None = None
    place: Place | None = None


def has_sectors() -> bool:
    return SectorStreet.objects.exists()


def sectored(family: Family, level: Level | None, *, on: dt.date) -> Sectored:
    """The sector of the household's address on that day, and its school for the level: four queries at most."""
    address = Address.objects.filter(family=family, starts_on__lte=on).order_by("-starts_on").first()
    if address is None:
        return Sectored(None, None)
    town = Town.objects.get()
    if address.insee_code and address.insee_code != town.insee_code:
        return Sectored(address, False)
    sector = _sector_at(address.lines)
    if sector is None:
        return Sectored(address, True)
    school = SectorSchool.objects.filter(sector=sector, level=level).select_related("place").first()
    return Sectored(address, True, sector, school.place if school else None)


def _sector_at(lines: str) -> Sector | None:
    keys = {key for _, key in read_address(lines)}
    rows = SectorStreet.objects.filter(key__in=keys).select_related("sector")
    sectors = {row.sector.code: row.sector for row in rows}
    parts = [StreetPart(row.sector.code, row.street, row.first, row.last, row.side) for row in rows]
    return sectors.get(sector_of(lines, parts) or "")


@dataclass(frozen=True, slots=True)
class Class:
    """How many children a school has in a level for a year, and has today when that year is still to come (else
    None); `places` None when the town has not said how many it takes."""

    place: Place
    level: Level
    taken: int
    today: int | None
    places: int | None

    @property
    def is_full(self) -> bool:
        return self.places is not None and self.taken >= self.places


@dataclass(frozen=True, slots=True)
class Weighed:
    """What an agent weighs: the sector of each home of the child, the classes wished and of the sector, the schools of
    brothers and sisters for that year."""

    homes: tuple[tuple[Family, Sectored], ...]
    classes: tuple[Class, ...]
    siblings: tuple[tuple[Participant, Schooling | None], ...]
    papers: tuple[str, ...]
    is_other: bool

    @property
    def at_wished(self) -> Class:
        return self.classes[0]


def weighed(asked: SchoolAsked, child: Participant, *, on: dt.date) -> Weighed | None:
    """None when the year, the school or the level asked is no longer one of the town's."""
    year = SchoolYear.objects.filter(code=asked.year).first()
    place = Place.objects.filter(code=asked.place).first()
    level = Level.objects.filter(code=asked.level).first()
    if year is None or place is None or level is None:
        return None
    day = max(on, year.starts_on)
    homes = Family.objects.filter(homes__participant=child).order_by("pk")
    sectors = tuple((home, sectored(home, level, on=day)) for home in homes) if has_sectors() else ()
    schools = {one.place.pk: one.place for _, one in sectors if one.place}
    rule = SchoolRule.objects.filter(id=1).first()
    return Weighed(
        homes=sectors,
        classes=tuple(_classes([place, *schools.values()], level, year, rule, on=on)),
        siblings=tuple(_siblings(child, year)),
        papers=tuple(rule.papers[one] for one in asked.criteria if one in rule.papers) if rule else (),
        is_other=bool(schools) and place.pk not in schools,
    )


def _classes(
    places: Sequence[Place], level: Level, year: SchoolYear, rule: SchoolRule | None, *, on: dt.date
) -> Iterable[Class]:
    rows = Schooling.objects.filter(level=level, place__in=places, year__ends_on__gte=on)
    counted = rows.values("place", "year").annotate(count=Count("pk")).order_by("year__starts_on")
    taken = {(row["place"], row["year"]): row["count"] for row in counted}
    running = year_on(on)
    for place in {place.pk: place for place in places}.values():
        held = rule.places.get(place.code, {}).get(level.code) if rule else None
        today = taken.get((place.pk, running.pk), 0) if running and running != year else None
        yield Class(place, level, taken.get((place.pk, year.pk), 0), today, held)


def _siblings(child: Participant, year: SchoolYear) -> Iterable[tuple[Participant, Schooling | None]]:
    """The other children of its homes, at school that year or, as long as nobody has said, the year before."""
    homes = child.homes.values("family")
    others = Participant.objects.filter(homes__family__in=homes, adult=None).exclude(pk=child.pk).distinct()
    for other in others.prefetch_related(with_schooling()).order_by("born_on", "pk"):
        that_year = next((one for one in other.schoolings.all() if one.year_id == year.pk), None)
        yield other, that_year or schooling_on(other.schoolings.all(), year.starts_on - dt.timedelta(days=120))
