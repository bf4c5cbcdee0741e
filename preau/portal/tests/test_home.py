"""The families' home page and its menu."""

import datetime as dt

import pytest
import time_machine

from preau.accounts.testing import make_agent, sign_in
from preau.activities.testing import make_activity, make_group, make_unit
from preau.billing.testing import make_household, make_invoice, make_regie
from preau.bookings.models import DraftChange
from preau.bookings.testing import make_booking
from preau.core.dates import PARIS
from preau.demarches.actions import ask_change, withdraw_change
from preau.families.testing import make_adult, make_child, make_family
from preau.town.testing import make_level, make_place, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
TODAY = NOW.date()
HOME = "/accueil/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def town():
    return make_town()


@pytest.fixture
def zoe(client):
    household = make_household()
    client.force_login(household.user)
    return household


@pytest.fixture
def unit():
    return make_unit(make_activity())


def child_of(household, first_name="Nora"):
    return make_child(
        household.family,
        first_name=first_name,
        year=make_year(),
        school=make_place(name="École Péri"),
        level=make_level(name="Grande section"),
    )


def tick(household, child, unit, day, *, wanted=True):
    DraftChange.objects.create(
        user=household.user, participant=child, unit=unit, day=day, wanted=wanted, was_booked=not wanted, at=NOW
    )


def page(response) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


def test_the_page_greets_and_says_the_day(client, zoe):
    html = page(client.get(HOME))
    assert "<h1>Bonjour Zoé</h1>" in html
    assert "Lundi 5 octobre 2026" in html


def test_with_nothing_yet_the_page_says_so_and_what_to_do(client, zoe):
    html = page(client.get(HOME))
    assert "Rien à faire pour le moment. Aucune facture à payer." in html
    assert "Aucun enfant dans votre dossier" in html


def test_what_is_due_is_told_with_its_date(client, zoe):
    regie = make_regie()
    make_invoice(zoe.payer, regie, 18432, number="1", due_on=dt.date(2026, 10, 31))
    html = page(client.get(HOME))
    assert "184,32 €" in html
    assert "1 facture, à payer avant le <strong>31 octobre 2026</strong>" in html
    assert "En retard" not in html
    make_invoice(zoe.payer, regie, 100, number="2", due_on=TODAY - dt.timedelta(days=1))
    html = page(client.get(HOME))
    assert "2 factures" in html
    assert "En retard" in html


def test_what_others_owe_is_not_shown(client, zoe):
    other = make_household(name="Autre")
    make_invoice(other.payer, make_regie(), 18432)
    assert "184,32" not in page(client.get(HOME))


def test_a_draft_is_told_as_not_booked(client, zoe, unit):
    nora, mylis = child_of(zoe), child_of(zoe, "Mylis")
    tick(zoe, nora, unit, dt.date(2026, 10, 8))
    assert "Valider 1 modification du planning" in page(client.get(HOME))
    tick(zoe, mylis, unit, dt.date(2026, 10, 9))
    html = page(client.get(HOME))
    assert "Valider 2 modifications du planning" in html
    assert "Pour Nora et Mylis. Rien n’est réservé tant que vous n’avez pas validé." in html
    assert 'href="/planning/validation/"' in html


def test_each_member_has_their_coming_days_and_leads_to_their_planning(client, zoe, unit):
    nora, group = child_of(zoe), make_group()
    make_booking(nora, unit, group, TODAY)
    make_booking(nora, unit, group, dt.date(2026, 10, 8))
    tick(zoe, nora, unit, dt.date(2026, 10, 8), wanted=False)
    tick(zoe, nora, unit, dt.date(2026, 10, 9))
    html = page(client.get(HOME))
    assert "Grande section · École Péri" in html
    assert "<b>Aujourd’hui</b>" in html
    assert "<b>Jeudi 8</b>" in html
    assert "Matin, à annuler" in html
    assert "Matin, à valider" in html
    assert f'href="/planning/{nora.code}/2026-10/"' in html


def family_of(html):
    """The part of the page that names everyone in the family."""
    return html.partition('class="membres"')[2].partition("</section>")[0]


def test_everyone_in_the_family_is_there_and_leads_to_their_pages(client, zoe):
    nora = child_of(zoe)
    make_adult(zoe.family, first_name="Malik", signs_in=False)
    family = family_of(page(client.get(HOME)))
    assert f'href="/planning/{nora.code}/2026-10/"' in family
    assert 'href="/mon-compte/"' in family.partition("Nora")[2]
    assert "Malik" in family
    assert family.count("<a ") == 2


def test_the_other_household_of_a_child_is_not_in_the_family(client, zoe):
    other = make_household(name="Carpentier")
    make_adult(other.family, first_name="Thomas")
    make_child(zoe.family, other.family, first_name="Élio")
    family = family_of(page(client.get(HOME)))
    assert "Élio" in family
    assert "Thomas" not in family


def test_without_the_planning_members_are_named_and_lead_nowhere(client, zoe):
    child_of(zoe)
    make_town(sections=[{"code": "accueil", "label": "Accueil"}])
    assert "Nora" in (family := family_of(page(client.get(HOME))))
    assert "/planning/" not in family


def test_an_adult_who_takes_part_is_there_once(client, zoe):
    adult = zoe.user.adult
    participant = make_child(zoe.family, first_name="Zoé")
    participant.adult = adult
    participant.save()
    assert family_of(page(client.get(HOME))).count("Zoé") == 1


