"""The sheet, for the parents of the child."""

import datetime as dt
import logging
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from preau.accounts.models import KeptForm, Session, User
from preau.accounts.testing import confirm, sign_in
from preau.families.choices import Situation
from preau.families.models import Guardianship, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.health.actions import fill, fill_pai, fill_vaccine
from preau.health.choices import DoseState, Item, Vaccine
from preau.health.keys import forget
from preau.health.models import Confirmation, HealthField, Pai, SheetSettings, Vaccination
from preau.health.queries.sheets import sheet_of
from preau.health.rules.vaccines import Dose
from preau.health.testing import NOON, make_sheet
from preau.town.testing import make_town, make_year

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 9)


@pytest.fixture(autouse=True)
def noon(time_machine) -> None:
    time_machine.move_to(NOON, tick=False)
    make_town()
    make_year()


@pytest.fixture
def nora() -> Participant:
    family = make_family()
    make_adult(family)
    return make_child(family, born_on=dt.date(2020, 4, 14))


def parent_of(child: Participant) -> User:
    user = child.guardianships.order_by("pk")[0].adult.user
    assert user is not None
    return user


@pytest.fixture
def client(nora: Participant) -> Client:
    client = Client()
    sign_in(client, parent_of(nora))
    return client


def page(child: Participant, name: str = "sheet", *more: str) -> str:
    return reverse(f"health:{name}", args=[child.code, *more])


def lines(child: Participant, item: Item) -> list[str]:
    opened = sheet_of(child, year=None, on=TODAY)
    return list(next(one.lines for one in opened.items if one.item == item))


def test_an_empty_sheet_says_what_to_do(client: Client, nora: Participant) -> None:
    said = client.get(page(nora)).content.decode()
    assert "2 sujets sur 7 sont à jour" in said
    assert said.count("À compléter") == 5
    assert "Complétez d’abord les 5 sujets" in said
    assert "Rien n’a changé : confirmer" not in said.replace("\u00a0", " ")


def test_the_doctor_is_kept_and_shown(client: Client, nora: Participant) -> None:
    answer = client.post(page(nora, "item", "medecin"), {"name": "Dr Martin", "phone": "01 00 00 00 02"}, follow=True)
    assert "Dr Martin, 01 00 00 00 02" in answer.content.decode()
    assert lines(nora, Item.DOCTOR) == ["Dr Martin, 01 00 00 00 02"]


@pytest.mark.parametrize(
    ("subject", "sent", "said"),
    [
        (
            "medecin",
            {"name": "", "phone": "12"},
            ["Remplissez", "Écrivez un numéro de téléphone"],
        ),
        ("allergies", {}, ["Choisissez une réponse pour «\u00a0A-t-il ou elle des allergies"]),
        ("allergies", {"has": "oui"}, ["Écrivez à quoi, par exemple"]),
        ("traitements", {"has": "oui", "how_0": "à midi"}, ["Écrivez le nom du médicament"]),
        ("pai", {"has": "oui"}, ["Écrivez le premier jour du PAI", "en quelques mots"]),
        (
            "pai",
            {"has": "oui", "starts_on": "2026-11-09", "ends_on": "2026-11-08", "text": "x"},
            ["finit avant de commencer"],
        ),
        ("assurance", {"until": "demain"}, ["Écrivez une date avec le jour, le mois et l’année"]),
    ],
)
def test_what_is_wrong_is_said_and_kept(
    client: Client, nora: Participant, subject: str, sent: dict[str, str], said: list[str]
) -> None:
    answer = client.post(page(nora, "item", subject), sent)
    text = answer.content.decode()
    assert all(word in text for word in said)
    typed = [value for value in sent.values() if len(value) > 3]
    assert all(f'value="{value}"' in text for value in typed)
    assert not HealthField.objects.exists()


def test_several_allergies_are_written_row_after_row(client: Client, nora: Participant) -> None:
    address = page(nora, "item", "allergies")
    first = {"has": "oui", "rows": "1", "cause_0": "arachide", "action_0": "stylo", "severity_0": "vital"}
    grown = client.post(address, first | {"ajouter": "1"}).content.decode()
    assert 'value="arachide"' in grown
    assert 'name="cause_1"' in grown
    assert not HealthField.objects.exists()
    client.post(address, first | {"rows": "2", "cause_1": "œuf", "action_1": "", "severity_1": ""})
    assert lines(nora, Item.ALLERGIES) == ["arachide (peut mettre sa vie en danger)\u00a0: stylo", "œuf"]
    again = client.get(address).content.decode()
    assert 'value="œuf"' in again


