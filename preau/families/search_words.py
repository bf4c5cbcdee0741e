"""The words by which a family file is found, and those that somebody types to find it: folded alike."""

import re
from collections.abc import Iterable

from preau.families.rules import folded

LONGEST = 40  # signs of a word that is kept
MOST_WORDS = 6  # of a search
FRENCH_PHONE = 10  # digits

_PIECES = re.compile(r"[^\W_]+")
_DIGITS = re.compile(r"(?:\+|\b)\d(?:[\s.\-/()]*\d){3,}(?!\w)")


def words_of_name(text: str) -> set[str]:
    """« D’Almeïda-Roux » is found as dalmeidaroux, almeidaroux and roux, or by the beginning of one of them."""
    return _from_each([folded(piece) for piece in _PIECES.findall(text)])


def words_of_phone(text: str) -> set[str]:
    """« 06 12 34 56 78 » is found from any of its pairs on: by its last four digits too."""
    digits = phone_digits(text)
    if len(digits) != FRENCH_PHONE:
        return {digits[:LONGEST]} - {""}
    return _from_each([digits[at : at + 2] for at in range(0, FRENCH_PHONE, 2)])


def phone_digits(text: str) -> str:
    """The digits of a number, from 0 for a French one: « +33 (0)6 12… » and « 0033612… » are 0612…"""
    digits = "".join(re.findall(r"[0-9]", text.replace("(0)", "")))
    for prefix, is_foreign in (("0033", True), ("33", text.strip().startswith("+"))):
        if is_foreign and digits.startswith(prefix) and len(digits) == len(prefix) + FRENCH_PHONE - 1:
            return f"0{digits.removeprefix(prefix)}"
    return digits


def wanted_words(text: str) -> list[str]:
    """What is looked for in what somebody typed: each must begin a word of the file. Digits are read together, however
    they are spaced; [] when nothing can be read."""
    numbers = [phone_digits(found) for found in _DIGITS.findall(text)]
    rest = [folded(word) for word in _DIGITS.sub(" ", text).split()]
    return list(dict.fromkeys(word[:LONGEST] for word in [*numbers, *rest] if word))[:MOST_WORDS]


def _from_each(pieces: Iterable[str]) -> set[str]:
    """The pieces joined, from each of them to the end."""
    known = [piece for piece in pieces if piece]
    return {"".join(known[at:])[:LONGEST] for at in range(len(known))}
