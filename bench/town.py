"""A town of 10,000 households on a new database: one year of openings and 240,000 bookings in a month.

12 units, open every day, so that a month shows 372 cells for each child; half of the units have a grid of eight
brackets, half one of a hundred. Reference data come from the tests' builders, openings and slots from the real action,
the rest by COPY.
"""

import datetime as dt
import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import count
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, models, transaction
from django.utils import timezone

from preau.accounts.models import Session, User
from preau.accounts.sessions import SessionStore
from preau.activities.choices import BookingMode
from preau.activities.models import Activity, Group, Unit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.bulk import insert_rows
from preau.billing.models import Campaign, Invoice, Payer, Regie
from preau.billing.testing import make_regie
from preau.bookings.actions import refresh_days
from preau.bookings.models import Booking, DraftChange, Seat, Slot
from preau.core.codes import new_code
from preau.core.dates import Month, days, local_day
from preau.enrolments.models import Enrolment
from preau.enrolments.testing import make_intake
from preau.families.choices import Situation
from preau.families.models import Address, Adult, Family, Guardianship, Home, Participant
from preau.families.rules import PRESETS
from preau.pricing.models import Quotient
from preau.pricing.testing import make_tariff
from preau.town.models import PublicHoliday
from preau.town.testing import make_town, make_year

HOUSEHOLDS = (5000, 4000, 1000)  # of one, two and three children: 16,000
ONE_CHILD, THREE_CHILDREN = 1, 9001  # households, by key; their parent's user and adult have the same
ACTIVITIES = 6
UNITS_EACH = 2
BOOKINGS_EACH = (8, 7)  # of a unit of each grid
PLACES = 30_000
INSEE = "94076"
LONG_AGO = "2020-01-01"
CSRF = "0123456789abcdefghijklmnopqrstuv"
NIGHT_BEFORE = {"kind": "days", "n": 1, "at": "23:59"}
ARRIVAL = timezone.now()

BRACKETS = (0, 300, 500, 700, 900, 1100, 1500, 2000)  # euros of quotient
PRICES = ("0.90", "1.45", "2.10", "2.75", "3.40", "4.05", "4.90", "5.60")
FINE_STEP, FINE_BRACKETS = 25, 100  # a grid as fine as a rate: 0.80 €, and 7 cents more every 25 € of quotient
FINE_LEAST, FINE_MORE = 80, 7  # cents


def coming_month() -> Month:
    """The next month of 31 days: all its days can still change."""
    month = Month.of(local_day(ARRIVAL)).plus(1)
    while month.last.day < 31:
        month = month.plus(1)
    return month


MONTH = coming_month()
HOT_DAYS = list(days(MONTH.plus(1).first, MONTH.plus(1).first + dt.timedelta(days=4)))


def children() -> Iterator[tuple[int, int]]:
    """(child, household), by key."""
    child, household = count(1), count(1)
    for siblings, households in enumerate(HOUSEHOLDS, start=1):
        for _ in range(households):
            key = next(household)
            for _ in range(siblings):
                yield next(child), key


def fill() -> None:
    """Make the town, on a migrated and empty database, and let PostgreSQL look at it."""
    with transaction.atomic():
        settle()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def settle() -> None:
    units, groups = offer()
    people()
    enrolments(groups)
    bookings(units, groups)
    last_month()
    for user in (ONE_CHILD, THREE_CHILDREN):
        draft(user, units)
    hot_drafts(units[0])


def offer() -> tuple[list[Unit], list[Group]]:
    """Activities, their units, groups and prices; openings and slots of a year."""
    make_town(insee_code=INSEE)
    first = MONTH.plus(-3).first
    year = make_year(starts_on=first, ends_on=first + dt.timedelta(days=364), weekdays=tuple(range(7)))
    PublicHoliday.objects.create(on=MONTH.first.replace(day=25), name="Noël")
    units, groups, activities = [], [], []
    for place in range(ACTIVITIES):
        activity = make_activity(f"activite-{place}", name=f"{place + 1}_Accueil périscolaire", year=year)
        activity.notice_book = activity.notice_cancel = NIGHT_BEFORE
        activity.booking_mode = BookingMode.READ_ONLY if place == ACTIVITIES - 1 else BookingMode.FAMILY
        activity.save()
        places: dict[str, Any] = {f"partie-{place}": PLACES}
        group = make_group(f"groupe-{place}", **places)
        make_intake(activity, group)
        for number in range(UNITS_EACH):
            unit = make_unit(activity, f"unite-{number}", parts=[f"partie-{place}"], weekdays=(), order=number)
            make_tariff(unit, tariff(number))
            units.append(unit)
        groups.append(group)
        activities.append(activity)
    make_regie(*activities)
    refresh_days(now=ARRIVAL)
    return units, groups


