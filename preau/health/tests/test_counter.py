"""The sheet at the counter: an agent writes what a parent brought on paper."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from preau.accounts.choices import Capability
from preau.accounts.models import KeptForm, Session, User
from preau.accounts.testing import make_agent, sign_in
from preau.families.choices import Situation
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.health.actions import fill
from preau.health.choices import Item, Purpose
from preau.health.models import Confirmation, HealthField, HealthReading, Vaccination
from preau.health.testing import NOON, make_sheet
from preau.journal.models import Entry
from preau.town.models import Place
from preau.town.testing import make_level, make_place, make_town, make_year

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)
    make_town()


@pytest.fixture
def school() -> Place:
    return make_place("hugo")


@pytest.fixture
def mother(school: Place) -> Adult:
    """Without an account, like many who come to the counter."""
    family = make_family()
    mother = make_adult(family, signs_in=False)
    make_child(family, born_on=dt.date(2020, 4, 14), year=make_year(), school=school, level=make_level())
    return mother


@pytest.fixture
def nora(mother: Adult) -> Participant:
    return mother.guardianships.get().participant


@pytest.fixture
def nadia(client: Client) -> User:
    nadia = make_agent(Capability.EDIT_FAMILIES, Capability.SEE_FAMILIES, Capability.SEE_HEALTH)
    User.objects.filter(pk=nadia.pk).update(first_name="Nadia", last_name="Faure")
    sign_in(client, nadia)
    return nadia


def page(adult: Adult, child: Participant, name: str = "sheet", *more: str) -> str:
    return reverse(f"health:counter_{name}", args=[adult.family.code, adult.code, child.code, *more])


def work_on(client: Client, time_machine, *minutes: int) -> None:
    """Time goes by, and the session goes on."""
    for minute in minutes:
        time_machine.move_to(NOON + dt.timedelta(minutes=minute), tick=False)
        assert client.get(reverse("backoffice:families")).status_code == 200


ITEM = ("item", "medecin")
DOCTOR = {"name": "Dr Mirabelle", "phone": "01 00 00 00 02"}


@pytest.mark.usefixtures("nadia")
def test_no_link_opens_the_sheet_and_the_button_leaves_a_trace_for_half_an_hour(
    client: Client, mother: Adult, nora: Participant, time_machine
) -> None:
    make_sheet(nora)
    pages = [page(mother, nora, *ITEM), page(mother, nora, "vaccines"), page(mother, nora, "vaccine", "dtp")]
    assert "Dr Martin" not in client.get(page(mother, nora)).content.decode()
    assert [client.get(one)["Location"] for one in pages] == [page(mother, nora)] * 3
    assert not HealthReading.objects.exists()
    said = client.post(page(mother, nora), follow=True).content.decode()
    assert "Dr Martin" in said
    assert HealthReading.objects.get().purpose == Purpose.COUNTER
    assert [client.get(one).status_code for one in pages] == [200] * 3
    work_on(client, time_machine, 14, 28, 30)
    assert "Dr Martin" not in client.get(page(mother, nora)).content.decode()
    assert client.get(pages[0]).status_code == 302
    assert HealthReading.objects.count() == 1


def test_what_a_parent_brought_on_paper_is_written_by_the_agent_and_told_as_such(
    client: Client, mother: Adult, nora: Participant, nadia: User
) -> None:
    make_sheet(nora, but=[Item.DOCTOR])
    client.post(page(mother, nora))
    client.post(page(mother, nora, *ITEM), DOCTOR)
    client.post(page(mother, nora, "vaccine", "bcg"), {"on_0": "2020-06-14"})
    said = client.post(page(mother, nora, "confirm"), follow=True).content.decode()
    assert "est confirmée pour 2026-2027" in said
    assert "Nadia Faure, au guichet" in said
    assert HealthField.objects.get(name=Item.DOCTOR).filled_by == nadia
    assert Vaccination.objects.filter(vaccine="bcg").exists()
    assert Confirmation.objects.get().adult == mother
    entries = Entry.objects.filter(family=mother.family.code, facts__channel="counter").order_by("pk")
    assert [one.action for one in entries] == ["health.filled", "health.filled", "health.confirmed"]
    assert {(one.subject, one.participant) for one in entries} == {(mother.code, nora.code)}
    assert "Mirabelle" not in str(Entry.objects.values_list("facts"))


@pytest.mark.usefixtures("nadia")
def test_what_is_sent_after_half_an_hour_is_written_and_is_one_more_reading(
    client: Client, mother: Adult, nora: Participant, time_machine
) -> None:
    client.post(page(mother, nora))
    work_on(client, time_machine, 14, 28, 31)
    assert client.post(page(mother, nora, *ITEM), DOCTOR).status_code == 302
    assert HealthField.objects.exists()
    assert HealthReading.objects.count() == 2


@pytest.mark.usefixtures("nadia")
def test_what_a_parent_wrote_online_meanwhile_is_told_and_is_one_more_reading(
    client: Client, mother: Adult, nora: Participant, time_machine
) -> None:
    client.post(page(mother, nora))
    a_minute_later = NOON + dt.timedelta(minutes=1)
    fill(child=nora, item=Item.DOCTOR, value={"name": "Dr Martin", "phone": ""}, by=None, now=a_minute_later)
    time_machine.move_to(NOON + dt.timedelta(minutes=2), tick=False)
    assert client.get(page(mother, nora, *ITEM)).status_code == 302
    told = client.post(page(mother, nora, *ITEM), {**DOCTOR, "seen": ""}).content.decode()
    assert "Cette page a changé" in told
    assert 'value="Dr Mirabelle"' in told
    assert "Dr Martin" in told
    assert [one.names for one in HealthReading.objects.order_by("pk")] == [["vaccines"], ["vaccines", "doctor"]]


@pytest.mark.parametrize(
    ("capabilities", "where"),
    [
        ([Capability.EDIT_FAMILIES], ""),
        ([Capability.SEE_HEALTH], ""),
        ([Capability.EDIT_FAMILIES, Capability.SEE_HEALTH], "autre"),
    ],
)
def test_it_takes_the_right_to_write_in_the_file_and_the_right_to_read_this_sheet(
    client: Client, mother: Adult, nora: Participant, capabilities: list[Capability], where: str
) -> None:
    sign_in(client, make_agent(*capabilities, place=make_place(where) if where else None))
    for one in (("sheet",), ITEM, ("vaccines",), ("vaccine", "dtp"), ("confirm",)):
        address = page(mother, nora, *one)
        assert {client.get(address).status_code, client.post(address, DOCTOR).status_code} == {404}
    assert not HealthReading.objects.exists()


@pytest.mark.usefixtures("nadia")
def test_an_agent_does_no_more_than_the_adult_could(client: Client, mother: Adult, nora: Participant) -> None:
    grandmother = make_adult(mother.family, first_name="Odette", signs_in=False)
    make_bond(grandmother, nora, Situation.GRANDPARENT)
    stranger = make_adult(make_family(), signs_in=False)
    for adult in (grandmother, stranger):
        assert client.post(page(adult, nora)).status_code == 404
    Family.objects.filter(pk=mother.family_id).update(archived_at=NOON)
    assert client.post(page(mother, nora)).status_code == 404


@pytest.mark.usefixtures("nadia")
def test_the_page_of_an_adult_leads_to_the_sheets_that_the_agent_may_fill_in(
    client: Client, mother: Adult, nora: Participant
) -> None:
    desk = reverse("members:counter", args=[mother.family.code, mother.code])
    assert page(mother, nora) in client.get(desk).content.decode()
    sign_in(client, make_agent(Capability.EDIT_FAMILIES))
    assert page(mother, nora) not in client.get(desk).content.decode()


@pytest.mark.usefixtures("nadia")
def test_what_an_agent_typed_after_the_session_ended_is_kept_sealed(
    client: Client, mother: Adult, nora: Participant
) -> None:
    client.post(page(mother, nora))
    Session.objects.update(expire_date=NOON - dt.timedelta(minutes=1))
    client.post(page(mother, nora, *ITEM), DOCTOR)
    assert "Mirabelle" not in str(KeptForm.objects.get().fields)
