"""What nobody wrote: addresses, parameters and fields that no link and no form of ours holds, sent to every page.

Each function returns the faults it found, in words: a page may refuse, never break.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, product
from urllib.parse import unquote

from tests.forms import Form
from tests.own import values_for
from tests.routes import Route
from tests.sweep import Browsers, broken, forms_of, own_pages, page_at, pages_of
from tests.world import Person, World

NASTY = (
    "",
    "x",
    "-1",
    "99999999999999999999999999",
    "2026-13-45",
    "\x00",
    "é'\"<b>%",
    "1e400",
    "٣",
    "../../etc/passwd",
    "a" * 3000,
)
NASTY_DATES = (
    "2026-00",
    "2026-13",
    "0000-01",
    "0001-01-01",
    "9999-12",
    "9999-12-31",
    "2199-12",
    "2000-01",
    "2026-02-30",
)
NASTY_IN_ADDRESSES = (
    "x",
    "0",
    "-1",
    "99999999999999999999999999",
    "%00",
    "%C3%A9",
    "%D9%A3",
    "%FF",
    "tous",
    "a" * 300,
)
TAKE_DATES = ("month", "day")
MOST_NAMES = 12  # of the fields of a form: beyond, they are the cells of a grid
Button = tuple[str, str]
Sending = tuple[Person, Form, dict[str, list[str]]]


def addresses(world: World, routes: Sequence[Route]) -> list[str]:
    """Each parameter of an address replaced by what it should not be, by those who may open the page.

    Read with every value, sent with one out of three; the dates are one more word to what takes none: two in turn.
    What is no page's address has the same answer everywhere: each value is tried once in such a one.
    """
    faults, browsers, asked, dates = [], Browsers(), set(), cycle(NASTY_DATES)
    for route, person in own_pages(world, routes):
        values = values_for(route.name, route.parameters, world.ours)[0]
        right = {name: route.converters[name].to_url(value) for name, value in values.items()}
        for name in route.parameters:
            wrongs = (*NASTY_IN_ADDRESSES, *(NASTY_DATES if name in TAKE_DATES else (next(dates), next(dates))))
            for method, wrong in [*product(["GET"], wrongs), *product(["POST"], wrongs[::3])]:
                address = route.raw(right | {name: wrong})
                case = (person.name, method, address if page_at(unquote(address)) else wrong)
                if case not in asked:
                    asked.add(case)
                    faults += broken(browsers.of(person).generic(method, address), f"{method} {address}")
    return faults


def parameters(world: World, routes: Sequence[Route]) -> list[str]:
    """Each parameter that a page has in its own links, or in a form of the address, with each value that nobody wrote:
    once, those who may open the page and the things of ours that it shows taking turns."""
    faults, browsers = [], Browsers()
    places: defaultdict[tuple[str, str], list[tuple[Person, str]]] = defaultdict(list)
    for person in world.owners:
        for page in pages_of(world, person, routes):
            for name in page.link_parameters.union(*(form.names for form in page.forms if form.method == "get")):
                places[page_at(page.address), name].append((person, page.address))
    for (_, name), turns in places.items():
        for wrong, (person, address) in zip(NASTY, cycle(turns), strict=False):
            response = browsers.of(person).get(address, {name: wrong})
            faults += broken(response, f"GET {address}?{name}={wrong[:30]!r}")
    return faults


def fields(world: World, routes: Sequence[Route]) -> list[str]:
    """Each field of each form, with a value that nobody wrote; then missing.

    The forms with the same fields that one page receives are one form, and take turns. By each of its buttons, all that
    is typed meets each value at once. Then each field alone is missing, and meets a third of the values if it is typed,
    all of them if it is a button's: the buttons take turns.
    """
    faults, browsers = [], Browsers()
    for sendings in _forms_alike(world, routes):
        turns = {button: cycle(alike) for button, alike in sendings.items()}
        for button, wrong in _spoilings([*turns], sendings["", ""][0][1]):
            person, form, sent = next(turns[button])
            response = browsers.of(person).post(form.action, sent | wrong)
            told = ", ".join(f"{name}={str(value)[:40]}" for name, value in wrong.items())
            faults += broken(response, f"POST {form.action}, {told}")
    return faults


def _forms_alike(world: World, routes: Sequence[Route]) -> Iterable[Mapping[Button, list[Sending]]]:
    """What may be sent by each button, and without any, of the forms that are one."""
    found: dict[tuple[str, ...], defaultdict[Button, list[Sending]]] = {}
    for person in world.owners:
        for form in forms_of(world, person, routes):
            alike = found.setdefault((page_at(form.action), *sorted(form.names)), defaultdict(list))
            for button, sent in form.sendings().items() if form.method == "post" else ():
                alike[button].append((person, form, sent))
    return [alike for alike in found.values() if alike]


def _spoilings(buttons: Sequence[Button], form: Form) -> Iterable[tuple[Button, dict[str, list[str]]]]:
    """By which button, and what takes the place of what is right; nothing, for a field that is missing."""
    names, in_turn = form.names[:MOST_NAMES], cycle(buttons)
    typed = dict(form.fields).keys() & names
    for button, wrong in product(buttons, NASTY if typed else ()):
        yield button, {name: [wrong] for name in typed}
    for rank, name in enumerate(names):
        yield next(in_turn), {name: []}
        for wrong in NASTY[rank % 3 :: 3] if name in typed else NASTY:
            yield next(in_turn), {name: [wrong]}
