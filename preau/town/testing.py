"""Builders for tests: sober defaults, so that every value that matters is in sight."""

import datetime as dt

from preau.town.actions import publish_text
from preau.town.choices import PlaceKind
from preau.town.models import Level, Place, PublicHoliday, SchoolPeriod, SchoolYear, Service, Text, Town

RENTREE = dt.date(2026, 9, 1)
SUMMER = dt.date(2027, 7, 2)


def make_town(**fields: object) -> Town:
    """The instance's town; called again, changes it."""
    values = {
        "name": "Villejuif",
        "portal_name": "Espace familles",
        "insee_code": "94076",
        "address": "Esplanade Pierre-Yves Cosnier, 94800 Villejuif",
        "phone": "01 45 59 20 00",
        "opening_hours": "du lundi au vendredi, de 8 h 30 à 12 h",
        "email": "familles@example.org",
        "school_zone": "C",
        "sections": [
            {"code": "accueil", "label": "Accueil"},
            {"code": "inscriptions", "label": "Inscriptions"},
            {"code": "planning", "label": "Planning"},
            {"code": "facturation", "label": "Facturation"},
        ],
    }
    return Town.objects.update_or_create(id=1, defaults=values | fields)[0]


def make_text(code: str, body: str = "Voici les règles.", *, title: str = "", changes: str = "") -> Text:
    """A new version of a text, published at the rentrée."""
    at = dt.datetime(2026, 9, 1, 8, tzinfo=dt.UTC)
    return publish_text(code=code, title=title or code.capitalize(), body=body, changes=changes, by=None, now=at)


def make_service(code: str = "enfance", **fields: object) -> Service:
    return Service.objects.get_or_create(code=code, defaults={"name": code.capitalize()} | fields)[0]


def make_place(code: str = "ecole-peri", *, kind: str = PlaceKind.SCHOOL, name: str = "") -> Place:
    return Place.objects.get_or_create(code=code, defaults={"name": name or code, "kind": kind})[0]


def make_level(code: str = "gs", *, order: int | None = None, name: str = "") -> Level:
    rank = Level.objects.count() if order is None else order
    return Level.objects.get_or_create(code=code, defaults={"name": name or code.upper(), "order": rank})[0]


def make_year(
    code: str = "2026-2027",
    *,
    starts_on: dt.date = RENTREE,
    ends_on: dt.date = SUMMER,
    weekdays: tuple[int, ...] = (0, 1, 3, 4),
    holidays: tuple[tuple[dt.date, dt.date], ...] = (),
    public_holidays: tuple[dt.date, ...] = (),
) -> SchoolYear:
    """A school year of four days a week; `holidays` are (first day, last day), both included."""
    year = SchoolYear.objects.get_or_create(
        code=code, defaults={"starts_on": starts_on, "ends_on": ends_on, "weekdays": list(weekdays)}
    )[0]
    for number, (first, last) in enumerate(holidays):
        SchoolPeriod.objects.create(
            year=year, code=f"vacances-{number}", name="Vacances", starts_on=first, ends_on=last
        )
    for day in public_holidays:
        PublicHoliday.objects.get_or_create(on=day, defaults={"name": "Férié"})
    return year
