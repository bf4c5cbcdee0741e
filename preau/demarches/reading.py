"""How people who ask are told of: names, births."""

import datetime as dt

from preau.core.dates import local_day
from preau.core.templatetags.ui import MONTHS, date_longue
from preau.demarches.models import AccountAsked
from preau.families.models import Adult


def full_name(person: AccountAsked | Adult) -> str:
    """« Madame Inès Laurent, née Le Goff »; the birth name only when it differs."""
    name = " ".join(part for part in (person.civility, person.first_name, person.last_name) if part)
    if not person.birth_name or person.birth_name == person.last_name:
        return name
    born = "née" if person.civility == "Madame" else "né" if person.civility == "Monsieur" else "nom de naissance"
    return f"{name}, {born} {person.birth_name}"


def date_told(date: str) -> str:
    """« 14 mars 1985 », « mars 1985 » or « 1985 »; what is written in no such way, as it is."""
    parts = date.split("-")
    try:
        if len(parts) == 3:
            return date_longue(dt.date.fromisoformat(date))
        if len(parts) == 2:
            return f"{MONTHS[int(parts[1]) - 1]} {parts[0]}"
    except (ValueError, IndexError):
        pass
    return date


def vouched_told(asked: AccountAsked) -> str:
    """« vérifiée par FranceConnect le 10 février 2026 », of an identity that was."""
    if asked.vouched_at is None:
        return ""
    return f"vérifiée par FranceConnect le {date_longue(local_day(asked.vouched_at))}"


def birth_told(asked: AccountAsked) -> str:
    """« 14 mars 1985, Brest (Finistère), France », as far as it is known."""
    department = f"({asked.birth_department})" if asked.birth_department else ""
    place = " ".join(part for part in (asked.birth_town, department) if part)
    return ", ".join(part for part in (date_told(asked.birth_date), place, asked.birth_country) if part)
