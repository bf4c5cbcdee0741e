import datetime as dt

import pytest
from django.db import connection

from preau.activities.choices import BookingMode
from preau.activities.models import Closure
from preau.activities.testing import make_group
from preau.bookings.actions import TokenTaken
from preau.bookings.choices import BookingState
from preau.bookings.models import Booking, DraftChange, Seat, Slot, Submission
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.testing import make_booking, open_days, paris
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY, outcomes
from preau.core.invariants import REGISTRY
from preau.families.choices import CustodyMode, Situation
from preau.families.models import Custody, Home
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.journal.models import Entry
from preau.notifications.actions import send_due
from preau.notifications.models import Outgoing

DONE, ALREADY, REFUSED = "done", "already", "refused"


@pytest.fixture(autouse=True)
def sound(world):
    """Whatever a test did, the invariants hold at its end."""
    yield
    assert [fault for invariant in REGISTRY for fault in invariant.check()] == []


# What it does


def test_a_draft_becomes_bookings_with_their_seats(world):
    submission = world.book(world.cell("matin"), world.cell("repas"))
    assert outcomes(submission) == [(DONE, None), (DONE, None)]
    assert world.states() == [("matin", MONDAY, "booked"), ("repas", MONDAY, "booked")]
    assert (world.slot("matin").taken, world.slot("midi").taken, world.slot("soir").taken) == (1, 1, 0)


def test_a_booking_belongs_to_the_household_the_user_and_the_submission(world):
    submission = world.book(world.cell("matin"))
    booking = Booking.objects.get()
    assert (booking.family, booking.by, booking.submission) == (world.family, world.user, submission)
    assert (booking.origin, booking.decided_at, booking.group) == ("family", NOW, world.group)


def test_the_draft_is_empty_afterwards(world):
    world.book(world.cell("matin"))
    assert not DraftChange.objects.exists()


def test_a_whole_day_takes_each_of_its_parts(world):
    world.book(world.cell("journee"))
    assert (world.slot("matin").taken, world.slot("soir").taken) == (1, 1)
    assert set(Seat.objects.values_list("part__code", flat=True)) == {"matin", "soir"}


def test_a_cancellation_gives_the_place_back_and_keeps_the_row(world):
    world.book(world.cell("matin"))
    submission = world.cancel(world.cell("matin"))
    assert outcomes(submission) == [(DONE, None)]
    assert world.states() == [("matin", MONDAY, "cancelled")]
    assert world.slot("matin").taken == 0
    assert not Seat.objects.exists()


def test_coming_back_after_a_cancellation_is_a_new_row(world):
    world.book(world.cell("matin"))
    world.cancel(world.cell("matin"))
    world.book(world.cell("matin"))
    assert world.states() == [("matin", MONDAY, "cancelled"), ("matin", MONDAY, "booked")]


def test_a_swap_is_one_line_and_keeps_its_places(world):
    world.book(world.cell("matin"))
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=1)
    world.tick(world.cell("matin"), wanted=False)
    world.tick(world.cell("journee"))
    submission = world.confirm()
    assert outcomes(submission) == [(DONE, None)]
    assert world.states() == [("matin", MONDAY, "cancelled"), ("journee", MONDAY, "booked")]
    assert (world.slot("matin").taken, world.slot("soir").taken) == (1, 1)


def test_a_swap_that_cannot_be_made_leaves_everything_as_it_was(world):
    world.book(world.cell("matin"))
    Slot.objects.filter(day=MONDAY, part__code="soir").update(capacity=0)
    world.tick(world.cell("matin"), wanted=False)
    world.tick(world.cell("journee"))
    assert outcomes(world.confirm()) == [(REFUSED, "full")]
    assert world.states() == [("matin", MONDAY, "booked")]


def test_other_lines_are_done_when_one_is_refused(world):
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0)
    submission = world.book(world.cell("matin"), world.cell("soir"))
    assert sorted(outcomes(submission)) == [(DONE, None), (REFUSED, "full")]
    assert world.states() == [("soir", MONDAY, "booked")]


def test_the_places_of_the_outer_group_are_taken_too(world):
    site = make_group("site", matin=1)
    world.group.within = site
    world.group.save()
    sister = make_child(world.family, first_name="Mylis")
    world.enrol(sister)
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    submission = world.book(world.cell("matin"), world.cell("matin", child=sister))
    assert sorted(outcomes(submission)) == [(DONE, None), (REFUSED, "full")]
    assert world.slot("matin", group="site").taken == 1


def test_a_place_granted_by_an_agent_shrinks_first(world):
    world.book(world.cell("matin"))
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=0, extra=1)
    world.cancel(world.cell("matin"))
    slot = world.slot("matin")
    assert (slot.taken, slot.capacity, slot.extra) == (0, 0, 0)


