"""« Données personnelles » at the town hall: who read what, how long data are kept, erasing somebody."""

import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import preau
from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.families.actions import note_reading
from preau.families.models import Adult, Family, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.actions import record
from preau.journal.models import Entry
from preau.members.actions.trusting import note_judgments_read
from preau.privacy.models import Erasure, PurgeRun
from preau.privacy.queries.accesses import EXPORTS
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
A_DAY = dt.timedelta(days=1)
DESK, REGISTER, ERASE = "/mairie/donnees/", "/mairie/donnees/acces/", "/mairie/donnees/effacer/"


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def claire(client: Client) -> User:
    make_town()
    agent = make_agent(Capability.PROTECT_DATA)
    sign_in(client, agent)
    return agent


@pytest.fixture
def mylis() -> Participant:
    family = make_family(name="Pinceau")
    make_adult(family, first_name="Zoé", last_name="Pinceau")
    return make_child(family, first_name="Mylis", last_name="Pinceau")


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def read_sheet(child: Participant, by: User, *, at: dt.datetime = NOW, purpose: str = "on_duty") -> None:
    record(by, "health.read", at=at, participant=child.code, facts={"purpose": purpose, "items": ["allergies"]})


@pytest.mark.parametrize("page", [DESK, REGISTER, ERASE])
def test_without_the_capability_there_is_no_such_page(client, page):
    everything_else = [one for one in Capability if one != Capability.PROTECT_DATA]
    sign_in(client, make_agent(*everything_else))
    assert client.get(page).status_code == 404


def test_the_register_tells_who_read_what_about_whom_and_no_value(claire, client, mylis):
    moussa = make_agent(username="moussa")
    User.objects.filter(pk=moussa.pk).update(first_name="Moussa", last_name="Diarra")
    read_sheet(mylis, moussa, purpose="emergency")
    note_judgments_read(participant=mylis, by=moussa, now=NOW)
    note_reading(family=mylis.homes.get().family, by=moussa, now=NOW)
    page = words(client.get(REGISTER))
    assert "3 accès" in page
    assert page.count("Moussa Diarra") == 4  # three lines, and the filter
    for told in ("Fiche sanitaire lue", "Urgence", "Jugements lus", "Dossier ouvert", "Mylis Pinceau"):
        assert told in page
    assert "allergies" not in page


def test_the_register_is_filtered_by_person_agent_kind_and_days(claire, client, mylis):
    moussa, nadia = make_agent(username="moussa"), make_agent(username="nadia")
    other = make_child(make_family(name="Martin"), first_name="Léa", last_name="Martin")
    read_sheet(mylis, moussa)
    read_sheet(mylis, nadia, at=NOW - 3 * A_DAY)
    note_judgments_read(participant=other, by=moussa, now=NOW)

    def lines(**sought: str) -> int:
        return int(words(client.get(REGISTER, sought)).count('<tr role="row"><th role="rowheader"'))

    assert lines() == 3
    assert lines(q="Pinceau") == 2
    assert lines(q="Pinceau", agent=moussa.code) == 1
    assert lines(quoi="members.judgments_read") == 1
    assert lines(du="2026-11-09") == 2
    assert lines(au="2026-11-06") == 1
    assert lines(q="personne") == 0
    assert client.get(REGISTER, {"agent": "x", "du": "0001-01-01", "au": "9999-12-31", "page": "x"}).status_code == 200


def test_every_list_that_leaves_the_portal_is_in_the_register():
    code = "".join(one.read_text() for one in Path(preau.__file__).parent.rglob("*.py") if "tests" not in one.parts)
    assert set(re.findall(r'"([a-z]+\.[a-z_]*exported)"', code)) <= set(EXPORTS)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_register_is_taken_away_with_the_password_and_that_is_noted(claire, client, mylis, kind):
    read_sheet(mylis, claire)
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        assert client.get(REGISTER, {"format": kind}).status_code == 302
        assert not Entry.objects.filter(action="privacy.accesses_exported").exists()
    answer = client.get(REGISTER, {"format": kind})
    assert answer["Content-Disposition"].endswith(f'acces-2026-11-09.{kind}"')
    assert kind == "xlsx" or "Mylis Pinceau" in answer.content.decode()
    assert Entry.objects.get(action="privacy.accesses_exported").facts["rows"] == "1"
    assert "Registre des accès emporté" in words(client.get(REGISTER))


def test_the_register_asks_the_same_queries_with_one_line_and_with_many(claire, client, mylis):
    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            client.get(REGISTER)
        return len(asked)

    read_sheet(mylis, claire)
    before = queries()
    for _ in range(60):
        read_sheet(mylis, make_agent()) if Entry.objects.count() < 5 else read_sheet(mylis, claire)
    assert queries() == before


def test_the_desk_tells_delays_what_would_go_and_what_went(claire, client):
    PurgeRun.objects.create(at=NOW - A_DAY, code="messages", count=314)
    PurgeRun.objects.create(at=NOW, code="messages", count=271, by=claire)
    page = words(client.get(DESK))
    assert "12 mois après le départ de l’enfant" in page
    assert "271, par" in page
    assert "314, par" not in page
    assert "Rien n’arrive au bout" in page
    record(None, "tests.done", at=NOW - 900 * A_DAY)
    Entry.objects.update(seq=1, digest="x")
    assert "Cette nuit, 1 élément arrive" in words(client.get(DESK))
    assert Entry.objects.exists()


def test_somebody_is_found_read_and_erased_once_the_box_is_ticked(claire, client, mylis):
    found = words(client.get(ERASE, {"q": "pinceau"}))
    page = f"{ERASE}child/{mylis.code}/"
    assert page in found
    assert "Liens entre adultes et enfants" in words(client.get(page))
    assert "Cochez la case" in words(client.post(page, {}))
    assert Participant.objects.get(pk=mylis.pk).first_name == "Mylis"
    client.post(page, {"read": "on"})
    assert Participant.objects.get(pk=mylis.pk).first_name == "Personne"
    assert Erasure.objects.get().by == claire
    assert Adult.objects.get().first_name == "Zoé"
    assert mylis.code in words(client.get(DESK))


def test_erasing_asks_for_the_password_again(claire, client, mylis):
    family = Family.objects.get()
    with time_machine.travel(NOW + dt.timedelta(minutes=6), tick=False):
        for answer in (client.get, client.post):
            assert answer(f"{ERASE}family/{family.code}/", {"read": "on"}).status_code == 302
    assert Family.objects.get().name == "Pinceau"


def test_nobody_has_that_code(claire, client):
    for kind in ("family", "child", "x"):
        assert client.get(f"{ERASE}{kind}/0000000000/").status_code == 404
