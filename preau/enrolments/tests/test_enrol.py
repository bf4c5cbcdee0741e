"""Enrolling: the effect, the refusals, the repetition, the race."""

import datetime as dt
import threading

import pytest
from django.db import connection

from preau.accounts.testing import make_user
from preau.activities.choices import EnrolmentMode, Misfit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.core.dates import PARIS
from preau.enrolments.actions import EnrolmentRefused, enrol
from preau.enrolments.choices import EnrolmentState, Refusal
from preau.enrolments.invariants import enrolment_place_faults, intake_counter_faults
from preau.enrolments.models import Enrolment, Intake
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_level, make_place, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
TODAY = NOW.date()


class Town:
    """One activity of one group at one school, and a family with one child there."""

    def __init__(self, *, capacity=None, **activity):
        make_town()
        self.year, self.school, self.level = make_year(), make_place(), make_level()
        self.activity = make_activity(**activity)
        make_unit(self.activity)
        self.group = make_group(matin=20)
        self.intake = make_intake(self.activity, self.group, capacity=capacity)
        self.family = make_family()
        self.zoe = make_user()
        make_adult(self.family, user=self.zoe)
        self.nora = self.child()

    def child(self, **fields):
        return make_child(self.family, year=self.year, school=self.school, level=self.level, **fields)

    def enrol(self, participant=None, *, starts_on=TODAY, now=NOW):
        return enrol(
            participant=participant or self.nora, activity=self.activity, starts_on=starts_on, by=self.zoe, now=now
        )

    def refusal(self, participant=None, **when):
        with pytest.raises(EnrolmentRefused) as refused:
            self.enrol(participant, **when)
        return refused.value.reason

    def counted(self):
        return Intake.objects.get(pk=self.intake.pk).taken


def test_an_enrolment_runs_from_the_day_of_entry_to_the_end_of_the_activity():
    town = Town()
    enrolment = town.enrol(starts_on=dt.date(2026, 11, 2))
    assert (enrolment.starts_on, enrolment.ends_on) == (dt.date(2026, 11, 2), town.activity.ends_on)
    assert enrolment.state == EnrolmentState.ACCEPTED
    assert enrolment.group == town.group
    assert town.counted() == 1


def test_an_enrolment_is_journalled_by_codes():
    town = Town()
    enrolment = town.enrol()
    entry = Entry.objects.get(action="enrolments.enrolled")
    assert (entry.subject, entry.participant, entry.family) == (enrolment.code, town.nora.code, town.family.code)
    assert entry.facts == {"activity": town.activity.code, "group": town.group.code, "starts_on": "2026-10-05"}


def test_a_mail_confirms_without_a_child_in_its_subject():
    town = Town()
    town.enrol()
    mail = Outgoing.objects.get()
    assert mail.address == town.zoe.email
    assert mail.subject == "Inscription enregistrée\u00a0: 1_Accueil matin maternelle"
    assert "Nora" in mail.text
    assert "du 5\u00a0octobre 2026 au 2\u00a0juillet 2027" in mail.text
    assert "http://localhost:8000/planning/" in mail.text
    assert "Villejuif" in mail.html


def test_a_second_enrolment_in_the_same_activity_is_refused():
    town = Town()
    town.enrol()
    assert town.refusal() == Refusal.ALREADY
    assert town.refusal(starts_on=dt.date(2026, 12, 1)) == Refusal.ALREADY
    assert town.counted() == 1
    assert Outgoing.objects.count() == 1


def test_who_is_enrolled_is_told_so_first_even_once_the_activity_is_full():
    town = Town(capacity=1)
    town.enrol()
    assert town.refusal() == Refusal.ALREADY


def test_who_has_left_may_come_back():
    town = Town()
    Enrolment.objects.filter(pk=town.enrol().pk).update(state=EnrolmentState.LEFT)
    town.enrol()
    assert Enrolment.objects.filter(state=EnrolmentState.ACCEPTED).count() == 1


@pytest.mark.parametrize(
    ("starts_on", "reason"),
    [
        (TODAY - dt.timedelta(days=1), Refusal.TOO_EARLY),
        (dt.date(2026, 8, 31), Refusal.TOO_EARLY),
        (dt.date(2027, 7, 3), Refusal.TOO_LATE),
        (dt.date(9999, 12, 31), Refusal.TOO_LATE),
    ],
)
def test_a_day_of_entry_outside_the_activity_or_in_the_past_is_refused(starts_on, reason):
    town = Town()
    assert town.refusal(starts_on=starts_on) == reason
    assert town.counted() == 0


