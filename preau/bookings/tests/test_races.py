"""Many writers at once, in threads that each have a connection of their own. On SQLite and on PostgreSQL."""

import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent import futures
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.actions import claiming, confirming, refresh_days, writing
from preau.bookings.actions.writing import _move_counters
from preau.bookings.models import Booking, DraftChange, Seat, Slot
from preau.bookings.queries.catalogue import catalogue
from preau.bookings.queries.plans import BoardMoved
from preau.bookings.testing import open_days
from preau.bookings.tests.conftest import MONDAY, NOW, TUESDAY, World, outcomes
from preau.core.codes import new_code
from preau.core.invariants import REGISTRY
from preau.enrolments.testing import make_enrolment
from preau.families.models import Adult, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family

THREADS = 50
Person = tuple[Adult, Participant]


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Run the calls together, each in its thread; returns what they return, or what they raise."""
    together = threading.Barrier(len(calls))
    results: list[Any] = [None] * len(calls)

    def run(number: int, call: Callable[[], Any]) -> None:
        try:
            together.wait()
            results[number] = call()
        except Exception as fault:
            results[number] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, call)) for number, call in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = [result for result in results if isinstance(result, Exception)]
    assert faults == []
    return results


def faults() -> list[str]:
    return [fault for invariant in REGISTRY for fault in invariant.check()]


def crowd(world: World, count: int, group: Any = None) -> list[Person]:
    """`count` parents, each with a child enrolled."""
    people = []
    for number in range(count):
        family = make_family(name=f"Famille {number}")
        people.append((make_adult(family), make_child(family, first_name=f"Enfant {number}")))
    world.enrol(*(child for _, child in people), group=group)
    return people


def confirm_together(world: World, people: Iterable[Person]) -> Counter[tuple[str, str | None]]:
    """All confirm at once; counts the outcomes of their lines."""
    submissions = at_once([partial(world.confirm, user=adult.user) for adult, _ in people])
    return Counter(outcome for submission in submissions for outcome in outcomes(submission))


def test_the_last_places_go_to_as_many_children_as_there_are(committed_world):
    world = committed_world
    people = crowd(world, THREADS)
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=10)
    for adult, child in people:
        world.tick(world.cell("matin", child=child), user=adult.user)
    assert confirm_together(world, people) == {("done", None): 10, ("refused", "full"): 40}
    assert world.slot("matin").taken == Seat.objects.count() == Booking.objects.count() == 10
    assert faults() == []


def test_whole_days_mornings_and_evenings_share_their_places(committed_world):
    world = committed_world
    people = crowd(world, 24)
    Slot.objects.filter(day=MONDAY).update(capacity=6)
    for number, (adult, child) in enumerate(people):
        world.tick(world.cell(("matin", "soir", "journee")[number % 3], child=child), user=adult.user)
    counts = confirm_together(world, people)
    assert set(counts) == {("done", None), ("refused", "full")}
    assert max(world.slot("matin").taken, world.slot("soir").taken) == 6
    assert faults() == []


def test_two_groups_never_pass_the_limit_of_the_site_around_them(committed_world):
    world = committed_world
    site = make_group("site", matin=7)
    other = make_group("autre", matin=20, midi=None, soir=20)
    for group in (world.group, other):
        group.within = site
        group.save()
    people = crowd(world, 10) + crowd(world, 10, group=other)
    open_days(world.activity, world.meals, now=NOW)
    catalogue.cache_clear()
    for adult, child in people:
        world.tick(world.cell("matin", child=child), user=adult.user)
    assert confirm_together(world, people) == {("done", None): 7, ("refused", "full"): 13}
    assert world.slot("matin", group="site").taken == 7
    assert faults() == []


def test_two_parents_book_their_child_once(committed_world):
    world = committed_world
    parents = [world.adult, *(make_adult(world.family, first_name=f"Parent {n}") for n in range(5))]
    for parent in parents[1:]:
        make_bond(parent, world.child)
    for parent in parents:
        world.tick(world.cell("matin"), user=parent.user)
    counts = confirm_together(world, [(parent, world.child) for parent in parents])
    assert counts == {("done", None): 1, ("already", None): 5}
    assert world.slot("matin").taken == 1
    assert faults() == []


def test_a_child_is_not_booked_in_two_groups_at_the_same_time(committed_world):
    """The two units share no slot: only the uniqueness of seats stops the second, which reads again and says why."""
    world = committed_world
    club = make_activity("club")
    world.units["club"] = make_unit(club, "club", parts=["matin"])
    make_enrolment(world.child, club, make_group("ailleurs", matin=20))
    open_days(club, now=NOW)
    catalogue.cache_clear()
    other = make_adult(world.family, first_name="Sam")
    make_bond(other, world.child)
    for day in (MONDAY, TUESDAY):
        world.tick(world.cell("matin", day))
        world.tick(world.cell("club", day), user=other.user)
    counts = confirm_together(world, [(world.adult, world.child), (other, world.child)])
    assert counts == {("done", None): 2, ("refused", "overlap"): 2}
    assert faults() == []


@pytest.mark.parametrize("tokens", [["aaaaaaaaaa"] * 4, ["aaaaaaaaaa", "bbbbbbbbbb", "cccccccccc", "dddddddddd"]])
def test_a_draft_confirmed_four_times_at_once_books_once(committed_world, tokens):
    world = committed_world
    world.tick(world.cell("matin"), world.cell("repas"))
    submissions = at_once([partial(world.confirm, token=token) for token in tokens])
    lines = {submission.token: len(submission.outcome["lines"]) for submission in submissions}
    assert sorted(lines.values(), reverse=True)[0] == 2
    assert sum(lines.values()) == 2
    assert Booking.objects.count() == 2
    assert not DraftChange.objects.exists()
    assert faults() == []


def test_capacities_that_change_while_families_book_never_end_below_what_is_taken(committed_world):
    world = committed_world
    people = crowd(world, 16)
    for adult, child in people:
        world.tick(world.cell("matin", child=child), user=adult.user)

    def narrow() -> None:
        world.group.capacity_rules.filter(part__code="matin").update(places=5)
        refresh_days(activity_ids=[world.activity.pk], now=NOW)

    at_once([narrow, *(partial(world.confirm, user=adult.user) for adult, _ in people)])
    slot = world.slot("matin")
    assert 5 <= slot.taken <= slot.capacity <= 16
    assert faults() == []


def test_a_storm_of_bookings_swaps_and_cancellations_leaves_no_fault(committed_world):
    world = committed_world
    people = crowd(world, 12)
    Slot.objects.filter(day__in=[MONDAY, TUESDAY]).update(capacity=4)

    def live(adult: Adult, child: Participant, seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(8):
            for day in chance.sample([MONDAY, TUESDAY], 2):
                for unit in chance.sample(["matin", "soir", "journee", "repas"], 2):
                    world.tick(world.cell(unit, day, child), wanted=chance.random() < 0.6, user=adult.user)
            world.confirm(user=adult.user, token=new_code())

    at_once([partial(live, adult, child, seed) for seed, (adult, child) in enumerate(people)])
    assert Slot.objects.filter(taken__gt=F("capacity")).count() == 0
    assert faults() == []


# What the tests above are worth: a crowd without its guards, and the guards one by one


@pytest.fixture
def unbounded(committed_world: World) -> Iterator[World]:
    """A town whose database no longer bounds its counters."""
    rules = Slot._meta.constraints
    (bound,) = (rule for rule in rules if rule.name == "slot_never_above_its_places")
    Slot._meta.constraints = [rule for rule in rules if rule is not bound]  # SQLite makes the table anew from these
    with connection.schema_editor() as editor:
        editor.remove_constraint(Slot, bound)
    yield committed_world
    Slot.objects.update(taken=0)
    Slot._meta.constraints = rules
    with connection.schema_editor() as editor:
        editor.add_constraint(Slot, bound)


@pytest.fixture
def careless(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Places are taken without a lock and without looking; on SQLite, outside a transaction too."""
    unlocked = claiming.STATEMENT.replace("FOR UPDATE OF slot", "")
    blind = re.sub(r"AND \(slot\.capacity IS NULL OR slot\.taken \+ \w+\.places <= slot\.capacity\)", "", unlocked)
    monkeypatch.setattr(claiming, "STATEMENT", blind)
    claiming._statement.cache_clear()
    monkeypatch.setattr(writing, "_move_counters", count_blindly)
    if connection.vendor == "sqlite":
        monkeypatch.setattr(confirming, "twice", lambda write: write(True))
    yield
    claiming._statement.cache_clear()


