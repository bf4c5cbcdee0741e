"""A tariff to and from data, the same tree in the town file and in the database."""

from collections.abc import Mapping

from preau.pricing.choices import Rounding
from preau.pricing.rules import reading
from preau.pricing.rules.conditions import When, parse_when
from preau.pricing.rules.coverage import faults_of
from preau.pricing.rules.kinds import KINDS
from preau.pricing.rules.modifiers import Modifier, parse_modifier
from preau.pricing.rules.tariffs import Entry, Split, Tariff

TARIFF_KEYS = frozenset({"base", "then", "round", "split"})
ENTRY_KEYS = frozenset({"kind", "when", "label"})


def parse_tariff(data: Mapping[str, object]) -> Tariff:
    """The tariff written in `data`: `base`, and if need be `then`, `round` and `split`.

    Raises TariffFault with every fault found; once it can be read, the cases without a price are faults too.
    """
    faults: list[reading.Fault] = []
    entries: list[Entry] = []
    modifiers: list[Modifier] = []
    rounding, split = Rounding.HALF_UP, None
    with reading.gathering(faults):
        reading.only((), data, TARIFF_KEYS)
    with reading.gathering(faults):
        for place, item in enumerate(reading.list_at(("base",), data.get("base"))):
            with reading.gathering(faults):
                entries.append(_entry_at(("base", place), item))
    with reading.gathering(faults):
        labels = [entry.label for entry in entries]
        for place, item in enumerate(reading.list_at(("then",), data["then"]) if "then" in data else ()):
            with reading.gathering(faults):
                modifiers.append(parse_modifier(("then", place), item, labels))
    with reading.gathering(faults):
        rounding = _rounding_at(("round",), data.get("round", Rounding.HALF_UP))
    with reading.gathering(faults):
        split = _split_at(("split",), data["split"]) if "split" in data else None
    tariff = Tariff(tuple(entries), rounding, split, tuple(modifiers))
    faults = faults or faults_of(tariff)
    if faults:
        raise reading.TariffFault(*faults)
    return tariff


def _entry_at(path: reading.Path, item: object) -> Entry:
    data = reading.table_at(path, item)
    name = data.get("kind")
    if not isinstance(name, str) or name not in KINDS:
        raise reading.fault((*path, "kind"), f"indiquez l’un des prix connus ({', '.join(KINDS)}).")
    faults: list[reading.Fault] = []
    kind, when, label = None, When(), ""
    with reading.gathering(faults):
        reading.only(path, data, ENTRY_KEYS | KINDS[name].keys)
    with reading.gathering(faults):
        kind = KINDS[name].read(path, data)
    with reading.gathering(faults):
        when = parse_when((*path, "when"), data.get("when", {}))
    with reading.gathering(faults):
        label = reading.text_at((*path, "label"), data["label"]) if "label" in data else ""
    if kind is None or faults:
        raise reading.TariffFault(*faults)
    return Entry(kind, when, label)


def _rounding_at(path: reading.Path, value: object) -> Rounding:
    if value not in Rounding.values:
        raise reading.fault(path, f"indiquez l’un de ces arrondis : {', '.join(Rounding.values)}.")
    return Rounding(value)


def _split_at(path: reading.Path, value: object) -> Split:
    data = reading.table_at(path, value)
    reading.only(path, data, frozenset({"food", "care"}))
    if len(data) != 1:
        raise reading.fault(path, "indiquez soit food (le repas, en euros), soit care (l’accueil, en pour cent).")
    if "food" in data:
        return Split(food=reading.amount_at((*path, "food"), data["food"]))
    care = reading.number_at((*path, "care"), data["care"])
    if care > 100:
        raise reading.fault((*path, "care"), "indiquez un pourcentage de 0 à 100.")
    return Split(care_percent=care)


def dump_tariff(tariff: Tariff) -> dict[str, object]:
    """The data that `parse_tariff` reads back as the same tariff; what is usual is left out."""
    data: dict[str, object] = {"base": [_dump_entry(entry) for entry in tariff.base]}
    if tariff.then:
        data["then"] = [modifier.dump() for modifier in tariff.then]
    if tariff.rounding != Rounding.HALF_UP:
        data["round"] = str(tariff.rounding)
    if tariff.split is not None and tariff.split.food is not None:
        data["split"] = {"food": f"{tariff.split.food:f}"}
    elif tariff.split is not None:
        data["split"] = {"care": f"{tariff.split.care_percent:f}"}
    return data


def _dump_entry(entry: Entry) -> dict[str, object]:
    data = {"kind": entry.kind.name, **entry.kind.dump()}
    if entry.when.tests:
        data["when"] = entry.when.dump()
    return data | {"label": entry.label} if entry.label else data
