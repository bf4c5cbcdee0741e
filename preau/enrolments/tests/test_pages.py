"""« Inscriptions » and « Nouvelle inscription »."""

import datetime as dt

import pytest
import time_machine

from preau.activities.choices import EnrolmentMode
from preau.activities.testing import make_activity, make_group, make_unit
from preau.core.dates import PARIS
from preau.enrolments.models import Enrolment
from preau.enrolments.testing import make_enrolment, make_intake
from preau.families.choices import Sex, Situation
from preau.families.models import Home, Participant
from preau.families.testing import make_adult, make_bond, make_child, make_family
from preau.pricing.queries import tariff_catalogue
from preau.pricing.testing import make_quotient, make_tariff
from preau.town.testing import make_level, make_place, make_town, make_year

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 10, 5, 12, 0, tzinfo=PARIS)
LIST, NEW = "/inscriptions/", "/inscriptions/nouvelle/"
GRID = {"base": [{"kind": "grid", "at": ["0", "600"], "prices": ["2.10", "3.50"]}]}


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def town():
    tariff_catalogue.cache_clear()  # each test has its own tariffs, all under the first version of the catalogue
    return make_town()


@pytest.fixture
def family(town):
    """Zoé, whose quotient is 742, and Nora, in the last class of nursery school."""
    family = make_family()
    make_adult(family)
    make_quotient(family)
    make_child(family, year=make_year(), school=make_place(name="École Péri"), level=make_level(name="Grande section"))
    Participant.objects.update(sex=Sex.GIRL)
    return family


@pytest.fixture
def nora(family):
    return family.homes.get().participant


@pytest.fixture
def zoe(family, client):
    """Zoé's browser."""
    client.force_login(family.adults.get().user)
    return client


@pytest.fixture
def morning(town):
    return offered()


def offered(code="accueil-matin-maternelle", *, group=None, capacity=None, price="3.50", **fields):
    """An activity open to whoever fits, with a price."""
    activity = make_activity(code, **fields)
    make_tariff(make_unit(activity), price)
    make_intake(activity, group or make_group(f"groupe-{code}"), capacity=capacity)
    return activity


def page(response) -> str:
    assert response.status_code == 200
    text: str = response.content.decode()
    return text.replace("\u00a0", " ")


def asked(nora, activity, **more):
    return {"enfant": nora.code, "type": "periscolaire", "activite": activity.code, "entree": "2026-10-05"} | more


# The list


def test_the_list_counts_the_enrolments_of_each_child(zoe, nora, morning):
    assert "Aucune inscription" in page(zoe.get(LIST))
    make_enrolment(nora, morning, make_group())
    html = page(zoe.get(LIST))
    assert "1&nbsp;inscription/demande" in html
    assert "1_Accueil matin maternelle" in html
    assert "Grande section · École Péri" in html
    make_enrolment(nora, offered("restauration", name="Restauration"), make_group("salle"))
    assert "2&nbsp;inscriptions/demandes" in page(zoe.get(LIST))


def test_the_list_leaves_out_what_is_over(zoe, nora):
    over = offered("ete", name="Séjour d’été", starts_on=dt.date(2026, 7, 1), ends_on=dt.date(2026, 7, 31))
    make_enrolment(nora, over, make_group())
    assert "Séjour d’été" not in page(zoe.get(LIST))


def test_the_list_shows_no_child_of_another_family(zoe, morning):
    other = make_family(name="Autre")
    make_adult(other)
    theirs = make_child(other, first_name="Sacha")
    make_enrolment(theirs, morning, make_group())
    html = page(zoe.get(LIST))
    assert "Sacha" not in html
    assert "1_Accueil matin" not in html


def test_who_may_only_look_is_not_offered_to_enrol(client, nora, morning):
    grandmother = make_adult(make_family(), first_name="Odile")
    make_bond(grandmother, nora, Situation.GRANDPARENT)
    client.force_login(grandmother.user)
    html = page(client.get(LIST))
    assert "Nora" in html
    assert "nouvelle/?enfant" not in html
    assert client.get(f"{NEW}?enfant={nora.code}").status_code == 404
    assert client.post(NEW, asked(nora, morning)).status_code == 404


