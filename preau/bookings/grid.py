"""The grid of the planning, built without templates: hundreds of cells, of which a template engine would make the cost.

Text from people (names of children, of units, reasons) is escaped once per row or day; the rest is our own. One markup
for all screens: weeks, days, then one cell for each unit, always in the same order.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from preau.bookings.choices import Refusal
from preau.bookings.queries.children import Child
from preau.bookings.queries.planning import ColumnDay, PlannedCell, Planning, Row
from preau.bookings.queries.rows import day_key
from preau.bookings.rules.cells import CellState
from preau.bookings.ticks import tick_name
from preau.core.dates import PARIS
from preau.core.money import NBSP, euros
from preau.core.templatetags.ui import MONTHS, WEEKDAYS, day_number, heure, icon
from preau.families.choices import Sex

LOCKS = {
    Refusal.NO_RIGHT: "Vous pouvez regarder ce planning, pas le modifier",
    Refusal.READ_ONLY: "Réservation gérée par la mairie",
    Refusal.OTHER_HOME: "Jour de l’autre parent",
}


@dataclass(frozen=True, slots=True)
class Look:
    """A fixed cell: the state that the style sheet draws, an icon and a word."""

    style: str
    icon: str
    word: str


LOOKS = {
    CellState.FULL: Look("complet", "complet", "Complet"),
    CellState.TOO_LATE: Look("verrou", "verrou", "Trop tard"),
    CellState.KEPT: Look("acquis", "verrou", "Réservé"),
    CellState.LOCKED: Look("verrou", "moins", "Non réservé"),
    CellState.WAITING: Look("file", "sablier", "Liste d’attente"),
    CellState.REQUESTED: Look("attente", "horloge", "En attente"),
    CellState.HELD: Look("attente", "sablier", "Place retenue"),
    CellState.CLOSED: Look("ferme", "ferme", "Fermé"),
    CellState.NOT_BOOKED: Look("verrou", "moins", "Non réservé"),
    CellState.PRESENT: Look("acquis", "coche", "Présent"),
    CellState.ABSENT: Look("absent", "absent", "Absent"),
    CellState.WAS_BOOKED: Look("acquis", "coche", "Réservé"),
}
LATE = {CellState.TOO_LATE, CellState.KEPT}
FULL_BOX = ' data-etat="complet"'
FEMININE = {CellState.PRESENT: "Présente", CellState.ABSENT: "Absente"}
NARROW = 2  # columns
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
NOTHING = '<span class="sans" aria-hidden="true">·</span>'


def grid(planning: Planning) -> SafeString:
    """The names of the rows, then the weeks."""
    days = {day: place for place, day in enumerate(planning.period)}
    lines = [_Line(number, row) for number, row in enumerate(planning.rows)]
    parts = ['<div class="grille">', _names(planning)]
    for number, week in enumerate(planning.weeks, start=1):
        is_free = is_holiday_week(week)
        style = "s-vacances" if is_free else f"j{len(week)}"
        parts.append(
            f'<section class="semaine s{number} {style}" aria-labelledby="t-s{number}"><h3 id="t-s{number}">'
            f'<span class="tel-seul">Semaine : {week_words(week)}</span>'
            f'<span class="grand-seul">{week_words(week)}</span></h3>'
        )
        if is_free:
            parts.append(_holidays(next(column for column in week if column.is_holidays)))
        else:
            parts += [_day(column, days[column.day], planning, lines) for column in week]
        parts.append("</section>")
    parts.append("</div>")
    return mark_safe("".join(parts))  # noqa: S308 (every text from outside is escaped below)


def is_holiday_week(week: Sequence[ColumnDay]) -> bool:
    """Whether nothing of what the page shows is open that week, because of school holidays."""
    return all(column.closed_for for column in week) and any(column.is_holidays for column in week)


def week_words(week: Sequence[ColumnDay]) -> str:
    """« 9 – 13 février », « 28 septembre – 2 octobre »; « 30 nov. » above a narrow column."""
    first, last = week[0].day, week[-1].day
    if len(week) <= NARROW:
        return f"{first.day if first == last else f'{first.day} – {last.day}'} {short_month(last)}"
    end = f"{day_number(last)}{NBSP}{MONTHS[last.month - 1]}"
    start = day_number(first) if first.month == last.month else f"{day_number(first)}{NBSP}{MONTHS[first.month - 1]}"
    return f"{start} – {end}"


def short_month(day: dt.date) -> str:
    """« nov. », « mai »."""
    return SHORT_MONTHS[day.month - 1]


@lru_cache(maxsize=2048)
def deadline_words(second: str) -> str:
    """« mercredi 11 février à 23 h 59 », from a second since 1970."""
    at = instant_of(second)
    return f"{WEEKDAYS[at.weekday()]} {day_number(at)}{NBSP}{MONTHS[at.month - 1]} à {heure(at)}"


def near_deadline_words(second: str, today: dt.date) -> str:
    """« jusqu’à ce soir minuit », « jusqu’à demain 9 h 30 », « jusqu’à mer. 11, 23 h 59 »."""
    at = instant_of(second)
    if at.date() == today and (at.hour, at.minute) == (23, 59):
        return "jusqu’à ce soir minuit"
    near = {today: "aujourd’hui", today + dt.timedelta(days=1): "demain"}.get(at.date())
    return f"jusqu’à {near or f'{WEEKDAYS[at.weekday()][:3]}. {day_number(at)}'}, {heure(at)}"


def instant_of(second: str) -> dt.datetime:
    return dt.datetime.fromtimestamp(int(second), PARIS)


def _holidays(column: ColumnDay) -> str:
    return (
        f'<div class="jour-libre ferme">{icon("ferme")}<strong>{escape(column.closed_for)}</strong>'
        '<span class="discret">Pas d’accueil</span></div>'
    )


def _names(planning: Planning) -> str:
    """The column of names, which only eyes read: each cell says its own."""
    parts = ['<div class="grille-noms" aria-hidden="true"><div></div>']
    for child, rows in groupby(planning.rows, key=lambda row: row.child):
        if planning.who is None:
            parts.append(f'<div class="qui {_tag(child)}</div>')
        parts += [
            f"<div><strong>{escape(row.title)}</strong> <small>{escape(row.unit.hours)}{_price(row)}</small></div>"
            for row in rows
        ]
    parts.append("</div>")
    return "".join(parts)


def _tag(child: Child) -> str:
    """The end of a name tag, from its classes on."""
    return f'etiquette t-{escape(child.colour)}">{icon(child.symbol)}{escape(child.first_name)}'


def _price(row: Row) -> str:
    """The price of the period, when there is one only."""
    prices = {cell.cents for cell in row.cells if cell.cents is not None}
    return f" · {euros(prices.pop())}" if len(prices) == 1 else ""


def _day(column: ColumnDay, place: int, planning: Planning, lines: Sequence["_Line"]) -> str:
    day, key = column.day, day_key(column.day)
    style = "jour ferme" if column.closed_for else "jour"
    if day < planning.today:
        style += " passe"
    elif day == planning.today:
        style += " aujourdhui"
    month = MONTHS[day.month - 1]
    weekday = WEEKDAYS[day.weekday()].capitalize()
    head = (
        f'<div class="{style}" role="group" aria-labelledby="j{key}"><h4 id="j{key}"><span class="long">'
        f'{weekday} {day_number(day)}<span class="passe-long"> {month}</span></span>'
        f'<small aria-hidden="true" class="grand-seul">{weekday[:2]}</small>'
        f'<span aria-hidden="true" class="grand-seul">{day.day}</span>'
    )
    if day == planning.today:
        head += '<span class="gommette g-accent tel-seul">aujourd’hui</span>'
    if column.closed_for:
        return f"{head}</h4><p>{escape(column.closed_for)}</p></div>"
    if words := day_words([line.row.cells[place] for line in lines], planning.today):
        head += f'<span class="discret tel-seul">{words}</span>'
    spoken = f'<span class="vh">, {weekday.lower()} {day_number(day)} {month}. </span>'
    parts = [head, "</h4>"]
    for child, some in groupby(lines, key=lambda line: line.row.child):
        if planning.who is None:
            parts.append(f'<div class="cases" role="group" aria-label="{escape(child.first_name)}">')
            parts.append(f'<span class="qui {_tag(child)}</span>'.replace('">', '" aria-hidden="true">', 1))
        else:
            parts.append('<div class="cases">')
        parts += [line.cell(place, key, spoken) for line in some]
        parts.append("</div>")
    parts.append("</div>")
    return "".join(parts)


def day_words(cells: Sequence[PlannedCell], today: dt.date) -> str:
    """Until when a day may still change, at the earliest; « trop tard » once it no longer can; "" for other days."""
    deadlines = {cell.deadline for cell in cells if cell.can_change}
    if deadlines:
        words = near_deadline_words(min(deadlines), today)
        return words if len(deadlines) == 1 else words.replace("jusqu’à", "premier délai :")
    return "trop tard" if any(cell.state in LATE for cell in cells) else ""


class _Line:
    """The cells of a row, as markup."""

    def __init__(self, number: int, row: Row) -> None:
        self.row = row
        self.number = number
        self.name = escape(row.unit.short_name)

    def cell(self, place: int, key: str, spoken: str) -> str:
        cell = self.row.cells[place]
        if cell.state == CellState.NOT_OFFERED:
            return NOTHING
        return self._box(cell, key, spoken) if cell.can_change else self._fixed(cell, spoken)

    def _box(self, cell: PlannedCell, key: str, spoken: str) -> str:
        is_full = cell.state == CellState.FULL
        name, tick = tick_name(self.number, key), " checked" if cell.is_ticked else ""
        price = "Complet" if is_full else "tarif à préciser" if cell.cents is None else euros(cell.cents)
        return (
            f'<label class="case"{FULL_BOX if is_full else ""} data-avant="{cell.is_booked:d}">'
            f'<input type="checkbox" name="r" value="{name}"{tick}>'
            f"{icon('complet') if is_full else ''}<b>{self.name}</b>"
            f'<span class="etat">{price}</span>'
            f'<span class="quand">{spoken}Jusqu’au {deadline_words(cell.deadline)}</span></label>'
        )

    def _fixed(self, cell: PlannedCell, spoken: str) -> str:
        look = LOOKS[cell.state]
        word = FEMININE.get(cell.state, look.word) if self.row.child.sex == Sex.GIRL else look.word
        more = _fixed_words(cell)
        return (
            f'<span class="case" data-etat="{look.style}">{icon(look.icon)}<b>{self.name}</b>'
            f'<span class="etat">{word}</span>'
            + (f'<span class="quand">{spoken}{more}</span></span>' if more else f"{spoken}</span>")
        )


def _fixed_words(cell: PlannedCell) -> str:
    """What more a fixed cell has to say: why it is closed or locked, or the deadline that has passed."""
    if cell.reason:
        return escape(cell.reason)
    if cell.lock is not None:
        return LOCKS[cell.lock]
    if cell.state in LATE and cell.deadline:
        return f"Modifiable jusqu’au {deadline_words(cell.deadline)}"
    return ""
