"""Two hundred separated families, and the oracle of what is lawful for each adult.

The oracle is written from PRODUCT.md 4.10 and from the sources of each situation. It reads what was told when the
families were drawn, never what the portal works out.
"""

import datetime as dt
import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from preau.accounts.models import User
from preau.activities.models import Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.choices import InvoiceState
from preau.billing.models import Invoice, Payer
from preau.billing.testing import make_regie
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking
from preau.bookings.testing import open_days, paris
from preau.enrolments.choices import EnrolmentState
from preau.enrolments.models import Enrolment, Intake
from preau.families.choices import Situation
from preau.families.models import Adult, Participant
from preau.families.testing import ANCHOR, SeparatedFamilies, make_separated_families
from preau.pricing.choices import QuotientSource
from preau.pricing.models import Quotient
from preau.pricing.testing import make_tariff
from preau.town.models import Town
from preau.town.testing import make_town

NOW = paris(2026, 11, 9, 9)
TODAY = NOW.date()
FAMILIES = 216  # eighteen times each story
DAYS = [TODAY + dt.timedelta(days=offset) for offset in (-401, -400, -41, -40, -10, -1, 0, 1, 2, 30, 31)]
BOOKED = [dt.date(2026, 11, day) for day in (10, 12, 17, 19)]  # one week with each home
CATALOGUE = 700_000  # processes keep things by version of the catalogue: no other test may use this one
LEAST_QUOTIENT = 300

LAWFUL: Mapping[Situation, Mapping[str, int]] = {
    # « Both parents »: the child's papers, presences and bookings are for both, and both may act.
    Situation.EXERCISES: {
        "identity": 2, "planning": 2, "health": 2, "documents": 2, "attendance": 2, "pickup": 2
    },
    # Keeps the right to watch over the child (code civil, 373-2-1; CADA 20154766), does not decide, and has no health
    # sheet (code de la santé publique, L1111-7).
    Situation.WITHOUT_EXERCISE: {"identity": 1, "planning": 1, "documents": 1, "attendance": 1},
    Situation.WITHDRAWN: {},
    Situation.PAYER_ONLY: {},
    # The usual acts (code civil, 373-4); who may collect, and what the health sheet says, stay the parents' word.
    Situation.FOSTER: {"identity": 1, "planning": 2, "health": 1, "documents": 2, "attendance": 2, "pickup": 1},
    Situation.COLLECTS: {"planning": 1, "pickup": 1},
    Situation.GRANDPARENT: {"planning": 1, "attendance": 1, "pickup": 1},
    Situation.ENDED: {},
}  # fmt: skip


