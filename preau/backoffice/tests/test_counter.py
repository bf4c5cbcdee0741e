"""« Au guichet »: what an agent writes for a family, in the agent's name."""

import datetime as dt

import pytest
from django.test import Client
from django.utils.html import strip_tags

from preau.accounts import testing
from preau.accounts.choices import Capability
from preau.accounts.testing import make_agent
from preau.bookings.testing import paris
from preau.families.models import Address, Adult, Family, FileNote, Participant
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.pricing.models import Quotient
from preau.town.testing import make_place, make_town

pytestmark = pytest.mark.django_db

NOW = paris(2026, 11, 9, 9)
LIST = "/mairie/familles/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()


def agent_of(*capabilities, **where) -> Client:
    client = Client()
    testing.sign_in(client, make_agent(*capabilities, **where))
    return client


@pytest.fixture
def samira() -> Client:
    return agent_of(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES)


@pytest.fixture
def pinceau() -> Family:
    return make_family(name="Pinceau")


@pytest.fixture
def zoe(pinceau: Family) -> Adult:
    return make_adult(pinceau, first_name="Zoé", signs_in=False)


@pytest.fixture
def nora(pinceau: Family, zoe: Adult) -> Participant:
    return make_child(pinceau, first_name="Nora")


def text(response) -> str:
    assert response.status_code == 200
    return " ".join(strip_tags(response.content.decode()).replace("\xa0", " ").split())


def last_entry(family: Family) -> Entry:
    return Entry.objects.filter(family=family.code).exclude(action="families.read").latest("pk")


BY_MAIL = {"invoices_by_email": "on"}
ADULT = {"civility": "Madame", "first_name": "Zoé", "last_name": "Pinceau", "email": "zoe@exemple.fr"} | BY_MAIL
HERE = {"lines": "4 impasse du Lac", "postcode": "94800", "city": "Villejuif", "starts_on": "2026-11-01"}


def test_an_agent_corrects_the_coordinates_of_an_adult(samira: Client, pinceau: Family, zoe: Adult) -> None:
    page = f"{LIST}{pinceau.code}/adultes/{zoe.code}/"
    assert "Vous agissez pour la famille Pinceau, au guichet." in text(samira.get(page))
    answer = samira.post(page, ADULT | {"phone_mobile": "06 12 34 56 78", "preferred_contact": "mobile"}, follow=True)
    assert "Les coordonnées de Zoé Pinceau sont à jour." in text(answer)
    zoe.refresh_from_db()
    assert (zoe.phone_mobile, zoe.email) == ("06 12 34 56 78", "zoe@exemple.fr")
    entry = last_entry(pinceau)
    assert entry.facts == {"fields": ["email", "phone_mobile", "preferred_contact"], "channel": "counter"}
    assert "Coordonnées de Zoé Pinceau : adresse e-mail, téléphone portable et moyen de contact" in text(answer)
    assert "Samira Benali, au guichet" in text(answer)
    assert "1 dossier" in text(samira.get(LIST, {"q": "0612345678"}))


def test_the_preferred_phone_must_be_written(samira: Client, pinceau: Family, zoe: Adult) -> None:
    answer = samira.post(f"{LIST}{pinceau.code}/adultes/{zoe.code}/", ADULT | {"preferred_contact": "work"})
    assert "Écrivez ce numéro, ou choisissez un autre moyen de contact" in text(answer)


def test_nothing_changed_is_told_and_not_noted(samira: Client, pinceau: Family, zoe: Adult) -> None:
    page = f"{LIST}{pinceau.code}/adultes/{zoe.code}/"
    samira.post(page, ADULT)
    before = Entry.objects.count()
    assert "Rien n’a changé." in text(samira.post(page, ADULT, follow=True))
    assert Entry.objects.exclude(action="families.read").count() == before


def test_a_move_keeps_the_address_of_the_days_before(samira: Client, pinceau: Family) -> None:
    samira.post(f"{LIST}{pinceau.code}/adresse/", HERE | {"is_resident": "on"})
    lines = Address.objects.filter(family=pinceau).order_by("starts_on").values_list("lines", "insee_code")
    assert list(lines) == [("12 rue des Écoles", "94076"), ("4 impasse du Lac", "94076")]
    samira.post(f"{LIST}{pinceau.code}/adresse/", HERE)
    assert Address.objects.get(family=pinceau, starts_on=dt.date(2026, 11, 1)).insee_code == ""


def test_an_agent_corrects_who_a_child_is(samira: Client, pinceau: Family, nora: Participant) -> None:
    page = f"{LIST}{pinceau.code}/enfants/{nora.code}/"
    answer = samira.post(page, {"first_name": "Norah", "last_name": "Pinceau", "sex": "f", "born_on": "2021-03-14"})
    assert answer.status_code == 302
    assert Participant.objects.get(pk=nora.pk).first_name == "Norah"
    assert "1 dossier" in text(samira.get(LIST, {"q": "norah"}))
    wrong = samira.post(page, {"first_name": "Norah", "last_name": "Pinceau", "born_on": "2027-01-01"})
    assert "Écrivez une date de naissance" in text(wrong)


QUOTIENT = {"is_known": "oui", "value": "742,50", "source": "certificate", "starts_on": "2026-11-01"}


