"""What must always be true of a live database. Areas register their checks; `preau verify` runs them all."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

Check = Callable[[], Iterable[str]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One thing that must hold; `check` yields a sentence for each row that breaks it."""

    name: str
    check: Check


REGISTRY: list[Invariant] = []


def invariant(name: str) -> Callable[[Check], Check]:
    """Register a check under `name`, a sentence that reads as the rule."""

    def register(check: Check) -> Check:
        REGISTRY.append(Invariant(name, check))
        return check

    return register
