"""The button of FranceConnect, and dates of birth as it knows them."""

import datetime as dt

from django import template

from preau.accounts.franceconnect.provider import is_open
from preau.core.templatetags.ui import MONTHS, day_number

register = template.Library()


@register.inclusion_tag("accounts/franceconnect/_button.html")
def franceconnect_button(next_url: str = "") -> dict[str, object]:
    """« S’identifier avec FranceConnect », where the town opens that way in."""
    return {"is_open": is_open(), "next": next_url}


@register.filter
def naissance(text: str) -> str:
    """« 12 avril 1988 », « avril 1988 » or « 1988 », as far as the State knows."""
    year, month, day = [*text.split("-"), "", ""][:3]
    try:
        told = dt.date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return text
    words = [day_number(told) if day else "", MONTHS[told.month - 1] if month else "", year]
    return " ".join(word for word in words if word)