def test_the_card_of_a_child_uses_the_words_of_the_town(client, zoe):
    child_of(zoe)
    make_town(sections=[{"code": "accueil", "label": "Accueil"}, {"code": "planning", "label": "Agenda"}])
    assert '">Agenda<span class="vh"> de Nora</span></a>' in page(client.get(HOME))


def test_a_child_without_a_booking_is_there_too(client, zoe):
    child_of(zoe)
    assert "Rien de réservé dans les deux semaines qui viennent." in page(client.get(HOME))


def test_the_children_of_others_are_not_there(client, zoe, unit):
    other = make_household(name="Autre")
    make_booking(child_of(other, "Sacha"), unit, make_group(), TODAY)
    assert "Sacha" not in page(client.get(HOME))


@pytest.mark.parametrize(
    "label",
    [
        "Visualiser les activités de mes enfants",
        "Inscrire les enfants à de nouvelles activités",
        "Afficher et modifier les réservations",
        "Consulter et payer mes factures",
        "Modifier mon nom, mon adresse e-mail, mon mot de passe",
    ],
)
def test_the_links_of_the_guides_are_there(client, zoe, label):
    assert f">{label}</a>" in page(client.get(HOME))


def test_a_section_switched_off_leaves_the_menu_and_the_page(client, zoe, unit):
    make_invoice(zoe.payer, make_regie(), 18432)
    tick(zoe, child_of(zoe), unit, dt.date(2026, 10, 8))
    make_town(sections=[{"code": "accueil", "label": "Accueil"}])
    html = page(client.get(HOME))
    assert "184,32" not in html
    assert "Valider 1 modification" not in html
    for path in ("/inscriptions/", "/planning/", "/factures/"):
        assert f'href="{path}' not in html


def test_the_menu_follows_the_order_and_the_names_of_the_town(client, zoe):
    make_town(
        sections=[
            {"code": "planning", "label": "Réservations"},
            {"code": "messagerie", "label": "Messagerie"},
            {"code": "accueil", "label": "Mon espace"},
        ]
    )
    menu = page(client.get(HOME)).partition('aria-label="Rubriques"')[2].partition("</nav>")[0]
    assert menu.index("Réservations") < menu.index("Mon espace")
    assert "Messagerie" not in menu


@pytest.mark.parametrize(("address", "current"), [(HOME, "Accueil"), ("/inscriptions/", "Inscriptions")])
def test_the_menu_marks_the_current_section_once(client, zoe, address, current):
    menu = page(client.get(address)).partition('aria-label="Rubriques"')[2].partition("</nav>")[0]
    assert menu.count('aria-current="page"') == 1
    assert current in menu.partition('aria-current="page"')[2].partition("</a>")[0]


def test_a_public_page_is_in_no_section(client, zoe):
    menu = page(client.get("/aide/")).partition('aria-label="Rubriques"')[2].partition("</nav>")[0]
    assert 'aria-current="page"' not in menu


def test_the_home_page_is_for_families_only(client):
    assert client.get(HOME).headers["Location"] == "/connexion/?next=/accueil/"
    sign_in(client, make_agent())
    assert client.get(HOME).status_code == 404


def test_the_page_takes_the_same_queries_whatever_there_is(client, zoe, unit, django_assert_num_queries):
    group, regie = make_group(), make_regie()
    make_booking(child_of(zoe), unit, group, TODAY)
    make_invoice(zoe.payer, regie, 100, number="0")
    client.get(HOME)
    with django_assert_num_queries(13):
        client.get(HOME)
    for number in range(4):
        child = child_of(zoe, f"Enfant {number}")
        make_invoice(zoe.payer, regie, 100, number=f"1{number}")
        for day in range(5, 10):
            make_booking(child, unit, group, dt.date(2026, 10, day))
            tick(zoe, child, unit, dt.date(2026, 10, day + 7))
    with django_assert_num_queries(13):
        client.get(HOME)


def test_a_parent_without_a_household_of_their_own_sees_the_page(client):
    family = make_family()
    adult = make_adult(family)
    family.archived_at = NOW
    family.save()
    client.force_login(adult.user)
    assert "Aucun enfant dans votre dossier" in page(client.get(HOME))
    assert client.get("/inscriptions/nouvelle/").status_code == 200


def test_what_waits_for_an_answer_is_told_with_its_page_and_what_is_over_is_not(client, zoe):
    make_town(sections=[{"code": "accueil", "label": "Accueil"}, {"code": "dossier", "label": "Dossier"}])
    wanted = {"address": {"lines": "1 quai Vert", "postcode": "94800", "city": "Villejuif"}}
    demarche = ask_change(target=zoe.family, wanted=wanted, by=zoe.user, now=NOW).asked
    assert demarche is not None
    html = page(client.get(HOME))
    assert "Mes démarches en cours" in html
    assert f'href="/dossier/demarches/{demarche.code}/"' in html
    withdraw_change(demarche, by=zoe.user, now=NOW)
    assert "Mes démarches en cours" not in page(client.get(HOME))


def test_each_child_leads_to_their_file_when_the_town_has_the_section(client, zoe):
    nora = child_of(zoe)
    address = f'href="/dossier/enfants/{nora.code}/"'
    assert address not in page(client.get(HOME))
    make_town(sections=[{"code": "accueil", "label": "Accueil"}, {"code": "dossier", "label": "Dossier"}])
    assert address in page(client.get(HOME))
