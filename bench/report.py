"""What was measured, as a table for people and a file for machines."""

import json
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Figure:
    """One measure. `detail` tells the absolute values, which only mean something on this machine."""

    name: str
    ratio: float
    goal: float
    better: Literal["lower", "higher"]
    detail: str = ""

    @property
    def is_reached(self) -> bool:
        return self.ratio <= self.goal if self.better == "lower" else self.ratio >= self.goal


def spread(values: Sequence[float], unit: str = "", digits: int = 2) -> str:
    """« 3.21 ms (3.01–4.40) »: the median, the least and the most."""
    middle, least, most = statistics.median(values), min(values), max(values)
    return f"{middle:.{digits}f}{unit} ({least:.{digits}f}–{most:.{digits}f})"


def print_table(figures: Iterable[Figure]) -> None:
    rows = [
        (
            figure.name,
            f"{figure.ratio:.3g}",
            f"{'≤' if figure.better == 'lower' else '≥'} {figure.goal:g}",
            "tenu" if figure.is_reached else "MANQUÉ",
            figure.detail,
        )
        for figure in figures
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    for row in rows:
        print("  ".join(text.ljust(width) for text, width in zip(row[:4], widths, strict=True)), row[4], sep="  ")


def write_json(figures: Iterable[Figure], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [
        {"name": figure.name, "ratio": round(figure.ratio, 4), "goal": figure.goal, "better": figure.better}
        for figure in figures
    ]
    path.write_text(json.dumps(rows, indent=2) + "\n")
