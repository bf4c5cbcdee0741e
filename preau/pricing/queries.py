"""What a price depends on, read in bulk: one book answers the planning, the preview and the invoice alike."""

import bisect
import datetime as dt
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from typing import Any, Generic, TypeVar

from django.db.models import BigIntegerField, CharField, DateField, F, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.utils.formats import date_format

from preau.core.dates import age_on, days
from preau.core.prepared import Prepared
from preau.families.models import Address, Home, Schooling
from preau.pricing.choices import PricedStatus, QuotientSource
from preau.pricing.models import Quotient, TariffVersion, UnitTariff
from preau.pricing.rules import Facts, Price, Tariff, TariffHole, parse_tariff, price
from preau.town.models import Town

T = TypeVar("T")

# Facts that move within a period without any row changing: each day is then priced by itself.
DAILY_FACTS = frozenset({"day", "age"})

CASE = ("status", "quotient", "quotient_label", "resident", "rank", "children", "day", "age", "level")

SOURCES: dict[str, str] = {
    QuotientSource.API: "CAF",
    QuotientSource.CERTIFICATE: "attestation de la CAF",
    QuotientSource.TAX_NOTICE: "avis d’imposition",
}

# A list of ids, or a query of them when there are thousands.
FamilyIds = Collection[int] | QuerySet[Any, Any]


@dataclass(slots=True)
class Chain(Generic[T]):
    """Dated values, each in force until the next one's day."""

    days: list[dt.date] = field(default_factory=list)
    values: list[T] = field(default_factory=list)

    def add(self, starts_on: dt.date, value: T) -> None:
        """Add a link; links come in the order of their days."""
        self.days.append(starts_on)
        self.values.append(value)

    def on(self, day: dt.date) -> T | None:
        """The value in force on `day`, or None before the first."""
        place = bisect.bisect_right(self.days, day)
        return self.values[place - 1] if place else None


@dataclass(frozen=True, slots=True)
class KnownQuotient:
    """A quotient in euros (None: unknown) and where it comes from."""

    value: Decimal | None
    label: str


UNKNOWN_QUOTIENT = KnownQuotient(None, "")


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A parsed version of a tariff, and the names of the facts that it looks at."""

    tariff: Tariff
    facts_used: frozenset[str]

    @classmethod
    def parse(cls, rules: Mapping[str, Any]) -> "Version":
        tariff = parse_tariff(rules)
        used: set[str] = set()
        for entry in tariff.base:
            used |= {test.fact for test in entry.when.tests} | set(entry.kind.starts())
            if any(len(bracket.amounts) > 1 for bracket in entry.kind.brackets()):
                used.add("rank")
        for modifier in tariff.then:
            used |= {test.fact for test in modifier.when.tests} | {modifier.each or ""}
        return cls(tariff, frozenset(used - {""}))


def facts_nobody_tells(rules: Mapping[str, Any]) -> frozenset[str]:
    """The facts that a tariff looks at and that no booking tells yet: its conditions on them never hold."""
    return Version.parse(rules).facts_used.difference(CASE)


@dataclass(frozen=True, slots=True)
class TariffCatalogue:
    """Which tariff each unit follows, and each tariff's parsed versions."""

    by_unit: dict[int, Chain[int]]
    versions: dict[int, Chain[Version]]

    def rules_on(self, unit_id: int, day: dt.date) -> Version | None:
        """The rules that price `unit_id` on `day`, or None when the town has voted none."""
        chain = self.by_unit.get(unit_id)
        tariff_id = chain.on(day) if chain else None
        versions = self.versions.get(tariff_id) if tariff_id else None
        return versions.on(day) if versions else None

    def changes(self, unit_id: int) -> Iterable[dt.date]:
        """The days on which the rules of `unit_id` change."""
        chain = self.by_unit.get(unit_id) or Chain()
        yield from chain.days
        for tariff_id in chain.values:
            yield from self.versions[tariff_id].days


@lru_cache(maxsize=2)
def tariff_catalogue(catalogue_version: int) -> TariffCatalogue:
    """Every tariff, parsed; kept by the process for as long as the town's catalogue version is the same."""
    by_unit: dict[int, Chain[int]] = defaultdict(Chain)
    for unit_id, starts_on, tariff_id in UnitTariff.objects.order_by("starts_on").values_list(
        "unit_id", "starts_on", "tariff_id"
    ):
        by_unit[unit_id].add(starts_on, tariff_id)
    versions: dict[int, Chain[Version]] = defaultdict(Chain)
    parsed: dict[str, Version] = {}  # tariffs that say the same share one version, and so the prices already worked out
    for tariff_id, starts_on, rules in TariffVersion.objects.order_by("starts_on").values_list(
        "tariff_id", "starts_on", "rules"
    ):
        said = json.dumps(rules, sort_keys=True)
        if said not in parsed:
            parsed[said] = Version.parse(rules)
        versions[tariff_id].add(starts_on, parsed[said])
    return TariffCatalogue(dict(by_unit), dict(versions))


