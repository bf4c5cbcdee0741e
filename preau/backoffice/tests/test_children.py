"""Lists of children: by school, level or activity, with the columns of the role and no other."""

import datetime as dt
import io

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.models import Grant
from preau.accounts.testing import make_agent
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.testing import paris
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.choices import Situation
from preau.families.models import Adult
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.health.models import Pai
from preau.journal.models import Entry
from preau.members.actions.eating import choose_diets
from preau.members.testing import make_diet
from preau.town.testing import make_level, make_place, make_service, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = paris(2026, 11, 9, 9)
LIST = "/mairie/enfants/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()


def agent_of(*capabilities, **where) -> Client:
    client = Client()
    testing.sign_in(client, make_agent(Capability.SEE_CHILDREN, *capabilities, **where))
    return client


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).replace("\xa0", " ").split())


class School:
    """Nora and Élio at school; a father whose bond was withdrawn; the canteen, which Nora attends."""

    def __init__(self) -> None:
        self.place, self.year = make_place("ecole", name="Les Marronniers"), make_year()
        self.family = make_family(name="Pinceau")
        self.zoe, self.paul = make_adult(self.family, first_name="Zoé"), make_adult(self.family, first_name="Paul")
        Adult.objects.filter(pk=self.zoe.pk).update(phone_mobile="06 00 00 00 01")
        Adult.objects.filter(pk=self.paul.pk).update(phone_mobile="06 00 00 00 02")
        self.nora, self.elio = self.child("Nora"), self.child("Élio", level="cp")
        make_bond(self.paul, self.nora, Situation.WITHDRAWN, starts_on=dt.date(2026, 1, 1))
        self.activity = make_activity("cantine", name="Restauration", service=make_service("enfance"))
        make_unit(self.activity, "repas")
        self.group = make_group("groupe", place=self.place)
        make_intake(self.activity, self.group)
        make_enrolment(self.nora, self.activity, self.group)

    def child(self, name: str, level: str = "gs"):
        return make_child(
            self.family,
            first_name=name,
            last_name="Pinceau",
            year=self.year,
            school=self.place,
            level=make_level(level),
        )


@pytest.fixture
def school() -> School:
    return School()


def test_a_school_is_listed_level_by_level(school: School) -> None:
    agent = agent_of()
    assert "Choisissez une école ou une activité" in text(agent.get(LIST))
    shown = text(agent.get(LIST, {"ecole": "ecole"}))
    assert "2 enfants, le 9 novembre 2026" in shown
    assert "Pinceau, Nora" in shown
    only = text(agent.get(LIST, {"ecole": "ecole", "niveau": "cp"}))
    assert "Pinceau, Élio" in only
    assert "Pinceau, Nora" not in only


def test_an_activity_is_listed_group_by_group_on_a_day(school: School) -> None:
    agent = agent_of()
    assert "1 enfant, le" in text(agent.get(LIST, {"activite": "cantine"}))
    before = agent.get(LIST, {"activite": "cantine", "jour": "2001-01-01"})
    assert "Aucun enfant dans cette liste" in text(before)


def test_phones_are_for_who_may_open_the_file_and_never_those_of_a_withdrawn_bond(school: School) -> None:
    query = {"ecole": "ecole", "niveau": "gs"}
    assert "06 00" not in text(agent_of().get(LIST, query))
    shown = text(agent_of(Capability.SEE_FAMILIES).get(LIST, query))
    assert "06 00 00 00 01" in shown
    assert "06 00 00 00 02" not in shown


def test_a_pai_is_said_to_exist_and_nothing_more(school: School) -> None:
    year = {"starts_on": dt.date(2026, 9, 1), "ends_on": dt.date(2027, 7, 1)}
    Pai.objects.create(participant=school.nora, filled_at=NOW, **year)
    shown = text(agent_of().get(LIST, {"ecole": "ecole"}))
    assert shown.count("PAI") == 1


