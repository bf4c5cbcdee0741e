"""« Nouvelle inscription », step after step."""

import datetime as dt

import pytest

from preau.activities.choices import EnrolmentMode
from preau.activities.testing import make_activity, make_group, make_unit
from preau.enrolments.models import Enrolment
from preau.enrolments.testing import make_enrolment, make_intake
from preau.enrolments.tests.family_pages.given import GRID, NEW, asked, offered, page
from preau.families.choices import Situation
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.pricing.testing import make_quotient
from preau.town.testing import make_level, make_place

pytestmark = pytest.mark.django_db


def test_where_nothing_is_left_to_choose_no_button_goes_on(zoe, nora, morning):
    zoe.post(NEW, asked(nora, morning))
    html = page(zoe.get(NEW, {"enfant": nora.code, "type": "periscolaire"}))
    assert "Il n’y a rien d’autre à choisir ici pour Nora" in html
    assert "Continuer" not in html.partition("<noscript>")[0]


def test_an_only_child_is_chosen_already(zoe, nora, morning):
    html = page(zoe.get(NEW))
    assert f'value="{nora.code}" id="id_enfant_0" checked' in html
    assert "Activités ouvertes à Nora, Grande section." in html


def test_with_several_children_one_chooses_first(zoe, family, morning):
    make_child(family, first_name="Mylis")
    html = page(zoe.get(NEW))
    assert "checked" not in html.partition("<main")[2]
    assert "Quelle activité" not in html
    assert "Continuer" in html


def test_the_activity_is_worded_as_in_the_guide(zoe, morning):
    assert "1_Accueil matin maternelle du 01/09/2026 au 02/07/2027" in page(zoe.get(NEW))


def test_a_chosen_activity_shows_its_price_and_why(zoe, nora):
    activity = offered(price=GRID)
    html = page(zoe.get(NEW, {"enfant": nora.code, "activite": activity.code}))
    assert "3,50 €" in html
    assert "Quotient familial" in html
    assert "742" in html
    assert 'value="2026-10-05" min="2026-10-05" max="2027-07-02"' in html
    assert "Au plus tôt le 5 octobre 2026, au plus tard le 2 juillet 2027" in html
    assert 'aria-describedby="id_entree_helptext"' in html
    assert "Enregistrer" in html


def test_the_price_follows_the_day_of_entry(zoe, nora, family):
    activity = offered(price=GRID)
    make_quotient(family, "500", starts_on=dt.date(2027, 1, 1))
    html = page(zoe.get(NEW, {"enfant": nora.code, "activite": activity.code, "entree": "2027-01-04"}))
    assert "2,10 €" in html.partition('id="demande"')[2]


def test_an_activity_without_a_voted_price_sends_to_the_town_hall(zoe, nora, town):
    activity = make_activity()
    make_unit(activity)
    make_intake(activity, make_group())
    assert "Prix à demander à la mairie" in page(zoe.get(NEW, {"activite": activity.code}))


def test_the_price_of_another_household_is_not_shown(client, nora):
    """A foster parent may enrol a child whose bills go to another household."""
    foster = make_adult(make_family(name="Accueil"), first_name="Odile")
    make_bond(foster, nora, Situation.FOSTER)
    activity = offered(price=GRID)
    client.force_login(foster.user)
    html = page(client.get(NEW, {"enfant": nora.code, "activite": activity.code}))
    assert "€" not in html.partition("<main")[2].partition("</main>")[0]
    assert "742" not in html


@pytest.mark.parametrize(
    "fields",
    [
        {"ends_on": dt.date(2026, 10, 4)},
        {"born_to": dt.date(2018, 12, 31), "born_from": dt.date(2015, 1, 1)},
        {"for_adults": True},
        {"enrolment_mode": EnrolmentMode.CHECKED},
        {"retired_on": dt.date(2026, 10, 5)},
    ],
)
def test_what_does_not_fit_is_not_offered(zoe, nora, fields):
    activity = offered(**fields)
    assert "1_Accueil matin" not in page(zoe.get(NEW))
    assert "1_Accueil matin" not in page(zoe.get(NEW, {"activite": activity.code}))


def test_activities_for_other_levels_or_schools_are_not_offered(zoe, nora):
    offered("elementaire", name="Pour les CP").levels.set([make_level("cp")])
    offered("ailleurs", name="Pour une autre école").schools.set([make_place("zay")])
    only_elsewhere = make_group("groupe-ailleurs-seul")
    only_elsewhere.schools.set([make_place("zay")])
    offered("sans-groupe", name="Sans groupe pour elle", group=only_elsewhere)
    assert "Aucune activité ouverte en ce moment" in page(zoe.get(NEW))