def test_a_quotient_holds_from_its_day_and_the_one_before_stays_in_the_history(samira: Client, pinceau: Family) -> None:
    page = f"{LIST}{pinceau.code}/quotient/"
    for value in ("742,50", "800", "800"):
        assert samira.post(page, QUOTIENT | {"value": value, "proof": "attestation"}).status_code == 302
    rows = Quotient.objects.filter(family=pinceau).order_by("pk")
    assert [(row.value_cents, row.replaced_at is None) for row in rows] == [(74250, False), (80000, True)]
    assert "quotient 800" in text(samira.get(f"{LIST}{pinceau.code}/"))


def test_a_refused_quotient_is_the_highest_tariff(samira: Client, pinceau: Family) -> None:
    samira.post(f"{LIST}{pinceau.code}/quotient/", QUOTIENT | {"is_known": "non", "value": ""})
    assert Quotient.objects.get(family=pinceau).value_cents is None
    assert "tarif le plus haut" in text(samira.get(f"{LIST}{pinceau.code}/"))


def test_a_quotient_without_its_amount_is_asked_for(samira: Client, pinceau: Family) -> None:
    assert "Écrivez le quotient" in text(samira.post(f"{LIST}{pinceau.code}/quotient/", QUOTIENT | {"value": ""}))
    assert not Quotient.objects.exists()


def test_the_latest_note_is_shown_with_its_author_and_earlier_ones_stay(samira: Client, pinceau: Family) -> None:
    page = f"{LIST}{pinceau.code}/note/"
    for words in ("Appeler après 17 h", "Appeler après 18 h", "Appeler après 18 h"):
        samira.post(page, {"text": words})
    assert FileNote.objects.filter(family=pinceau).count() == 2
    shown = text(samira.get(f"{LIST}{pinceau.code}/"))
    assert "Appeler après 18 h Samira Benali, 9 novembre 2026. La famille peut demander à lire cette note." in shown
    assert "Notes d’avant" in shown


UNDER = ("enfants/{child}/inscrire/", "adresse/", "quotient/", "note/", "adultes/{adult}/", "enfants/{child}/")


@pytest.mark.parametrize("under", UNDER)
def test_only_agents_who_may_edit_this_file_write_in_it(
    pinceau: Family, zoe: Adult, nora: Participant, under: str
) -> None:
    address = f"{LIST}{pinceau.code}/{under.format(adult=zoe.code, child=nora.code)}"
    reader = agent_of(Capability.SEE_FAMILIES)
    elsewhere = agent_of(Capability.SEE_FAMILIES, Capability.EDIT_FAMILIES, place=make_place("autre"))
    for client in (reader, elsewhere):
        assert client.get(address).status_code == client.post(address, {}).status_code == 404
    assert "Écrire une note" not in text(reader.get(f"{LIST}{pinceau.code}/"))


@pytest.mark.parametrize("under", UNDER)
def test_nobody_writes_in_an_archived_file(
    samira: Client, pinceau: Family, zoe: Adult, nora: Participant, under: str
) -> None:
    Family.objects.filter(pk=pinceau.pk).update(archived_at=NOW)
    address = f"{LIST}{pinceau.code}/{under.format(adult=zoe.code, child=nora.code)}"
    assert samira.get(address).status_code == samira.post(address, {}).status_code == 404


@pytest.mark.parametrize("under", ["adultes/{adult}/", "enfants/{child}/"])
def test_people_of_another_file_are_not_reached_through_this_one(samira: Client, pinceau: Family, under: str) -> None:
    other = make_family(name="Martin")
    adult, child = make_adult(other), make_child(other)
    address = f"{LIST}{pinceau.code}/{under.format(adult=adult.code, child=child.code)}"
    assert samira.get(address).status_code == 404


@pytest.mark.parametrize("under", ["factures/", "demarches/"])
def test_a_file_without_invoices_or_requests_says_so(samira: Client, pinceau: Family, under: str) -> None:
    shown = text(samira.get(f"{LIST}{pinceau.code}/{under}"))
    assert "Aucune facture n’a été émise" in shown or "Cette famille n’a rien demandé" in shown


def test_the_number_at_the_caf_and_how_invoices_come_are_written_for_the_family(samira, pinceau, zoe) -> None:
    samira.post(f"{LIST}{pinceau.code}/allocataire/", {"allocataire": " 1234567 a"})
    pinceau.refresh_from_db()
    assert pinceau.allocataire == "1234567A"
    assert last_entry(pinceau).facts == {"channel": "counter"}
    assert "vos courriers" in text(samira.post(f"{LIST}{pinceau.code}/allocataire/", {"allocataire": "12"}))
    on_paper = {name: value for name, value in ADULT.items() if name not in BY_MAIL}
    samira.post(f"{LIST}{pinceau.code}/adultes/{zoe.code}/", on_paper)
    assert last_entry(pinceau).facts == {"wanted": False, "channel": "counter"}


def test_a_teenager_has_a_number_of_their_own_and_a_younger_child_has_none(samira, pinceau, zoe) -> None:
    page = f"{LIST}{pinceau.code}/enfants/"
    child = make_child(pinceau, first_name="Tom", born_on=dt.date(2019, 5, 1))
    teenager = make_child(pinceau, first_name="Léa", born_on=dt.date(2013, 5, 1))
    assert "Son téléphone portable" in text(samira.get(f"{page}{teenager.code}/"))
    assert "Son téléphone portable" not in text(samira.get(f"{page}{child.code}/"))
