"""The grid of the planning, built without templates: hundreds of cells, of which a template engine would make the cost.

Text from people (names of children, of units, reasons) is escaped once per row or day; the rest is our own. One markup
for all screens: weeks, days, then one cell for each unit, always in the same order.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from preau.bookings.choices import Refusal
from preau.bookings.queries.children import Child
from preau.bookings.queries.planning import SILENT, ColumnDay, PlannedCell, Planning, Row
from preau.bookings.rules.cells import CellState
from preau.bookings.ticks import day_key, seen
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
FULL, NOT_OFFERED = CellState.FULL, CellState.NOT_OFFERED
LATE = {CellState.TOO_LATE, CellState.KEPT}
FEMININE = {CellState.PRESENT: "Présente", CellState.ABSENT: "Absente"}
NARROW = 2  # columns
SHORT_MONTHS = ("janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
NOTHING = ('<span class="sans" aria-hidden="true">·</span>'.encode(),)
CLOSE = b"</div>"
_Cell = tuple[bytes, ...]


def grid(planning: Planning) -> SafeString:
    """The names of the rows, then the weeks."""
    return mark_safe(b"".join(grid_parts(planning)).decode())  # noqa: S308 (texts from outside are escaped below)


def grid_parts(planning: Planning) -> Iterator[bytes]:
    """The grid in pieces, in order, already encoded: a cell is four of them, which most cells share with others."""
    words = [DayWords(day) for day in planning.days]
    numbered = groupby(enumerate(planning.rows), key=lambda row: row[1].child)
    lines = [
        (
            _start(child, several=planning.who is None).encode(),
            [list(_cells(number, row, words)) for number, row in rows],
        )
        for child, rows in numbered
    ]
    for row in seen(planning):
        yield f'<input type="hidden" name="vu" value="{escape(row)}">'.encode()
    yield f'<div class="grille">{_names(planning)}'.encode()
    for number, week in enumerate(planning.weeks, start=1):
        is_free = is_holiday_week(week)
        yield _week_start(number, week, "s-vacances" if is_free else f"j{len(week)}").encode()
        if is_free:
            yield _holidays(next(column for column in week if column.is_holidays)).encode()
        else:
            for column in week:
                yield from _day(column, planning, lines)
        yield b"</section>"
    yield CLOSE


def _week_start(number: int, week: Sequence[ColumnDay], style: str) -> str:
    words = week_words(week)
    return (
        f'<section class="semaine s{number} {style}" aria-labelledby="t-s{number}"><h3 id="t-s{number}">'
        f'<span class="tel-seul">Semaine\u00a0: {words}</span><span class="grand-seul">{words}</span></h3>'
    )


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


@lru_cache(maxsize=2048)
def until_words(second: str, today: dt.date) -> str:
    """« jusqu’à ce soir minuit », « jusqu’à demain à 9 h 30 », « jusqu’au mercredi 30 décembre à 9 h 30 »."""
    near = _near_words(instant_of(second), today)
    return f"jusqu’à {near}" if near else f"jusqu’au {deadline_words(second)}"


@lru_cache(maxsize=4096)
def short_deadline_words(second: str, day: dt.date, today: dt.date, *, is_first: bool = False) -> str:
    """« jusqu’au mer. 7 à 9 h 30 », where there is little room; with its month when it is not that of `day`.

    « premier délai : mer. 7 à 9 h 30 » when it is the first of several.
    """
    at = instant_of(second)
    near = _near_words(at, today)
    month = "" if at.month == day.month else f" {short_month(at.date())}"
    words = near or f"{WEEKDAYS[at.weekday()][:3]}. {day_number(at)}{month} à {heure(at)}"
    if is_first:
        return f"premier délai{NBSP}: {words}"
    return f"jusqu’à {words}" if near else f"jusqu’au {words}"


def _near_words(at: dt.datetime, today: dt.date) -> str:
    """« ce soir minuit », « aujourd’hui à 16 h 30 », « demain à 9 h »; "" for another day."""
    if at.date() == today and (at.hour, at.minute) == (23, 59):
        return "ce soir minuit"
    near = {today: "aujourd’hui", today + dt.timedelta(days=1): "demain"}.get(at.date())
    return f"{near} à {heure(at)}" if near else ""


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
        parts += [_name(row.title, row.unit.hours, _price(row)) for row in rows]
    parts.append("</div>")
    return "".join(parts)


@lru_cache(maxsize=1024)  # the rows of all the children of an activity
def _name(title: str, hours: str, price: int | None) -> str:
    words = "" if price is None else f" · {euros(price)}"
    return f"<div><strong>{escape(title)}</strong> <small>{escape(hours)}{words}</small></div>"


def _tag(child: Child) -> str:
    """The end of a name tag, from its classes on."""
    return f'etiquette t-{escape(child.colour)}">{icon(child.symbol)}{escape(child.first_name)}'


def _price(row: Row) -> int | None:
    """The price of the period, when there is one only."""
    prices = set(row.prices)
    if len(prices) > 1:
        offered = zip(row.cells, row.prices, strict=True)
        prices = {price for cell, price in offered if cell.state not in SILENT and price is not None}
    return prices.pop() if len(prices) == 1 else None


def _start(child: Child, *, several: bool) -> str:
    """The start of a child's cells of a day; with their name when there are several children."""
    if not several:
        return '<div class="cases">'
    tag = f'<span class="qui {_tag(child)}</span>'.replace('">', '" aria-hidden="true">', 1)
    return f'<div class="cases" role="group" aria-label="{escape(child.first_name)}">{tag}'


