"""Words of bills."""

import datetime as dt

from django import template

from preau.core.templatetags.ui import mois

register = template.Library()


@register.filter
def de_mois(day: dt.date) -> str:
    """« d’octobre 2026 », « de mai 2021 »."""
    month = mois(day)
    return f"d’{month}" if month[0] in "aeiouy" else f"de {month}"
