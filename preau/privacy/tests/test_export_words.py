"""The words of an export: what a family reads in its tables and on its paper is French, in euros and in days."""

import csv
import datetime as dt
import io
import json
import zipfile

import pytest

from preau.accounts.models import User
from preau.demarches.actions.changes import ask_change
from preau.families.models import Adult
from preau.families.testing import make_adult, make_child, make_family
from preau.health.testing import make_sheet
from preau.journal.actions import record
from preau.pricing.testing import make_quotient
from preau.privacy.rules import Money, in_french, in_json
from preau.privacy.sections import Person
from preau.privacy.writing import write_export
from preau.town.testing import make_service, make_town

NOW = dt.datetime(2026, 11, 9, 8, 0, tzinfo=dt.UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def zoe() -> User:
    make_town()
    make_service("mairie")
    family = make_family(name="Pinceau")
    adult = make_adult(family, first_name="Zoé")
    Adult.objects.filter(pk=adult.pk).update(birth_date="1988-04-12")
    make_child(family, first_name="Mylis", last_name="Pinceau")
    assert adult.user is not None
    return adult.user


def tables(user: User) -> dict[str, list[dict[str, str]]]:
    page = io.BytesIO()
    write_export(page, Person(user, NOW.date()), at=NOW)
    with zipfile.ZipFile(page) as archive:
        texts = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist() if name.endswith(".csv")}
        assert json.loads(archive.read("mes-donnees.json"))["sujets"]["quotients"]["lignes"][0]["Quotient"] == "742.00"
    return {
        name.removeprefix("tableaux/").removesuffix(".csv"): list(csv.DictReader(io.StringIO(text), delimiter=";"))
        for name, text in texts.items()
    }


def test_a_family_reads_neither_codes_nor_cents_nor_the_names_of_our_columns(zoe):
    child = zoe.adult.guardianships.get().participant
    allergy = {"cause": "Arachide", "severity": "vital", "action": "Stylo"}
    make_quotient(zoe.adult.family, "742")
    make_sheet(child, allergies={"has": True, "list": [allergy]})
    ask_change(target=child, wanted={"child-last-name": "Martin"}, by=zoe, now=NOW)
    record(zoe, "members.person_named", at=NOW, participant=child.code)
    told = tables(zoe)
    assert told["quotients"][0]["Quotient"].replace("\u00a0", " ") == "742,00 €"
    assert told["moi"][0]["Naissance"] == "12\u00a0avril 1988"
    sheet = {row["Sujet"]: row["Réponse"] for row in told["fiches-sanitaires"]}
    assert sheet["Allergies"].startswith("Arachide (")
    assert told["changements"][0]["Champ"] == "Nom"
    assert "Personne ajoutée aux autorisations" in {row["Action"] for row in told["journal"]}
    assert all("." not in row["Action"] for row in told["journal"])


def test_money_is_in_euros_for_people_and_machines():
    assert in_french(Money(39310)).replace("\u00a0", " ") == "393,10 €"
    assert in_json(Money(5)) == "0.05"
    assert in_json(Money(-1250)) == "-12.50"