# What is refused


def refused(world, unit="matin", *, now=NOW):
    [(result, refusal)] = outcomes(world.book(world.cell(unit), now=now))
    assert result == REFUSED
    assert not Booking.objects.exists()
    return refusal


def test_the_last_second_is_in_time(world):
    assert outcomes(world.book(world.cell("matin"), now=paris(2026, 10, 4, 23, 59, 59))) == [(DONE, None)]


def test_the_next_second_is_too_late_and_the_outcome_says_until_when(world):
    world.tick(world.cell("matin"))
    submission = world.confirm(now=paris(2026, 10, 5, 0, 0, 0))
    assert outcomes(submission) == [(REFUSED, "too_late")]
    [line] = submission.outcome["lines"]
    assert dt.datetime.fromisoformat(line["deadline"]) == paris(2026, 10, 4, 23, 59, 59).replace(microsecond=999999)


def test_a_cancellation_too_late_is_refused(world):
    world.book(world.cell("matin"))
    assert outcomes(world.cancel(world.cell("matin"), now=paris(2026, 10, 5, 0, 0, 0))) == [(REFUSED, "too_late")]
    assert world.states() == [("matin", MONDAY, "booked")]


def test_a_closed_day_is_refused(world):
    [(_, refusal)] = outcomes(world.book(world.cell("matin", dt.date(2026, 10, 7))))
    assert refusal == "closed"


def test_a_day_closed_since_it_was_ticked_is_refused(world):
    world.tick(world.cell("matin"))
    Closure.objects.create(code="x", place=world.group.place, starts_on=MONDAY, ends_on=MONDAY, reason="Travaux")
    open_days(world.activity, now=NOW)
    assert outcomes(world.confirm()) == [(REFUSED, "closed")]


def test_an_activity_closed_in_one_place_is_refused_there_only(world):
    elsewhere = make_group("ailleurs", place=make_place_of("autre-ecole"), matin=9, midi=9, soir=9)
    sister = make_child(world.family, first_name="Mylis")
    world.enrol(sister, group=elsewhere)
    closure = {"starts_on": MONDAY, "ends_on": MONDAY, "reason": "Travaux"}
    Closure.objects.create(code="x", activity=world.activity, place=world.group.place, **closure)
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    submission = world.book(world.cell("matin"), world.cell("matin", child=sister), world.cell("repas"))
    assert sorted(outcomes(submission)) == [(DONE, None), (DONE, None), (REFUSED, "closed")]


def make_place_of(code):
    from preau.town.testing import make_place

    return make_place(code)


def test_two_units_at_the_same_time_are_refused_together(world):
    assert outcomes(world.book(world.cell("matin"), world.cell("journee"))) == [(REFUSED, "overlap")]
    assert not Booking.objects.exists()


def test_a_unit_over_one_already_booked_is_refused(world):
    world.book(world.cell("matin"))
    assert outcomes(world.book(world.cell("journee"))) == [(REFUSED, "overlap")]


def test_a_day_before_the_enrolment_is_refused(world):
    world.child.enrolments.update(starts_on=TUESDAY)
    assert refused(world) == "not_enrolled"


def test_an_activity_that_the_town_manages_is_refused(world):
    world.activity.booking_mode = BookingMode.READ_ONLY
    world.activity.save()
    catalogue.cache_clear()
    assert refused(world) == "read_only"


def test_a_parent_who_may_only_see_is_refused(world):
    grandmother = make_adult(make_family(name="Mamie"))
    make_bond(grandmother, world.child, Situation.GRANDPARENT)
    world.tick(world.cell("matin"), user=grandmother.user)
    assert outcomes(world.confirm(user=grandmother.user)) == [(REFUSED, "no_right")]


def test_a_right_withdrawn_since_the_tick_counts_at_once(world):
    world.tick(world.cell("matin"))
    make_bond(world.adult, world.child, Situation.WITHDRAWN, starts_on=NOW.date())
    world.confirm()
    assert not Booking.objects.exists()


def test_the_days_of_the_other_household_are_theirs(world):
    other = make_family(name="Autre")
    Home.objects.create(participant=world.child, family=other)
    Custody.objects.create(
        participant=world.child,
        starts_on=dt.date(2026, 9, 1),
        mode=CustodyMode.CYCLE,
        home_a=world.family,
        home_b=other,
        anchor_on=MONDAY,
        pattern="AB",
    )
    submission = world.book(world.cell("matin", MONDAY), world.cell("matin", TUESDAY))
    assert outcomes(submission) == [(DONE, None), (REFUSED, "other_home")]
    assert Booking.objects.get().family == world.family


