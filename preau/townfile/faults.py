"""A fault of the town file: where it is, what it is and how to mend it."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from preau.core.money import NBSP
from preau.townfile.lines import Path


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """`line` 0 is the file as a whole; `where` names the table and key; `message` tells the mend, in French."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}, ligne {self.line}" if self.line else self.file
        return f"{place}{NBSP}: {self.where}{NBSP}: {self.message}" if self.where else f"{place}{NBSP}: {self.message}"


def where(path: Path) -> str:
    """`("services", "enfance", "phone")` → « services.enfance.phone »; places in lists count from 1."""
    words: list[str] = []
    for part in path:
        if isinstance(part, int):
            words[-1:] = [f"{words[-1]} n°{NBSP}{part + 1}" if words else f"n°{NBSP}{part + 1}"]
        else:
            words.append(part if part.isascii() and " " not in part and "." not in part else f'"{part}"')
    return ".".join(words)


def close_to(word: str, known: Iterable[str]) -> str:
    """« Vouliez-vous écrire … ? » when something known looks like `word`, else what is known."""
    names = sorted(known)
    if near := difflib.get_close_matches(word, names, n=1, cutoff=0.7):
        return f"Vouliez-vous écrire «{NBSP}{near[0]}{NBSP}»{NBSP}?"
    if not names:
        return ""
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"Possibles{NBSP}: {shown}."
