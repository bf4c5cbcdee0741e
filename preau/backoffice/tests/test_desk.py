"""The desk: each agent finds what is theirs, and nothing else."""

import datetime as dt

import pytest
from django.test import Client

from preau.accounts import testing
from preau.accounts.choices import Capability, UserKind
from preau.accounts.testing import make_agent, make_user
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.choices import CampaignState, PaymentMethod
from preau.billing.models import Campaign, Payment
from preau.billing.testing import make_household, make_regie
from preau.bookings.testing import make_booking, open_days, paris
from preau.enrolments.testing import make_intake
from preau.families.testing import make_child, make_family
from preau.town.testing import make_place, make_service, make_town

pytestmark = pytest.mark.django_db

MONDAY = dt.date(2026, 11, 9)
NOW = paris(2026, 11, 9, 9)
DESK = "/mairie/"


@pytest.fixture(autouse=True)
def monday(time_machine):
    time_machine.move_to(NOW, tick=False)
    make_town()


def sign_in(user) -> Client:
    client = Client()
    testing.sign_in(client, user)
    return client


def desk_of(user) -> str:
    response = sign_in(user).get(DESK)
    assert response.status_code == 200
    return response.content.decode()


def make_canteen(code="restauration", *, places=2, service="enfance", taken=0, place="ecole"):
    """An activity open on school days; `taken` children on Monday."""
    activity = make_activity(code, name=code.capitalize(), service=make_service(service))
    unit = make_unit(activity, "repas", parts=("midi",))
    group = make_group(f"{code}-groupe", place=make_place(place), midi=places)
    make_intake(activity, group)
    open_days(activity, now=NOW)
    for _ in range(taken):
        make_booking(make_child(make_family()), unit, group, MONDAY)


def pay(regie, cents, at=NOW):
    household = make_household()
    Payment.objects.create(
        regie=regie, payer=household.payer, method=PaymentMethod.CARD, amount_cents=cents, received_at=at
    )


def test_bookings_of_today_and_what_is_full_are_told():
    make_canteen(taken=2)
    html = desk_of(make_agent(Capability.SEE_BOOKINGS))
    assert "<b>2</b>" in html
    assert 'href="/mairie/reservations/?activite=restauration">Restauration</a>' in html
    assert "Lundi 9\xa0novembre</a>\xa0: restauration-groupe, midi" in html


def test_an_agent_of_another_service_reads_nothing_of_them():
    make_canteen(taken=2)
    html = desk_of(make_agent(Capability.SEE_BOOKINGS, service=make_service("sports")))
    assert "Restauration" not in html
    assert "restauration-groupe" not in html
    assert "<b>0</b>" in html


def test_last_month_is_to_bill_until_it_is_issued():
    regie = make_regie(code="perisco")
    agent = make_agent(Capability.PREPARE_INVOICES)
    assert "Régie perisco, octobre 2026" in desk_of(agent)
    Campaign.objects.create(
        regie=regie,
        label="PERI2610",
        starts_on=dt.date(2026, 10, 1),
        ends_on=dt.date(2026, 10, 31),
        state=CampaignState.ISSUED,
        issued_at=NOW,
        due_on=dt.date(2026, 11, 30),
    )
    html = desk_of(agent)
    assert "Régie perisco" not in html
    assert "Tout est émis" in html


def test_a_preview_that_waits_to_be_read_is_told():
    regie = make_regie(code="perisco")
    Campaign.objects.create(
        regie=regie,
        label="PERI2609",
        starts_on=dt.date(2026, 9, 1),
        ends_on=dt.date(2026, 9, 30),
        state=CampaignState.DRAFTED,
    )
    html = desk_of(make_agent(Capability.PREPARE_INVOICES))
    assert html.index("septembre 2026") < html.index("À vérifier") < html.index("octobre 2026")


def test_a_regie_of_another_service_is_not_shown():
    make_regie(code="perisco", service=make_service("enfance"))
    assert "perisco" not in desk_of(make_agent(Capability.PREPARE_INVOICES, service=make_service("sports")))


def test_payments_of_the_local_day_are_summed():
    regie = make_regie()
    pay(regie, 18432)
    pay(regie, 100, at=paris(2026, 11, 9, 0, 0))
    pay(regie, 7700, at=paris(2026, 11, 8, 23, 59))
    html = desk_of(make_agent(Capability.SEE_PAYMENTS))
    assert "185,32\xa0€" in html
    assert "Voir ces 2 paiements" in html


def test_payments_of_another_service_are_not_counted():
    pay(make_regie(service=make_service("enfance")), 18432)
    assert "0,00\xa0€" in desk_of(make_agent(Capability.SEE_PAYMENTS, service=make_service("sports")))


@pytest.mark.parametrize(
    ("capability", "shown", "hidden"),
    [
        (Capability.SEE_BOOKINGS, ["Réservations", "Occupation"], ["Factures", "Paiements"]),
        (Capability.PREPARE_INVOICES, ["Factures"], ["Réservations", "Occupation", "Paiements"]),
        (Capability.SEE_PAYMENTS, ["Paiements"], ["Réservations", "Occupation", "Factures"]),
    ],
)
def test_the_menu_has_the_pages_of_the_agent_only(capability, shown, hidden):
    html = desk_of(make_agent(capability))
    for label in shown:
        assert f"</svg>{label}</a>" in html
    for label in hidden:
        assert label not in html


def test_the_menu_marks_the_page_that_is_open():
    html = sign_in(make_agent(Capability.SEE_BOOKINGS)).get("/mairie/reservations/").content.decode()
    assert html.count('href="/mairie/reservations/" aria-current="page"') == 1
    assert html.count('aria-current="page">') == 2  # and the breadcrumb


def test_the_school_year_is_prepared_for_the_whole_town_and_is_a_page_of_its_own():
    client = sign_in(make_agent(Capability.PREPARE_SCHOOL_YEAR))
    html = client.get("/mairie/annee-scolaire/dossiers/").content.decode()
    assert 'href="/mairie/annee-scolaire/dossiers/" aria-current="page"' in html
    assert 'href="/mairie/annee-scolaire/">' in html
    at_school = desk_of(make_agent(Capability.PREPARE_SCHOOL_YEAR, place=make_place("ecole")))
    assert "/mairie/annee-scolaire/dossiers/" in at_school
    assert 'href="/mairie/annee-scolaire/"' not in at_school


def test_an_agent_without_a_role_is_told_whom_to_ask():
    assert "Demandez à l’administrateur" in desk_of(make_agent())


def test_a_parent_finds_no_desk():
    assert sign_in(make_user(kind=UserKind.FAMILY)).get(DESK).status_code == 404


def test_the_desk_asks_as_much_of_the_database_however_large_the_town(django_assert_max_num_queries):
    make_canteen(taken=1)
    pay(make_regie(), 100)
    client = sign_in(make_agent(*Capability.values))
    with django_assert_max_num_queries(50) as few:
        client.get(DESK)
    for number in range(3):
        make_canteen(f"more-{number}", taken=2, place=f"place-{number}")
        pay(make_regie(code=f"regie-{number}"), 100)
    with django_assert_max_num_queries(50) as many:
        client.get(DESK)
    assert len(few) == len(many)