def tariff(number: int) -> dict[str, object]:
    bounds: Iterable[int] = BRACKETS
    prices: Iterable[str] = PRICES
    if number:
        bounds = tuple(range(0, FINE_STEP * FINE_BRACKETS, FINE_STEP))
        prices = tuple(f"{(FINE_LEAST + FINE_MORE * place) / 100:.2f}" for place in range(FINE_BRACKETS))
    return {"base": [{"kind": "grid", "at": [str(bound) for bound in bounds], "prices": list(prices)}]}


def people() -> None:
    keys = range(1, sum(HOUSEHOLDS) + 1)
    password, at = make_password("un-mot-de-passe-assez-long"), ARRIVAL.isoformat()
    copy(
        User,
        "id code password kind username email first_name last_name is_active created_at",
        (
            (
                key,
                new_code(),
                password,
                "family",
                f"parent-{key}",
                f"parent-{key}@example.org",
                "Zoé",
                f"Pinceau {key}",
                True,
                at,
            )
            for key in keys
        ),
    )
    copy(Family, "id code number name", ((key, new_code(), f"{key:05d}", f"Pinceau {key}") for key in keys))
    copy(
        Address,
        "family_id starts_on lines postcode city insee_code",
        ((key, LONG_AGO, f"{key} rue des Écoles", "94800", "Villejuif", INSEE) for key in keys),
    )
    copy(
        Adult,
        "id code family_id user_id civility first_name last_name birth_name email invoices_by_email",
        (
            (key, new_code(), key, key, "Madame", "Zoé", f"Pinceau {key}", "", f"parent-{key}@example.org", True)
            for key in keys
        ),
    )
    copy(
        Quotient,
        "family_id starts_on value_cents source read_at",
        ((key, LONG_AGO, quotient(key), "certificate", at) for key in keys),
    )
    copy(Payer, "id code adult_id family_id", ((key, new_code(), key, key) for key in keys))
    levels = [int(level) for level in PRESETS[Situation.EXERCISES].values()]
    everyone = list(children())
    copy(
        Participant,
        "id code first_name last_name sex born_on symbol colour",
        (
            (child, new_code(), f"Nora {child}", f"Pinceau {family}", "f", "2018-01-15", "lapin", "ciel")
            for child, family in everyone
        ),
    )
    copy(Home, "participant_id family_id", everyone)
    copy(
        Guardianship,
        f"adult_id participant_id starts_on situation {' '.join(PRESETS[Situation.EXERCISES])}",
        ((family, child, LONG_AGO, "exercises", *levels) for child, family in everyone),
    )
    sessions(keys)


def quotient(household: int) -> int:
    """Cents, from 0 to 2,500 €, spread evenly."""
    return household * 7919 % 250_000


def sessions(users: Iterable[int]) -> None:
    """A signed-in browser for each user; see `session_of`."""
    known = User.objects.get(pk=1).get_session_auth_hash()  # the same password, the same hash
    ends = (ARRIVAL + dt.timedelta(days=1)).isoformat()
    store = SessionStore()
    copy(
        Session,
        "session_key session_data expire_date user_id",
        (
            (
                session_of(user),
                store.encode(
                    {
                        auth.SESSION_KEY: str(user),
                        auth.BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
                        auth.HASH_SESSION_KEY: known,
                    }
                ),
                ends,
                user,
            )
            for user in users
        ),
    )


def session_of(user: int) -> str:
    return f"{user:032d}"


def enrolments(groups: Sequence[Group]) -> None:
    """Every child in every activity."""
    activities = list(Activity.objects.order_by("pk"))
    copy(
        Enrolment,
        "code participant_id activity_id group_id state starts_on ends_on asked_at",
        (
            (
                new_code(),
                child,
                activity.pk,
                group.pk,
                "accepted",
                activity.starts_on.isoformat(),
                activity.ends_on.isoformat(),
                ARRIVAL.isoformat(),
            )
            for child, _ in children()
            for activity, group in zip(activities, groups, strict=True)
        ),
    )


