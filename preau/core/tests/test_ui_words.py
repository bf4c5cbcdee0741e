"""Days, hours, amounts and small components as people read them."""

import datetime as dt
import re
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.paginator import Paginator
from django.template import Context, RequestContext, Template
from hypothesis import given
from hypothesis import strategies as st

from preau.core.dates import Month
from preau.core.templatetags import ui

PREAU = Path(__file__).resolve().parents[2]
SYMBOLS = set(re.findall(r'id="i-([\w-]+)"', (PREAU / "core/static/preau/icones.svg").read_text(encoding="utf-8")))
UTC = dt.UTC


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


def render(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (dt.date(2026, 2, 12), "jeudi 12 février"),
        (dt.date(2026, 3, 1), "dimanche 1er mars"),
        (dt.datetime(2026, 2, 28, 23, 30, tzinfo=UTC), "dimanche 1er mars"),
        (None, ""),
    ],
)
def test_a_day_is_told_in_local_time(day, text):
    assert plain(ui.jour(day)) == text


def test_the_first_of_a_month_is_an_ordinal():
    assert [ui.day_number(dt.date(2026, 3, day)) for day in (1, 2, 21)] == ["1er", "2", "21"]


@pytest.mark.parametrize("words", ["de Nora", "d’Élio", "d’Inès", "de Hawa", "d’Œuf", "de "])
def test_a_name_elides_what_comes_before_it(words):
    assert ui.de(words.removeprefix("de ").removeprefix("d’")) == words


def test_a_day_may_bear_its_year():
    assert plain(ui.jour_long(dt.date(2026, 8, 1))) == "samedi 1er août 2026"


def test_a_date_may_leave_out_the_day_of_the_week():
    assert plain(ui.date_longue(dt.date(2026, 2, 12))) == "12 février 2026"


@pytest.mark.parametrize("value", [Month(2026, 2), dt.date(2026, 2, 12), dt.datetime(2026, 1, 31, 23, 30, tzinfo=UTC)])
def test_a_month_has_its_year(value):
    assert plain(ui.mois(value)) == "février 2026"


@pytest.mark.parametrize(
    ("time", "text"),
    [
        (dt.time(16, 30), "16 h 30"),
        (dt.time(8), "8 h"),
        (dt.time(9, 5), "9 h 05"),
        (dt.datetime(2026, 2, 11, 22, 59, tzinfo=UTC), "23 h 59"),
        (dt.datetime(2026, 7, 1, 22, 0, tzinfo=UTC), "0 h"),
        (None, ""),
    ],
)
def test_an_hour_is_told_in_local_time(time, text):
    assert plain(ui.heure(time)) == text


def test_a_deadline_has_its_day_and_its_hour():
    deadline = dt.datetime(2026, 2, 11, 23, 59, 59, tzinfo=ZoneInfo("Europe/Paris"))
    assert plain(ui.echeance(deadline)) == "mercredi 11 février à 23 h 59"


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (dt.date(2026, 2, 9), dt.date(2026, 2, 20), "du 9 au 20 février 2026"),
        (dt.date(2026, 2, 9), dt.date(2026, 3, 1), "du 9 février au 1er mars 2026"),
        (dt.date(2026, 9, 1), dt.date(2027, 7, 3), "du 1er septembre 2026 au 3 juillet 2027"),
        (dt.date(2026, 3, 3), dt.date(2026, 3, 3), "le 3 mars 2026"),
        (dt.date(2026, 3, 3), None, "à partir du 3 mars 2026"),
        (None, dt.date(2026, 3, 3), "jusqu’au 3 mars 2026"),
        (None, None, ""),
    ],
)
def test_a_period_says_each_thing_once(first, last, text):
    assert plain(ui.periode(first, last)) == text


@given(st.datetimes(min_value=dt.datetime(2000, 1, 1), max_value=dt.datetime(2199, 1, 1), timezones=st.just(UTC)))
def test_every_instant_can_be_told(instant):
    assert re.fullmatch(
        r"(lun|mar|mercre|jeu|vendre|same)di \d\w* \w+ à \d+ h( \d\d)?|dimanche \d\w* \w+ à \d+ h( \d\d)?",
        plain(ui.echeance(instant)),
    )


