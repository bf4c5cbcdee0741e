"""The school of the sector: proposed to the family, weighed by the agent, written for its year."""

import datetime as dt
from dataclasses import dataclass

import pytest

from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent, sign_in
from preau.demarches.kinds import kind_of
from preau.demarches.models import Demarche
from preau.families.models import Address, Schooling
from preau.families.testing import make_child
from preau.members.actions.asking import asked_in
from preau.members.actions.sectors import save_sector, save_streets
from preau.members.models import SchoolRule, SectorStreet
from preau.members.rules import SchoolAsked
from preau.members.sectors import StreetPart
from preau.members.testing import NOW
from preau.members.tests.conftest import Apart
from preau.notifications.models import Outgoing
from preau.town.models import Level, Place, SchoolYear, Town
from preau.town.testing import make_level, make_place, make_year


@dataclass(frozen=True)
class Schools:
    near: Place
    far: Place
    cp: Level
    now: SchoolYear
    after: SchoolYear


@pytest.fixture
def schools(apart: Apart) -> Schools:
    """The mother lives in the sector of « near »; the town weighs one reason."""
    near, far = make_place("near", name="École des Tilleuls"), make_place("far", name="École des Sables")
    cp = make_level("cp")
    now = make_year()
    after = make_year("2027-2028", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 7, 4))
    SchoolRule.objects.create(
        criteria=["Un frère ou une sœur y est déjà"],
        papers={"Un frère ou une sœur y est déjà": "le certificat de scolarité"},
        places={"far": {"cp": 1}},
    )
    for code, place in (("tilleuls", near), ("sables", far)):
        save_sector(code, name=code.capitalize(), schools={"cp": place.code}, by=None, now=NOW)
    parts = [StreetPart("tilleuls", "rue des Tilleuls"), StreetPart("sables", "rue des Sables")]
    save_streets(parts, by=None, now=NOW)
    live(apart, "12 rue des Tilleuls")
    return Schools(near, far, cp, now, after)


def live(apart: Apart, lines: str, **values: str) -> None:
    of = {"lines": lines, "postcode": "94800", "city": "Villejuif", "insee_code": Town.objects.get().insee_code}
    Address.objects.update_or_create(family=apart.mother.family, starts_on=dt.date(2020, 1, 1), defaults=of | values)


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


def page_of(apart: Apart) -> str:
    return f"/dossier/enfants/{apart.child.code}/ecole/"


def send(client, apart: Apart, schools: Schools, **sent: object) -> str:
    assert apart.mother.user
    sign_in(client, apart.mother.user)
    usual = {"year": schools.after.code, "level": "cp", "words": ""}
    return words(client.post(page_of(apart), usual | sent, follow=True))


def test_the_school_of_the_sector_is_proposed_for_the_year_and_level(apart, schools, client) -> None:
    sign_in(client, apart.mother.user)
    page = words(client.get(page_of(apart), {"year": schools.after.code, "level": "cp"}))
    assert "École des Tilleuls, l’école de votre secteur" in page
    assert "secteur Tilleuls" in page


def test_the_school_of_the_sector_needs_no_reason(apart, schools, client) -> None:
    assert "Votre demande est envoyée" in send(client, apart, schools, wish="sector")
    demarche = Demarche.objects.get()
    asked = asked_in(demarche, SchoolAsked)
    assert (asked.place, asked.sector, asked.is_other) == ("near", "near", False)
    assert demarche.summary == "Inscription scolaire 2027-2028"


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choisissez une réponse"),
        ({"wish": "other"}, "Choisissez l’école que vous souhaitez"),
        ({"wish": "other", "place": "far"}, "Cochez au moins une raison"),
        ({"wish": "other", "place": "near", "criteria": ["Un frère ou une sœur y est déjà"]}, "sans dérogation"),
        ({"wish": "other", "place": "ailleurs"}, "Choisissez une réponse"),
        ({"wish": "sector", "level": "doctorat"}, "Choisissez une réponse"),
    ],
)
def test_a_derogation_says_which_school_and_why(apart, schools, client, sent, said) -> None:
    page = send(client, apart, schools, **sent)
    assert said in page
    assert not Demarche.objects.exists()


