"""The step from one school year to the next: who goes up, who leaves, who changes school, who repeats."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from preau.accounts.choices import Capability
from preau.accounts.models import User
from preau.accounts.testing import make_agent, sign_in
from preau.families.households import set_schooling
from preau.families.models import Participant, Schooling
from preau.journal.models import Entry
from preau.members.actions.rolling import TooLate, repeat, roll_over, undo_roll_over
from preau.members.models import RollOver
from preau.members.queries.school_year import classes_of, usual_next_schools, years_to_prepare
from preau.members.rules import ClassOf, steps_of
from preau.members.testing import NOW
from preau.town.models import Level, Place, SchoolYear
from preau.town.testing import make_place, make_service, make_town

TODAY = NOW.date()
WEEK = dt.timedelta(days=7)
MS, GS, CP, CM2 = 1, 2, 3, 4


def test_children_go_up_in_their_school_as_long_as_it_has_the_next_level() -> None:
    nursery, primary = 10, 20
    groups = [ClassOf(nursery, MS, 3), ClassOf(nursery, GS, 4), ClassOf(primary, CP, 5), ClassOf(primary, CM2, 6)]
    steps = steps_of(groups, (MS, GS, CP, CM2), {nursery: primary})
    assert [(step.to_place, step.to_level, step.is_asked) for step in steps] == [
        (nursery, GS, False),
        (primary, CP, True),
        (primary, CM2, False),
        (None, None, False),
    ]


def test_a_school_about_which_nothing_is_said_sends_nobody_anywhere() -> None:
    [step] = steps_of([ClassOf(10, GS, 4)], (GS, CP), {})
    assert (step.to_place, step.to_level, step.is_asked) == (None, CP, True)


class Town:
    """A nursery and a primary school, two years, some children."""

    def __init__(self) -> None:
        make_town()
        make_service("enfance")
        self.levels = [
            Level.objects.create(code=code, name=code.upper(), order=rank)
            for rank, code in enumerate(("gs", "cp", "ce1"))
        ]
        self.nursery, self.primary = make_place("maternelle", name="Mat"), make_place("primaire", name="Prim")
        self.years = [
            SchoolYear.objects.create(
                code=f"{first}-{first + 1}",
                starts_on=dt.date(first, 9, 1),
                ends_on=dt.date(first + 1, 7, 3),
                weekdays=[0, 1, 3, 4],
            )
            for first in (2025, 2026, 2027)
        ]
        self.agent = make_agent(Capability.PREPARE_SCHOOL_YEAR)

    def child(self, level: int, place: Place | None = None, name: str = "Lou") -> Participant:
        child = Participant.objects.create(first_name=name, last_name="R", born_on=dt.date(2020, 1, 1))
        school = place or (self.primary if level else self.nursery)
        Schooling.objects.create(participant=child, year=self.years[1], place=school, level=self.levels[level])
        return child

    def roll(self, by: User | None = None) -> int:
        years = years_to_prepare(TODAY)
        assert years is not None
        assert years.after is not None
        order = [level.pk for level in self.levels]
        steps = steps_of(classes_of(years), order, {self.nursery.pk: self.primary.pk})
        return roll_over(before=years.before, after=years.after, steps=steps, by=by or self.agent, now=NOW)[1]

    def next_of(self, child: Participant) -> tuple[str, str] | None:
        row = Schooling.objects.filter(participant=child, year=self.years[2]).first()
        return (row.place.code, row.level.code) if row else None


@pytest.fixture
def town(db, time_machine) -> Town:
    time_machine.move_to(NOW, tick=False)
    return Town()


def test_all_children_go_up_change_school_or_leave(town) -> None:
    small, middle, last = (town.child(level) for level in range(3))
    town.child(1)
    assert town.roll() == 3
    assert town.next_of(small) == ("primaire", "cp")
    assert town.next_of(middle) == ("primaire", "ce1")
    assert town.next_of(last) is None
    assert Entry.objects.get(action="families.schoolings_rolled").facts["written"] == 3


def test_who_repeats_stays_and_who_has_a_school_already_keeps_it(town) -> None:
    repeats, has_one = town.child(1), town.child(1)
    town.child(2)
    repeat(participant=repeats, year=town.years[1], is_repeating=True, by=town.agent, now=NOW)
    set_schooling(
        participant=has_one, year=town.years[2], place=town.nursery, level=town.levels[0], by=town.agent, now=NOW
    )
    town.roll()
    assert town.next_of(repeats) == ("primaire", "cp")
    assert town.next_of(has_one) == ("maternelle", "gs")


def test_doing_it_again_only_adds_those_who_came_since(town) -> None:
    for level in range(3):
        town.child(level)
    assert (town.roll(), town.roll()) == (2, 0)
    town.child(0)
    town.child(1)
    assert town.roll() == 2
    assert RollOver.objects.count() == 1


def test_it_is_undone_within_a_week_save_what_was_put_right_by_hand(town) -> None:
    kept, gone = town.child(1), town.child(1)
    town.child(2)
    town.roll()
    set_schooling(
        participant=kept, year=town.years[2], place=town.nursery, level=town.levels[0], by=town.agent, now=NOW
    )
    made = RollOver.objects.get()
    assert undo_roll_over(made=made, by=town.agent, now=NOW + WEEK) == 1
    assert (town.next_of(kept), town.next_of(gone)) == (("maternelle", "gs"), None)
    assert undo_roll_over(made=made, by=town.agent, now=NOW) == 0
    assert town.roll() == 1


def test_after_a_week_it_is_too_late(town, client, time_machine) -> None:
    town.child(0)
    town.roll()
    time_machine.move_to(NOW + 2 * WEEK, tick=False)
    town.child(1)
    town.child(2)
    sign_in(client, town.agent)
    said = words(client.post(PAGE, {"apres-maternelle": "primaire", "confirmer": "1"}, follow=True))
    assert "1 enfant a une école" in said
    assert "Vous pouvez annuler" not in said
    with pytest.raises(TooLate):
        undo_roll_over(made=RollOver.objects.get(), by=town.agent, now=NOW + WEEK + dt.timedelta(seconds=1))


def test_a_thousand_children_take_as_many_statements_as_two(town) -> None:
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            town.roll()
        return len(queries)

    for level in range(3):
        town.child(level)
    few = statements()
    children = Participant.objects.bulk_create(
        Participant(first_name=f"n{rank}", last_name="R", born_on=dt.date(2020, 1, 1)) for rank in range(1000)
    )
    Schooling.objects.bulk_create(
        Schooling(participant=child, year=town.years[1], place=town.primary, level=town.levels[1]) for child in children
    )
    assert statements() <= few
    assert Schooling.objects.filter(year=town.years[2]).count() == 1000 + 2


def test_the_school_after_is_the_one_where_most_went_last_time(town) -> None:
    for _ in range(2):
        child = town.child(1)
        Schooling.objects.create(participant=child, year=town.years[0], place=town.nursery, level=town.levels[0])
    assert usual_next_schools(town.years[1]) == {town.nursery.pk: town.primary.pk}


def words(response) -> str:
    page: str = response.content.decode()
    return page.replace("\u00a0", " ")


PAGE = "/mairie/annee-scolaire/"


def test_an_agent_says_where_children_go_reads_again_then_does_it(town, client) -> None:
    child = town.child(0)
    town.child(1)
    town.child(2)
    sign_in(client, town.agent)
    assert "3 enfants à faire passer" in words(client.get(PAGE))
    assert "Il manque une réponse" in words(client.post(PAGE, {"confirmer": "1"}))
    assert town.next_of(child) is None
    said = {"apres-maternelle": "primaire"}
    assert "Un enfant quitte" in words(client.post(PAGE, said | {"relire": "1"}))
    assert "2 enfants ont une école" in words(client.post(PAGE, said | {"confirmer": "1"}, follow=True))
    assert town.next_of(child) == ("primaire", "cp")
    assert "2 enfants n’ont plus d’école" in words(client.post(f"{PAGE}annuler/", follow=True))
    assert town.next_of(child) is None


def test_a_school_whose_children_leave_the_town_is_said_so(town, client) -> None:
    child = town.child(0)
    town.child(1)
    sign_in(client, town.agent)
    client.post(PAGE, {"apres-maternelle": "quitte", "apres-primaire": "quitte", "confirmer": "1"})
    assert town.next_of(child) is None
    assert RollOver.objects.exists()


def test_an_agent_finds_a_child_who_repeats(town, client) -> None:
    child = town.child(1, name="Zélie")
    sign_in(client, town.agent)
    assert "Zélie" in words(client.get(PAGE, {"q": "zélie"}))
    assert "reste dans son niveau" in words(
        client.post(f"{PAGE}redoublements/", {"enfant": child.code, "redouble": "oui"}, follow=True)
    )
    client.post(f"{PAGE}redoublements/", {"enfant": child.code, "redouble": "non"})
    assert "Personne pour le moment" in words(client.get(PAGE))


def test_a_town_that_has_not_written_its_next_year_is_told(town, client) -> None:
    town.years[2].delete()
    sign_in(client, town.agent)
    assert "n’est pas écrite" in words(client.get(PAGE))


def test_the_page_takes_as_many_queries_for_many_children_as_for_one(town, client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(PAGE).status_code == 200
        return len(captured)

    town.child(0)
    sign_in(client, town.agent)
    client.get(PAGE)
    one = queries()
    for _ in range(9):
        town.child(1)
    assert queries() == one


def test_who_does_not_prepare_the_whole_town_finds_no_page(town, client) -> None:
    sign_in(client, make_agent(Capability.PREPARE_SCHOOL_YEAR, place=town.primary))
    assert client.get(PAGE).status_code == 404
