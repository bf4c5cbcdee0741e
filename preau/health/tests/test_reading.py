"""An agent opens a sheet: for a reason, within scope, and it is written down."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.signals import got_request_exception
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.views.debug import SafeExceptionReporterFilter

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.families.models import Family, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.health.actions import ReasonWanted, open_sheet
from preau.health.choices import Purpose
from preau.health.keys import forget
from preau.health.models import HealthReading, SheetSettings
from preau.health.permissions import readable_by
from preau.health.queries.sheets import readings_of
from preau.health.testing import NOON, make_sheet
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.models import Place
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)
    make_town()


@pytest.fixture
def school() -> Place:
    return make_place("ecole")


@pytest.fixture
def nora(school: Place) -> Participant:
    family = make_family()
    make_adult(family)
    child = make_child(family, year=make_year(), school=school, level=make_level())
    make_sheet(child)
    return child


def opens(agent: User, child: Participant, **sent: str) -> tuple[int, str]:
    client = Client()
    sign_in(client, agent)
    answer = client.post(reverse("health:staff_sheet", args=[child.code]), sent)
    return answer.status_code, answer.content.decode()


def test_a_link_opens_nothing_and_the_button_leaves_a_trace(nora: Participant, school: Place) -> None:
    agent = make_agent(Capability.SEE_HEALTH, place=school)
    client = Client()
    sign_in(client, agent)
    asked = client.get(reverse("health:staff_sheet", args=[nora.code])).content.decode()
    assert "Dr Martin" not in asked
    assert not HealthReading.objects.exists()
    status, said = opens(agent, nora, purpose="on_duty")
    assert (status, "Dr Martin" in said) == (200, True)
    reading = HealthReading.objects.get()
    assert (reading.by, reading.at, reading.purpose) == (agent, NOON, Purpose.ON_DUTY)
    assert reading.names == ["vaccines", "doctor", "allergies", "pai", "treatments"]
    entry = Entry.objects.get(action="health.read")
    assert (entry.participant, entry.subject) == (nora.code, reading.code)


def test_a_purpose_is_asked_for(nora: Participant, school: Place) -> None:
    agent = make_agent(Capability.SEE_HEALTH, place=school)
    for sent in ({}, {"purpose": "curiosité"}, {"purpose": "emergency"}):
        status, said = opens(agent, nora, **sent)
        assert (status, "Dr Martin" in said, "Choisissez une réponse" in said) == (200, False, True)
    assert not HealthReading.objects.exists()


def test_elsewhere_a_reason_is_asked_for_and_the_administrators_are_told(nora: Participant) -> None:
    make_agent(Capability.MANAGE_AGENTS)
    agent = make_agent(Capability.SEE_HEALTH)  # the whole town, no place of their own
    status, said = opens(agent, nora, purpose="on_duty")
    assert (status, "Dr Martin" in said) == (200, False)
    status, said = opens(agent, nora, reason="Crise au centre, remplacement de Moussa")
    assert (status, "Dr Martin" in said) == (200, True)
    reading = HealthReading.objects.get()
    assert reading.purpose == Purpose.EMERGENCY
    assert reading.reason is not None
    assert b"Crise" not in bytes(reading.reason)
    assert readings_of(nora)[0].reason == "Crise au centre, remplacement de Moussa"
    mail = Outgoing.objects.get()
    assert "hors du lieu du jour" in mail.subject
    assert reading.code in mail.text
    for word in ("Nora", "Crise", "Martin", nora.code):
        assert word not in mail.text + mail.html + mail.subject + str(Entry.objects.get(action="health.read").facts)


def test_a_fault_while_a_sheet_opens_tells_no_reason_to_the_log(
    nora: Participant, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(**_: object) -> None:
        raise RuntimeError

    met: list[HttpRequest] = []
    monkeypatch.setattr("preau.health.views.staff.open_sheet", fails)
    client = Client(raise_request_exception=False)
    sign_in(client, make_agent(Capability.SEE_HEALTH))
    with catching(met):
        client.post(reverse("health:staff_sheet", args=[nora.code]), {"reason": "Crise au centre"})
    told = SafeExceptionReporterFilter().get_post_parameters(met[0])
    assert told["reason"] == SafeExceptionReporterFilter.cleansed_substitute


@contextmanager
def catching(met: list[HttpRequest]) -> Iterator[None]:
    """The requests whose page fails, as the report of the fault gets them."""

    def hear(request: HttpRequest, **_: object) -> None:
        met.append(request)

    got_request_exception.connect(hear)
    try:
        yield
    finally:
        got_request_exception.disconnect(hear)


def test_an_action_takes_no_emergency_without_a_reason(nora: Participant) -> None:
    with pytest.raises(ReasonWanted):
        open_sheet(child=nora, purpose=Purpose.EMERGENCY, reason="  ", by=make_agent(), now=NOON)
    assert not HealthReading.objects.exists()


@pytest.mark.parametrize("who", ["another place", "a service", "no capability", "a closed file"])
def test_out_of_scope_there_is_no_page(nora: Participant, school: Place, who: str) -> None:
    everything_else = [one for one in Capability.values if one != Capability.SEE_HEALTH]
    agent = {
        "another place": lambda: make_agent(Capability.SEE_HEALTH, place=make_place("gymnase")),
        "a service": lambda: make_agent(Capability.SEE_HEALTH, service=make_service("enfance")),
        "no capability": lambda: make_agent(*everything_else),
        "a closed file": lambda: make_agent(Capability.SEE_HEALTH, place=school),
    }[who]()
    if who == "a closed file":
        Family.objects.update(archived_at=NOON)
    assert opens(agent, nora, purpose="on_duty")[0] == 404
    assert not HealthReading.objects.exists()


def test_once_the_child_has_left_the_school_a_reason_is_asked_for(
    nora: Participant, school: Place, time_machine
) -> None:
    agent = make_agent(Capability.SEE_HEALTH, place=school)
    assert opens(agent, nora, purpose="family")[0] == 200
    nora.schoolings.update(place=make_place("autre"))
    assert opens(agent, nora, purpose="family")[0] == 404


def test_parents_see_who_read_and_a_town_may_keep_it(nora: Participant, school: Place) -> None:
    agent = make_agent(Capability.SEE_HEALTH, place=school)
    User.objects.filter(pk=agent.pk).update(first_name="Moussa", last_name="Diarra")
    opens(agent, nora, purpose="on_duty")
    client, parent = Client(), nora.guardianships.get().adult.user
    assert parent is not None
    sign_in(client, parent)
    said = client.get(reverse("health:readings", args=[nora.code])).content.decode()
    assert "Moussa Diarra" in said
    assert "Médecin traitant" in said
    sheet = reverse("health:sheet", args=[nora.code])
    assert "1 fois ce mois-ci, par 1 agent" in client.get(sheet).content.decode()
    SheetSettings.objects.create(show_readings=False)
    assert client.get(reverse("health:readings", args=[nora.code])).status_code == 404
    assert "ce mois-ci" not in client.get(sheet).content.decode()


def test_a_reason_goes_with_the_key_and_the_reading_stays(nora: Participant, school: Place) -> None:
    make_sheet(nora)
    opens(make_agent(Capability.SEE_HEALTH), nora, reason="Malaise à la sortie")
    assert readings_of(nora)[0].reason == "Malaise à la sortie"
    forget(nora)
    make_sheet(nora)  # the child came back, and was given another key
    assert [read.reason for read in readings_of(nora)] == [""]


def test_lists_link_to_the_sheets_that_an_agent_may_open(nora: Participant, school: Place) -> None:
    other = make_child(make_family(), first_name="Ugo")
    both, on = [nora, other], NOON.date()
    assert readable_by(make_agent(Capability.SEE_HEALTH), both, on=on) == {nora.pk, other.pk}
    assert readable_by(make_agent(Capability.SEE_HEALTH, place=school), both, on=on) == {nora.pk}
    assert readable_by(make_agent(Capability.SEE_CHILDREN), both, on=on) == set()


def test_an_empty_sheet_is_read_too(school: Place) -> None:
    child = make_child(make_family(), year=make_year(), school=school, level=make_level(), born_on=dt.date(2026, 10, 1))
    status, said = opens(make_agent(Capability.SEE_HEALTH, place=school), child, purpose="on_duty")
    assert (status, "La fiche est vide" in said) == (200, True)
    assert HealthReading.objects.get().names == []
