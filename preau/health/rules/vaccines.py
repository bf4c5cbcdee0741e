"""Which doses a child owes on a day, for its birth date: obligations are data, the national calendar the default.

Sources, in the code de la santé publique unless another is named:
- L3111-2: which vaccines; the eleven for those born from 1 January 2018 (loi 2017-1836, article 49, III). Before, only
  diphtheria, tetanus and polio.
- R3111-2 (décret 2018-42): in the first eighteen months, at the ages of the calendar (L3111-1). R3111-3: whoever did
  not begin in time follows the shorter course of the calendar, and owes nothing when the calendar has none at that age.
- R3111-2-1 (décret 2024-694): meningococci ACWY, in the place of C, and B, from 1 January 2025. Those who were in their
  first eighteen months on that day are concerned, hence the births from 1 July 2023.
- R3111-8: admission on the health record; provisional for three months when vaccines are missing.
- Calendrier des vaccinations of the ministry: ages and late courses. Hib until the fifth birthday, one dose from
  12 months on; pneumococcus until the second, two doses from 12 months on; C, then ACWY, one dose from 12 months on; B,
  two doses from 24 months on; ACWY and B are caught up until the fifth birthday, not later.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from preau.core.dates import months_after
from preau.health.choices import DateFault, DoseState, Vaccine


@dataclass(frozen=True, slots=True)
class Scheme:
    """The course of a vaccine for those born between two days, both included, None without bound.

    `ages` are those of the doses, in months. `owed` are the ages from which the first ones are asked for; the doses
    after these are advised. Whoever got the first dose at an age of `catch_up` or later needs that many doses in all.
    From the age `until` on, nothing is owed any more.
    """

    vaccine: Vaccine
    ages: tuple[int, ...]
    owed: tuple[int, ...] = ()
    born_from: dt.date | None = None
    born_to: dt.date | None = None
    catch_up: tuple[tuple[int, int], ...] = ()
    until: int | None = None

    def concerns(self, born_on: dt.date) -> bool:
        return (self.born_from is None or self.born_from <= born_on) and (
            self.born_to is None or born_on <= self.born_to
        )


_2018, _JULY_2023 = dt.date(2018, 1, 1), dt.date(2023, 7, 1)
_BEFORE_2018, _BEFORE_JULY_2023 = dt.date(2017, 12, 31), dt.date(2023, 6, 30)
_THREE, _ASKED = (2, 4, 11), (3, 6, 13)

NATIONAL: tuple[Scheme, ...] = (
    Scheme(Vaccine.DTP, (*_THREE, 72, 132), _ASKED),
    Scheme(Vaccine.PERTUSSIS, (*_THREE, 72, 132), _ASKED, born_from=_2018),
    Scheme(Vaccine.HIB, _THREE, _ASKED, born_from=_2018, catch_up=((12, 1),), until=60),
    Scheme(Vaccine.HEPATITIS_B, _THREE, _ASKED, born_from=_2018),
    Scheme(Vaccine.PNEUMOCOCCUS, _THREE, _ASKED, born_from=_2018, catch_up=((12, 2),), until=24),
    Scheme(Vaccine.MMR, (12, 16), (13, 19), born_from=_2018),
    Scheme(Vaccine.MENINGOCOCCUS_C, (5, 12), (6, 13), born_from=_2018, born_to=_BEFORE_JULY_2023, catch_up=((12, 1),)),
    Scheme(Vaccine.MENINGOCOCCUS_ACWY, (6, 12), (7, 13), born_from=_JULY_2023, catch_up=((12, 1),), until=60),
    Scheme(Vaccine.MENINGOCOCCUS_B, (3, 5, 12), (4, 6, 13), born_from=_JULY_2023, catch_up=((24, 2),), until=60),
    # Advised: never asked for.
    Scheme(Vaccine.PERTUSSIS, (*_THREE, 72, 132), born_to=_BEFORE_2018),
    Scheme(Vaccine.HEPATITIS_B, _THREE, born_to=_BEFORE_2018),
    Scheme(Vaccine.MMR, (12, 16), born_to=_BEFORE_2018),
    Scheme(Vaccine.BCG, (1,)),
)
"""The calendar of the ministry, as it stood in 2025. BCG is advised to some children only."""

TOGETHER: Mapping[Vaccine, tuple[Vaccine, ...]] = MappingProxyType(
    {
        Vaccine.DTP: (Vaccine.PERTUSSIS, Vaccine.HIB, Vaccine.HEPATITIS_B),
        Vaccine.PERTUSSIS: (Vaccine.DTP, Vaccine.HIB, Vaccine.HEPATITIS_B),
        Vaccine.HIB: (Vaccine.DTP, Vaccine.PERTUSSIS, Vaccine.HEPATITIS_B),
        Vaccine.HEPATITIS_B: (Vaccine.DTP, Vaccine.PERTUSSIS, Vaccine.HIB),
    }
)
"""What one shot usually covers: the same dates are not typed four times."""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known in clear of a dose."""

    rank: int
    state: str = DoseState.GIVEN
    is_enough: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """How a vaccine of a child stands on a day. `missing` doses are owed; `next_rank` is the next one of the course
    and `next_on` its day, None when all are done; `is_planned` and `is_exempt` are what the family tells of it."""

    vaccine: Vaccine
    given: int
    missing: int
    next_rank: int | None
    next_on: dt.date | None
    is_owed: bool  # the next dose, today or later: else it is advised
    is_planned: bool
    is_exempt: bool
    is_overdue: bool  # the day of the next dose is past, though nothing asks for it

    @property
    def is_late(self) -> bool:
        """Whether something is asked for today, and nobody has said that it is planned or not to be given."""
        return self.missing > 0 and not self.is_exempt