@dataclass
class Maze:
    told: SeparatedFamilies
    unit: Unit
    town: Town
    prices: dict[int, int]  # cents of a day, by household
    children: dict[int, Participant] = field(init=False)
    near: dict[int, set[int]] = field(init=False)  # by adult, the children whom a paper names with them
    adults_near: dict[int, list[Adult]] = field(init=False)  # by child, the adults whom a paper names with it

    def __post_init__(self) -> None:
        self.children = {child.pk: child for child in self.told.children}
        self.near = {adult.pk: set() for adult in self.told.adults}
        self.adults_near = {child: [] for child in self.children}
        adults = {adult.pk: adult for adult in self.told.adults}
        for adult, child in self.told.bonds:
            self.near[adult].add(child)
            self.adults_near[child].append(adults[adult])

    def level(self, adult: Adult, child: Participant, subject: str, on: dt.date) -> int:
        """What the law gives: the last row not after the day, but nothing through a file that is closed."""
        if adult.family_id in self.told.archived:
            return 0
        begun = [row for row in self.told.bonds.get((adult.pk, child.pk), []) if row[0] <= on]
        if not begun:
            return 0
        _, situation, adjusted = max(begun, key=lambda row: row[0])
        return adjusted.get(subject, LAWFUL[situation].get(subject, 0))

    def home(self, child: Participant, day: dt.date) -> int:
        """The household whose day it is: weeks in turn, the mother's first."""
        homes = self.told.homes[child.pk]
        return homes[(day - ANCHOR).days // 7 % 2] if len(homes) == 2 else homes[0]

    def seen_by(self, adult: Adult, subject: str = "planning", *, on: dt.date = TODAY, level: int = 1) -> set[int]:
        near = self.near[adult.pk]
        return {child for child in near if self.level(adult, self.children[child], subject, on) >= level}

    def some_adults(self, count: int) -> list[Adult]:
        return random.Random(2).sample(self.told.adults, count)


def make_maze() -> Maze:
    told = make_separated_families(FAMILIES, today=TODAY)
    town = make_town(catalogue_version=CATALOGUE)
    activity = make_activity("soir", name="Accueil du soir")
    unit, group = make_unit(activity, "soir"), make_group()
    families = sorted({adult.family_id for adult in told.adults})
    quotients = {family: LEAST_QUOTIENT + rank for rank, family in enumerate(families)}
    make_tariff(unit, {"base": [a_price_each(quotients.values())]})
    Quotient.objects.bulk_create(
        Quotient(
            family_id=family,
            starts_on=dt.date(2020, 1, 1),
            value_cents=euros * 100,
            source=QuotientSource.CERTIFICATE,
            read_at=NOW,
        )
        for family, euros in quotients.items()
    )
    Intake.objects.create(activity=activity, group=group, taken=len(told.children))
    Enrolment.objects.bulk_create(
        Enrolment(
            participant=child,
            activity=activity,
            group=group,
            state=EnrolmentState.ACCEPTED,
            starts_on=activity.starts_on,
            ends_on=activity.ends_on,
            asked_at=NOW,
        )
        for child in told.children
    )
    open_days(activity, now=NOW)
    maze = Maze(told, unit, town, quotients)
    Booking.objects.bulk_create(
        Booking(
            participant=child,
            family_id=maze.home(child, day),
            unit=unit,
            group=group,
            day=day,
            state=BookingState.BOOKED,
            decided_at=NOW,
        )
        for child in told.children
        for day in BOOKED
    )
    bill_everyone(told, quotients)
    return maze


def a_price_each(quotients: Collection[int]) -> dict[str, Any]:
    """A bracket for each household, whose price gives it away: as many cents as its quotient has euros."""
    brackets = [0, *quotients]
    prices = [f"{euros // 100}.{euros % 100:02d}" for euros in brackets]
    return {"kind": "grid", "at": [str(euros) for euros in brackets], "prices": prices}


def bill_everyone(told: SeparatedFamilies, quotients: Mapping[int, int]) -> None:
    regie = make_regie()
    payers = Payer.objects.bulk_create(Payer(adult=adult, family_id=adult.family_id) for adult in told.adults)
    Invoice.objects.bulk_create(
        Invoice(
            regie=regie,
            payer=payer,
            family_id=payer.family_id,
            state=InvoiceState.ISSUED,
            number=f"N{payer.pk}",
            label="PERI2610",
            period_starts_on=dt.date(2026, 10, 1),
            period_ends_on=dt.date(2026, 10, 31),
            issued_on=TODAY,
            due_on=dt.date(2026, 12, 1),
            quotient_cents=quotients[payer.family_id] * 100,
            total_cents=1000,
        )
        for payer in payers
    )


def user_of(adult: Adult) -> User:
    assert adult.user is not None
    return adult.user


def marks_of(maze: Maze, adult: Adult, children: set[int]) -> set[str]:
    """What tells the other households of these children: names, address, phones, mail, quotient and price."""
    families = {home for child in children for home in maze.told.homes[child]} - {adult.family_id}
    marks = set()
    for other in maze.told.adults:
        if other.family_id in families:
            marks |= {other.first_name, *other.contact.phones, other.email, f"{other.family_id} allée Secrète"}
            cents = maze.prices[other.family_id]
            marks |= {f"{cents // 100},{cents % 100:02d}\u00a0€", other.family.number + "<", f"N{other.pk}<"}
    return marks