@pytest.mark.parametrize("rows", ["", "-1", "99999999999999", "0", "deux"])
def test_a_wrong_number_of_rows_breaks_nothing(client: Client, nora: Participant, rows: str) -> None:
    for more in ({}, {"ajouter": "1"}):
        answer = client.post(page(nora, "item", "allergies"), {"has": "oui", "rows": rows} | more)
        assert answer.status_code == 200
        assert answer.content.decode().count('id="id_cause_') <= 10


def test_a_pai_is_written_then_ended(client: Client, nora: Participant) -> None:
    address = page(nora, "item", "pai")
    client.post(address, {"has": "oui", "starts_on": "2026-09-01", "ends_on": "2027-07-04", "text": "stylo"})
    assert lines(nora, Item.PAI) == ["Du 01/09/2026 au 04/07/2027", "stylo"]
    assert 'value="2027-07-04"' in client.get(address).content.decode()
    seen = HealthField.objects.get().filled_at.isoformat()
    client.post(address, {"has": "non", "seen": seen})
    assert lines(nora, Item.PAI)[0].endswith("(terminé)") or lines(nora, Item.PAI) == ["Pas de PAI"]
    assert Pai.objects.get().ends_on == dt.date(2026, 11, 8)


def test_the_other_parent_came_first(client: Client, nora: Participant) -> None:
    fill(child=nora, item=Item.ADVICE, value={"text": "lunettes"}, by=None, now=NOON)
    answer = client.post(page(nora, "item", "recommandations"), {"text": "mes lunettes", "seen": ""})
    text = answer.content.decode()
    assert "Cette page a changé" in text
    assert "mes lunettes" in text
    assert lines(nora, Item.ADVICE) == ["lunettes"]


def test_items_that_the_town_does_not_ask_for_have_no_page(client: Client, nora: Participant) -> None:
    assert client.get(page(nora, "item", "groupe-sanguin")).status_code == 404
    assert client.get(page(nora, "item", "maladies")).status_code == 404
    assert "Groupe sanguin" not in client.get(page(nora)).content.decode()
    SheetSettings.objects.create(modes={"blood_group": "optional", "illnesses": "required", "vaccines": "off"})
    client.post(page(nora, "item", "groupe-sanguin"), {"group": "O-"})
    client.post(page(nora, "item", "maladies"), {"known": ["otites", "varicelle"]})
    assert lines(nora, Item.BLOOD_GROUP) == ["O−"]
    assert lines(nora, Item.ILLNESSES) == ["Otites", "Varicelle"]
    assert client.get(page(nora, "vaccines")).status_code == 404


# Vaccines


def test_the_dates_of_one_shot_fill_in_all_that_it_covers(client: Client, nora: Participant) -> None:
    dates = {"on_0": "2020-06-14", "on_1": "2020-08-14", "on_2": "2021-03-14"}
    sent = dates | {"also": ["coqueluche", "hib", "hepatite-b"]}
    said = client.post(page(nora, "vaccine", "dtp"), sent, follow=True).content.decode()
    assert Vaccination.objects.count() == 12
    assert said.count("14\u00a0mars 2021") == 4


def test_a_wrong_date_is_said_next_to_it(client: Client, nora: Participant) -> None:
    answer = client.post(page(nora, "vaccine", "ror"), {"on_0": "2020-01-01", "on_1": "2020-01-02"})
    assert "avant la naissance" in answer.content.decode()
    assert 'value="2020-01-01"' in answer.content.decode()
    assert not Vaccination.objects.exists()


def test_the_other_parent_wrote_the_vaccine_first(client: Client, nora: Participant) -> None:
    address = page(nora, "vaccine", "dtp")
    assert 'name="seen_hib"' in client.get(address).content.decode()
    doses = [Dose(DoseState.GIVEN, dt.date(2020, 6, 15))]
    fill_vaccine(child=nora, vaccines=[Vaccine.HIB], doses=doses, by=None, now=NOON)
    sent = {"on_0": "2020-06-14", "also": ["hib"], "seen_dtp": "", "seen_hib": ""}
    told = client.post(address, sent).content.decode().replace("\u00a0", " ")
    assert "Cette page a changé" in told
    assert 'Haemophilus influenzae b (Hib) :</strong><span class="bloc">Faite : 15/06/2020' in told
    assert 'value="2020-06-14"' in told
    assert f'name="seen_hib" value="{NOON.isoformat()}"' in told
    assert Vaccination.objects.get().vaccine == Vaccine.HIB
    client.post(address, sent | {"seen_hib": NOON.isoformat()})
    assert Vaccination.objects.count() == 2