def test_a_booking_of_the_other_household_is_not_cancelled(world):
    other = make_family(name="Autre")
    Home.objects.create(participant=world.child, family=other)
    make_booking(world.child, world.units["matin"], world.group, MONDAY, family=other)
    assert outcomes(world.cancel(world.cell("matin"))) == [(REFUSED, "other_home")]


# Once


def test_the_same_token_gives_the_first_outcome_and_books_nothing_more(world):
    world.tick(world.cell("matin"))
    first = world.confirm(token="aaaaaaaaaa")
    world.tick(world.cell("soir"))
    again = world.confirm(token="aaaaaaaaaa")
    assert (again, again.outcome) == (first, first.outcome)
    assert world.states() == [("matin", MONDAY, "booked")]
    assert DraftChange.objects.count() == 1


def test_an_empty_draft_ends_in_an_empty_outcome(world):
    assert world.confirm().outcome["lines"] == []


def test_the_token_of_someone_else_is_refused(world):
    world.book(world.cell("matin"))
    token = Submission.objects.get().token
    other = make_adult(world.family, first_name="Sam")
    with pytest.raises(TokenTaken):
        world.confirm(user=other.user, token=token)


def test_what_the_other_parent_booked_meanwhile_is_already_done(world):
    other = make_adult(world.family, first_name="Sam")
    make_bond(other, world.child)
    world.tick(world.cell("matin"))
    world.book(world.cell("matin"), user=other.user)
    assert outcomes(world.confirm()) == [(ALREADY, None)]
    assert world.slot("matin").taken == 1


def test_what_the_other_parent_cancelled_meanwhile_is_already_done(world):
    other = make_adult(world.family, first_name="Sam")
    make_bond(other, world.child)
    world.book(world.cell("matin"))
    world.tick(world.cell("matin"), wanted=False)
    world.cancel(world.cell("matin"), user=other.user)
    assert outcomes(world.confirm()) == [(ALREADY, None)]


# What it leaves behind


def test_the_journal_tells_what_was_booked_cancelled_and_refused(world):
    world.book(world.cell("soir"))
    world.tick(world.cell("soir"), wanted=False)
    world.tick(world.cell("matin"))
    world.tick(world.cell("repas", dt.date(2026, 10, 7)))
    submission = world.confirm()
    entry = Entry.objects.filter(action="bookings.confirmed").latest("id")
    assert (entry.subject, entry.participant, entry.family) == (submission.token, world.child.code, world.family.code)
    assert entry.facts == {
        "booked": ["2026-10-05 accueil/matin"],
        "cancelled": ["2026-10-05 accueil/soir"],
        "refused": ["2026-10-07 restauration/repas closed"],
    }


def test_a_mail_tells_the_outcome_without_a_childs_name_in_its_subject(world):
    submission = world.book(world.cell("matin"))
    assert send_due(now=NOW) == 1
    mail = Outgoing.objects.get()
    assert mail.address == world.user.email == submission.outcome["mailed_to"]
    assert mail.subject == "Votre planning est enregistré"
    assert (
        "Nora, lundi 5\u00a0octobre\u00a0: réservé Matin, 7\u00a0h\u00a030 – 8\u00a0h\u00a020 (+\u00a03,50\u00a0€)"
        in mail.text
    )
    assert "Nora" in mail.html


def test_an_empty_outcome_sends_no_mail(world):
    world.confirm()
    assert not Outgoing.objects.exists()


def test_amounts_are_those_of_the_household(world):
    world.book(world.cell("soir"))
    world.tick(world.cell("soir"), wanted=False)
    world.tick(world.cell("matin"))
    lines = world.confirm().outcome["lines"]
    assert [(booked, cents) for line in lines for _, booked, cents in line["changes"]] == [(False, 455), (True, 350)]


def test_confirming_takes_a_fixed_number_of_queries(world, django_assert_num_queries):
    catalogue(1)
    world.book(world.cell("matin", dt.date(2026, 10, 8)))
    world.tick(world.cell("matin"))
    expected = 14 if connection.vendor == "postgresql" else 16  # with its savepoint
    with django_assert_num_queries(expected):
        world.confirm()
    world.tick(
        *(world.cell(unit, day) for unit in ("matin", "repas", "soir") for day in (MONDAY, TUESDAY)), wanted=True
    )
    with django_assert_num_queries(expected):
        world.confirm()


def test_states_are_never_left_undecided(world):
    world.book(world.cell("matin"), world.cell("journee", TUESDAY))
    assert set(Booking.objects.values_list("state", flat=True)) == {BookingState.BOOKED}