def test_a_derogation_tells_the_agent_what_to_weigh(apart, schools, client) -> None:
    Schooling.objects.create(participant=apart.elder, year=schools.after, place=schools.far, level=schools.cp)
    make_child(apart.father.family, first_name="Rémi", year=schools.now, school=schools.far, level=schools.cp)
    reasons = ["Un frère ou une sœur y est déjà"]
    assert "Votre demande est envoyée" in send(client, apart, schools, wish="other", place="far", criteria=reasons)
    demarche = Demarche.objects.get()
    assert demarche.summary == "Dérogation scolaire 2027-2028"
    told = {check.text.replace("\u00a0", " "): check.is_good for check in kind_of(demarche.kind).checks(demarche)}
    assert told == {
        "Foyer Roussel : Secteur Tilleuls, 12 rue des Tilleuls : École des Tilleuls, et non l’école souhaitée": False,
        "Foyer Carpentier : « 12 rue des Écoles » n’est dans aucun secteur pour ce niveau : à vérifier": None,
        "École des Sables, CP : 1 inscrit en 2027-2028 pour 1 place, 1 cette année": False,
        "École des Tilleuls, CP : 0 inscrit en 2027-2028, 0 cette année": None,
        "Ana : École des Sables, CP (2027-2028)": True,
        "Rémi : École des Sables, CP (2026-2027)": True,
    }
    papers = next(
        line.value for line in kind_of(demarche.kind).lines(demarche) if line.label == "Pour appuyer les raisons"
    )
    assert "le certificat de scolarité" in papers


def test_who_lives_elsewhere_is_told_that_two_towns_must_agree(apart, schools, client) -> None:
    live(apart, "3 rue des Tilleuls", city="Cachan", insee_code="94016")
    sign_in(client, apart.mother.user)
    page = words(client.get(page_of(apart), {"year": schools.after.code, "level": "cp"}))
    assert "Vous habitez une autre commune" in page
    send(client, apart, schools, place="near", criteria=["Un frère ou une sœur y est déjà"])
    assert Demarche.objects.get().summary.startswith("Dérogation scolaire")


def test_another_school_than_the_one_wished_is_an_answer_with_its_reason(apart, schools, client) -> None:
    send(client, apart, schools, wish="other", place="far", criteria=["Un frère ou une sœur y est déjà"])
    demarche = Demarche.objects.get()
    page = f"/mairie/demandes/{demarche.code}/membre/"
    Schooling.objects.create(participant=apart.child, year=schools.now, place=schools.far, level=make_level("gs"))
    sign_in(client, make_agent(Capability.HANDLE_REQUESTS, Capability.SEE_FAMILIES))
    given = {"version": 1, "checked": "on", "place": "near", "level": "cp", "reason": ""}
    assert "dites pourquoi à la famille" in words(client.post(page, given))
    assert not Schooling.objects.filter(year=schools.after).exists()
    Outgoing.objects.all().delete()
    client.post(page, given | {"reason": "La classe de CP est complète."})
    assert Schooling.objects.get(year=schools.after).place == schools.near
    file = words(client.get(f"/mairie/familles/{apart.mother.family.code}/"))
    assert "puis École des Tilleuls, CP (2027-2028)" in file
    assert Outgoing.objects.get().address == apart.mother.user.email
    demarche.refresh_from_db()
    assert demarche.reason == "La classe de CP est complète."


def test_a_street_that_changes_sector_leaves_the_other(apart, schools) -> None:
    save_streets([StreetPart("sables", "rue des Tilleuls")], by=None, now=NOW)
    assert SectorStreet.objects.get(key="rue tilleuls").sector.code == "sables"