def count_blindly(moves: Mapping[int, int]) -> None:
    for key, count in moves.items():
        Slot.objects.filter(pk=key).update(taken=F("taken") + count)


def decide_before_anyone_writes(monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    """Each of `count` threads waits for the others, once, between its decision and what it writes."""
    together, waited, rightly = threading.Barrier(count, timeout=60), threading.local(), writing.write

    def write(*decided: Any, **same: Any) -> None:
        if not hasattr(waited, "once"):
            waited.once = together.wait()
        rightly(*decided, **same)

    monkeypatch.setattr(confirming, "write", write)


def rush(world: World, count: int) -> Counter[tuple[str, str | None]]:
    """`count` children want ten places."""
    people = crowd(world, count)
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=10)
    for adult, child in people:
        world.tick(world.cell("matin", child=child), user=adult.user)
    return confirm_together(world, people)


@pytest.mark.usefixtures("careless")
def test_without_its_guards_a_crowd_passes_the_capacity(unbounded: World, monkeypatch: pytest.MonkeyPatch) -> None:
    decide_before_anyone_writes(monkeypatch, 20)
    assert rush(unbounded, 20) == {("done", None): 20}
    assert unbounded.slot("matin").taken == Booking.objects.count() == 20


ON_POSTGRESQL = pytest.mark.skipif(
    "connection.vendor != 'postgresql'", reason="SQLite lets no other writer in once a confirmation has begun"
)


