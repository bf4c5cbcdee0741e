"""Lists of files that lack something, for agents, and reminders to families."""

import datetime as dt
import io

import openpyxl
import pytest
import time_machine

from preau.accounts.choices import Capability, Topic
from preau.accounts.notifying import choose
from preau.accounts.testing import confirm, make_agent, sign_in
from preau.activities.testing import make_activity, make_group
from preau.checklist.choices import Item, Stage
from preau.checklist.permissions import open_participants
from preau.checklist.queries import missing
from preau.checklist.queries.missing import lacks_of
from preau.checklist.queries.sources import Asking, states_of_item
from preau.checklist.rules import SETTLED
from preau.checklist.testing import make_asked
from preau.checklist.views import staff
from preau.core.dates import PARIS
from preau.documents.actions.reviewing import accept_document
from preau.documents.testing import make_document, make_kind
from preau.enrolments.testing import make_enrolment
from preau.families.choices import Situation
from preau.families.models import Adult, Family, Home, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.journal.models import Entry
from preau.members.testing import make_person
from preau.notifications.models import Outgoing
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=PARIS)
MISSING = "/mairie/dossiers-incomplets/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town():
    make_town()
    make_asked(Item.COORDINATES)
    make_asked(Item.HEALTH_SHEET, Stage.BEFORE_FIRST_DAY)


@pytest.fixture
def zoe(town):
    """Nora and Mylis, whose mother has no telephone."""
    family = make_family()
    make_adult(family)
    for name, school in (("Nora", "ecole-peri"), ("Mylis", "ecole-philipe")):
        make_child(family, first_name=name, year=make_year(), school=make_place(school), level=make_level())
    return family


@pytest.fixture
def agent(client):
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS))


def page(client, query="") -> str:
    response = client.get(f"{MISSING}{query}")
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


def test_agents_see_what_each_file_lacks_without_a_word_of_health(client, zoe, agent):
    shown = page(client)
    assert "2 dossiers incomplets" in shown
    assert "Adresse et téléphone et un élément de la fiche sanitaire" in shown
    assert "Réservation bloquée" in shown


def test_the_list_is_filtered_by_school_thing_and_activity(client, zoe, agent):
    assert "Mylis" not in page(client, "?ecole=ecole-peri")
    assert "fiche sanitaire :" not in page(client, "?element=coordinates")
    canteen = make_activity("cantine", name="Cantine")
    make_enrolment(Participant.objects.get(first_name="Mylis"), canteen, make_group())
    shown = page(client, "?activite=cantine")
    assert "Mylis" in shown
    assert "Pinceau Nora" not in shown


def test_what_is_told_alike_is_one_choice_and_finds_both(client, zoe, agent):
    make_asked(Item.VACCINES)
    shown = page(client, f"?element={Item.HEALTH_SHEET}")
    assert shown.count(">Un élément de la fiche sanitaire</option>") == 1
    assert page(client, f"?element={Item.VACCINES}").count("fiche sanitaire : 2") == 1


def test_a_wrong_filter_is_said_and_shows_all(client, zoe, agent):
    shown = page(client, "?jour=hier&ecole=nulle-part")
    assert "Écrivez une date" in shown
    assert "2 dossiers incomplets" in shown


def test_on_a_day_to_come_what_will_be_late_shows(client, zoe, agent):
    make_asked(Item.PERSON_TO_CALL, Stage.PROVISIONAL, months=1)
    make_enrolment(Participant.objects.get(first_name="Nora"), make_activity("cantine"), make_group())
    assert "Passé" in page(client, "?jour=2027-01-01&element=person_to_call")


def test_when_nothing_is_missing_it_says_so(client, town, agent):
    assert "Rien ne manque" in page(client)


def test_an_agent_of_a_school_sees_its_children_alone(client, zoe):
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS, place=make_place("ecole-philipe")))
    shown = page(client)
    assert "Mylis" in shown
    assert "Nora" not in shown


def test_a_file_belongs_to_no_service(client, zoe):
    sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS, service=make_service("sports")))
    assert "Pinceau" not in page(client)


def test_the_spreadsheet_asks_for_the_password_and_is_noted(client, zoe, agent):
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        assert client.get(f"{MISSING}?export=csv").status_code == 302
        confirm(client)
        rows = client.get(f"{MISSING}?export=csv").content.decode()
    assert "Pinceau;Nora;ecole-peri" in rows
    assert Entry.objects.filter(action="checklist.exported").exists()


def test_the_list_is_printed_whole_and_is_a_workbook_too(client, zoe, agent, monkeypatch):
    monkeypatch.setattr(staff, "PER_PAGE", 1)
    assert "Pinceau Nora" not in page(client)
    assert "tout=1" in page(client)
    shown = page(client, "?tout=1")
    assert "Pinceau Nora" in shown
    assert "Pinceau Mylis" in shown
    confirm(client)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{MISSING}?export=xlsx").content)).worksheets[0]
    assert [row[1] for row in book.iter_rows(values_only=True)] == ["Prénom", "Mylis", "Nora"]


