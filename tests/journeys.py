"""The town of the journeys, and the steps that several of them take.

Villejuif as its own file tells it, on Monday 9 November 2026 at nine. Zoé and Malik Pinceau have Nora (grande section)
and Mylis (CE1); Hugo Martin has Léa, in Nora's class. All three children eat at school every day of October and
November; Nora stays on Monday and Thursday evenings. Samira is the agent, Rémi the régisseur.
"""

import datetime as dt
import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import time_machine
from django.db import connection
from django.utils import timezone
from playwright.sync_api import Locator, expect

from preau import townfile
from preau.accounts.choices import UserKind
from preau.accounts.conditions import accept, texts_in_force
from preau.accounts.models import Grant, Role, User
from preau.accounts.testing import make_user
from preau.activities.models import Activity, Group, Unit
from preau.backoffice.management.commands.worker import jobs
from preau.billing.actions.campaigns import draft_campaign, open_campaign
from preau.billing.actions.issuing import issue_campaign
from preau.billing.models import Invoice, Regie
from preau.bookings.models import Opening, Slot
from preau.bookings.testing import make_booking, paris
from preau.core.dates import Month
from preau.core.templatetags.ui import MONTHS, WEEKDAYS, day_number, mois
from preau.enrolments.testing import make_enrolment
from preau.families.choices import Colour, Sex
from preau.families.models import Family, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.pricing.testing import make_quotient
from preau.town.actions import catalogue_changed
from preau.town.models import Level, Place, SchoolYear, Service, Town
from preau.townfile.checking import checked_town_file
from preau.townfile.loading import load
from tests.browser import Visitor

NOW = paris(2026, 11, 9, 9)
LONG_BEFORE = paris(2026, 9, 1, 9)
OCTOBER, NOVEMBER, DECEMBER = (Month(2026, number) for number in (10, 11, 12))
YEAR = "2026-2027"
CATALOGUE = 500_000  # processes keep things by version of the catalogue: no other test may use this one
WIDE = 992  # pixels from which the planning shows a whole month
_made: list[tuple["Villejuif", sqlite3.Connection]] = []


@dataclass(frozen=True)
class Villejuif:
    zoe: User
    malik: User
    nora: Participant
    mylis: Participant
    hugo: User
    lea: Participant
    samira: User
    remi: User


@contextmanager
def villejuif() -> Iterator[Villejuif]:
    """The town, in the test's database, for a while that starts on that Monday."""
    with time_machine.travel(NOW, tick=True):
        yield settle()


def settle() -> Villejuif:
    """Put the town in the test's empty database. Making it takes seconds: each process does so once, then copies."""
    assert connection.vendor == "sqlite", "journeys run on SQLite only"
    connection.ensure_connection()
    if _made:
        town, copy = _made[0]
        copy.backup(connection.connection)
        return town
    with time_machine.travel(LONG_BEFORE, tick=True):  # nothing of it may be newer than what a test does
        town, copy = make_villejuif(), sqlite3.connect(":memory:")
    connection.connection.backup(copy)
    _made.append((town, copy))
    return town


def make_villejuif() -> Villejuif:
    load(checked_town_file(Path(townfile.__file__).parent / "towns/villejuif/villejuif.toml"), by=None, now=NOW)
    Town.objects.update(catalogue_version=CATALOGUE)
    pinceau, zoe = make_parent("Zoé", "Pinceau", "Z-pinceau", quotient="742")
    malik = make_user("m.pinceau", first_name="Malik")
    make_adult(pinceau, user=malik, first_name="Malik")
    nora = settle_child(pinceau, "Nora", "maternelle-marronniers", "gs")
    Participant.objects.filter(pk=nora.pk).update(sex=Sex.GIRL, symbol="lapin", colour=Colour.CORAIL)
    mylis = settle_child(pinceau, "Mylis", "elementaire-philipe", "ce1")
    Participant.objects.filter(pk=mylis.pk).update(sex=Sex.BOY, symbol="bateau", colour=Colour.CIEL)
    martin, hugo = make_parent("Hugo", "Martin", "h.martin", quotient=None)
    lea = settle_child(martin, "Léa", "maternelle-marronniers", "gs")
    for child in (nora, lea):
        eat_at_school(child, "restauration-maternelle", "repas-marronniers")
    eat_at_school(mylis, "restauration-elementaire", "repas-philipe")
    evening = enrol(nora, "accueil-soir-maternelle", "peri-marronniers")
    book(nora, evening, "peri-marronniers", [day for day in open_days(evening) if day.weekday() in (0, 3)])
    enrol(lea, "accueil-soir-maternelle", "peri-marronniers")
    enrol(nora, "mercredi-journee-maternelle", "petit-bois-maternelle")
    samira = make_colleague("Samira", "Benali", "agent-enfance", service="enfance")
    remi = make_colleague("Rémi", "Régisseur", "regisseur")
    for parent in (zoe, malik, hugo):
        accept(parent, texts_in_force(), now=LONG_BEFORE)
    return Villejuif(zoe, malik, nora, mylis, hugo, lea, samira, remi)


def make_parent(first_name: str, name: str, username: str, *, quotient: str | None) -> tuple[Family, User]:
    family = make_family(name=name)
    user = make_user(username, first_name=first_name, last_name=name)
    make_adult(family, user=user, first_name=first_name, last_name=name)
    if quotient:
        make_quotient(family, quotient)
    return family, user


def make_colleague(first_name: str, last_name: str, role: str, *, service: str | None = None) -> User:
    user = make_user(f"{first_name[0]}.{last_name}".lower(), kind=UserKind.STAFF)
    User.objects.filter(pk=user.pk).update(first_name=first_name, last_name=last_name)
    scope = Service.objects.get(code=service) if service else None
    Grant.objects.create(user=user, role=Role.objects.get(code=role), service=scope, starts_on=dt.date(2026, 9, 1))
    return user


