"""How full groups are: their places at one moment of a day, those of the groups around them, and the sum of several."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

ALMOST = 10  # from a tenth of the places left, it is almost full


class Fullness(StrEnum):
    CLOSED = "closed"
    UNLIMITED = "unlimited"
    FREE = "free"
    ALMOST = "almost"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Places:
    """Places of a group in a part of a day; `capacity` None is no limit. `taken` may be above it: agents granted more.

    `left` counts the groups around too (None: no limit at all), so it may be less than `capacity - taken`.
    """

    taken: int
    capacity: int | None
    left: int | None
    is_open: bool = True

    @property
    def fullness(self) -> Fullness:
        if not self.is_open:
            return Fullness.CLOSED
        if self.left is None:
            return Fullness.UNLIMITED
        if self.left == 0:
            return Fullness.FULL
        places = self.taken + self.left if self.capacity is None else self.capacity
        return Fullness.ALMOST if self.left * ALMOST <= places else Fullness.FREE

    @property
    def is_full(self) -> bool:
        return self.fullness == Fullness.FULL


def places(*, taken: int, capacity: int | None, is_open: bool = True) -> Places:
    """A slot by itself."""
    left = None if capacity is None else max(0, capacity - taken)
    return Places(taken, capacity, left, is_open)


def within(inner: Places, outer: Iterable[Places]) -> Places:
    """The same places once the groups around have their say: none is left where one of them has none."""
    lefts = [one.left for one in (inner, *outer) if one.left is not None]
    return Places(inner.taken, inner.capacity, min(lefts, default=None), inner.is_open)


def fullest(moments: Iterable[Places]) -> Places | None:
    """The moment with the fewest places left (a day is full as soon as one of its moments is); open ones first.

    None without a moment.
    """

    def rank(moment: Places) -> tuple[bool, bool, int, int]:
        return (not moment.is_open, moment.left is None, moment.left or 0, -moment.taken)

    return min(moments, key=rank, default=None)


def together(chains: Iterable[tuple[int, ...]], slots: Mapping[int, Places]) -> Places:
    """The places of several groups taken as one. A chain is a group, then those that it is within, outwards.

    A child of an inner group is counted once, and no more places are counted than the groups around allow.
    """
    received = {chain[0]: chain for chain in chains if chain[0] in slots}
    inner: dict[int, set[int]] = defaultdict(set)
    for chain in received.values():
        for group, outer in pairwise(chain):
            inner[outer].add(group)

    def capacity_of(group: int) -> int | None:
        own = slots[group].capacity if group in slots else None
        return own if group in received else _least(own, _sum(capacity_of(one) for one in inner[group]))

    counted = [group for group, chain in received.items() if received.keys().isdisjoint(chain[1:])]
    return places(
        taken=sum(slots[group].taken for group in counted),
        capacity=_sum(capacity_of(group) for group in {chain[-1] for chain in received.values()}),
        is_open=any(slots[group].is_open for group in received),
    )


def _sum(capacities: Iterable[int | None]) -> int | None:
    known = list(capacities)
    return None if None in known else sum(one for one in known if one is not None)


def _least(one: int | None, other: int | None) -> int | None:
    return min((places for places in (one, other) if places is not None), default=None)
