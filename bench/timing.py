"""Taking two things in turns, so that what disturbs the machine disturbs both."""

import statistics
import time
from collections.abc import Callable, Mapping


def interleaved(calls: Mapping[str, Callable[[], object]], *, rounds: int, warm_up: int = 1) -> dict[str, list[float]]:
    """Seconds of each call, taken in turns `rounds` times."""
    for _ in range(warm_up):
        for call in calls.values():
            call()
    taken: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(rounds):
        for name, call in calls.items():
            taken[name].append(seconds_of(call))
    return taken


def seconds_of(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def ratio(taken: Mapping[str, list[float]], one: str, other: str) -> float:
    """The median of `one` over the median of `other`."""
    return statistics.median(taken[one]) / statistics.median(taken[other])
