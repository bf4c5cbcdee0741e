"""What is added to a price, or taken off, once it is known: surcharges and reductions, in the order of the vote."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from preau.core.money import NBSP
from preau.pricing.rules import reading
from preau.pricing.rules.conditions import When, parse_when
from preau.pricing.rules.facts import NUMBER_FACTS, Facts, TariffHole, amount_words, plain_number

KEYS = frozenset({"when", "label", "stop", "unless_base", "each"})


@dataclass(frozen=True, slots=True)
class Effect:
    """What a modifier does to an amount: `key` is its word in the file. None of them ever turns two amounts round."""

    key: str
    value: Decimal

    def on(self, amount: Decimal, times: Decimal | int | None = None) -> Decimal:
        """The amount afterwards, never below zero; `times` multiplies what is added."""
        return max(Decimal(0), EFFECTS[self.key](amount, self.value * (1 if times is None else times)))

    def title(self) -> str:
        if self.key == "times":
            return "Majoration" if self.value > 1 else "Réduction"
        if self.key == "add":
            return "Supplément" if self.value >= 0 else "Réduction"
        return {"replace": "Prix de remplacement", "floor": "Au moins", "ceiling": "Au plus"}[self.key]

    def words(self, times: Decimal | int | None) -> str:
        """« × 1,50 », « + 2,00 € », « + 0,50 € × 3 »."""
        if self.key == "times":
            return f"×{NBSP}{plain_number(self.value)}"
        if self.key != "add":
            return amount_words(self.value)
        sign = "+" if self.value >= 0 else "−"
        repeated = f" × {plain_number(times)}" if times is not None else ""
        return f"{sign}{NBSP}{amount_words(abs(self.value))}{repeated}"


EFFECTS: Mapping[str, Callable[[Decimal, Decimal], Decimal]] = MappingProxyType(
    {
        "add": lambda amount, value: amount + value,
        "times": lambda amount, value: amount * value,
        "replace": lambda amount, value: value,
        "floor": max,
        "ceiling": min,
    }
)


@dataclass(frozen=True, slots=True)
class Modifier:
    """An effect and when it holds. It does not on the prices whose labels are in `unless_base`.

    `each` repeats what is added by a number fact; after a modifier with `stop` that holds, no other does.
    """

    effect: Effect
    when: When
    label: str = ""
    each: str | None = None
    stop: bool = False
    unless_base: tuple[str, ...] = ()

    def changes(self, amount: Decimal, facts: Facts, base_label: str) -> Decimal | None:
        """The amount afterwards, None when it does not hold.

        An unknown quotient pays the highest price: a condition on it holds if that raises the amount.
        """
        if base_label in self.unless_base or not self.when.may_hold(facts):
            return None
        changed = self.effect.on(amount, self.times(facts))
        is_sure = self.when.holds(facts)
        return changed if is_sure or changed > amount else None

    def title(self) -> str:
        return self.label or self.effect.title()

    def times(self, facts: Facts) -> Decimal | int | None:
        """By what an amount is multiplied before it is added, if at all. Raises TariffHole when it is unknown."""
        if self.each is None:
            return None
        times: Decimal | int | None = getattr(facts, self.each)
        if times is None:
            raise TariffHole(facts, [self.each])
        return times

    def dump(self) -> dict[str, object]:
        data: dict[str, object] = {"when": self.when.dump()} if self.when.tests else {}
        data[self.effect.key] = f"{self.effect.value:f}"
        labels = list(self.unless_base)
        extras = {"each": self.each, "label": self.label, "stop": self.stop}
        data |= {key: value for key, value in extras.items() if value}
        return data | ({"unless_base": labels[0] if len(labels) == 1 else labels} if labels else {})


def parse_modifier(path: reading.Path, item: object, base_labels: Iterable[str]) -> Modifier:
    """A modifier written as `{ when, one effect, each, label, stop, unless_base }`. Raises TariffFault."""
    data = reading.table_at(path, item)
    faults: list[reading.Fault] = []
    when, label, effect, stop, each = When(), "", None, False, None
    unless_base: tuple[str, ...] = ()
    with reading.gathering(faults):
        reading.only(path, data, KEYS | EFFECTS.keys())
    with reading.gathering(faults):
        when = parse_when((*path, "when"), data.get("when", {}))
    with reading.gathering(faults):
        effect = _effect_at(path, data)
    with reading.gathering(faults):
        each = _each_at((*path, "each"), data)
    with reading.gathering(faults):
        label = reading.text_at((*path, "label"), data["label"]) if "label" in data else ""
    with reading.gathering(faults):
        stop = reading.yes_no_at((*path, "stop"), data.get("stop", False))
    with reading.gathering(faults):
        unless_base = (
            _labels_at((*path, "unless_base"), data["unless_base"], base_labels) if "unless_base" in data else ()
        )
    if effect is None or faults:
        raise reading.TariffFault(*faults)
    return Modifier(effect, when, label, each, stop, unless_base)


def _effect_at(path: reading.Path, data: Mapping[str, object]) -> Effect:
    keys = [key for key in data if key in EFFECTS]
    if len(keys) != 1:
        raise reading.fault(path, f"indiquez un effet, un seul : {', '.join(EFFECTS)}.")
    (key,) = keys
    read = reading.signed_at if key == "add" else reading.number_at
    return Effect(key, read((*path, key), data[key]))


def _each_at(path: reading.Path, data: Mapping[str, object]) -> str | None:
    each = data.get("each")
    if each is None:
        return None
    if not isinstance(each, str) or each not in NUMBER_FACTS:
        raise reading.fault(path, f"indiquez l’un de ces faits : {', '.join(sorted(NUMBER_FACTS))}.")
    if "add" not in data:
        raise reading.fault(path, "each ne vaut qu’avec add.")
    return each


def _labels_at(path: reading.Path, value: object, known: Iterable[str]) -> tuple[str, ...]:
    found = tuple(reading.text_at(path, label) for label in (value if isinstance(value, list) else [value]))
    names = sorted(label for label in set(known) if label)
    if unknown := [label for label in found if label not in names]:
        said = f"prix inconnu{NBSP}: «{NBSP}{unknown[0]}{NBSP}». Indiquez le label d’un prix de base"
        raise reading.fault(path, f"{said} ({', '.join(names)})." if names else f"{said}.")
    return found