def _day(column: ColumnDay, planning: Planning, lines: Sequence[tuple[bytes, list[list[_Cell]]]]) -> Iterator[bytes]:
    place = (column.day - planning.period.first).days
    yield _day_start(column, "" if column.closed_for else day_words(planning, place), planning.today)
    if not column.closed_for:
        for start, rows in lines:
            yield start
            for cells in rows:
                yield from cells[place]
            yield CLOSE
        yield CLOSE


@lru_cache(maxsize=1024)  # a parent's day starts as their neighbour's does
def _day_start(column: ColumnDay, words: str, today: dt.date) -> bytes:
    day, key = column.day, day_key(column.day)
    style = "jour ferme" if column.closed_for else "jour"
    if day < today:
        style += " passe"
    elif day == today:
        style += " aujourdhui"
        words = f'<span class="gommette g-accent tel-seul">aujourd’hui</span>{_note(words)}'
    weekday = WEEKDAYS[day.weekday()].capitalize()
    closed = f"<p>{escape(column.closed_for)}</p></div>" if column.closed_for else ""
    return (
        f'<div class="{style}" role="group" aria-labelledby="j{key}"><h4 id="j{key}"><span class="long">'
        f'{weekday} {day_number(day)}<span class="passe-long"> {MONTHS[day.month - 1]}</span></span>'
        f'<small aria-hidden="true" class="grand-seul">{weekday[:2]}</small>'
        f'<span aria-hidden="true" class="grand-seul">{day.day}</span>'
        f"{words if day == today else _note(words)}</h4>{closed}"
    ).encode()


def _note(words: str) -> str:
    return f'<span class="discret tel-seul">{words}</span>' if words else ""


def day_words(planning: Planning, place: int) -> str:
    """Until when a day may still change, at the earliest; « trop tard » once it no longer can; "" for other days."""
    deadlines = planning.until[place]
    if deadlines:
        return short_deadline_words(min(deadlines), planning.days[place], planning.today, is_first=len(deadlines) > 1)
    return "trop tard" if any(row.cells[place].state in LATE for row in planning.rows) else ""


class DayWords:
    """What the cells of a day say of it: its key, its name, and the deadlines, each written once."""

    def __init__(self, day: dt.date) -> None:
        self.key = day_key(day).encode()
        self.spoken = f'<span class="vh">, {WEEKDAYS[day.weekday()]} {day_number(day)} {MONTHS[day.month - 1]}. </span>'
        self.boxes: dict[str, bytes] = {}
        self.others: dict[str, bytes] = {}

    def box(self, deadline: str) -> bytes:
        """The end of a box that may change until `deadline`."""
        words = f"{self.spoken}Jusqu’au {deadline_words(deadline)}"
        return self.boxes.setdefault(deadline, f'<span class="quand">{words}</span></label>'.encode())

    def other(self, more: str) -> bytes:
        """The end of a fixed cell that has `more` to say."""
        known = self.others.get(more)
        if known is None:
            text = f'<span class="quand">{self.spoken}{more}</span></span>' if more else f"{self.spoken}</span>"
            known = self.others[more] = text.encode()
        return known


def _cells(number: int, row: Row, days: Sequence[DayWords]) -> Iterator[_Cell]:
    """The cells of a row, day by day."""
    name, is_girl = escape(row.unit.short_name), row.child.sex == Sex.GIRL
    value = f'"><input type="checkbox" name="r" value="{number}-'
    starts = [f'<label class="case" data-avant="{was}{value}'.encode() for was in (0, 1)]
    middles: dict[tuple[int | None, bool], bytes] = {}
    fixed: dict[CellState, bytes] = {}
    for cell, price, day in zip(row.cells, row.prices, days, strict=True):
        state, is_booked, is_ticked, can_change, deadline, _, _ = cell
        if can_change and state != FULL:
            middle = middles.get((price, is_ticked))
            if middle is None:
                middle = middles[price, is_ticked] = _middle(name, price, is_ticked=is_ticked)
            yield starts[is_booked], day.key, middle, day.boxes.get(deadline) or day.box(deadline)
        elif state == NOT_OFFERED:
            yield NOTHING
        elif can_change:
            start = f'<label class="case" data-etat="complet" data-avant="0{value}'.encode()
            middle = f'" checked>{icon("complet")}<b>{name}</b><span class="etat">Complet</span>'.encode()
            yield start, day.key, middle, day.boxes.get(deadline) or day.box(deadline)
        else:
            known = fixed.get(state)
            if known is None:
                known = fixed[state] = _fixed(name, state, is_girl=is_girl)
            yield known, day.other(_fixed_words(cell))


def _middle(name: str, price: int | None, *, is_ticked: bool) -> bytes:
    words = "tarif à préciser" if price is None else euros(price)
    return f'"{" checked" if is_ticked else ""}><b>{name}</b><span class="etat">{words}</span>'.encode()


def _fixed(name: str, state: CellState, *, is_girl: bool) -> bytes:
    look = LOOKS[state]
    word = FEMININE.get(state, look.word) if is_girl else look.word
    return (
        f'<span class="case" data-etat="{look.style}">{icon(look.icon)}<b>{name}</b><span class="etat">{word}</span>'
    ).encode()


def _fixed_words(cell: PlannedCell) -> str:
    """What more a fixed cell has to say: why it is closed or locked, or the deadline that has passed."""
    if cell.reason:
        return escape(cell.reason)
    if cell.lock is not None:
        return LOCKS[cell.lock]
    if cell.state in LATE and cell.deadline:
        return f"Délai passé le {deadline_words(cell.deadline)}"
    return ""