def test_today_is_the_day_it_is_in_france():
    town = Town()
    half_past_midnight_in_paris = dt.datetime(2026, 10, 5, 22, 30, tzinfo=dt.UTC)
    assert town.refusal(starts_on=TODAY, now=half_past_midnight_in_paris) == Refusal.TOO_EARLY


def test_an_activity_that_is_over_is_refused():
    town = Town(starts_on=dt.date(2026, 9, 1), ends_on=dt.date(2026, 10, 4))
    assert town.refusal() == Misfit.OVER


def test_an_activity_for_other_ages_is_refused():
    town = Town(born_from=dt.date(2015, 1, 1), born_to=dt.date(2018, 12, 31))
    assert town.refusal() == Misfit.TOO_YOUNG


def test_the_level_and_the_school_are_those_of_the_year_of_the_activity():
    town = Town()
    town.activity.levels.set([make_level("cp")])
    assert town.refusal() == Misfit.WRONG_LEVEL
    next_year = make_year("2027-2028", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 7, 5))
    town.activity.year, town.activity.starts_on, town.activity.ends_on = (
        next_year,
        next_year.starts_on,
        next_year.ends_on,
    )
    town.activity.save()
    town.nora.schoolings.create(year=next_year, place=town.school, level=make_level("cp"))
    assert town.enrol(starts_on=next_year.starts_on).activity == town.activity


@pytest.mark.parametrize("mode", [EnrolmentMode.CHECKED, EnrolmentMode.ALLOCATED, EnrolmentMode.PAY_NOW])
def test_an_activity_that_does_not_accept_at_once_is_refused(mode):
    assert Town(enrolment_mode=mode).refusal() == Refusal.DESK_ONLY


def test_a_retired_activity_is_refused_from_that_day_on():
    assert Town(retired_on=TODAY).refusal() == Refusal.DESK_ONLY


def test_an_activity_retired_later_still_accepts():
    assert Town(retired_on=TODAY + dt.timedelta(days=1)).enrol()


def test_an_activity_without_a_group_for_the_school_is_refused():
    town = Town()
    town.group.schools.set([make_place("autre-ecole")])
    assert town.refusal() == Refusal.NO_GROUP


def test_a_child_goes_in_the_group_of_their_school():
    town = Town()
    own = make_group("peri-de-son-ecole")
    own.schools.set([town.school])
    make_intake(town.activity, own)
    assert town.enrol().group == own


def test_the_last_place_of_the_year_is_given_once():
    town = Town(capacity=1)
    town.enrol()
    assert town.refusal(town.child(first_name="Mylis")) == Refusal.FULL
    assert town.counted() == 1


def test_a_full_group_leads_to_the_next_that_suits():
    town = Town(capacity=1)
    town.enrol()
    other = make_group("peri-second-groupe")
    make_intake(town.activity, other, capacity=1)
    assert town.enrol(town.child(first_name="Mylis")).group == other


def test_an_extra_place_is_a_place():
    town = Town(capacity=0)
    Intake.objects.update(extra=1)
    assert town.enrol()


def test_the_counter_of_intakes_is_checked():
    town = Town()
    town.enrol()
    assert list(intake_counter_faults()) == []
    Intake.objects.update(taken=2)
    assert list(intake_counter_faults()) == ["accueil-matin-maternelle, peri-maternelle : 2 comptés, 1 inscrits"]


def test_an_enrolment_in_a_group_closed_to_its_activity_is_found():
    town = Town()
    enrolment = make_enrolment(town.nora, town.activity, town.group)
    assert list(enrolment_place_faults()) == []
    town.intake.delete()
    assert list(enrolment_place_faults()) == [f"inscription {enrolment.code} (accueil-matin-maternelle)"]


def in_threads(count, do):
    """Run `do(number)` in `count` threads that start together; what each returned or raised."""
    start = threading.Barrier(count)
    results: list[object] = [None] * count

    def run(number):
        start.wait()
        try:
            results[number] = do(number)
        except EnrolmentRefused as refused:
            results[number] = refused.reason
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


@pytest.mark.django_db(transaction=True)
def test_two_tabs_enrol_once():
    town = Town()
    results = in_threads(6, lambda number: town.enrol())
    assert results.count(Refusal.ALREADY) == 5
    assert (Enrolment.objects.count(), town.counted(), Outgoing.objects.count()) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
def test_the_last_places_of_the_year_go_to_as_many_children():
    town = Town(capacity=3)
    children = [town.child(first_name=f"Enfant {number}") for number in range(8)]
    results = in_threads(8, lambda number: town.enrol(children[number]))
    assert results.count(Refusal.FULL) == 5
    assert (Enrolment.objects.count(), town.counted()) == (3, 3)