def test_somebody_to_call_is_named_unless_a_parent_who_decides_says_no(town):
    mother, father = (make_adult(make_family(name=name)) for name in ("Roussel", "Carpentier"))
    child = make_child(mother.family, father.family)
    make_person(child, mother, emergency_order=1, contested_by=father, contested_at=NOW)
    asking = Asking([child], NOW.date())
    assert states_of_item(Item.PERSON_TO_CALL, asking) == {}
    make_bond(father, child, Situation.WITHOUT_EXERCISE, starts_on=NOW.date())
    assert states_of_item(Item.PERSON_TO_CALL, asking) == {child.pk: SETTLED}


# Reminders


def test_a_reminder_tells_first_to_whom(client, zoe, agent):
    assert "1 parent le recevra." in page(client, "?rappel=1")
    assert not Outgoing.objects.exists()


def test_each_parent_has_one_mail_for_all_their_children_once_a_day(client, zoe, agent):
    client.post(MISSING)
    client.post(f"{MISSING}?ecole=ecole-peri")
    mail = Outgoing.objects.get()
    assert "Nora" in mail.text
    assert "Mylis" in mail.text
    assert "un élément de la fiche sanitaire" in mail.text
    assert "vaccin" not in mail.text
    assert "Pinceau" not in mail.subject + mail.text


def test_a_parent_is_not_told_what_the_other_household_owes(client, agent):
    make_town()
    make_asked(Item.COORDINATES)
    mother = make_adult(make_family(name="Roussel"), first_name="Inès")
    father = make_adult(make_family(name="Carpentier"), first_name="Thomas")
    Adult.objects.filter(pk=mother.pk).update(phone_mobile="06 12 34 56 78")
    make_child(mother.family, father.family, first_name="Élio")
    assert "Élio" in page(client)
    assert "1 parent le recevra." in page(client, "?rappel=1")
    client.post(MISSING)
    mail = Outgoing.objects.get()
    assert mail.address == father.email
    assert "Élio" in mail.text


def test_a_child_with_two_homes_lacks_what_has_expired_on_the_day_of_the_list(client, agent):
    make_town()
    mother, father = (make_adult(make_family(name=name)) for name in ("Roussel", "Carpentier"))
    child = make_child(mother.family, father.family, first_name="Élio")
    assert mother.user is not None
    kind = make_kind("assurance", holder="child", required=[{"stage": "before_first_day"}])
    insurance = make_document(kind, child, mother.family, by=mother.user, now=NOW)
    accept_document(insurance.demarche, valid_until=dt.date(2026, 12, 1), by=mother.user, version=1, now=NOW)
    Outgoing.objects.all().delete()
    client.post(MISSING)
    assert not Outgoing.objects.exists()
    client.post(f"{MISSING}?jour=2027-01-01")
    assert {mail.address for mail in Outgoing.objects.all()} == {mother.email, father.email}


def test_the_next_day_they_may_be_reminded_again(client, zoe, agent):
    client.post(MISSING)
    with time_machine.travel(NOW + dt.timedelta(days=1), tick=False):
        sign_in(client, make_agent(Capability.REVIEW_DOCUMENTS))
        client.post(MISSING)
    assert Outgoing.objects.count() == 2


def test_who_switched_reminders_off_is_not_told(client, zoe, agent):
    choose(zoe.adults.get().user, Topic.REMINDERS, is_on=False)
    client.post(MISSING)
    assert not Outgoing.objects.exists()


def test_the_parent_of_an_archived_file_is_not_told(client, zoe, agent):
    Family.objects.update(archived_at=NOW)
    client.post(MISSING)
    assert not Outgoing.objects.exists()


# Ten thousand children


def crowd(count, *, first=0):
    """As many households of one child each, of whom nothing is known."""
    families = Family.objects.bulk_create(
        [Family(number=f"F{rank}", name=f"Foyer {rank}") for rank in range(first, first + count)]
    )
    born_on = dt.date(2019, 5, 1)
    children = Participant.objects.bulk_create(
        [Participant(first_name=f"E{rank}", last_name="Foule", born_on=born_on) for rank in range(first, first + count)]
    )
    pairs = zip(families, children, strict=True)
    Home.objects.bulk_create([Home(family=family, participant=child) for family, child in pairs])


def test_a_batch_takes_the_same_statements_whatever_its_children(town, django_assert_num_queries, monkeypatch):
    crowd(3)
    list(lacks_of(open_participants(), on=NOW.date()))
    with django_assert_num_queries(10) as few:
        assert len(list(lacks_of(open_participants(), on=NOW.date()))) == 3
    crowd(60, first=3)
    with django_assert_num_queries(len(few)):
        assert len(list(lacks_of(open_participants(), on=NOW.date()))) == 63
    monkeypatch.setattr(missing, "BATCH", 21)
    with django_assert_num_queries(2 + 3 * (len(few) - 2)):
        assert len(list(lacks_of(open_participants(), on=NOW.date()))) == 63
