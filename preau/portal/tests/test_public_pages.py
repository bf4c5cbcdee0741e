"""Pages that anyone may read."""

import datetime as dt
from html.parser import HTMLParser

import pytest
import time_machine
from django.urls import resolve

from preau.accounts.testing import make_agent, sign_in
from preau.activities.choices import BookingMode
from preau.activities.testing import make_activity, make_group, make_unit
from preau.bookings.testing import open_days
from preau.core.dates import PARIS
from preau.enrolments.testing import make_intake
from preau.families.testing import make_adult, make_family
from preau.town.choices import TextCode, WayIn
from preau.town.models import Text
from preau.town.testing import make_service, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
PAGES = ("/", "/aide/", "/plan-du-site/", "/delais/", "/accessibilite/", "/donnees-personnelles/", "/mentions-legales/")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture(autouse=True)
def town():
    return make_town()


@pytest.fixture
def parent(client):
    user = make_adult(make_family()).user
    client.force_login(user)
    return user


def page(response) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


class Links(HTMLParser):
    """The addresses that a page leads to."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        if tag == "a":
            self.found.append(dict(attrs).get("href", ""))


def publish(code, body, *, version=1, title="Notre texte"):
    Text.objects.create(code=code, version=version, title=title, body=body, sha256="x" * 64, published_at=NOW)


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_needs_no_account(client, address):
    html = page(client.get(address))
    assert html.count("<h1") == 1
    assert "<title>" in html


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_bears_a_town_not_loaded_yet(client, town, address):
    type(town).objects.all().delete()
    assert "<h1" in page(client.get(address))


@pytest.mark.parametrize("address", PAGES)
def test_no_link_of_a_public_page_is_dead(client, address):
    make_activity()
    for link in Links(page(client.get(address))).found:
        if link.startswith("/") and not link.startswith("//"):
            resolve(link.partition("?")[0].partition("#")[0])
        else:
            assert link.startswith(("#", "mailto:", "tel:", "https://")), link


@pytest.mark.parametrize("address", PAGES[1:])
def test_a_parent_keeps_the_menu_on_public_pages(client, parent, address):
    assert 'aria-label="Rubriques"' in page(client.get(address))


@pytest.mark.parametrize("address", PAGES[1:])
def test_an_agent_reads_public_pages_without_the_families_menu(client, address):
    sign_in(client, make_agent())
    assert 'aria-label="Rubriques"' not in page(client.get(address))


@pytest.mark.parametrize("address", PAGES)
def test_a_public_page_changes_nothing(client, address):
    assert client.post(address).status_code == 405


def test_the_front_page_lets_one_sign_in_and_call(client):
    make_service(name="Service Enfance", phone="01 45 59 20 11", opening_hours="le matin")
    html = page(client.get("/"))
    assert 'action="/connexion/"' in html
    assert 'name="password"' in html
    assert 'href="tel:+33145592011"' in html
    assert '<a href="/mot-de-passe-oublie/">Mot de passe oublié</a>' in html


def test_whoever_is_signed_in_goes_from_the_front_page_to_their_space(client, parent):
    assert client.get("/").headers["Location"] == "/arrivee/"


def test_a_service_that_is_no_more_is_not_shown(client):
    make_service(name="Service fermé", phone="01 02 03 04 05", retired_on=NOW.date())
    assert "Service fermé" not in page(client.get("/"))


def test_the_help_speaks_only_of_what_the_town_has(client):
    html = page(client.get("/aide/"))
    assert "Inscrire un enfant à une activité" in html
    assert "Lire et payer une facture" in html
    make_town(sections=[{"code": "planning", "label": "Mes réservations"}])
    html = page(client.get("/aide/"))
    assert "<em>Mes réservations</em>" in html
    assert "Lire et payer une facture" not in html


@pytest.mark.parametrize(
    ("way", "said", "link"),
    [
        (WayIn.FIVE_STEPS, "il marche 24 heures", "/creer-mon-compte/"),
        (WayIn.REQUEST, "dans les 48 heures ouvrées", "/demander-un-espace/"),
        (WayIn.INVITED, "Le lien marche 168 heures", "tel:+33145592000"),
    ],
)
def test_the_help_tells_how_to_get_an_account_in_the_open_ways_only(client, way, said, link):
    make_town(ways=[way], link_hours={"five_steps": 24, "invited": 168})
    html = page(client.get("/aide/"))
    assert said in html
    assert link in Links(html).found
    make_town(ways=[other for other in (WayIn.FIVE_STEPS, WayIn.INVITED) if other != way])
    assert said not in page(client.get("/aide/"))


def test_the_help_tells_the_lengths_that_the_town_chose(client):
    make_town(family_session_hours=8, family_remember_days=15, password_minimum=16)
    html = page(client.get("/aide/"))
    assert "pendant 15 jours" in html
    assert "après 8 heures" in html
    assert "16 signes ou plus" in html


@pytest.mark.parametrize(
    ("ways", "links"),
    [
        ([WayIn.FIVE_STEPS], {"/creer-mon-compte/"}),
        ([WayIn.REQUEST], {"/demander-un-espace/"}),
        ([WayIn.INVITED], set()),
    ],
)
def test_the_site_map_and_the_front_page_lead_to_the_open_ways(client, ways, links):
    make_town(ways=ways)
    for address in ("/plan-du-site/", "/", "/connexion/"):
        found = set(Links(page(client.get(address))).found)
        assert found & {"/creer-mon-compte/", "/demander-un-espace/"} == links, address


def test_the_site_map_of_somebody_signed_in_has_their_account(client, parent):
    links = Links(page(client.get("/plan-du-site/"))).found
    assert {"/mon-compte/", "/mon-compte/souscriptions/", "/mon-compte/consentements/"} <= set(links)


def test_the_site_map_of_an_agent_has_no_page_of_families(client):
    sign_in(client, make_agent())
    links = Links(page(client.get("/plan-du-site/"))).found
    assert "/mon-compte/" in links
    assert "/mon-compte/souscriptions/" not in links


def test_the_site_map_of_a_visitor_has_no_private_page(client):
    links = Links(page(client.get("/plan-du-site/"))).found
    assert not {"/inscriptions/", "/mon-compte/"} & set(links)
    assert "/mot-de-passe-oublie/" in links
    assert "/delais/" in links


def test_the_site_map_of_a_parent_follows_the_sections_of_the_town(client, parent):
    make_town(sections=[{"code": "planning", "label": "Réservations"}, {"code": "messagerie", "label": "Messagerie"}])
    html = page(client.get("/plan-du-site/"))
    assert "<h2>Réservations</h2>" in html
    assert "Afficher et modifier les réservations" in html
    assert "Messagerie" not in html
    assert "/factures/" not in Links(html).found


# Texts of the town


@pytest.mark.parametrize(
    ("code", "address"),
    [
        (TextCode.LEGAL, "/mentions-legales/"),
        (TextCode.PRIVACY, "/donnees-personnelles/"),
        (TextCode.ACCESSIBILITY, "/accessibilite/"),
    ],
)
def test_the_latest_text_of_the_town_replaces_ours(client, code, address):
    before = page(client.get(address))
    publish(code, "Un premier texte.")
    publish(code, "## Qui ?\n\nLa commune <b>nous</b>.\n\n- un\n- deux", version=2, title="Notre second texte")
    html = page(client.get(address))
    assert "<h1>Notre second texte</h1>" in html
    assert "<h2>Qui ?</h2>" in html
    assert "La commune &lt;b&gt;nous&lt;/b&gt;." in html
    assert "<ul><li>un</li><li>deux</li></ul>" in html
    assert "Un premier texte" not in html
    assert "Version 2, publiée le 5 octobre 2026" in html
    assert "Notre second texte" not in before


def test_without_an_audit_the_declaration_says_so(client):
    assert "Non conforme" in page(client.get("/accessibilite/"))


# Délais


def notice(**data):
    return {"kind": "days", "n": 1, "at": "23:59"} | data


def opened(activity):
    """The activity with its openings, as the planning has them."""
    make_intake(activity, make_group(f"groupe-{activity.code}", matin=20))
    open_days(activity, now=NOW)


def test_deadlines_are_told_as_the_rules_are_with_what_the_planning_says_of_a_day(client):
    activity = make_activity(
        notice_book=notice(n=2, at="09:30"), notice_cancel={"kind": "working_days", "n": 1, "at": "12:00"}
    )
    make_unit(activity)
    opened(activity)
    html = page(client.get("/delais/"))
    assert "1_Accueil matin maternelle" in html
    assert "Matin, du 1er septembre 2026 au 2 juillet 2027" in html
    assert "au plus tard l’avant-veille, à 9 h 30" in html
    assert "Pour le lundi 12 octobre : samedi 10 octobre à 9 h 30" in html
    assert "au plus tard 1 jour ouvré avant, à midi" in html
    assert "Pour le lundi 12 octobre : vendredi 9 octobre à 12 h" in html


def test_the_example_is_a_day_on_which_the_activity_opens(client):
    year = make_year(holidays=((dt.date(2026, 10, 10), dt.date(2026, 11, 1)),))
    activity = make_activity(year=year)
    make_unit(activity)
    opened(activity)
    assert "Pour le lundi 2 novembre" in page(client.get("/delais/"))


def test_units_with_the_same_deadline_are_told_together(client):
    activity = make_activity()
    make_unit(activity, "matin")
    make_unit(activity, "soir")
    make_unit(activity, "repas", notice_book=notice(n=7))
    html = page(client.get("/delais/"))
    assert "Matin et Soir" in html
    assert html.count("7 jours avant") == 1


def test_an_activity_that_comes_back_with_the_same_deadlines_is_told_once(client):
    next_year = make_year("2027-2028", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 7, 4))
    make_unit(make_activity("cette-annee"))
    make_unit(make_activity("l-an-prochain", year=next_year))
    html = page(client.get("/delais/"))
    assert html.count("1_Accueil matin maternelle") == 1
    assert "Matin, du 1er septembre 2026 au 4 juillet 2028" in html


def test_an_activity_whose_deadlines_change_with_the_year_is_told_twice(client):
    next_year = make_year("2027-2028", starts_on=dt.date(2027, 9, 1), ends_on=dt.date(2028, 7, 4))
    make_unit(make_activity("cette-annee"))
    make_unit(make_activity("l-an-prochain", year=next_year, notice_book=notice(n=7)))
    html = page(client.get("/delais/"))
    assert "Matin, du 1er septembre 2026 au 2 juillet 2027" in html
    assert "Matin, du 1er septembre 2027 au 4 juillet 2028" in html


@pytest.mark.parametrize(
    "fields",
    [{"ends_on": dt.date(2026, 10, 4)}, {"booking_mode": BookingMode.READ_ONLY}, {"retired_on": dt.date(2026, 10, 5)}],
)
def test_what_families_do_not_book_has_no_deadline_here(client, fields):
    make_unit(make_activity(**fields))
    assert "Aucune activité à réserver en ce moment" in page(client.get("/delais/"))


def test_deadlines_take_the_same_queries_whatever_there_is(client, django_assert_num_queries):
    make_unit(make_activity())
    with django_assert_num_queries(6):
        client.get("/delais/")
    for number in range(4):
        activity = make_activity(f"activite-{number}", name=f"Activité {number}")
        make_unit(activity, "matin")
        make_unit(activity, "soir", notice_book=notice(n=7))
        opened(activity)
    with django_assert_num_queries(6):
        client.get("/delais/")


def test_too_many_requests_are_answered_in_french_without_a_town(client, settings, town):
    type(town).objects.all().delete()
    settings.ACCOUNT_RATE_LIMITS = {"login": "1/h/ip"}
    client.post("/connexion/", {"login": "a", "password": "b"}, REMOTE_ADDR="192.0.2.77")
    response = client.post("/connexion/", {"login": "a", "password": "b"}, REMOTE_ADDR="192.0.2.77")
    assert response.status_code == 429
