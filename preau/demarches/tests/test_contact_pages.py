"""« Mes coordonnées » and the names of a child, as families read and change them."""

import datetime as dt

import pytest
from django.test import Client

from preau.accounts.testing import make_agent, sign_in
from preau.demarches.actions import accept_change, answer, ask_change, refuse_change
from preau.demarches.choices import DemarcheState
from preau.demarches.models import Demarche
from preau.demarches.testing import NOW
from preau.families.actions import change_allocataire
from preau.families.changing import change_adult
from preau.families.choices import Situation
from preau.families.models import Adult
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.notifications.models import Outgoing
from preau.town.actions import save_field

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock", "town")]

CONTACT = "/dossier/coordonnees/"
MOVING = {"lines": "8 avenue Karl-Marx", "postcode": "94800", "city": "Villejuif", "starts_on": "2026-03-01"}


@pytest.fixture
def zoe() -> Adult:
    return make_adult(make_family())


def client_of(adult: Adult) -> Client:
    client = Client()
    assert adult.user
    sign_in(client, adult.user)
    return client


def read(adult: Adult, path: str = CONTACT, *, status: int = 200) -> str:
    response = client_of(adult).get(path)
    assert response.status_code == status
    return str(response.content.decode()).replace("\u00a0", " ")


def post(adult: Adult, path: str, **given: object) -> str:
    response = client_of(adult).post(path, given, follow=True)
    assert response.status_code == 200
    return str(response.content.decode()).replace("\u00a0", " ")


def hide(field: str) -> None:
    save_field(field, is_shown=False, is_required=False, is_checked=False, by=None, now=NOW)


def require(field: str) -> None:
    save_field(field, is_shown=True, is_required=True, is_checked=False, by=None, now=NOW)


def test_a_number_that_is_preferred_is_not_removed_where_the_town_hides_the_choice(zoe):
    change_adult(adult=zoe, values={"phone_mobile": "06 12 34 56 78", "preferred_contact": "mobile"}, by=None, now=NOW)
    hide("preferred-contact")
    html = post(zoe, f"{CONTACT}telephones/", phone_mobile="", phone_home="01 45 59 20 00")
    assert "La mairie vous joint par ce numéro" in html
    zoe.refresh_from_db()
    assert zoe.phone_mobile == "06 12 34 56 78"


def test_the_page_tells_all_that_is_known(zoe):
    change_adult(adult=zoe, values={"phone_mobile": "06 12 34 56 78", "preferred_contact": "mobile"}, by=None, now=NOW)
    change_allocataire(family=zoe.family, number="1234567", by=None, now=NOW)
    html = read(zoe)
    for known in ("12 rue des Écoles, 94800 Villejuif", "06 12 34 56 78", "Téléphone portable", "1234567"):
        assert known in html
    assert "Adhérer à la réception des factures par mail" in html


def test_while_an_agent_checks_both_values_are_read(zoe):
    html = post(zoe, f"{CONTACT}adresse/", **MOVING)
    assert "Un agent va vérifier votre demande." in html
    assert "12 rue des Écoles, 94800 Villejuif" in html
    assert "8 avenue Karl-Marx, 94800 Villejuif" in html
    assert "Demandée, à partir du 1er mars 2026" in html


def test_the_form_starts_from_what_was_asked(zoe):
    post(zoe, f"{CONTACT}adresse/", **MOVING)
    assert 'value="8 avenue Karl-Marx"' in read(zoe, f"{CONTACT}adresse/")


def test_the_other_adult_of_the_household_reads_the_address_that_is_asked_and_not_the_phones(zoe):
    malik = make_adult(zoe.family, first_name="Malik")
    post(zoe, f"{CONTACT}adresse/", **MOVING)
    post(zoe, f"{CONTACT}telephones/", phone_work="01 45 59 20 77")
    html = read(malik)
    assert "8 avenue Karl-Marx" in html
    assert "Demandée par un autre adulte de votre foyer." in html
    assert "01 45 59 20 77" not in html


def test_the_other_adult_is_told_that_the_field_already_waits_and_keeps_what_they_wrote(zoe):
    malik = make_adult(zoe.family, first_name="Malik")
    post(zoe, f"{CONTACT}adresse/", **MOVING)
    html = post(malik, f"{CONTACT}adresse/", **MOVING | {"lines": "1 quai Vert"})
    assert "Une autre demande est déjà en cours" in html
    assert 'value="1 quai Vert"' in html


def test_leaving_the_town_is_asked_twice_because_prices_change(zoe):
    away = MOVING | {"postcode": "75013", "city": "Paris"}
    html = post(zoe, f"{CONTACT}adresse/", **away)
    assert "le tarif extérieur s’appliquera" in html
    assert not Demarche.objects.exists()
    post(zoe, f"{CONTACT}adresse/", **away, understood="on")
    assert Demarche.objects.count() == 1


@pytest.mark.parametrize("day", ["2025-01-01", "2028-01-01", "31/02/2026", "demain", "9999-12-31"])
def test_a_day_that_cannot_be_is_refused_in_words(zoe, day):
    html = post(zoe, f"{CONTACT}adresse/", **MOVING | {"starts_on": day})
    assert "une date" in html
    assert 'value="8 avenue Karl-Marx"' in html