def test_an_agent_lists_the_children_of_their_place_and_service_only(school: School) -> None:
    elsewhere, sports = agent_of(place=make_place("autre")), agent_of(service=make_service("sports"))
    for agent in (elsewhere, sports):
        for query in ({"ecole": "ecole"}, {"activite": "cantine"}):
            assert "Pinceau" not in text(agent.get(LIST, query))
    assert "Pinceau, Nora" in text(agent_of(place=school.place).get(LIST, {"ecole": "ecole"}))
    enfance = agent_of(service=school.activity.service)
    assert "Pinceau, Nora" in text(enfance.get(LIST, {"activite": "cantine"}))
    assert "Pinceau" not in text(enfance.get(LIST, {"ecole": "ecole"}))


def test_diets_are_a_column_for_who_feeds_the_children_and_for_nobody_else(school: School) -> None:
    choose_diets(
        adult=school.zoe,
        participant=school.nora,
        diets=[make_diet("sans-porc")],
        starts_on=NOW.date(),
        by=make_agent(),
        now=NOW,
    )
    elsewhere = make_agent(Capability.SEE_DIETS, place=make_place("autre"))
    for agent, column, cell in (
        (agent_of(), False, False),
        (agent_of(Capability.SEE_DIETS), True, True),
        (agent_of(Capability.SEE_DIETS, place=school.place), True, True),
    ):
        shown = text(agent.get(LIST, {"ecole": "ecole"}))
        assert ("Régime" in shown, "Sans porc" in shown) == (column, cell)
        rows = agent.get(LIST, {"ecole": "ecole", "format": "csv"}).content.decode()
        assert ("Régime" in rows, "Sans porc" in rows) == (column, cell)
    mixed = make_agent(Capability.SEE_CHILDREN)
    Grant.objects.filter(user=elsewhere).update(user=mixed)
    client = Client()
    testing.sign_in(client, mixed)
    assert "Sans porc" not in text(client.get(LIST, {"ecole": "ecole"}))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_file_asks_for_the_password_again_and_is_noted(school: School, kind: str, time_machine) -> None:
    school.nora.first_name = "=1+1"
    school.nora.save(update_fields=["first_name"])
    agent, query = agent_of(), {"ecole": "ecole", "format": kind}
    time_machine.move_to(NOW + dt.timedelta(minutes=6), tick=False)
    assert agent.get(LIST, query).status_code == 302
    assert not Entry.objects.filter(action="backoffice.children_exported").exists()
    testing.confirm(agent)
    answer = agent.get(LIST, query)
    assert f'.{kind}"' in answer["Content-Disposition"]
    entry = Entry.objects.get(action="backoffice.children_exported")
    assert entry.facts == {"school": "ecole", "day": "2026-11-09", "format": kind, "rows": "2"}
    if kind == "xlsx":
        sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
        cells = {cell.value: cell.data_type for row in sheet.iter_rows() for cell in row if cell.value}
        assert cells["'=1+1"] == "s"
    else:
        assert "'=1+1" in answer.content.decode()


def test_activities_of_two_years_tell_which_in_the_filter(school: School) -> None:
    for first in (2026, 2027):
        ends_on = dt.date(first + 1, 7, 3)
        evening = make_activity(f"soir-{first}", name="Soir", starts_on=dt.date(first, 9, 1), ends_on=ends_on)
        make_intake(evening, make_group(f"soir-{first}", place=school.place))
    shown = text(agent_of().get(LIST))
    assert "Restauration Soir Soir (2027-2028) Jour" in shown


def test_odd_filters_are_told_and_never_an_error(school: School) -> None:
    agent = agent_of()
    for query in ({"ecole": "inconnue"}, {"jour": "0001-01-01", "ecole": "ecole"}, {"jour": "x"}, {"format": "exe"}):
        assert agent.get(LIST, query).status_code == 200


def test_a_list_keeps_the_same_queries_whatever_it_holds(school: School) -> None:
    agent, counts = agent_of(Capability.SEE_FAMILIES, Capability.SEE_DIETS), []
    for total in (2, 9):
        while school.family.homes.count() < total:
            school.child("Ana")
        with CaptureQueriesContext(connection) as queries:
            agent.get(LIST, {"ecole": "ecole"})
        counts.append(len(queries))
    assert counts[0] == counts[1]
