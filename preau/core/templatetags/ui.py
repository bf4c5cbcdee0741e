"""What every page writes the same way: icons, amounts, days, states, name tags, menus. A template builtin."""

import datetime as dt
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Protocol

from django import template
from django.conf import settings
from django.core.paginator import Page
from django.forms import BaseForm
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

from preau.core import money
from preau.core.dates import PARIS, Month

register = template.Library()

NBSP = money.NBSP
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin",
    "juillet", "août", "septembre", "octobre", "novembre", "décembre",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """An entry of the menu. `badge` counts what waits there and `badge_text` names it (« document à fournir »);
    `is_second` entries move to « Menu » on a phone, which shows four entries beside it; `is_third` ones are there on
    every screen: a bar holds so many."""

    label: str
    url: str
    icon: str
    is_current: bool
    is_second: bool
    badge: int = 0
    badge_text: str = ""
    is_third: bool = False


class Tagged(Protocol):
    """Someone with a name tag: a symbol (an icon name) and a colour, never one without the other."""

    @property
    def first_name(self) -> str: ...
    @property
    def colour(self) -> str: ...
    @property
    def symbol(self) -> str: ...


# Icons and states


@register.simple_tag
@cache  # a planning page draws hundreds
def icon(name: str) -> SafeString:
    """An icon of icones.svg, hidden from screen readers: a word always stands beside it."""
    return format_html(
        '<svg class="icone" aria-hidden="true"><use href="{}#i-{}"/></svg>', static("preau/icones.svg"), name
    )


@register.simple_tag
def gommette(colour: str, icon_name: str, text: str) -> SafeString:
    """A short state, one to three words. Colours: vert, ambre, rouge, bleu, lilas, accent, jaune, or "" for grey."""
    classes = f"gommette g-{colour}" if colour else "gommette"
    return format_html('<span class="{}">{}{}</span>', classes, icon(icon_name), text)


@register.simple_tag
def etiquette(person: Tagged, size: str = "") -> SafeString:
    """The coat-peg tag of a child; `size` "l" in headings."""
    classes = f"etiquette t-{person.colour}" + (" etiquette-l" if size == "l" else "")
    return format_html('<span class="{}">{}{}</span>', classes, icon(person.symbol), person.first_name)


@register.simple_tag
def kept(template_name: str, **values: Any) -> SafeString:
    """A piece of page that depends on these values alone: rendered once for all the pages that show it.

    Raises TypeError for a value that has no hash.
    """
    return _kept(template_name, settings.ROOT_URLCONF, **values)


@lru_cache(maxsize=256, typed=True)  # typed: a string that is already safe is not the same value
def _kept(template_name: str, routes: str, **values: Any) -> SafeString:
    """`routes` only tells apart the answers, as in `addresses`."""
    return render_to_string(template_name, values)


PERSON = SafeString("<!-- personne -->")


@register.simple_tag
def menu(entries: Iterable[MenuEntry], person: object, css_class: str, label: str) -> SafeString:
    """The menu of a layout, with « Menu » that repeats the second entries on a phone."""
    entries = tuple(entries)
    waiting = [entry for entry in entries if entry.is_second and entry.badge]
    drawn = kept(
        "core/ui/_menu.html",
        entries=entries,
        person=PERSON,
        css_class=css_class,
        label=label,
        overflows=any(entry.is_third for entry in entries),
        waiting=sum(entry.badge for entry in waiting),
        waiting_text=", ".join(f"{entry.badge} {entry.badge_text}" for entry in waiting),
    )
    before, _, after = drawn.partition(PERSON)
    return format_html("{}{}{}", SafeString(before), person, SafeString(after))


@register.simple_block_tag(end_name="endtrail")
def trail(content: str, home: str) -> SafeString:
    """The breadcrumb around its steps (`<li>`), after « Accueil »; nothing when there are none."""
    if not content.strip():
        return SafeString("")
    return format_html(
        '<nav class="ariane large" aria-label="Fil d’Ariane"><ol class="ariane-pas">'
        '<li><a href="{}">Accueil</a></li>{}</ol></nav>',
        home,
        content,
    )


# Amounts


@register.filter
def euros(cents: int | None) -> str:
    """`18432` → « 184,32 € »; nothing for None."""
    return "" if cents is None else money.euros(cents)


# Days and hours: instants are told in local time


@register.filter("quantieme")
def day_number(day: dt.date) -> str:
    """« 1er », « 12 »."""
    return "1er" if day.day == 1 else str(day.day)


