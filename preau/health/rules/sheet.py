"""Which items a town asks for, what each answer tells people, and what a sheet still lacks."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from preau.health.choices import Illness, Item, Mode, Severity
from preau.health.rules.vaccines import NATIONAL, Scheme, Standing

USUAL: Mapping[Item, Mode] = MappingProxyType(
    {
        Item.VACCINES: Mode.REQUIRED,
        Item.DOCTOR: Mode.REQUIRED,
        Item.ALLERGIES: Mode.REQUIRED,
        Item.PAI: Mode.REQUIRED,
        Item.TREATMENTS: Mode.REQUIRED,
        Item.ADVICE: Mode.OPTIONAL,
        Item.INSURANCE: Mode.OPTIONAL,
        # Not needed to look after a child: a town that wants them switches them on, and says why.
        Item.BLOOD_GROUP: Mode.OFF,
        Item.ILLNESSES: Mode.OFF,
    }
)


@dataclass(frozen=True, slots=True)
class SheetRules:
    """What the town asks of the sheet of a child."""

    modes: Mapping[Item, Mode] = field(default_factory=lambda: USUAL)
    schemes: tuple[Scheme, ...] = NATIONAL
    show_readings: bool = True

    @property
    def items(self) -> list[Item]:
        """Those that the town has, in the order of the page."""
        return [item for item in Item if self.modes[item] != Mode.OFF]

    def is_required(self, item: Item) -> bool:
        return self.modes[item] == Mode.REQUIRED


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a sheet in clear."""

    filled: frozenset[Item]
    vaccines: tuple[Standing, ...]
    is_pai_over: bool = False


def lacking(rules: SheetRules, facts: Facts) -> tuple[Item, ...]:
    """The items that are asked for and not there: a vaccine that is owed, a PAI that has ended, a question open."""
    return tuple(item for item in rules.items if rules.is_required(item) and not _is_done(item, facts))


def _is_done(item: Item, facts: Facts) -> bool:
    if item == Item.VACCINES:
        return not any(standing.is_late for standing in facts.vaccines)
    if item == Item.PAI and facts.is_pai_over:
        return False
    return item in facts.filled


def is_pai_over(ends: Sequence[dt.date], answered_on: dt.date | None, on: dt.date) -> bool:
    """Whether the last PAI of a child has ended, and nobody has answered since."""
    if not ends or answered_on is None:
        return False
    return max(ends) < on and answered_on <= max(ends)


NOTHING = "Rien à signaler"


def told(item: Item, value: Mapping[str, Any]) -> list[str]:
    """An answer as people read it, a line for each thing."""
    match item:
        case Item.DOCTOR:
            return [f"{value['name']}, {value['phone']}" if value["phone"] else str(value["name"])]
        case Item.ALLERGIES:
            return _each(value, "Aucune allergie", _allergy)
        case Item.TREATMENTS:
            return [*_each(value, "Aucun traitement", _treatment), *_prescription(value)]
        case Item.PAI:
            return [] if value["has"] else ["Pas de PAI"]
        case Item.ADVICE:
            return [line for line in value["text"].splitlines() if line.strip()] or [NOTHING]
        case Item.INSURANCE:
            return [", ".join(part for part in (value["company"], _contract(value)) if part) or "Pas d’assurance"]
        case Item.BLOOD_GROUP:
            return [value["group"].replace("-", "−")] if value["group"] else ["Pas connu"]
        case Item.ILLNESSES:
            return [Illness(known).label for known in value["known"]] or ["Aucune de celles-là"]
        case _:
            return []


def _each(value: Mapping[str, Any], nothing: str, tell: Any) -> list[str]:
    return [tell(one) for one in value["list"]] if value["has"] else [nothing]


def _allergy(one: Mapping[str, str]) -> str:
    severity = f" ({Severity(one['severity']).label.lower()})" if one["severity"] else ""
    return f"{one['cause']}{severity}" + (f"\u00a0: {one['action']}" if one["action"] else "")


def _treatment(one: Mapping[str, str]) -> str:
    return f"{one['name']}\u00a0: {one['how']}" if one["how"] else one["name"]


def _prescription(value: Mapping[str, Any]) -> list[str]:
    return ["Avec une ordonnance"] if value["has"] and value["prescription"] else []


def _contract(value: Mapping[str, Any]) -> str:
    number = f"contrat {value['number']}" if value["number"] else ""
    until = f"jusqu’au {dt.date.fromisoformat(value['until']):%d/%m/%Y}" if value["until"] else ""
    return " ".join(part for part in (number, until) if part)
