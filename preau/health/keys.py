"""The key of a child: made at its first value, wrapped anew by a new master key, forgotten with its child.

Values are opened and sealed through `Opener` and `Sealer`: they keep the key for the length of one page or action.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from preau.families.models import Participant
from preau.health.master import MasterKeys, master_keys
from preau.health.models import HealthField, HealthKey, Pai, Vaccination
from preau.health.sealing import CannotOpen, ChildKey, Spot, new_child_key, seal, unseal, unwrap, wrap

SEALED: tuple[type[HealthField] | type[Vaccination] | type[Pai], ...] = (HealthField, Vaccination, Pai)
"""The tables whose rows go with the key of their child."""


def spot_of(row: HealthField | Vaccination | Pai) -> Spot:
    """Where the value of a row belongs: a row keeps its place whatever its number."""
    match row:
        case HealthField():
            place = row.name
        case Vaccination():
            place = f"{row.vaccine} {row.rank}"
        case Pai():
            place = row.code
    return Spot(row._meta.db_table, "sealed", row.participant_id, place)


def child_key(participant: int) -> ChildKey:
    """The key of this child. Raises CannotOpen without one, MasterFault without the master key."""
    row = HealthKey.objects.filter(pk=participant).first()
    if row is None:
        raise CannotOpen("this child has no key")
    return _unwrapped(row, master_keys())


def child_keys(participants: Collection[int]) -> dict[int, ChildKey]:
    """The keys of these children, those who have one: one query."""
    rows = list(HealthKey.objects.filter(pk__in=participants))
    masters = master_keys() if rows else None
    return {row.pk: _unwrapped(row, masters) for row in rows if masters is not None}


def _unwrapped(row: HealthKey, masters: MasterKeys) -> ChildKey:
    return unwrap(masters.secret(row.master), row.master, row.pk, bytes.fromhex(row.code), bytes(row.wrapped))


def locked_key(participant: int) -> ChildKey:
    """The key that seals the values of this child, made if need be, held to the end of the caller's transaction: a key
    that is being forgotten seals nothing any more. Raises MasterFault."""
    masters = master_keys()
    for _ in range(3):
        row = HealthKey.objects.select_for_update().filter(pk=participant).first()
        if row is not None:
            return _unwrapped(row, masters)
        key = new_child_key()
        wrapped = wrap(masters.secret(masters.current), masters.current, participant, key)
        new = HealthKey(pk=participant, code=key.id.hex(), wrapped=wrapped, master=masters.current)
        HealthKey.objects.bulk_create([new], ignore_conflicts=True)  # of two that make it at once, the first counts
    raise RuntimeError("the key of a child is made and forgotten over and over")


@dataclass(frozen=True, slots=True)
class Sealer:
    """Seals and opens the values of one child."""

    participant: int
    key: ChildKey

    def sealed(self, row: Any, plain: str) -> bytes:
        return seal(self.key, spot_of(row), plain.encode())

    def opened(self, row: Any) -> str:
        """Raises CannotOpen."""
        return unseal(self.key, spot_of(row), bytes(row.sealed)).decode()


def sealer_for(participant: Participant) -> Sealer:
    """What writes the values of a child, in the caller's transaction. Raises MasterFault."""
    return Sealer(participant.pk, locked_key(participant.pk))


def opener_for(participant: Participant) -> Sealer | None:
    """What reads the values of a child; None when the child has no key, and so no value. Raises MasterFault."""
    key = child_keys([participant.pk]).get(participant.pk)
    return Sealer(participant.pk, key) if key else None


@transaction.atomic
def forget(participant: Participant) -> int:
    """Delete the key of a child and its sealed rows: what backups still hold of them never opens again. Returns how
    many rows went.

    For the erasure of a file: a key made later opens nothing of before.
    """
    list(HealthKey.objects.select_for_update().filter(pk=participant.pk))
    gone = sum(model._default_manager.filter(participant=participant).delete()[0] for model in SEALED)
    HealthKey.objects.filter(pk=participant.pk).delete()
    return gone


def waiting_keys() -> int:
    """How many keys an older version of the master key still wraps. Raises MasterFault."""
    return HealthKey.objects.exclude(master=master_keys().current).count()


def rotate() -> int:
    """Wrap by the newest version of the master key what older ones wrap; returns how many keys were.

    One row at a time, each change whole by itself: it may be stopped anywhere, run again, and run twice at once.
    A key that does not open stays as it is (`preau verify` names it). Raises MasterFault when a version is missing.
    """
    masters, done = master_keys(), 0
    older = HealthKey.objects.exclude(master=masters.current).order_by("pk")
    for pk in list(older.values_list("pk", flat=True)):
        row = HealthKey.objects.filter(pk=pk).exclude(master=masters.current).first()
        done += _rewrap(row, masters) if row else 0
    return done


def _rewrap(row: HealthKey, masters: MasterKeys) -> int:
    try:
        key = _unwrapped(row, masters)
    except CannotOpen:
        return 0
    unchanged = HealthKey.objects.filter(pk=row.pk, code=row.code, master=row.master)
    wrapped = wrap(masters.secret(masters.current), masters.current, row.pk, key)
    return unchanged.update(wrapped=wrapped, master=masters.current)


# Lent to `documents`, for papers that are health data: PAI, judgments


@transaction.atomic
def seal_bytes(*, participant: Participant, table: str, row: str, plain: bytes) -> bytes:
    """`plain` sealed with the key of that child, made if need be, for that row of that table alone."""
    return seal(locked_key(participant.pk), Spot(table, "content", participant.pk, row), plain)


def open_bytes(*, participant: Participant, table: str, row: str, sealed: bytes) -> bytes:
    """What was sealed there. Raises CannotOpen, also once the child was forgotten."""
    return unseal(child_key(participant.pk), Spot(table, "content", participant.pk, row), sealed)
