"""What must always be true of places, bookings and seats, whatever wrote them."""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from preau.bookings.choices import LIVE, SEATED, Origin
from preau.bookings.models import Booking, Opening, Seat, Slot
from preau.core.invariants import invariant

# A booking decided while the closure was being written.
SAME_MOMENT = dt.timedelta(minutes=1)


@invariant("Places : le compteur de chaque créneau est le nombre de ses places occupées")
def counters() -> Iterable[str]:
    for slot in _named(Slot.objects.annotate(held=Count("seats")).exclude(taken=F("held"))):
        yield f"{_slot(slot)} : compteur {slot.taken}, places occupées {slot.held}"


@invariant("Places : aucun créneau au-dessus de sa capacité et de ce que les agents ont accordé")
def capacities() -> Iterable[str]:
    for slot in _named(Slot.objects.filter(taken__gt=F("capacity") + F("extra"))):
        yield f"{_slot(slot)} : {slot.taken} pour {slot.capacity} et {slot.extra} accordées"


@invariant("Réservations : une seule à la fois par enfant, activité et jour")
def single_bookings() -> Iterable[str]:
    several = (
        Booking.objects.filter(state__in=LIVE)
        .values("participant__code", "unit__code", "day")
        .annotate(count=Count("pk"))
        .filter(count__gt=1)
    )
    for row in several.order_by("day"):
        yield f"{row['participant__code']}, {row['unit__code']}, {row['day']} : {row['count']} réservations"


@invariant("Réservations : des places si et seulement si elle est retenue ou réservée")
def seated_bookings() -> Iterable[str]:
    seats = Seat.objects.filter(booking=OuterRef("pk"))
    for code, state in (
        Booking.objects.filter(state__in=SEATED).exclude(Exists(seats)).values_list("code", "state").order_by("pk")
    ):
        yield f"{code} ({state}) : aucune place"
    for code, state in (
        Booking.objects.exclude(state__in=SEATED).filter(Exists(seats)).values_list("code", "state").order_by("pk")
    ):
        yield f"{code} ({state}) : garde une place"


@invariant("Places : chacune est celle de l’enfant, du jour, du groupe et de la partie de journée de sa réservation")
def matching_seats() -> Iterable[str]:
    wrong = Seat.objects.exclude(
        Q(part__isnull=True) | Q(part=F("slot__part"), slot__group=F("booking__group")),
        participant=F("booking__participant"),
        day=F("booking__day"),
        slot__day=F("day"),
    )
    for code, day in wrong.values_list("booking__code", "day").order_by("pk"):
        yield f"{code} : place du {day} mal rattachée"


@invariant("Réservations : aucune prise par une famille sur un jour déjà fermé")
def closed_days() -> Iterable[str]:
    closed = Opening.objects.filter(
        unit=OuterRef("unit"), day=OuterRef("day"), is_open=False, closed_at__lt=OuterRef("decided_at") - SAME_MOMENT
    )
    late = Booking.objects.filter(Exists(closed), state__in=LIVE, origin=Origin.FAMILY)
    for code, day in late.values_list("code", "day").order_by("pk"):
        yield f"{code} : réservée le {day}, fermé avant"


def _named(slots: QuerySet[Slot]) -> Iterator[Any]:
    return slots.select_related("group", "part").order_by("day", "pk").iterator(chunk_size=500)


def _slot(slot: Slot) -> str:
    return f"{slot.group.code}, {slot.part.code}, {slot.day}"