def test_without_a_child_the_pages_say_what_to_do(client, town):
    client.force_login(make_adult(make_family()).user)
    assert "Aucun enfant dans votre dossier" in page(client.get(LIST))
    assert "Aucun enfant à inscrire" in page(client.get(NEW))


def test_the_list_takes_the_same_queries_whatever_there_is(zoe, family, nora, morning, django_assert_num_queries):
    make_enrolment(nora, morning, make_group())
    with django_assert_num_queries(6):
        zoe.get(LIST)
    for number in range(3):
        child = make_child(family, first_name=f"Enfant {number}")
        for rank in range(3):
            make_enrolment(child, offered(f"activite-{number}-{rank}"), make_group(f"groupe-{number}-{rank}"))
    with django_assert_num_queries(6):
        zoe.get(LIST)


@pytest.mark.parametrize("address", [LIST, NEW])
def test_a_town_without_this_section_has_no_such_page(zoe, address):
    make_town(sections=[{"code": "planning", "label": "Planning"}])
    assert zoe.get(address).status_code == 404


# Step after step


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


# Enrolling


def test_an_enrolment_is_listed_and_leads_to_the_planning(zoe, nora, morning):
    response = zoe.post(NEW, asked(nora, morning), follow=True)
    enrolment = Enrolment.objects.get()
    assert response.redirect_chain == [(f"{LIST}?nouvelle={enrolment.code}#{nora.code}", 302)]
    html = page(response)
    assert "Nora est inscrite : 1_Accueil matin maternelle, à partir du 5 octobre 2026." in html
    assert "Nouvelle" in html
    assert f"/planning/{nora.code}/2026-10/" in html


def test_a_second_enrolment_is_refused_in_words_beside_the_field(zoe, nora, morning):
    zoe.post(NEW, asked(nora, morning))
    html = page(zoe.post(NEW, asked(nora, morning)))
    assert (
        "Cette inscription existe déjà : une seule par enfant et par activité."
        in html.partition('id="id_activite_error"')[2]
    )
    assert "<title>Erreur : " in html
    assert Enrolment.objects.count() == 1


def test_a_forged_activity_is_refused_in_words(zoe, nora, morning):
    for code, why in (("inconnue", "Choisissez une activité"), ("", "Choisissez une activité"), ("\x00", "nul")):
        assert why in page(zoe.post(NEW, asked(nora, morning, activite=code))).partition('id="id_activite_error"')[2]
    for_others = offered("cp", born_from=dt.date(2015, 1, 1), born_to=dt.date(2018, 12, 31))
    assert "demande d’être plus âgé" in page(zoe.post(NEW, asked(nora, for_others)))
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2026-10-04", "à partir d’aujourd’hui"),
        ("2027-07-03", "avant la fin de l’activité"),
        ("", "Indiquez la date d’entrée souhaitée"),
        ("hier", "Écrivez une date"),
        ("9999-99-99", "Écrivez une date"),
    ],
)
def test_a_wrong_day_is_refused_beside_its_field_and_nothing_else_is_lost(zoe, nora, morning, day, why):
    html = page(zoe.post(NEW, asked(nora, morning, entree=day)))
    assert why in html.partition('id="id_entree_error"')[2]
    assert f'value="{nora.code}" id="id_enfant_0" checked' in html
    assert f'value="{morning.code}" id="id_activite_0" checked' in html
    assert not Enrolment.objects.exists()


def test_a_full_activity_is_refused_in_words(zoe, nora):
    assert "Il n’y a plus de place" in page(zoe.post(NEW, asked(nora, offered(capacity=0))))


def test_without_a_child_chosen_nothing_is_done(zoe, family, nora, morning):
    make_child(family, first_name="Mylis")
    html = page(zoe.post(NEW, asked(nora, morning, enfant="")))
    assert "Choisissez un enfant" in html.partition('id="id_enfant_error"')[2]
    assert not Enrolment.objects.exists()


def test_each_home_of_a_child_may_enrol(client, family, nora, morning):
    other_home = make_family(name="Second foyer")
    father = make_adult(other_home, first_name="Paul")
    make_bond(father, nora)
    Home.objects.create(participant=nora, family=other_home)
    client.force_login(father.user)
    client.post(NEW, asked(nora, morning))
    assert Enrolment.objects.get().by == father.user