def test_a_planned_vaccine_is_said(client: Client, nora: Participant) -> None:
    sent = {"on_0": "2021-04-14", "on_1": "2026-12-01", "state_1": "planned"}
    said = client.post(page(nora, "vaccine", "ror"), sent, follow=True).content.decode()
    assert "prévue le" in said


def test_a_vaccine_that_is_not_for_this_child_has_no_page(client: Client, nora: Participant) -> None:
    for vaccine in ("meningocoque-b", "grippe"):
        assert client.get(page(nora, "vaccine", vaccine)).status_code == 404


# Once a year


def test_nothing_has_changed_in_one_click(client: Client, nora: Participant) -> None:
    make_sheet(nora)
    assert "Rien n’a changé" in client.get(page(nora)).content.decode()
    said = client.post(page(nora, "confirm"), follow=True).content.decode()
    assert "est confirmée pour 2026-2027" in said
    assert Confirmation.objects.get().participant == nora


def test_an_incomplete_sheet_is_not_confirmed(client: Client, nora: Participant) -> None:
    make_sheet(nora, but=[Item.DOCTOR])
    assert "Complétez d’abord" in client.post(page(nora, "confirm"), follow=True).content.decode()
    assert not Confirmation.objects.exists()


# Who


def test_who_may_only_see_writes_nothing(nora: Participant) -> None:
    make_sheet(nora)
    host = make_adult(make_family(), first_name="Hélène")
    make_bond(host, nora, Situation.FOSTER)
    client = Client()
    assert host.user is not None
    sign_in(client, host.user)
    said = client.get(page(nora)).content.decode()
    assert "Dr Martin" in said
    assert "confirmer la fiche" not in said
    assert page(nora, "item", "medecin") not in said
    for address in (page(nora, "item", "medecin"), page(nora, "vaccines"), page(nora, "vaccine", "dtp")):
        assert client.get(address).status_code == 404
        assert client.post(address, {"name": "Dr Autre"}).status_code in (404, 405)
    assert client.post(page(nora, "confirm")).status_code == 404
    assert lines(nora, Item.DOCTOR) == ["Dr Martin, 01 00 00 00 02"]


@pytest.mark.parametrize(
    "situation", [Situation.WITHOUT_EXERCISE, Situation.WITHDRAWN, Situation.COLLECTS, Situation.GRANDPARENT]
)
def test_those_without_a_right_to_the_sheet_find_no_page(nora: Participant, situation: Situation) -> None:
    other = make_adult(make_family())
    make_bond(other, nora, situation)
    assert other.user is not None
    client = Client()
    sign_in(client, other.user)
    assert client.get(page(nora)).status_code == 404
    assert client.get(page(nora, "readings")).status_code == 404


def test_both_parents_see_one_sheet_and_no_phone_of_the_other(nora: Participant) -> None:
    father = make_adult(make_family(name="Carpentier"), first_name="Marc")
    make_bond(father, nora)
    mother = nora.guardianships.order_by("pk")[0].adult
    type(mother).objects.filter(pk=mother.pk).update(phone_mobile="06 99 88 77 66")
    fill(child=nora, item=Item.ADVICE, value={"text": "lunettes"}, by=mother.user, now=NOON)
    client = Client()
    assert father.user is not None
    sign_in(client, father.user)
    said = client.get(page(nora)).content.decode()
    assert "lunettes" in said
    assert mother.first_name in said
    assert "06 99 88 77 66" not in said


def test_an_adult_who_takes_part_has_no_sheet(client: Client, nora: Participant) -> None:
    adult = nora.guardianships.get().adult
    oneself = Participant.objects.create(
        adult=adult, first_name="Zoé", last_name="Pinceau", born_on=dt.date(1990, 1, 1)
    )
    make_bond(adult, oneself)
    assert client.get(page(oneself)).status_code == 404


