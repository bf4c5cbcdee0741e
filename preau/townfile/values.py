"""What a single value of the town file must be, beyond its type: colours, addresses, deadlines, drawings, patterns."""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path as FilePath
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator, validate_email
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

import preau.core
from preau.activities.rules import NoticeFault, parse_notice
from preau.billing.rules.numbers import label_pattern_faults, number_pattern_faults
from preau.core import colours
from preau.core.money import NBSP
from preau.town.models import LONGEST_MINIMUM, SHORTEST_PASSWORD
from preau.townfile.faults import close_to

SPRITE = FilePath(preau.core.__file__).parent / "static/preau/icones.svg"
validate_url = URLValidator(schemes=["http", "https"])


def told(fault_of: Callable[[Any], str]) -> AfterValidator:
    """A value about which `fault_of` has nothing to say; what it says is the mend."""

    def check(value: Any) -> Any:
        if message := fault_of(value):
            raise PydanticCustomError("told", "refused value", {"message": message})
        return value

    return AfterValidator(check)


def among(values: Iterable[str]) -> AfterValidator:
    """A text that must be one of `values`."""
    known = list(values)
    return told(lambda value: "" if value in known else unknown(value, known))


def unknown(value: str, known: Iterable[str]) -> str:
    """That a word is not known, and which one was perhaps meant."""
    return f"«{NBSP}{value}{NBSP}» n’est pas connu. {close_to(value, known)}"


def colour_fault(accent: str) -> str:
    """Why a town may not take this colour (the first reason), and one that it may."""
    faults = colours.faults(accent)
    try:
        return f"{faults[0]} Une couleur proche qui convient{NBSP}: {colours.darker(accent)}." if faults else ""
    except ValueError:
        return faults[0]


NOT_FOR_KITCHENS = ("halal", "casher", "kasher", "cacher", "religi", "musulman", "juif", "juive", "hindou", "ramadan")


def diet_fault(name: str) -> str:
    """Why a box of the kitchen is not one: it says what is eaten, never a belief."""
    if any(word in name.casefold().replace("è", "e") for word in NOT_FOR_KITCHENS):
        return f"dites ce que l’enfant ne mange pas, par exemple «{NBSP}Sans porc{NBSP}», jamais une religion (CNIL)."
    return ""


UNTOLD = ("handicap", "maladie", "pathologie", "religi", "origine", "nationalit")


def criterion_fault(name: str) -> str:
    """Why a reason may not be asked: it would make a family tell what nobody may record."""
    if any(word in name.casefold() for word in UNTOLD):
        return f"demandez moins, par exemple «{NBSP}Raison de santé{NBSP}», jamais la maladie ni l’origine (CNIL)."
    return ""


def email_fault(address: str) -> str:
    """What is wrong with an e-mail address, if anything."""
    try:
        validate_email(address)
    except ValidationError:
        return "écrivez une adresse électronique, par exemple familles@exemple.fr."
    return ""


def url_fault(address: str) -> str:
    """What is wrong with a web address, if anything."""
    try:
        validate_url(address)
    except ValidationError:
        return "écrivez l’adresse entière, par exemple https://www.exemple.fr."
    return ""


def notice_fault(notice: dict[str, Any]) -> str:
    """What is wrong with a deadline, if anything."""
    try:
        parse_notice(notice)
    except NoticeFault as fault:
        return str(fault)
    return ""


def without_dates(value: Any) -> Any:
    """The value with its days as texts, as the database keeps them."""
    if isinstance(value, dict):
        return {key: without_dates(item) for key, item in value.items()}
    if isinstance(value, list):
        return [without_dates(item) for item in value]
    return value.isoformat() if isinstance(value, dt.date) else value


def icon_fault(icon: str) -> str:
    """Whether pages can show this drawing."""
    return "" if icon in icons() else unknown(icon, icons())


@cache
def icons() -> frozenset[str]:
    """The drawings that pages can show."""
    return frozenset(re.findall(r'id="i-([a-z-]+)"', SPRITE.read_text(encoding="utf-8")))


def password_fault(signs: int) -> str:
    """Whether passwords may be as short as that."""
    if signs < SHORTEST_PASSWORD:
        return (
            f"indiquez {SHORTEST_PASSWORD} au moins{NBSP}: c’est la longueur que la CNIL demande d’un mot de passe "
            "seul. Une commune peut l’allonger, jamais la raccourcir."
        )
    return f"indiquez {LONGEST_MINIMUM} au plus." if signs > LONGEST_MINIMUM else ""


def number_fault(pattern: str) -> str:
    """What is wrong with a pattern of invoice numbers, if anything."""
    return _sentence(number_pattern_faults(pattern))


def label_fault(pattern: str) -> str:
    """What is wrong with a pattern of campaign labels, if anything."""
    return _sentence(label_pattern_faults(pattern))


def _sentence(faults: list[str]) -> str:
    return f"{f'{NBSP}; '.join(faults)}." if faults else ""