def test_what_is_taken_up_is_shown_but_cannot_be_chosen(zoe, nora, morning):
    make_enrolment(nora, morning, make_group())
    html = page(zoe.get(NEW, {"activite": morning.code}))
    assert "Déjà inscrite" in html
    assert f'value="{morning.code}" id="id_activite_0" disabled' in html
    assert "Enregistrer" not in html


def test_what_is_full_is_shown_as_full(zoe, nora):
    offered(capacity=0)
    assert "Complet" in page(zoe.get(NEW))


def test_types_of_activities_are_chosen_before_the_activity(zoe, nora, morning):
    sport = offered("judo", name="Judo")
    sport.theme = type(sport.theme).objects.create(code="sport", name="Sport")
    sport.save()
    assert "Judo" not in page(zoe.get(NEW))
    html = page(zoe.get(NEW, {"type": "sport"}))
    assert "Judo" in html
    assert "1_Accueil matin" not in html


def test_the_page_takes_the_same_queries_whatever_is_offered(zoe, nora, morning, django_assert_num_queries):
    zoe.get(NEW, {"activite": morning.code})  # tariffs and demands are read once a process
    with django_assert_num_queries(17):
        zoe.get(NEW, {"activite": morning.code})
    for number in range(4):
        activity = offered(f"activite-{number}", capacity=3)
        activity.levels.set([make_level()])
        activity.schools.set([make_place()])
    zoe.get(NEW)
    with django_assert_num_queries(17):
        zoe.get(NEW, {"activite": morning.code})


@pytest.mark.parametrize(
    "choices",
    [
        {"type": "inconnu"},
        {"activite": "inconnue"},
        {"activite": "\x00"},
        {"entree": "hier"},
        {"entree": "0000-00-00"},
        {"entree": "9999-12-31"},
        {"activite": "x" * 5000},
    ],
)
def test_odd_choices_are_as_if_nothing_was_chosen(zoe, nora, morning, choices):
    assert "Quelle activité" in page(
        zoe.get(NEW, {"enfant": nora.code, "type": "periscolaire"} | choices | {"z": "1"})
    ) or ("Quel type" in page(zoe.get(NEW, choices)))


@pytest.mark.parametrize("code", ["inconnu", "\x00", "1", "../"])
def test_an_unknown_child_is_not_found(zoe, nora, morning, code):
    assert zoe.get(NEW, {"enfant": code}).status_code == 404
    assert zoe.post(NEW, asked(nora, morning, enfant=code)).status_code == 404


def test_the_child_of_another_family_is_not_found(zoe, nora, morning):
    other = make_family(name="Autre")
    make_adult(other)
    theirs = make_child(other)
    assert zoe.get(NEW, {"enfant": theirs.code}).status_code == 404
    assert zoe.post(NEW, asked(theirs, morning)).status_code == 404
    assert not Enrolment.objects.exists()


def test_continuing_without_javascript_keeps_the_choices_in_the_address(zoe, nora, morning):
    response = zoe.post(NEW, asked(nora, morning, continuer="entree"))
    assert response.headers["Location"] == (
        f"{NEW}?enfant={nora.code}&type=periscolaire&activite=accueil-matin-maternelle&entree=2026-10-05"
    )
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("step", "why"),
    [
        ("enfant", "Choisissez un enfant"),
        ("type", "Choisissez un type d’activité"),
        ("activite", "Choisissez une activité"),
    ],
)
def test_continuing_without_choosing_says_what_to_choose_and_nothing_more(zoe, family, nora, morning, step, why):
    make_child(family, first_name="Mylis")
    sport = offered("judo", name="Judo")
    sport.theme = type(sport.theme).objects.create(code="sport", name="Sport")
    sport.save()
    before = {"enfant": {}, "type": {"enfant": nora.code}, "activite": {"enfant": nora.code, "type": "sport"}}[step]
    html = page(zoe.post(NEW, before | {"continuer": step}))
    assert why in html.partition(f'id="id_{step}_error"')[2]
    assert "Il y a une erreur à corriger" in html
    assert f'href="#id_{step}_0"' in html
    assert f'id="id_{step}_0"' in html


def test_htmx_receives_the_form_alone(zoe, nora, morning):
    choices = {"enfant": nora.code, "activite": morning.code}
    part = page(zoe.get(NEW, choices, headers={"hx-request": "true"}))
    assert part.lstrip().startswith('<form id="inscription"')
    assert "<html" not in part
    whole = page(zoe.get(NEW, choices))
    assert 'id="demande"' in part
    assert (
        part.partition("<aside class")[2].partition("</aside>")[0]
        == whole.partition("<aside class")[2].partition("</aside>")[0]
    )