def test_what_an_agent_asks_about_the_change_is_told_on_the_page(zoe):
    post(zoe, f"{CONTACT}adresse/", **MOVING)
    answer(Demarche.objects.get(), state=DemarcheState.INCOMPLETE, reason="Depuis quand ?", by=None, version=1, now=NOW)
    assert "À compléter" in read(zoe)


@pytest.mark.parametrize(
    ("state", "said", "in_the_mail"),
    [
        (
            DemarcheState.ACCEPTED,
            "Le changement vaut à partir du 1er mars 2026. Vous n’avez rien",
            "Le changement vaut",
        ),
        (DemarcheState.REFUSED, 'href="/dossier/coordonnees/adresse/">Recommencer ma demande', "recommencer"),
    ],
)
def test_an_answer_says_what_comes_next(zoe, state, said, in_the_mail):
    post(zoe, f"{CONTACT}adresse/", **MOVING)
    demarche, agent = Demarche.objects.get(), make_agent()
    if state == DemarcheState.ACCEPTED:
        accept_change(demarche, by=agent, version=1, now=NOW)
    else:
        refuse_change(demarche, reason="Il manque un justificatif.", by=agent, version=1, now=NOW)
    assert said in read(zoe, f"/dossier/demarches/{demarche.code}/")
    assert in_the_mail in Outgoing.objects.get(subject__contains="Votre demande est").text


def test_a_field_that_the_town_hides_is_nowhere(zoe):
    hide("allocataire")
    hide("phone-work")
    html = read(zoe)
    assert "allocataire" not in html
    assert "travail" not in html
    assert "phone_work" not in read(zoe, f"{CONTACT}telephones/")
    read(zoe, f"{CONTACT}allocataire/", status=404)


def test_a_field_that_the_town_requires_cannot_be_left_empty(zoe):
    require("phone-mobile")
    assert "Remplissez « Téléphone portable »" in post(zoe, f"{CONTACT}telephones/", phone_home="01 45 59 20 00")


def test_the_preferred_way_must_be_one_that_is_given(zoe):
    assert "Écrivez ce numéro" in post(zoe, f"{CONTACT}telephones/", preferred_contact="mobile")


@pytest.mark.parametrize("number", ["12", "ABCDEFG", "1" * 16, "12-34"])
def test_a_number_that_no_caf_gives_is_refused_in_words(zoe, number):
    assert "tel qu’il est sur vos courriers" in post(zoe, f"{CONTACT}allocataire/", allocataire=number) or (
        "15 " in post(zoe, f"{CONTACT}allocataire/", allocataire=number)
    )


def test_the_number_of_the_caf_is_read_by_the_household_alone(zoe):
    thomas = make_adult(make_family(name="Carpentier"), first_name="Thomas")
    child = make_child(zoe.family, thomas.family)
    post(zoe, f"{CONTACT}allocataire/", allocataire="123 4567")
    assert "1234567" in read(zoe)
    for path in (CONTACT, f"/dossier/enfants/{child.code}/", "/dossier/", "/dossier/demarches/"):
        assert "1234567" not in read(thomas, path)


def test_invoices_by_mail_are_chosen_here(zoe):
    assert "resteront sur le portail" in post(zoe, f"{CONTACT}factures/")
    assert "arriveront par e-mail" in post(zoe, f"{CONTACT}factures/", wanted="on")


# Children


def test_a_name_is_corrected_once_an_agent_has_accepted(zoe):
    child = make_child(zoe.family, first_name="Nora")
    html = post(zoe, f"/dossier/enfants/{child.code}/modifier/", first_name="Norah", last_name="Pinceau")
    assert "Un agent va vérifier" in html
    assert "<strong>Norah</strong>" in html
    child.refresh_from_db()
    assert child.first_name == "Nora"


def test_the_other_household_reads_that_a_change_waits_and_not_which(zoe):
    thomas = make_adult(make_family(name="Carpentier"), first_name="Thomas")
    child = make_child(zoe.family, thomas.family, first_name="Nora")
    assert zoe.user
    ask_change(target=child, wanted={"child-first-name": "Norah"}, by=zoe.user, now=NOW)
    html = read(thomas, f"/dossier/enfants/{child.code}/")
    assert "Changement demandé" in html
    assert "Norah" not in html


@pytest.mark.parametrize(("born_on", "is_there"), [(dt.date(2014, 2, 10), True), (dt.date(2014, 2, 11), False)])
def test_from_twelve_on_a_child_may_have_a_number_of_their_own(zoe, born_on, is_there):
    child = make_child(zoe.family, born_on=born_on)
    assert ("Son téléphone portable" in read(zoe, f"/dossier/enfants/{child.code}/modifier/")) is is_there


def test_who_may_only_see_a_child_changes_nothing(zoe):
    child = make_child(make_family(name="Autre"))
    make_bond(zoe, child, Situation.WITHOUT_EXERCISE)
    assert "/modifier/" not in read(zoe, f"/dossier/enfants/{child.code}/")
    read(zoe, f"/dossier/enfants/{child.code}/modifier/", status=404)


def test_a_child_that_one_may_not_see_has_no_page(zoe):
    child = make_child(make_family(name="Autre"))
    read(zoe, f"/dossier/enfants/{child.code}/", status=404)
