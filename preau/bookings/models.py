"""Openings, slots, bookings and seats: one lock domain. Drafts and submissions beside them."""

from django.conf import settings
from django.db import models

from preau.activities.models import Group, Part, Unit
from preau.bookings.choices import LIVE, BookingState, Origin, Presence
from preau.core.codes import new_code
from preau.families.models import Family, Participant


class Opening(models.Model):
    """A unit on a day: open or not (and why not), until when one may book and cancel.

    There is a row for every day of the activity, closed ones included: position replaces lookup on the planning.
    """

    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="openings")
    day = models.DateField()
    is_open = models.BooleanField()
    reason = models.CharField(max_length=120, blank=True)
    book_by = models.DateTimeField(null=True)
    cancel_by = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)  # since when it is closed: earlier bookings wait for an agent

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["unit", "day"], name="opening_once"),
            models.CheckConstraint(
                name="opening_open_has_deadlines",
                condition=models.Q(is_open=False)
                | models.Q(is_open=True, book_by__isnull=False, cancel_by__isnull=False),
            ),
            models.CheckConstraint(
                name="opening_closed_since",
                condition=models.Q(is_open=True, closed_at__isnull=True)
                | models.Q(is_open=False, closed_at__isnull=False),
            ),
        ]


class Slot(models.Model):
    """The places of a group on a day in a part of the day. `capacity` None is no limit.

    `extra` is what agents granted above the capacity, knowingly; `taken` moves only with seats, in their
    transaction.
    """

    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="slots")
    day = models.DateField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT)
    is_open = models.BooleanField(default=True)
    capacity = models.PositiveIntegerField(null=True, blank=True)
    extra = models.PositiveIntegerField(default=0)
    taken = models.PositiveIntegerField(default=0)
    by_hand = models.BooleanField(default=False)  # an agent changed it: never remade from the rules

    class Meta:
        verbose_name = "créneau"
        constraints = [
            models.UniqueConstraint(fields=["group", "day", "part"], name="slot_once"),
            models.CheckConstraint(
                name="slot_never_above_its_places",
                condition=models.Q(capacity__isnull=True)
                | models.Q(taken__lte=models.F("capacity") + models.F("extra")),
            ),
        ]


class Submission(models.Model):
    """A validated draft and what became of each line: the recap, and the answer to a second click."""

    token = models.CharField(max_length=10, primary_key=True, default=new_code)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.JSONField(default=dict)


class Booking(models.Model):
    """A participant on a unit and a day. `family` is the household whose day it is: its quotient, its bill."""

    code = models.CharField(max_length=10, default=new_code, editable=False)
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="bookings")
    family = models.ForeignKey(Family, on_delete=models.PROTECT, related_name="bookings")
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="bookings")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="bookings")
    day = models.DateField()
    state = models.CharField(max_length=10, choices=BookingState)
    held_until = models.DateTimeField(null=True, blank=True)
    queued_at = models.DateTimeField(null=True, blank=True)
    points = models.IntegerField(default=0)
    origin = models.CharField(max_length=10, choices=Origin, default=Origin.FAMILY)
    late = models.BooleanField(default=False)
    presence = models.CharField(max_length=8, choices=Presence, default=Presence.UNKNOWN)
    excused = models.BooleanField(default=False)
    submission = models.ForeignKey(
        Submission, on_delete=models.SET_NULL, null=True, blank=True, related_name="bookings"
    )
    decided_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = "réservation"
        constraints = [
            models.UniqueConstraint(
                fields=["participant", "unit", "day"],
                name="booking_once_while_live",
                condition=models.Q(state__in=LIVE),
            ),
            models.CheckConstraint(
                name="booking_held_has_end",
                condition=models.Q(state="held", held_until__isnull=False)
                | (~models.Q(state="held") & models.Q(held_until__isnull=True)),
            ),
            models.CheckConstraint(
                name="booking_waiting_has_rank",
                condition=~models.Q(state="waiting") | models.Q(queued_at__isnull=False),
            ),
            models.CheckConstraint(
                name="booking_presence_only_when_booked",
                condition=models.Q(presence="unknown") | models.Q(state="booked"),
            ),
        ]
        indexes = [
            models.Index(fields=["participant", "day"], name="booking_by_participant"),
            models.Index(fields=["group", "day"], name="booking_by_group"),
            models.Index(fields=["unit", "day"], name="booking_by_unit"),
            models.Index(fields=["held_until"], name="booking_holds_to_expire", condition=models.Q(state="held")),
        ]


class Seat(models.Model):
    """A place that a booking holds on a slot, while it keeps it.

    `part` is empty on an outer group or for a unit that does not occupy the child: empty parts do not collide, the
    others do, so that nobody is in two places at once.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="seats")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="seats")
    participant = models.ForeignKey(Participant, on_delete=models.PROTECT, related_name="+")
    day = models.DateField()
    part = models.ForeignKey(Part, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = "place réservée"
        constraints = [
            models.UniqueConstraint(fields=["participant", "day", "part"], name="seat_one_place_at_a_time"),
            models.UniqueConstraint(fields=["booking", "slot"], name="seat_once"),
        ]


class DraftChange(models.Model):
    """A tick or an untick that is not confirmed yet; `was_booked` is what the parent saw when ticking."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="draft_changes")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="+")
    unit = models.ForeignKey(Unit, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    wanted = models.BooleanField()
    was_booked = models.BooleanField()
    at = models.DateTimeField()

    class Meta:
        verbose_name = "choix pas encore confirmé"
        constraints = [
            models.UniqueConstraint(fields=["user", "participant", "unit", "day"], name="draftchange_once"),
            models.CheckConstraint(
                name="draftchange_changes_something", condition=~models.Q(wanted=models.F("was_booked"))
            ),
        ]
