"""Enrolling at the counter: the family's rules, and a reason to go beyond."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.activities.choices import EnrolmentMode, Misfit
from preau.activities.testing import make_activity, make_group, make_unit
from preau.core.dates import PARIS
from preau.enrolments.actions import EnrolmentRefused
from preau.enrolments.choices import Refusal
from preau.enrolments.counter import ReasonWanted, enrol_at_counter, offered_at_counter
from preau.enrolments.invariants import enrolment_place_faults, intake_counter_faults
from preau.enrolments.models import Intake
from preau.enrolments.testing import make_intake
from preau.families.testing import make_child, make_family
from preau.journal.models import Entry
from preau.town.testing import make_level, make_place, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
TODAY = NOW.date()


class Town:
    """One activity of one group, and a family with one child."""

    def __init__(self, *, capacity=None, **activity):
        make_town()
        self.activity = make_activity(**activity)
        make_unit(self.activity)
        make_intake(self.activity, make_group(matin=20), capacity=capacity)
        self.family, self.agent = make_family(), make_agent(Capability.EDIT_FAMILIES)
        self.nora = make_child(self.family, year=make_year(), school=make_place(), level=make_level())

    def enrol(self, *, reason="", starts_on=TODAY, who=None):
        return enrol_at_counter(
            participant=who or self.nora,
            activity=self.activity,
            starts_on=starts_on,
            household=self.family,
            reason=reason,
            by=self.agent,
            now=NOW,
        )


@pytest.fixture(autouse=True)
def sound():
    yield
    assert [*intake_counter_faults(), *enrolment_place_faults()] == []


def test_an_agent_enrols_and_the_file_says_that_it_was_at_the_counter() -> None:
    town = Town()
    enrolment = town.enrol(reason="inutile")
    assert (enrolment.by, enrolment.reason) == (town.agent, "")
    entry = Entry.objects.get(action="enrolments.enrolled")
    assert (entry.family, entry.facts["channel"]) == (town.family.code, "counter")


def test_what_does_not_open_online_is_enrolled_at_the_counter() -> None:
    town = Town(enrolment_mode=EnrolmentMode.CHECKED)
    assert town.activity in offered_at_counter(town.nora, on=TODAY)
    assert town.enrol().pk


def test_a_full_activity_takes_one_more_with_a_reason() -> None:
    town = Town(capacity=0)
    with pytest.raises(ReasonWanted) as wanted:
        town.enrol()
    assert wanted.value.rule == Refusal.FULL
    assert town.enrol(reason="Accord du maire").reason == "Accord du maire"
    intake = Intake.objects.get()
    assert (intake.taken, intake.capacity, intake.extra) == (1, 0, 1)


def test_somebody_too_young_is_enrolled_with_a_reason() -> None:
    town = Town(born_to=dt.date(2015, 1, 1))
    with pytest.raises(ReasonWanted) as wanted:
        town.enrol()
    assert wanted.value.rule == Misfit.TOO_YOUNG
    assert town.enrol(reason="Fratrie").pk


def test_no_reason_enrols_twice_nor_out_of_the_dates() -> None:
    town = Town()
    for day, why in ((TODAY - dt.timedelta(days=1), Refusal.TOO_EARLY), (dt.date(2040, 1, 1), Refusal.TOO_LATE)):
        with pytest.raises(EnrolmentRefused) as refused:
            town.enrol(starts_on=day, reason="Urgence")
        assert refused.value.reason == why
    town.enrol()
    with pytest.raises(EnrolmentRefused) as refused:
        town.enrol(reason="Urgence")
    assert refused.value.reason == Refusal.ALREADY
    assert offered_at_counter(town.nora, on=TODAY) == []


def test_the_page_asks_for_the_reason_next_to_its_field(time_machine) -> None:
    time_machine.move_to(NOW, tick=False)
    town, client = Town(capacity=0), Client()
    testing.sign_in(client, make_agent(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES))
    page = reverse("backoffice:family_enrol", args=[town.family.code, town.nora.code])
    sent = {"activity": town.activity.code, "starts_on": TODAY.isoformat()}
    asked = client.post(page, sent).content.decode()
    assert "Écrivez pourquoi l’inscrire tout de même" in asked
    assert client.post(page, sent | {"reason": "Fratrie"}).status_code == 302
    assert Intake.objects.get().taken == 1