@dataclass(slots=True)
class Household:
    """What prices depend on in one household."""

    quotients: Chain[KnownQuotient] = field(default_factory=Chain)
    cities: Chain[str] = field(default_factory=Chain)
    children: list[int] = field(default_factory=list)  # participant ids, eldest first


@dataclass(slots=True)
class PriceBook:
    """Everything that prices need for some households and units over a period: at most three queries, then none."""

    catalogue: TariffCatalogue
    first: dt.date
    last: dt.date
    households: dict[int, Household]
    insee_code: str
    born_on: dict[int, dt.date]
    levels: dict[tuple[int, int], str]
    years: list[tuple[dt.date, dt.date, int]]
    used: dict[int, frozenset[str]] = field(default_factory=dict)  # by unit
    moves: dict[int, list[dt.date]] = field(default_factory=dict)  # by unit

    @classmethod
    def read(
        cls,
        *,
        unit_ids: Collection[int],
        family_ids: FamilyIds,
        first: dt.date,
        last: dt.date,
        catalogue_version: int | None = None,
    ) -> "PriceBook":
        """Read what prices of `unit_ids` for `family_ids` need between `first` and `last`, both included.

        `catalogue_version` spares a query to pages that have already read the town.
        """
        if catalogue_version is None:
            catalogue_version = Town.objects.values_list("catalogue_version", flat=True).first() or 0
        catalogue = tariff_catalogue(catalogue_version)
        book = cls(catalogue, first, last, defaultdict(Household), "", {}, {}, [])
        book._read_households(family_ids, last)
        if any("level" in used for used in map(book._facts_used, unit_ids)):
            book._read_levels(first, last)
        return book

    def price(
        self,
        *,
        unit_id: int,
        family_id: int,
        participant_id: int,
        day: dt.date,
        status: PricedStatus = PricedStatus.BOOKED,
    ) -> Price:
        """The price of a unit on a day for a participant whose day is billed to `family_id`, and why.

        Raises TariffHole when the town has voted no price for this case.
        """
        version = self.catalogue.rules_on(unit_id, day)
        if version is None:
            raise TariffHole(Facts(day=day), ["day"])
        return _price(version, self._case(version.facts_used, family_id, participant_id, day, status))

    def quotient_on(self, family_id: int, day: dt.date) -> KnownQuotient:
        """The quotient of a household in force on `day`; unknown when there is none."""
        household = self.households.get(family_id)
        return (household.quotients.on(day) if household else None) or UNKNOWN_QUOTIENT

    def breakpoints(self, family_id: int, unit_id: int) -> list[dt.date]:
        """The days after `first` and up to `last` on which a price of the unit may change for the household."""
        of_unit = self.moves.get(unit_id)
        if of_unit is None:
            of_unit = self.moves[unit_id] = self._moves_of(unit_id)
        household = self.households.get(family_id)
        if household is None or not self._moves_within(household):
            return of_unit
        moves = {*of_unit, *household.quotients.days, *household.cities.days}
        return sorted(day for day in moves if self.first < day <= self.last)

    def _moves_of(self, unit_id: int) -> list[dt.date]:
        if self._facts_used(unit_id) & DAILY_FACTS:
            return list(days(self.first, self.last))[1:]
        return sorted({day for day in self.catalogue.changes(unit_id) if self.first < day <= self.last})

    def _moves_within(self, household: Household) -> bool:
        """Whether a quotient or an address of the household begins in the period: chains are in order of days."""
        quotients, cities = household.quotients.days, household.cities.days
        return bool((quotients and quotients[-1] > self.first) or (cities and cities[-1] > self.first))

    def _facts_used(self, unit_id: int) -> frozenset[str]:
        known = self.used.get(unit_id)
        if known is None:
            chain = self.catalogue.by_unit.get(unit_id) or Chain[int]()
            versions = [version for tariff_id in chain.values for version in self.catalogue.versions[tariff_id].values]
            known = self.used[unit_id] = frozenset().union(*(version.facts_used for version in versions))
        return known

    def _case(
        self, used: frozenset[str], family_id: int, participant_id: int, day: dt.date, status: PricedStatus
    ) -> tuple[Any, ...]:
        """The facts named in CASE, only those that the tariff looks at, so that equal cases share one computation."""
        household = self.households.get(family_id) or Household()
        quotient = self.quotient_on(family_id, day) if "quotient" in used else UNKNOWN_QUOTIENT
        place = household.children.index(participant_id) if participant_id in household.children else 0
        born_on = self.born_on.get(participant_id)
        return (
            status,
            quotient.value,
            quotient.label,
            household.cities.on(day) == self.insee_code if "resident" in used else True,
            place + 1 if "rank" in used else 1,
            max(1, len(household.children)) if "children" in used else 1,
            day if "day" in used else None,
            age_on(born_on, day) if "age" in used and born_on else None,
            self._level_on(participant_id, day) if "level" in used else "",
        )

    def _level_on(self, participant_id: int, day: dt.date) -> str:
        for starts_on, ends_on, year_id in self.years:
            if starts_on <= day <= ends_on:
                return self.levels.get((participant_id, year_id), "")
        return ""

    def _read_households(self, family_ids: FamilyIds, last: dt.date) -> None:
        for kind, family_id, day, number, text in _household_rows(family_ids, last):
            if kind == "quotient":
                self.households[family_id].quotients.add(day, _known_quotient(number, text))
            elif kind == "address":
                self.households[family_id].cities.add(day, text)
            elif kind == "child" and number is not None:
                self.households[family_id].children.append(number)
                self.born_on[number] = day
            else:
                self.insee_code = text

    def _read_levels(self, first: dt.date, last: dt.date) -> None:
        rows = Schooling.objects.filter(
            participant__in=list(self.born_on), year__ends_on__gte=first, year__starts_on__lte=last
        ).values_list("participant_id", "level__code", "year_id", "year__starts_on", "year__ends_on")
        for participant_id, level, year_id, starts_on, ends_on in rows:
            self.levels[participant_id, year_id] = level
            if (starts_on, ends_on, year_id) not in self.years:
                self.years.append((starts_on, ends_on, year_id))


