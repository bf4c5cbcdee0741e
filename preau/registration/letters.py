"""The letter that brings an activation code: one tagged PDF, a page for each adult."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from preau.core.money import NBSP
from preau.core.templatetags.ui import date_longue, heures_insecables
from preau.core.typesetting import drawable, typeset

TEMPLATE = Path(__file__).parent / "typst" / "letter.typ"


@dataclass(frozen=True, slots=True)
class Letter:
    """What is printed for one adult. `address_lines` are the name and the postal address; `code` is spaced."""

    address_lines: tuple[str, ...]
    greeting: str
    file_number: str
    file_name: str
    code: str
    expires_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Sender:
    """The town, and the page where the code is typed."""

    town: str
    portal: str
    accent: str
    address: str
    phone: str
    opening_hours: str
    site: str
    opens_accounts: bool


def letters_pdf(letters: Sequence[Letter], sender: Sender, *, on: dt.date) -> bytes:
    """The PDF of these letters, dated `on`, in their order."""
    at = dt.datetime.combine(on, dt.time(12), tzinfo=dt.UTC)
    printed: dict[str, Any] = drawable(_head(sender, on) | {"letters": [_printed(letter) for letter in letters]})
    return typeset(TEMPLATE, printed | {"accent": sender.accent}, at=at)


def _head(sender: Sender, on: dt.date) -> dict[str, Any]:
    help_line = f"Une question{NBSP}? {sender.phone}"
    if sender.opening_hours:
        help_line += f", {heures_insecables(sender.opening_hours)}"
    return {
        "title": f"Codes d’activation, {sender.town}",
        "town": sender.town,
        "portal": sender.portal,
        "address": sender.address,
        "help": f"{help_line}.",
        "date": f"Le {date_longue(on)}",
        "subject": "Votre compte sur le portail",
        "steps": _steps(sender),
    }


def _steps(sender: Sender) -> list[str]:
    begin = "choisissez «{0}Créer mon compte{0}»" if sender.opens_accounts else "connectez-vous"
    link = "Écrivez ces références et ce code quand on vous les demande."
    if not sender.opens_accounts:
        link = "Choisissez «{0}Relier mon dossier{0}», puis écrivez ces références et ce code."
    return [f"Ouvrez {sender.site} et {begin.format(NBSP)}.", link.format(NBSP)]


def _printed(letter: Letter) -> Mapping[str, Any]:
    return {
        "address_lines": letter.address_lines,
        "greeting": letter.greeting,
        "facts": [
            {"name": "Numéro de dossier", "value": letter.file_number},
            {"name": "Nom du dossier", "value": letter.file_name},
        ],
        "code": letter.code,
        "until": f"Ce code marche une seule fois, jusqu’au {date_longue(letter.expires_at)}. "
        "Il est à vous seul\u00a0: ne le donnez à personne.".replace(" :", f"{NBSP}:"),
    }