def local(value: dt.date) -> dt.date:
    """A day as it is; an aware instant as the local one."""
    return value.astimezone(PARIS) if isinstance(value, dt.datetime) else value


@register.filter
def jour(value: dt.date | None) -> str:
    """« jeudi 12 février », « dimanche 1er mars »; nothing for None."""
    if value is None:
        return ""
    day = local(value)
    return f"{WEEKDAYS[day.weekday()]} {day_number(day)}{NBSP}{MONTHS[day.month - 1]}"


@register.filter
def jour_long(value: dt.date | None) -> str:
    """« jeudi 12 février 2026 »."""
    return "" if value is None else f"{jour(value)} {local(value).year}"


@register.filter
def date_longue(value: dt.date | None) -> str:
    """« 12 février 2026 », without the day of the week."""
    if value is None:
        return ""
    day = local(value)
    return f"{day_number(day)}{NBSP}{MONTHS[day.month - 1]} {day.year}"


@register.filter
def mois(value: dt.date | Month | None) -> str:
    """« février 2026 »."""
    if value is None:
        return ""
    month = value if isinstance(value, Month) else Month.of(local(value))
    return f"{MONTHS[month.number - 1]} {month.year}"


@register.filter
def heure(value: dt.time | dt.datetime | None) -> str:
    """« 16 h 30 », « 8 h »; an instant is told in local time."""
    if value is None:
        return ""
    time = value.astimezone(PARIS).time() if isinstance(value, dt.datetime) else value
    return f"{time.hour}{NBSP}h" + (f"{NBSP}{time.minute:02d}" if time.minute else "")


@register.filter
def echeance(value: dt.datetime | None) -> str:
    """« mercredi 11 février à 23 h 59 »."""
    return "" if value is None else f"{jour(value)} à {heure(value)}"


@register.filter
def periode(first: dt.date | None, last: dt.date | None) -> str:
    """« du 9 au 20 février 2026 », « le 3 mars 2026 »; a side that is None is left open."""
    if first is None:
        return "" if last is None else f"jusqu’au {date_longue(last)}"
    if last is None:
        return f"à partir du {date_longue(first)}"
    if first == last:
        return f"le {date_longue(first)}"
    start = day_number(first)
    if (first.month, first.year) != (last.month, last.year):
        start += f"{NBSP}{MONTHS[first.month - 1]}"
    if first.year != last.year:
        start += f" {first.year}"
    return f"du {start} au {date_longue(last)}"


# Small things


@dataclass(frozen=True, slots=True)
class ErrorLink:
    """A fault of a form, and the id of the field to mend; "" when it is no one field's."""

    text: str
    target: str


@register.filter
def error_links(form: BaseForm) -> list[ErrorLink]:
    """The faults of a form in the order of its fields, those of the whole form first."""
    links = [ErrorLink(str(text), "") for text in form.non_field_errors()]
    for field in form:
        target = "" if field.is_hidden else f"{field.auto_id}_0" if field.use_fieldset else field.id_for_label
        links += [ErrorLink(str(text), target) for text in field.errors]
    return links


@register.filter
def page_numbers(page: Page[Any]) -> list[int | None]:
    """The pages to link to around this one; None where some are left out."""
    return [
        number if isinstance(number, int) else None
        for number in page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1)
    ]


@register.filter
def lien_tel(number: str) -> str:
    """`01 23 45 67 89` → `tel:+33123456789`."""
    digits = "".join(sign for sign in number if sign in "+0123456789")
    return f"tel:+33{digits[1:]}" if digits.startswith("0") and len(digits) == 10 else f"tel:{digits}"


@register.filter
def heures_insecables(text: str) -> str:
    """Hours in a sentence that a town wrote stay on one line: « de 13 h 30 à 17 h »."""
    return re.sub(r"(?<=\d) h\b(?: (?=\d))?", lambda hour: hour.group().replace(" ", NBSP), text)


@register.filter
def de(name: str) -> str:
    """« de Nora », « d’Élio ». An h is kept: « de Hawa »."""
    first = unicodedata.normalize("NFD", name[:1]).casefold()[:1]
    return f"d’{name}" if first and first in "aeiouyœæ" else f"de {name}"


@register.filter
def enumeration(words: Iterable[object]) -> str:
    """« Nora, Mylis et Sacha »."""
    *start, last = [str(word) for word in words] or [""]
    return f"{', '.join(start)} et {last}" if start else last
