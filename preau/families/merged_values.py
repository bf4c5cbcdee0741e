"""What a file says, of two that become one: the value of the file that goes away, where an agent chose it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import Model

from preau.families.changing import ADULT_FIELDS, CHILD_FIELDS
from preau.families.models import Address, Adult, Family, Participant

FILE_FIELDS: Mapping[str, str] = MappingProxyType({"name": "nom du dossier", "allocataire": "numéro d’allocataire"})
ADDRESS_FIELDS = ("lines", "postcode", "city", "insee_code")
LABELS: Mapping[type[Model], Mapping[str, str]] = MappingProxyType(
    {
        Family: FILE_FIELDS,
        Adult: ADULT_FIELDS,
        Participant: CHILD_FIELDS,
        Address: dict.fromkeys(ADDRESS_FIELDS, "adresse"),
    }
)
NO_NUMBER = "Le moyen de contact choisi n’a pas de numéro. Prenez aussi le numéro du même dossier."

Step = dict[str, Any]


class MergeRefused(Exception):
    """Nothing was written; `text` tells the agent why, and what to do first."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


@dataclass(frozen=True, slots=True)
class Taken:
    """What the file that goes away is right about: its own fields, its address, and the fields of its people by key."""

    fields: Sequence[str] = ()
    has_address: bool = False
    adults: Mapping[int, Sequence[str]] = field(default_factory=dict)
    participants: Mapping[int, Sequence[str]] = field(default_factory=dict)


NOTHING_TAKEN = Taken()


def take_values(
    kept: Family,
    gone: Family,
    adults: Mapping[int, int],
    participants: Mapping[int, int],
    taken: Taken,
    *,
    on: dt.date,
) -> list[Step]:
    """Write them in the file that is kept; `adults` and `participants` say who is who, gone to kept. Raises
    MergeRefused. A name or a field that is nobody's is left out."""
    steps = _take(Family, gone.pk, kept.pk, taken.fields)
    for old, new in adults.items():
        steps += _take(Adult, old, new, taken.adults.get(old, ()))
    for old, new in participants.items():
        steps += _take(Participant, old, new, taken.participants.get(old, ()))
    return steps + (_take_address(kept, gone, on) if taken.has_address else [])


def _take(model: type[Model], old: int, new: int, names: Sequence[str]) -> list[Step]:
    known = [name for name in LABELS[model] if name in names]
    if not known:
        return []
    rows = model._default_manager.select_for_update().in_bulk([old, new])
    values = {name: getattr(rows[old], name) for name in known if getattr(rows[old], name) != getattr(rows[new], name)}
    return [_write(rows[new], values)] if values else []


def _write(row: Model, values: Mapping[str, Any]) -> Step:
    was = {name: getattr(row, name) for name in values}
    try:
        with transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**values)
    except IntegrityError:
        raise MergeRefused(NO_NUMBER) from None
    return {"model": row._meta.label, "row": row.pk, "was": was, "now": dict(values)}


def _take_address(kept: Family, gone: Family, on: dt.date) -> list[Step]:
    """From that day on, where the other file lives."""
    theirs = address_on(gone, on)
    if theirs is None:
        return []
    values = {name: getattr(theirs, name) for name in ADDRESS_FIELDS}
    of_today = Address.objects.filter(family=kept, starts_on=on).first()
    if of_today is not None:
        return [_write(of_today, values)]
    made = Address.objects.create(family=kept, starts_on=on, **values)
    return [{"model": Address._meta.label, "row": made.pk, "was": None, "now": values}]


def address_on(family: Family, on: dt.date) -> Address | None:
    return Address.objects.filter(family=family, starts_on__lte=on).order_by("-starts_on").first()


def put_value_back(step: Step) -> str:
    """The values of before, unless they were written again since: those stay, and are told."""
    model = apps.get_model(step["model"])
    row = model._default_manager.select_for_update().filter(pk=step["row"]).first()
    if row is None:
        return ""
    same = {name: value for name, value in step["now"].items() if getattr(row, name) == _parsed(model, name, value)}
    left = list(dict.fromkeys(LABELS[model][name] for name in step["now"] if name not in same))
    if step["was"] is None and not left:
        row.delete()
    elif step["was"] is not None and same:
        model._default_manager.filter(pk=row.pk).update(**{name: step["was"][name] for name in same})
    who = "" if model is Address else f" ({row})"
    return f"{', '.join(left)}{who}" if left else ""


def _parsed(model: type[Model], name: str, value: Any) -> Any:
    """A value of the journal of a merge, as the row holds it."""
    return model._meta.get_field(name).to_python(value)  # type: ignore[union-attr]
