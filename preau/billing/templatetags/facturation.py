"""Words of bills."""

import datetime as dt
import re

from django import template
from django.utils.safestring import SafeString

from preau.billing.rules.invoices import Standing
from preau.core.templatetags.ui import MONTHS, NBSP, day_number, gommette, local, mois

register = template.Library()


@register.filter
def de_mois(day: dt.date) -> str:
    """« d’octobre 2026 », « de mai 2021 »."""
    month = mois(day)
    return f"d’{month}" if month[0] in "aeiouy" else f"de {month}"


@register.simple_tag
def standing_tag(standing: str, due_on: dt.date, paid_at: dt.datetime | None = None) -> SafeString:
    """Where an invoice stands, with the date that matters."""
    if standing == Standing.PAID:
        return gommette("vert", "succes", f"Payée le {_day(paid_at)}" if paid_at else "Payée")
    if standing == Standing.OVERDUE:
        return gommette("rouge", "alerte", f"En retard depuis le {_day(due_on)}")
    return gommette("ambre", "horloge", f"À payer avant le {_day(due_on)}")


def _day(value: dt.date) -> str:
    """« 12 janvier », without the day of the week."""
    day = local(value)
    return f"{day_number(day)}{NBSP}{MONTHS[day.month - 1]}"


@register.filter
def capital(text: str) -> str:
    """« Janvier 2026 » for a title."""
    return text[:1].upper() + text[1:]


PRESTATION = re.compile(r"(?P<name>.*) - (?P<period>Du [0-9/]{10} au [0-9/]{10})(?: - (?P<unit>.*))?")


@register.filter
def prestation(label: str) -> str:
    """« Accueils du mercredi - Du … au … - Journée » → « Accueils du mercredi, Journée »."""
    found = PRESTATION.fullmatch(label)
    return ", ".join(filter(None, found.group("name", "unit"))) if found else label


@register.filter
def prestation_period(label: str) -> str:
    """The dates in the label of a line; empty when it has none."""
    found = PRESTATION.fullmatch(label)
    return found["period"] if found else ""


@register.filter
def days_told(days: list[str]) -> str:
    """`["2026-09-01", "2026-09-03"]` → « 1er, 3 septembre »."""
    months: dict[str, list[str]] = {}
    for day in map(dt.date.fromisoformat, days):
        months.setdefault(MONTHS[day.month - 1], []).append(day_number(day))
    return ", ".join(f"{', '.join(numbers)}{NBSP}{month}" for month, numbers in months.items())
