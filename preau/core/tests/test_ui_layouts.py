"""The three layouts, on their own."""

from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from django.template import engines

pytestmark = pytest.mark.urls("preau.core.tests.ui_urls")

TOWN = SimpleNamespace(
    name="Villejuif", portal_name="Espace familles", phone="01 45 59 20 00", opening_hours="du lundi au vendredi",
    email="familles@villejuif.example", accent="#1d4f91",
)  # fmt: skip


@dataclass
class Person:
    name: str = "Zoé Pinceau"
    is_authenticated: bool = True

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Entry:
    label: str
    icon: str = "planning"
    url: str = "/planning/"
    is_current: bool = False
    is_second: bool = False
    badge: int = 0
    badge_text: str = ""
    is_third: bool = False


MENU = [
    Entry("Accueil"),
    Entry("Planning", is_current=True),
    Entry("Dossier", is_second=True, badge=1, badge_text="document à fournir"),
    Entry("Documents", is_second=True, badge=2, badge_text="documents à lire"),
]


def page(layout: str, body: str = "", **context: object) -> str:
    source = f'{{% extends "core/{layout}.html" %}}{{% block titre %}}Planning{{% endblock %}}{body}'
    return engines["django"].from_string(source).render(context)


@pytest.mark.parametrize("layout", ["public", "family", "staff"])
def test_a_layout_bears_that_everything_is_missing(layout):
    assert "<title>Planning – Portail famille</title>" in page(layout)


def test_the_title_names_the_page_the_portal_and_the_town():
    assert "<title>Planning – Espace familles – Villejuif</title>" in page("family", town=TOWN)


def test_the_title_says_that_the_form_has_errors():
    html = page("family", form=SimpleNamespace(errors={"name": ["Écrivez votre nom"]}))
    assert "<title>Erreur : Planning –" in html


def test_the_town_theme_comes_after_the_common_sheet():
    html = page("family", town=TOWN)
    assert html.index("preau.css") < html.index("town/theme") < html.index("ecrans.css")


def test_the_phone_number_can_be_called():
    assert '<a href="tel:+33145592000">01 45 59 20 00</a>' in page("public", town=TOWN)


@pytest.mark.parametrize("layout", ["family", "staff"])
def test_signing_out_is_a_post(layout):
    html = page(layout, user=Person(), navigation=MENU)
    assert '<form id="deconnexion" method="post" action="/accounts/logout">' in html
    assert html.count('form="deconnexion"') == 2


def test_a_visitor_is_offered_to_sign_in():
    html = page("public")
    assert 'href="/accounts/login"' in html
    assert "deconnexion" not in html


def test_a_signed_in_person_is_offered_their_space_on_public_pages():
    html = page("public", user=Person())
    assert 'href="/accounts/landing"' in html
    assert 'href="/accounts/login"' not in html


def test_the_menu_repeats_second_entries_and_counts_what_waits_there():
    html = page("family", user=Person(), navigation=MENU)
    assert html.count(">Dossier") + html.count("</svg>Dossier") >= 2
    assert '<span class="pastille">3<span class="vh"> (1 document à fournir, 2 documents à lire)</span></span>' in html


def test_the_current_section_is_marked_once_when_it_is_a_first_entry():
    assert page("family", user=Person(), navigation=MENU).count('aria-current="page"') == 1


def test_the_breadcrumb_starts_at_home():
    html = page("family", '{% block fil %}<li aria-current="page">Nora</li>{% endblock %}', user=Person())
    assert '<li><a href="/accounts/landing">Accueil</a></li><li aria-current="page">Nora</li></ol>' in html


def test_a_home_page_has_no_breadcrumb():
    assert "Ariane" not in page("family", "{% block fil %} \n{% endblock %}")


@pytest.mark.parametrize("layout", ["public", "family", "staff"])
def test_nothing_is_inline_in_a_layout(layout):
    html = page(layout, user=Person(), navigation=MENU, town=TOWN)
    assert "style=" not in html
    assert "<style" not in html
    assert "<script>" not in html
    assert "onclick" not in html


def test_what_people_typed_is_escaped():
    html = page("family", user=Person("<b>Zoé</b>"), navigation=[Entry("<i>x</i>", badge=1, badge_text="<u>")])
    assert "<b>Zoé" not in html
    assert "<i>x" not in html
    assert "<u>" not in html