@ON_POSTGRESQL
@pytest.mark.usefixtures("careless")
def test_the_check_alone_still_keeps_the_crowd_to_the_capacity(
    committed_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_before_anyone_writes(monkeypatch, 20)
    assert rush(committed_world, 20) == {("done", None): 10, ("refused", "full"): 10}
    assert faults() == []


@ON_POSTGRESQL
def test_the_lock_and_the_condition_keep_it_without_the_check(
    unbounded: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_before_anyone_writes(monkeypatch, 20)
    assert rush(unbounded, 20) == {("done", None): 10, ("refused", "full"): 10}
    assert faults() == []


def test_slots_are_locked_before_they_are_counted(world: World) -> None:
    for change in (world.book, world.cancel):
        with CaptureQueriesContext(connection) as queries:
            change(world.cell("matin"))
        written = [query["sql"] for query in queries]
        moving = next(place for place, sql in enumerate(written) if re.search(r'UPDATE "?bookings_slot', sql))
        locked = any(re.search("bookings_slot.*FOR UPDATE", sql, re.DOTALL) for sql in written[: moving + 1])
        assert locked or connection.vendor == "sqlite"
    assert connection.vendor != "sqlite" or connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


# The last words, when a writer forgets the locks


def test_the_database_refuses_a_place_above_the_capacity(world):
    Slot.objects.filter(day=MONDAY, part__code="matin").update(capacity=1, taken=1)
    with pytest.raises(IntegrityError):
        Slot.objects.filter(day=MONDAY, part__code="matin").update(taken=F("taken") + 1)


def test_counters_move_all_or_none_and_never_above_the_capacity(world):
    full, free = world.slot("matin"), world.slot("soir")
    Slot.objects.filter(pk=full.pk).update(capacity=1, taken=1)
    with pytest.raises(BoardMoved):
        _move_counters({full.pk: 1, free.pk: 1})


def test_the_database_refuses_a_child_in_two_places(world):
    world.book(world.cell("matin"))
    seat = Seat.objects.get()
    other = Slot.objects.create(group=make_group("ailleurs"), part=seat.slot.part, day=MONDAY)
    with pytest.raises(IntegrityError):
        Seat.objects.create(booking=seat.booking, slot=other, participant=world.child, day=MONDAY, part=seat.slot.part)


def test_the_database_refuses_a_second_live_booking(world):
    world.book(world.cell("matin"))
    booking = Booking.objects.get()
    booking.pk = None
    with pytest.raises(IntegrityError):
        booking.save(force_insert=True)


@ON_POSTGRESQL
def test_a_tick_added_while_the_draft_is_confirmed_stays_in_the_draft(committed_world):
    world = committed_world
    world.tick(world.cell("matin"))
    submissions: list[Any] = []

    def confirm() -> None:
        try:
            submissions.append(world.confirm())
        finally:
            connection.close()

    confirmation = threading.Thread(target=confirm)
    with transaction.atomic():
        Slot.objects.select_for_update().get(day=MONDAY, part__code="matin", group=world.group)
        confirmation.start()
        time.sleep(1)  # the confirmation has read the draft and waits for the slot that we hold
        with futures.ThreadPoolExecutor(1) as other_tab:
            other_tab.submit(tick_and_leave, world, world.cell("matin", TUESDAY)).result()
    confirmation.join()
    assert outcomes(submissions[0]) == [("done", None)]
    assert DraftChange.objects.get().day == TUESDAY


def tick_and_leave(world: World, cell: Any) -> None:
    try:
        world.tick(cell)
    finally:
        connection.close()
