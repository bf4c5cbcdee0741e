"""What a child does not eat: boxes, from a day on."""

import datetime as dt

from preau.accounts.testing import sign_in
from preau.members.actions.eating import choose_diets
from preau.members.models import DietChoice
from preau.members.queries.diets import diets_on
from preau.members.testing import NOW, make_diet

TODAY = NOW.date()
LATER = TODAY + dt.timedelta(days=7)


def choose(apart, *diets, starts_on=TODAY) -> DietChoice:
    mother = apart.mother
    return choose_diets(
        adult=mother, participant=apart.child, diets=diets, starts_on=starts_on, by=mother.user, now=NOW
    )


def eaten(apart, day: dt.date) -> list[str]:
    return [diet.code for diet in diets_on([apart.child], on=day)[apart.child.pk]]


def test_a_diet_holds_from_its_day_and_no_box_ends_it(apart) -> None:
    pork = make_diet("sans-porc")
    choose(apart, pork)
    choose(apart, starts_on=LATER)
    assert (eaten(apart, TODAY), eaten(apart, LATER)) == (["sans-porc"], [])


def test_a_choice_for_today_takes_the_place_of_those_to_come(apart) -> None:
    choose(apart, make_diet("sans-porc"), starts_on=LATER)
    choose(apart, make_diet("sans-viande"))
    assert eaten(apart, LATER) == ["sans-viande"]


def test_diets_take_two_queries_for_one_and_for_many(apart, django_assert_num_queries) -> None:
    choose(apart, make_diet("sans-porc"))
    for some in ([apart.child], [apart.child, apart.elder]):
        with django_assert_num_queries(2):
            diets_on(some, on=TODAY)


def test_a_parent_ticks_the_boxes_and_a_past_day_is_refused(apart, client) -> None:
    make_diet("sans-porc")
    page = f"/dossier/enfants/{apart.child.code}/regime/"
    sign_in(client, apart.mother.user)
    wrong = client.post(page, {"diets": ["sans-porc"], "starts_on": "2026-11-08"})
    assert "Choisissez aujourd’hui ou un jour à venir" in wrong.content.decode()
    client.post(page, {"diets": ["sans-porc"], "starts_on": TODAY.isoformat()})
    assert eaten(apart, TODAY) == ["sans-porc"]
    assert "Sans porc" in client.get(apart.page).content.decode()


def test_a_town_without_boxes_has_no_page(apart, client) -> None:
    sign_in(client, apart.mother.user)
    assert client.get(f"/dossier/enfants/{apart.child.code}/regime/").status_code == 404