@lru_cache(maxsize=4096)  # one explanation serves every household of the town in the same case
def _price(version: Version, case: tuple[Any, ...]) -> Price:
    return price(version.tariff, Facts(**dict(zip(CASE, case, strict=True))))


def _household_rows(family_ids: FamilyIds, last: dt.date) -> Iterable[tuple[str, int, dt.date, int | None, str]]:
    """Quotients, addresses, children and the town's code in one query: (kind, family, day, number, text), by day.

    Twins are in the order of their numbers, whatever the order in which the database finds them.
    """
    is_short = not isinstance(family_ids, QuerySet) and len(family_ids) <= FEW
    rows: Iterable[tuple[str, int, dt.date, int | None, str]] = (
        HOUSEHOLDS.rows(family_ids=family_ids, last=last) if is_short else _households(family_ids, last)
    )
    return sorted(rows, key=lambda row: (row[2], row[0], row[3] or 0))


def _households(family_ids: FamilyIds, last: dt.date) -> QuerySet[Any, Any]:
    month = Coalesce(Cast("month", CharField(max_length=10)), Value(""))
    quotients = _rows(
        Quotient.objects.filter(family__in=family_ids, starts_on__lte=last, replaced_at__isnull=True),
        kind="quotient",
        family="family_id",
        day="starts_on",
        number=F("value_cents"),
        text=Concat("source", Value(" "), month),
    )
    addresses = _rows(
        Address.objects.filter(family__in=family_ids, starts_on__lte=last),
        kind="address",
        family="family_id",
        day="starts_on",
        text=F("insee_code"),
    )
    children = _rows(
        Home.objects.filter(family__in=family_ids, participant__adult__isnull=True),
        kind="child",
        family="family_id",
        day="participant__born_on",
        number=F("participant_id"),
    )
    towns = _rows(
        Town.objects.annotate(never=Value(dt.date.min, output_field=DateField())),
        kind="town",
        family="id",
        day="never",
        text=F("insee_code"),
    )
    return quotients.union(addresses, children, towns, all=True)


HOUSEHOLDS = Prepared(_households)
FEW = 20  # households of a page; a campaign hands a query, or thousands


def _rows(
    rows: QuerySet[Any], *, kind: str, family: str, day: str, number: Any = None, text: Any = None
) -> QuerySet[Any, Any]:
    five: QuerySet[Any, Any] = rows.annotate(
        what=Value(kind, output_field=CharField()),
        key=Cast(family, BigIntegerField()),
        on=Cast(day, DateField()),
        number=Cast(number if number is not None else Value(None), BigIntegerField()),
        words=Cast(text if text is not None else Value(""), CharField(max_length=60)),
    ).values_list("what", "key", "on", "number", "words")
    return five


def _known_quotient(cents: int | None, text: str) -> KnownQuotient:
    if cents is None:
        return UNKNOWN_QUOTIENT
    source, _, month = text.partition(" ")
    words = [SOURCES[source]]
    if month:
        words.append(date_format(dt.date.fromisoformat(month), "F Y"))
    return KnownQuotient(Decimal(cents) / 100, ", ".join(words))