# The password again, and what was typed meanwhile


def test_the_password_is_asked_again_after_a_quarter_of_an_hour(
    client: Client, nora: Participant, time_machine
) -> None:
    assert client.get(page(nora)).status_code == 200
    time_machine.move_to(NOON + dt.timedelta(minutes=16), tick=False)
    answer = client.get(page(nora))
    assert (answer.status_code, reverse("accounts:confirm") in answer["Location"]) == (302, True)


def test_what_was_typed_is_kept_sealed_and_found_again(client: Client, nora: Participant, time_machine) -> None:
    time_machine.move_to(NOON + dt.timedelta(minutes=16), tick=False)
    address = page(nora, "item", "recommandations")
    answer = client.post(address, {"text": "porte des lunettes vertes"})
    assert answer.status_code == 302
    kept = KeptForm.objects.get()
    assert "lunettes" not in str(kept.fields)
    assert client.get(reverse("accounts:resume")).status_code == 302  # the password first
    confirm(client)
    said = client.get(reverse("accounts:resume")).content.decode()
    assert "porte des lunettes vertes" in said
    client.post(address, {"saisie_gardee": kept.code, "text": "porte des lunettes vertes", "seen": ""})
    assert lines(nora, Item.ADVICE) == ["porte des lunettes vertes"]
    kept.refresh_from_db()
    assert kept.fields == []


def test_what_was_typed_after_the_session_ended_is_sealed_too(client: Client, nora: Participant) -> None:
    Session.objects.update(expire_date=NOON - dt.timedelta(minutes=1))
    client.post(page(nora, "item", "recommandations"), {"text": "lunettes vertes"})
    assert "lunettes" not in str(KeptForm.objects.get().fields)


def test_what_somebody_else_would_write_of_the_child_is_not_kept(nora: Participant, time_machine) -> None:
    stranger = make_adult(make_family()).user
    assert stranger is not None
    client = Client()
    sign_in(client, stranger)
    time_machine.move_to(NOON + dt.timedelta(minutes=16), tick=False)
    client.post(page(nora, "item", "recommandations"), {"text": "lunettes"})
    assert not KeptForm.objects.exists()


def test_what_was_typed_of_a_forgotten_child_is_dropped(client: Client, nora: Participant, time_machine) -> None:
    time_machine.move_to(NOON + dt.timedelta(minutes=16), tick=False)
    client.post(page(nora, "item", "recommandations"), {"text": "lunettes"})
    forget(nora)
    confirm(client)
    assert client.get(reverse("accounts:resume"))["Location"] == reverse("accounts:landing")
    assert not KeptForm.objects.exists()


# Without the keys


@pytest.fixture
def quiet() -> Iterator[None]:
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.usefixtures("quiet")
def test_without_the_master_key_a_page_says_so(client: Client, nora: Participant, settings: Settings) -> None:
    make_sheet(nora)
    settings.HEALTH_KEY_FILE = "/nulle-part"
    for answer in (client.get(page(nora)), client.post(page(nora, "item", "medecin"), {"name": "Dr X"})):
        assert answer.status_code == 503
        assert "Rien n’est perdu" in answer.content.decode()


def test_a_fault_is_logged_without_a_word_of_the_sheet(
    client: Client, nora: Participant, caplog: pytest.LogCaptureFixture
) -> None:
    fill(child=nora, item=Item.ADVICE, value={"text": "lunettes"}, by=None, now=NOON)
    HealthField.objects.update(sealed=b"lunettes".ljust(60))
    answer = client.post(page(nora, "item", "allergies"), {"has": "oui", "cause_0": "arachide"})
    assert answer.status_code == 503
    assert caplog.records
    assert "arachide" not in caplog.text


def test_a_bond_that_ends_closes_the_sheet_at_once(client: Client, nora: Participant) -> None:
    bond = Guardianship.objects.get(participant=nora)
    make_bond(bond.adult, nora, Situation.ENDED, starts_on=TODAY)
    assert client.get(page(nora)).status_code == 404


def test_a_pai_shows_until_when(client: Client, nora: Participant) -> None:
    fill_pai(child=nora, starts_on=TODAY, ends_on=dt.date(2027, 7, 4), text="stylo", by=None, now=NOON)
    assert "au 04/07/2027" in client.get(page(nora)).content.decode()