def settle_child(family: Family, first_name: str, school: str, level: str) -> Participant:
    return make_child(
        family,
        first_name=first_name,
        last_name=family.name,
        born_on=dt.date(2019 if level == "ce1" else 2021, 3, 14),
        year=SchoolYear.objects.get(code=YEAR),
        school=Place.objects.get(code=school),
        level=Level.objects.get(code=level),
    )


def enrol(child: Participant, activity: str, group: str) -> Unit:
    """Enrol for the school year; returns the activity's only unit."""
    found = Activity.objects.get(code=f"{activity}-{YEAR}")
    make_enrolment(child, found, Group.objects.get(code=group))
    return found.units.get()


def eat_at_school(child: Participant, activity: str, group: str) -> None:
    unit = enrol(child, activity, group)
    book(child, unit, group, open_days(unit))


def open_days(unit: Unit) -> list[dt.date]:
    """The days of October and November on which the unit is open."""
    rows = Opening.objects.filter(unit=unit, is_open=True, day__range=(OCTOBER.first, NOVEMBER.last))
    return list(rows.order_by("day").values_list("day", flat=True))


def book(child: Participant, unit: Unit, group: str, days: list[dt.date]) -> None:
    where = Group.objects.get(code=group)
    for day in days:
        make_booking(child, unit, where, day)


def fill(group: str, part: str, day: dt.date) -> None:
    """From now on, no place is left in a group for a part of a day."""
    slots = Slot.objects.filter(group__code=group, part__code=part, day=day)
    assert [slot.taken > 0 for slot in slots] == [True], "a slot without any child is closed, not full"
    for slot in slots:
        Slot.objects.filter(pk=slot.pk).update(capacity=slot.taken)


def pass_deadline(unit: str, day: dt.date) -> None:
    """The deadline of a unit on a day was a minute ago."""
    openings = Opening.objects.filter(unit__activity__code=f"{unit}-{YEAR}", day=day)
    a_minute_ago = timezone.now() - dt.timedelta(minutes=1)
    assert openings.update(book_by=a_minute_ago, cancel_by=a_minute_ago) == 1
    catalogue_changed()


def words(day: dt.date) -> str:
    """A day, as each cell of the planning says it: « jeudi 19 novembre. »; deadlines end otherwise."""
    return f"{WEEKDAYS[day.weekday()]} {day_number(day)} {MONTHS[day.month - 1]}."


def issue_october(town: Villejuif) -> Invoice:
    """The régisseur bills October; returns Zoé's invoice, of 117,15 €."""
    now = timezone.now()
    campaign = open_campaign(regie=Regie.objects.get(), month=OCTOBER, by=town.remi, now=now)
    draft_campaign(campaign=campaign, by=town.remi, now=now)
    issue_campaign(campaign=campaign, due_on=dt.date(2026, 12, 9), by=town.remi, now=now)
    return Invoice.objects.get(payer__adult__user=town.zoe)


def work() -> None:
    """The worker goes once through all that it does."""
    for job in jobs():
        assert job.attempt(timezone.now()), job.name


class Planning:
    """The planning before a visitor's eyes."""

    def __init__(self, visitor: Visitor) -> None:
        self.visitor = visitor
        self.page = visitor.page

    @property
    def bar(self) -> Locator:
        """What waits to be confirmed."""
        return self.page.locator("#modifs")

    @property
    def is_wide(self) -> bool:
        return self.visitor.width >= WIDE

    def open(self, who: str, month: Month) -> None:
        self.visitor.goto(f"/planning/{who}/{month}/")

    def show(self, day: dt.date) -> None:
        """On a phone, the planning shows one week: that of the day."""
        if not self.is_wide:
            weeks = self.page.get_by_role("group", name="Semaine affichée").locator("label")
            for place in range(weeks.count()):
                first, _, last = weeks.nth(place).locator("span").inner_text().partition("–")
                if int(first) <= day.day <= int(last or first):
                    weeks.nth(place).click()

    def cell(self, unit: str, day: dt.date) -> Locator:
        """The cell of a unit on a day, by what it says."""
        self.show(day)
        return self.page.locator(".case").filter(
            has=self.page.locator("b", has_text=re.compile(f"^{unit}$")), has_text=words(day)
        )

    def day(self, day: dt.date) -> Locator:
        """A whole day, closed or not."""
        self.show(day)
        return self.page.get_by_role("group", name=re.compile(re.escape(words(day)[:-1]), re.IGNORECASE))

    def box(self, unit: str, day: dt.date) -> Locator:
        self.show(day)
        return self.page.get_by_role("checkbox", name=re.compile(f"^{unit}.*{re.escape(words(day))}"))

    def tick(self, unit: str, day: dt.date) -> None:
        box = self.box(unit, day)
        expect(box).not_to_be_checked()
        self._change(box)

    def untick(self, unit: str, day: dt.date) -> None:
        box = self.box(unit, day)
        expect(box).to_be_checked()
        self._change(box)

    def _change(self, box: Locator) -> None:
        if self.visitor.javascript:
            with self.page.expect_response(lambda answer: answer.request.method == "POST"):
                box.click()
        else:
            box.click()

    def turn(self, month: Month) -> None:
        """Turn a page, to `month`."""
        self.page.get_by_role("button", name=f"{mois(month.first).capitalize()}").click()
        expect(self.page.get_by_role("heading", name=mois(month.first).capitalize(), exact=True)).to_be_visible()

    def press(self, button: str) -> None:
        self.bar.get_by_role("button", name=button).click()
