"""What must always be true of sealed values."""

from collections.abc import Iterable, Iterator
from typing import Any

from preau.core.invariants import invariant
from preau.health.keys import SEALED, spot_of
from preau.health.master import MasterFault, MasterKeys, master_keys
from preau.health.models import HealthKey
from preau.health.sealing import CannotOpen, ChildKey, unseal, unwrap

BATCH = 500


@invariant("Santé : chaque valeur scellée a la clé de son enfant et s’ouvre avec elle")
def sealed_faults() -> Iterable[str]:
    """Values are opened and dropped: none is said."""
    if not HealthKey.objects.exists() and not any(model._default_manager.exists() for model in SEALED):
        return
    try:
        masters = master_keys()
    except MasterFault as fault:
        yield str(fault)
        return
    keys: dict[int, ChildKey] = {}
    wrong: set[int] = set()
    for row in HealthKey.objects.order_by("pk").iterator(BATCH):
        key, fault_of_key = _key_of(row, masters)
        if key is not None:
            keys[row.pk] = key
        else:
            wrong.add(row.pk)
            yield f"clé de l’enfant n° {row.pk} : {fault_of_key}"
    for model in SEALED:
        for value in model._default_manager.order_by("pk").iterator(BATCH):
            if value.participant_id not in wrong:
                yield from _value_faults(value, keys)


def _key_of(row: HealthKey, masters: MasterKeys) -> tuple[ChildKey | None, str]:
    try:
        return unwrap(masters.secret(row.master), row.master, row.pk, bytes.fromhex(row.code), bytes(row.wrapped)), ""
    except MasterFault as fault:
        return None, str(fault)
    except (CannotOpen, ValueError):
        return None, "elle ne s’ouvre pas"


def _value_faults(value: Any, keys: dict[int, ChildKey]) -> Iterator[str]:
    where = f"{value._meta.verbose_name} n° {value.pk}"
    key = keys.get(value.participant_id)
    if key is None:
        yield f"{where} : l’enfant n’a plus de clé"
        return
    try:
        unseal(key, spot_of(value), bytes(value.sealed))
    except CannotOpen:
        yield f"{where} : elle ne s’ouvre pas (changée, ou venue d’ailleurs)"