def schemes_for(schemes: Iterable[Scheme], born_on: dt.date) -> list[Scheme]:
    """The courses that concern a child, one for each vaccine: the first that fits."""
    found: dict[Vaccine, Scheme] = {}
    for scheme in schemes:
        if scheme.concerns(born_on):
            found.setdefault(scheme.vaccine, scheme)
    return list(found.values())


def standing(scheme: Scheme, born_on: dt.date, told: Sequence[Told], on: dt.date) -> Standing:
    """How a vaccine stands on the day `on`, without the date of any dose."""
    given = sum(1 for dose in told if dose.state == DoseState.GIVEN)
    is_over = scheme.until is not None and months_after(born_on, scheme.until) <= on
    is_enough = any(dose.is_enough for dose in told)
    asked = 0 if is_over or is_enough else sum(1 for months in scheme.owed if months_after(born_on, months) <= on)
    advised = scheme.ages[len(scheme.owed) :]
    done = max(given, len(scheme.owed)) if is_enough or is_over else given
    next_rank = done + 1 if done < len(scheme.ages) else None
    next_on = months_after(born_on, scheme.ages[next_rank - 1]) if next_rank else None
    return Standing(
        vaccine=scheme.vaccine,
        given=given,
        missing=max(0, asked - given),
        next_rank=next_rank,
        next_on=next_on,
        is_owed=bool(next_rank) and (next_rank or 0) <= len(scheme.ages) - len(advised),
        is_planned=any(dose.state == DoseState.PLANNED for dose in told),
        is_exempt=any(dose.state == DoseState.EXEMPT for dose in told),
        is_overdue=next_on is not None and next_on < on,
    )


def is_enough(scheme: Scheme, born_on: dt.date, given_on: Sequence[dt.date]) -> bool:
    """Whether the doses given on these days, in order, complete what is asked for."""
    if not given_on or not scheme.owed:
        return False
    needed = len(scheme.owed)
    for months, doses in sorted(scheme.catch_up):
        if given_on[0] >= months_after(born_on, months):
            needed = doses
    return len(given_on) >= needed


@dataclass(frozen=True, slots=True)
class Dose:
    """A dose as a family tells it. Exempt, `on` is the last day of the certificate."""

    state: DoseState
    on: dt.date


def dose_faults(doses: Sequence[Dose | None], born_on: dt.date, today: dt.date) -> dict[int, DateFault]:
    """What is wrong, by place in the list; None is a dose that nothing is said of."""
    faults: dict[int, DateFault] = {}
    before: dt.date | None = None
    hole = False
    for place, dose in enumerate(doses):
        if dose is None:
            hole = True
            continue
        if hole:
            faults[place] = DateFault.HOLE
        elif fault := _fault_of(dose, before, born_on, today):
            faults[place] = fault
        before = dose.on
    return faults


def _fault_of(dose: Dose, before: dt.date | None, born_on: dt.date, today: dt.date) -> DateFault | None:
    if dose.on < born_on:
        return DateFault.BEFORE_BIRTH
    if dose.state == DoseState.GIVEN and dose.on > today:
        return DateFault.IN_THE_FUTURE
    if dose.state == DoseState.PLANNED and dose.on < today:
        return DateFault.ALREADY_PAST
    if dose.state == DoseState.EXEMPT:
        return DateFault.ENDED if dose.on < today else None
    if before is not None and dose.on <= before:
        return DateFault.OUT_OF_ORDER
    return None


# As the town file and the database hold them


class SchemeFault(ValueError):
    """A course that makes no sense; `key` is what to mend in it."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def parse_schemes(rows: Iterable[Mapping[str, Any]]) -> tuple[Scheme, ...]:
    """The courses that a town wrote. Raises SchemeFault, in French."""
    return tuple(_parsed(row) for row in rows)


def _parsed(row: Mapping[str, Any]) -> Scheme:
    ages, owed = tuple(row["ages"]), tuple(row.get("owed", ()))
    catch_up = tuple((late["age"], late["doses"]) for late in row.get("catch_up", ()))
    for key, months in (("ages", ages), ("owed", owed)):
        if list(months) != sorted(set(months)):
            raise SchemeFault(key, "les âges vont du plus petit au plus grand, chacun une fois")
    if len(owed) > len(ages) or any(asked < at for at, asked in zip(ages, owed, strict=False)):
        raise SchemeFault("owed", "owed ne compte pas plus de doses que ages, et aucune n’est demandée avant son âge")
    if any(doses > len(ages) for _, doses in catch_up):
        raise SchemeFault("catch_up", "catch_up ne demande pas plus de doses que ages")
    born_from, born_to = (_day(row.get(name)) for name in ("born_from", "born_to"))
    if born_from and born_to and born_to < born_from:
        raise SchemeFault("born_to", "born_to est avant born_from")
    return Scheme(Vaccine(row["vaccine"]), ages, owed, born_from, born_to, catch_up, row.get("until"))


def _day(value: Any) -> dt.date | None:
    return dt.date.fromisoformat(value) if isinstance(value, str) else value
