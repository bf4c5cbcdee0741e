"""The four towns that are shipped: each as its guide shows it, each loaded, written back and alive."""

import datetime as dt
import io
from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.billing.models import Invoice
from preau.bookings.models import Booking
from preau.core.dates import PARIS, local_day
from preau.demarches.choices import ACCOUNT
from preau.demarches.models import Demarche
from preau.demarches.permissions import demarches_in_scope
from preau.families.models import Family
from preau.town.choices import Proof, TextCode, WayIn
from preau.town.models import Town
from preau.townfile.checking import checked_town_file
from preau.townfile.comparing import changes
from preau.townfile.demonstration.preparing import prepare, prepared, town_file
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.scenes import SCENES
from preau.townfile.exporting import export
from preau.townfile.file import TownFile
from preau.townfile.loading import file_to_load, load
from preau.townfile.testing import write_town

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=PARIS)
TODAY = NOW.date()
FAMILIES = 25
SMALL_TOWNS = [scene for town, scene in SCENES.items() if town != "villejuif"]  # Villejuif has tests of its own


@pytest.fixture(scope="module")
def files() -> dict[str, TownFile]:
    return {town: checked_town_file(town_file(town)) for town in SCENES}


@pytest.mark.parametrize("town", SCENES)
def test_nothing_is_wrong_with_it(files: dict[str, TownFile], town: str) -> None:
    assert files[town].source.warnings == []


@pytest.mark.parametrize(
    ("town", "ways", "hours"),
    [
        ("villejuif", {WayIn.FIVE_STEPS, WayIn.INVITED, WayIn.FRANCECONNECT}, {"five_steps": 72, "invited": 168}),
        ("villepreux", {WayIn.INVITED}, {"invited": 168}),
        ("vigneux", {WayIn.FIVE_STEPS}, {"five_steps": 24}),
        ("villennes", {WayIn.REQUEST, WayIn.INVITED}, {"request": 72, "invited": 168}),
    ],
)
def test_accounts_open_as_the_guide_shows(
    files: dict[str, TownFile], town: str, ways: set[str], hours: dict[str, int]
) -> None:
    accounts = files[town].accounts
    assert accounts is not None
    assert (set(accounts.ways), accounts.link_hours) == (ways, hours)
    assert accounts.password_minimum >= 12
    assert Proof.AGENT in accounts.proofs


def test_villennes_answers_within_48_working_hours(files: dict[str, TownFile]) -> None:
    accounts, town = files["villennes"].accounts, files["villennes"].town
    assert accounts
    assert town
    assert accounts.account_request_days == 2
    assert town.portal_name == "Mon espace citoyen villennois"


def test_vigneux_has_the_seven_sections_and_the_services_of_its_guide(files: dict[str, TownFile]) -> None:
    town, services = files["vigneux"].town, files["vigneux"].services.rows
    assert town
    assert [section.label for section in town.sections][1:] == [
        *("Mon dossier", "Inscription", "Planning", "Facturation", "Simulation"),
        *("Échange avec les services", "Actualités"),
    ]
    assert services["regie"].phone == "01 69 83 48 22"
    assert {services["enfance"].phone, services["education"].phone} == {"01 69 52 46 35", "01 69 52 46 31"}
    assert files["vigneux"].activities.rows["restauration"].booking_mode == "read_only"


def test_villepreux_has_no_enrolment_online(files: dict[str, TownFile]) -> None:
    town = files["villepreux"].town
    assert town
    assert "inscriptions" not in [section.code for section in town.sections]


@pytest.mark.parametrize("town", SCENES)
def test_each_has_the_texts_that_people_accept_and_calls_no_consent_compulsory(
    files: dict[str, TownFile], town: str
) -> None:
    texts = files[town].texts.rows
    assert {TextCode.TERMS, TextCode.PRIVACY} <= set(texts)
    uses = [row for row in files[town].authorisations.rows.values() if row.image]
    assert bool(uses) != (TextCode.CONSENT_IMAGE in texts), "a child's image is asked as a whole, or use by use"
    for code in {TextCode.CONSENT_QUOTIENT, TextCode.CONSENT_IMAGE} & set(texts):
        assert "Vous êtes libre de refuser, et de changer d’avis" in texts[code].body


@pytest.mark.parametrize("town", SCENES)
def test_only_the_price_that_a_guide_gives_is_not_an_example(files: dict[str, TownFile], town: str) -> None:
    voted = {code for code, tariff in files[town].tariffs.rows.items() if not tariff.is_example}
    assert voted == ({"accueil-matin"} if town == "villejuif" else set())


def test_their_colours_differ_and_their_calendar_is_the_same(files: dict[str, TownFile]) -> None:
    colours = {file.town.accent for file in files.values() if file.town}
    assert len(colours) == len(SCENES)
    for file in files.values():
        assert file.town
        assert file.town.school_zone == "C"
        assert [row for _, row in file.periods] == [row for _, row in files["villejuif"].periods]
        assert [row for _, row in file.public_holidays] == [row for _, row in files["villejuif"].public_holidays]


@pytest.mark.parametrize("town", SCENES)
def test_its_roles_hold_every_capability_between_them(files: dict[str, TownFile], town: str) -> None:
    roles = files[town].roles.rows.values()
    assert {capability for role in roles for capability in role.capabilities} == set(Capability)


@pytest.mark.parametrize("scene", SMALL_TOWNS, ids=lambda scene: scene.town)
@pytest.mark.django_db
def test_its_demonstration_is_alive_breaks_no_rule_and_writes_its_file_back(scene: Scene, tmp_path: Path) -> None:
    load(file_to_load(town_file(scene.town), today=TODAY), by=None, now=NOW)
    copy = write_town(tmp_path, export())
    assert changes(file_to_load(copy, today=TODAY), today=TODAY) == []
    prepare(scene, families=FAMILIES, now=NOW)
    assert changes(file_to_load(town_file(scene.town), today=TODAY), today=TODAY) == []
    verified = io.StringIO()
    call_command("verify", stdout=verified)
    assert "✗" not in verified.getvalue()
    assert Family.objects.count() == FAMILIES
    assert Family.objects.filter(addresses__insee_code=Town.objects.get().insee_code).exists()
    for visitor in scene.visitors:
        assert authenticate(username=visitor.username, password=scene.password), visitor
    made = prepared()
    assert made
    assert made.to_try
    first = User.objects.get(username=scene.parents[0].username)
    days = Booking.objects.filter(participant__guardianships__adult__user=first)
    assert days.filter(day__lt=TODAY).exists()
    assert days.filter(day__gt=TODAY).exists()
    assert sorted(Invoice.objects.filter(payer__adult__user=first).values_list("settled_cents", flat=True))[0] == 0


@pytest.mark.django_db
def test_at_villennes_a_newcomer_waits_for_the_agent_of_the_right_service() -> None:
    scene = SCENES["villennes"]
    prepare(scene, families=10, now=NOW)
    assert scene.asker
    asked = Demarche.objects.get(kind=ACCOUNT)
    assert asked.asked_by
    assert (asked.asked_by.username, asked.asked_by.is_admitted) == (scene.asker.username, False)
    assert asked.service.code == "population"
    assert asked.due_at
    assert local_day(asked.due_at) == dt.date(2026, 11, 24)  # asked on a Saturday: Monday, Tuesday
    agent = User.objects.get(username=scene.agents[0].username)
    assert list(demarches_in_scope(agent, TODAY).filter(kind=ACCOUNT)) == [asked]
