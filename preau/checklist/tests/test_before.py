"""What an activity asks, shown before one enrols in it."""

import datetime as dt

import pytest
import time_machine

from preau.accounts.testing import sign_in
from preau.activities.testing import make_activity, make_group, make_unit
from preau.checklist.choices import Item, Stage
from preau.checklist.queries.before import asked_by
from preau.checklist.testing import make_asked
from preau.core.dates import PARIS
from preau.documents.testing import make_kind
from preau.enrolments.testing import make_intake
from preau.families.choices import Situation
from preau.families.models import Adult
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.town.testing import make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)


@pytest.fixture(autouse=True)
def clock():
    make_town()
    make_year()
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def zoe():
    adult = make_adult(make_family())
    make_child(adult.family)
    return adult


@pytest.fixture
def activity():
    activity = make_activity()
    make_unit(activity)
    make_intake(activity, make_group())
    make_asked(Item.COORDINATES, activities=[activity])
    make_asked(Item.SCHOOL, Stage.BEFORE_FIRST_DAY)
    make_kind("avis-d-imposition", required=[{"stage": "optional", "without": "Le tarif le plus haut s’applique."}])
    return activity


def child_of(adult: Adult):
    return adult.family.homes.get().participant


def test_the_page_of_an_enrolment_tells_what_is_asked_and_where_it_is_given(client, zoe, activity):
    sign_in(client, zoe.user)
    html = client.get("/inscriptions/nouvelle/", {"activite": activity.code}).content.decode().replace("\u00a0", " ")
    shown = html[html.index("Ce que demande cette activité") :]
    assert shown.index("Adresse et téléphone") < shown.index("École et niveau") < shown.index("Facultatif")
    assert "À donner avant de réserver." in shown
    assert "Le tarif le plus haut s’applique." in shown
    assert 'href="/dossier/documents/deposer/?piece=avis-d-imposition"' in shown


def test_what_is_there_already_comes_last_and_without_a_link(zoe, activity):
    Adult.objects.filter(pk=zoe.pk).update(phone_home="01 45 59 20 00")
    zoe.family.addresses.create(starts_on=NOW.date(), lines="1 rue", postcode="94800", city="Villejuif")
    last = asked_by(zoe.user, child_of(zoe), activity, NOW.date())[-1]
    assert (last.label, last.state, last.url) == ("Adresse et téléphone", "Fait", "")


def test_what_another_activity_asks_is_not_told(zoe, activity):
    labels = [one.label for one in asked_by(zoe.user, child_of(zoe), make_activity("autre"), NOW.date())]
    assert labels == ["École et niveau", "Avis d imposition"]


def test_who_may_not_act_is_given_no_link(zoe, activity):
    thomas = make_adult(make_family(name="Carpentier"), first_name="Thomas")
    make_bond(thomas, child_of(zoe), Situation.WITHOUT_EXERCISE)
    assert thomas.user is not None
    assert all(one.url == "" for one in asked_by(thomas.user, child_of(zoe), activity, NOW.date()))


def test_it_takes_the_same_queries_whatever_is_asked(zoe, activity, django_assert_num_queries):
    for code in ("assurance", "livret-de-famille", "certificat"):
        make_kind(code, required=[{"stage": "before_first_day"}])
    asked_by(zoe.user, child_of(zoe), activity, NOW.date())  # demands are read once a process
    with django_assert_num_queries(10):
        asked_by(zoe.user, child_of(zoe), activity, NOW.date())