def bookings(units: Sequence[Unit], groups: Sequence[Group]) -> None:
    """15 for each child in the month, on two units, with their seats; then full slots here and there."""
    rows = list(booked(units, groups))
    at = ARRIVAL.isoformat()
    copy(
        Booking,
        "id code participant_id family_id unit_id group_id day state points origin late presence excused decided_at",
        (
            (key, new_code(), child, family, unit, group, day, "booked", 0, "family", False, "unknown", False, at)
            for key, child, family, unit, group, day in rows
        ),
    )
    slots = {
        (group, day.isoformat()): (slot, part)
        for group, day, slot, part in Slot.objects.values_list("group_id", "day", "pk", "part_id")
    }
    copy(
        Seat,
        "booking_id slot_id participant_id day part_id",
        ((key, slot, child, day, part) for key, child, _, _, group, day in rows for slot, part in [slots[group, day]]),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE bookings_slot SET taken = held.seats FROM"
            " (SELECT slot_id, count(*) AS seats FROM bookings_seat GROUP BY slot_id) AS held WHERE id = held.slot_id"
        )
        cursor.execute("UPDATE bookings_slot SET capacity = taken WHERE taken > 0 AND id %% 9 = 0", [])


def booked(units: Sequence[Unit], groups: Sequence[Group]) -> Iterator[tuple[int, int, int, int, int, str]]:
    """(key, child, household, unit, group, day): on open days, a unit of each grid, in two different activities."""
    keys = count(1)
    month = [day.isoformat() for day in days(MONTH.first, MONTH.last) if day.day != 25]
    for child, family in children():
        for number, how_many in enumerate(BOOKINGS_EACH):
            activity = (child + number) % ACTIVITIES
            unit, group = units[activity * UNITS_EACH + number].pk, groups[activity].pk
            for place in range(how_many):
                yield next(keys), child, family, unit, group, month[(child * 5 + place * 4) % len(month)]


def last_month() -> None:
    """The campaign before, which a draft compares with."""
    regie, month = Regie.objects.get(), MONTH.plus(-1)
    period = month.first.isoformat(), month.last.isoformat()
    campaign = Campaign.objects.create(
        regie=regie,
        label="avant",
        starts_on=month.first,
        ends_on=month.last,
        state="issued",
        issued_at=ARRIVAL,
        due_on=month.last,
    )
    copy(
        Invoice,
        "code regie_id campaign_id payer_id family_id kind state number label period_starts_on period_ends_on"
        " issued_on due_on total_cents settled_cents by_email sha256",
        (
            (
                *(new_code(), regie.pk, campaign.pk, key, key, "invoice", "issued", f"avant-{key}", "avant", *period),
                *(period[1], period[1], siblings * cents_of_a_child(key), 0, False, ""),
            )
            for key, siblings in Counter(family for _, family in children()).items()
        ),
    )


def cents_of_a_child(household: int) -> int:
    """What a month costs."""
    euros = quotient(household) // 100
    coarse, fine = PRICES[bisect_right(BRACKETS, euros) - 1], FINE_LEAST + FINE_MORE * (euros // FINE_STEP)
    return BOOKINGS_EACH[0] * int(coarse.replace(".", "")) + BOOKINGS_EACH[1] * fine


def draft(user: int, units: Sequence[Unit]) -> None:
    """Six ticks of the month, as someone has in the middle of their planning."""
    child = next(child for child, family in children() if family == user)
    wanted = [unit for unit in units if unit.activity.booking_mode == BookingMode.FAMILY][:6]
    copy(
        DraftChange,
        "user_id participant_id unit_id day wanted was_booked at",
        (
            (user, child, unit.pk, MONTH.first.replace(day=12 + place).isoformat(), True, False, ARRIVAL.isoformat())
            for place, unit in enumerate(wanted)
        ),
    )


def hot_drafts(unit: Unit) -> None:
    """The first child of each other household wants the same five days, all on the same five slots."""
    firsts: dict[int, int] = {}
    for child, family in children():
        firsts.setdefault(family, child)
    copy(
        DraftChange,
        "user_id participant_id unit_id day wanted was_booked at",
        (
            (family, child, unit.pk, day.isoformat(), True, False, ARRIVAL.isoformat())
            for family, child in firsts.items()
            if family not in (ONE_CHILD, THREE_CHILDREN)
            for day in HOT_DAYS
        ),
    )


def copy(model: type[models.Model], fields: str, rows: Iterable[Sequence[int | str | bool | None]]) -> None:
    """Write rows at once, other columns at their defaults; the keys that they bring are taken from then on."""
    names = fields.split()
    others = {
        field.attname: plain(field.get_default())
        for field in model._meta.concrete_fields
        if field.attname not in names and not field.primary_key
    }
    insert_rows(model, [*names, *others], ((*row, *others.values()) for row in rows))
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)


def plain(value: Any) -> int | str | bool | None:
    """A default as a plain value, which both databases read."""
    if isinstance(value, list | dict):
        return json.dumps(value)
    return str(value) if isinstance(value, dt.date | models.Choices) else value