def test_amounts_are_in_euros_and_nothing_is_nothing():
    assert plain(render("{{ a|euros }}/{{ b|euros }}", a=18432, b=None)) == "184,32 €/"


@pytest.mark.parametrize(
    ("number", "link"),
    [("01 45 59 20 00", "tel:+33145592000"), ("3949", "tel:3949"), ("+33 1 45 59 20 00", "tel:+33145592000")],
)
def test_a_number_can_be_called(number, link):
    assert ui.lien_tel(number) == link


def test_hours_in_a_sentence_are_not_cut():
    assert (
        ui.heures_insecables("de 8 h 30 à 17 h, 24 heures après") == "de 8\u00a0h\u00a030 à 17\u00a0h, 24 heures après"
    )


@pytest.mark.parametrize(
    ("words", "text"), [(["Nora"], "Nora"), (["Nora", "Mylis", "Lou"], "Nora, Mylis et Lou"), ([], "")]
)
def test_names_are_listed_as_they_are_said(words, text):
    assert ui.enumeration(words) == text


# Components


@dataclass
class Child:
    first_name: str = "Nora"
    colour: str = "corail"
    symbol: str = "lapin"


def test_an_icon_is_a_symbol_of_the_sheet_and_hidden_from_screen_readers():
    assert render('{% icon "planning" %}') == (
        '<svg class="icone" aria-hidden="true"><use href="/static/preau/icones.svg#i-planning"/></svg>'
    )


def test_a_state_is_an_icon_and_a_word():
    html = render('{% gommette "vert" "succes" text %}', text="Payée & reçue")
    assert html.startswith('<span class="gommette g-vert"><svg')
    assert html.endswith("Payée &amp; reçue</span>")


def test_a_grey_state_has_no_colour():
    assert '<span class="gommette"><svg' in render('{% gommette "" "info" "Brouillon" %}')


def test_a_child_is_a_symbol_a_colour_and_a_name():
    html = render('{% etiquette child "l" %}', child=Child(first_name="<Nora>"))
    assert html.startswith('<span class="etiquette t-corail etiquette-l"><svg')
    assert "#i-lapin" in html
    assert "&lt;Nora&gt;</span>" in html


def test_pages_are_left_out_in_the_middle():
    page = Paginator(range(400), 10).page(20)
    assert ui.page_numbers(page) == [1, None, 18, 19, 20, 21, 22, None, 40]


PAGES = '{% include "core/ui/_pagination.html" with page=page label="Pages" only %}'


def test_page_links_keep_the_search(rf):
    request = rf.get("/familles/", {"q": "a&b", "page": "2"})
    html = Template(PAGES).render(RequestContext(request, {"page": Paginator(range(30), 10).page(2)}))
    assert 'href="?q=a%26b&amp;page=3"' in html
    assert 'aria-current="page" aria-label="Page 2"' in html


def test_one_page_needs_no_links():
    assert "nav" not in render(PAGES, page=Paginator(range(3), 10).page(1))


def test_steps_say_where_one_is():
    html = render(
        '{% include "core/ui/_steps.html" with steps=steps current=2 label="Étapes du paiement" only %}',
        steps=["Facture", "Vérification", "Paiement"],
    )
    assert "Étape 2 sur 3" in html
    assert '<li class="fait"><span>Facture<span class="vh"> (fait)</span></span></li>' in html
    assert '<li aria-current="step"><span>Vérification</span></li>' in html


@pytest.mark.parametrize(
    ("kind", "role"), [("erreur", "alert"), ("attention", "status"), ("succes", "status"), ("", "status")]
)
def test_only_an_error_interrupts(kind, role):
    html = render('{% include "core/ui/_alert.html" with kind=kind text=text only %}', kind=kind, text="<b>")
    assert f'role="{role}"' in html
    assert "&lt;b&gt;" in html


# Sweeps over the whole project


def test_every_icon_named_in_a_template_is_drawn():
    named = {
        (str(path.relative_to(PREAU)), name)
        for path in PREAU.glob("**/templates/**/*.html")
        for text in [path.read_text(encoding="utf-8")]
        for name in re.findall(r'\{% icon "([\w-]+)"', text) + re.findall(r'\{% gommette "\w*" "([\w-]+)"', text)
    }
    assert named
    assert {(where, name) for where, name in named if name not in SYMBOLS} == set()
