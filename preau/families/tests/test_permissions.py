"""Who sees which children: a maze of bonds, answered by the database and by a plain computation."""

import datetime as dt
import random
from dataclasses import dataclass, field

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.families.choices import AccessLevel, Situation, Subject
from preau.families.models import Adult, Family, Guardianship, Participant
from preau.families.permissions import families_visible_to, participants_visible_to
from preau.families.queries import children_of, household_of
from preau.families.rules import PRESETS
from preau.families.testing import make_adult, make_bond, make_child, make_family

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 11, 9)
ADULTS, CHILDREN, MOST_ROWS = 240, 160, 4
DAYS = [TODAY + dt.timedelta(days=offset) for offset in (-400, -1, 0, 1, 30)]


@dataclass(frozen=True)
class Row:
    starts_on: dt.date
    levels: dict[str, int]


@dataclass
class Maze:
    """`bonds` by adult then child: what the plain computation reads."""

    users: dict[int, User]
    archived: set[int]
    bonds: dict[int, dict[int, list[Row]]] = field(default_factory=dict)

    def visible(self, adult: int, subject: str, on: dt.date, level: int) -> set[int]:
        """The last row not after the day decides, and an archived household opens nothing."""
        if adult in self.archived:
            return set()
        seen = set()
        for child, rows in self.bonds.get(adult, {}).items():
            begun = [row for row in rows if row.starts_on <= on]
            if begun and max(begun, key=lambda row: row.starts_on).levels[subject] >= level:
                seen.add(child)
        return seen


def make_maze(chance: random.Random) -> Maze:
    homes = [Family.objects.create(name=f"Famille {n}", number=f"M{n}") for n in range(ADULTS // 2)]
    Family.objects.filter(pk__in=[home.pk for home in homes[:10]]).update(archived_at=timezone.now())
    users = [User(username=f"maze-{n}", email=f"maze-{n}@example.org", kind="family") for n in range(ADULTS)]
    users = User.objects.bulk_create(users)
    adults = Adult.objects.bulk_create(
        Adult(family=homes[n // 2], user=user, first_name="A", last_name=str(n)) for n, user in enumerate(users)
    )
    children = Participant.objects.bulk_create(
        Participant(code=f"m{n:09d}", first_name="E", last_name=str(n), born_on=TODAY) for n in range(CHILDREN)
    )
    maze = Maze(
        users={adult.pk: user for adult, user in zip(adults, users, strict=True)},
        archived={adult.pk for adult in adults if adult.family in homes[:10]},
    )
    rows = []
    for child in children:
        for adult in chance.sample(adults, chance.randint(0, 5)):
            chain = list(make_chain(chance))
            maze.bonds.setdefault(adult.pk, {})[child.pk] = [Row(row.starts_on, levels_of(row)) for row in chain]
            for row in chain:
                row.adult, row.participant = adult, child
            rows += chain
    chance.shuffle(rows)  # the order of writing says nothing
    Guardianship.objects.bulk_create(rows)
    return maze


def make_chain(chance: random.Random):
    """One to four rows around today, each of some situation; one in three is adjusted, as a judgment does."""
    for offset in chance.sample([-900, -401, -400, -2, -1, 0, 1, 29, 30, 31], chance.randint(1, MOST_ROWS)):
        situation = chance.choice(list(Situation))
        levels = {str(subject): int(level) for subject, level in PRESETS[situation].items()}
        if situation not in (Situation.WITHDRAWN, Situation.ENDED) and chance.random() < 1 / 3:
            levels[chance.choice(list(levels))] = chance.randint(0, 2)
        yield Guardianship(starts_on=TODAY + dt.timedelta(days=offset), situation=situation, **levels)


def levels_of(row: Guardianship) -> dict[str, int]:
    return {str(subject): getattr(row, subject) for subject in Subject}


def test_everyone_in_a_maze_of_bonds_sees_who_the_plain_computation_says():
    chance = random.Random(1)
    maze = make_maze(chance)
    situations = {situation for situation in Situation if Guardianship.objects.filter(situation=situation).exists()}
    assert situations == set(Situation)
    some = none = 0
    for adult, user in maze.users.items():
        for on in DAYS:
            subject = chance.choice(list(Subject))
            level = chance.choice([AccessLevel.SEE, AccessLevel.ACT])
            found = set(participants_visible_to(user, subject, on=on, level=level).values_list("pk", flat=True))
            assert found == maze.visible(adult, str(subject), on, level), (user.username, subject, on, level)
            some, none = some + bool(found), none + (not found)
    assert min(some, none) > 100


def make_parent() -> tuple[User, Adult, Participant]:
    user = make_user()
    adult = make_adult(make_family(), user=user)
    return user, adult, make_child(adult.family)


def sees(user: User, on: dt.date = TODAY, subject: Subject = Subject.PLANNING) -> bool:
    return participants_visible_to(user, subject, on=on).exists()


@pytest.mark.parametrize("situation", [Situation.WITHDRAWN, Situation.ENDED, Situation.PAYER_ONLY])
def test_a_right_is_lost_from_the_very_day(situation):
    user, adult, child = make_parent()
    make_bond(adult, child, situation, starts_on=TODAY)
    assert not sees(user)
    assert sees(user, on=TODAY - dt.timedelta(days=1))


def test_a_right_to_come_opens_nothing_before_its_day():
    user = make_user()
    adult = make_adult(make_family(), user=user)
    make_bond(adult, make_child(make_family()), starts_on=TODAY + dt.timedelta(days=1))
    assert not sees(user)
    assert sees(user, on=TODAY + dt.timedelta(days=1))


def test_a_right_given_back_holds_again():
    user, adult, child = make_parent()
    make_bond(adult, child, Situation.WITHDRAWN, starts_on=TODAY - dt.timedelta(days=30))
    make_bond(adult, child, Situation.EXERCISES, starts_on=TODAY)
    assert sees(user)


def test_seeing_is_not_acting():
    user = make_user()
    adult = make_adult(make_family(), user=user)
    make_bond(adult, make_child(make_family()), Situation.GRANDPARENT)
    assert sees(user)
    acting = participants_visible_to(user, Subject.PLANNING, on=TODAY, level=AccessLevel.ACT)
    assert not acting.exists()
    assert not sees(user, subject=Subject.HEALTH)


def test_living_under_one_roof_gives_no_right_by_itself():
    _, adult, _ = make_parent()
    newcomer = make_user()
    make_adult(adult.family, user=newcomer)
    assert not sees(newcomer)


def test_nobody_sees_through_an_archived_household():
    user, adult, _ = make_parent()
    Family.objects.filter(pk=adult.family_id).update(archived_at=timezone.now())
    assert not sees(user)
    assert not families_visible_to(user).exists()


def test_the_other_household_of_a_child_stays_closed():
    user, adult, _ = make_parent()
    other = make_family(name="Autre")
    make_adult(other)
    make_child(adult.family, other)
    assert list(families_visible_to(user)) == [adult.family]
    assert household_of(user) == adult.family


def test_children_come_eldest_first_with_their_schooling_in_two_queries(django_assert_num_queries):
    user, adult, child = make_parent()
    elder = make_child(adult.family, first_name="Aînée", born_on=dt.date(2015, 1, 1))
    with django_assert_num_queries(2):
        found = children_of(user, on=TODAY)
        for one in found:
            list(one.schoolings.all())
    assert found == [elder, child]


def test_a_withdrawn_right_cannot_be_written_with_a_level_left():
    _, adult, child = make_parent()
    with pytest.raises(IntegrityError), transaction.atomic():
        Guardianship.objects.create(
            adult=adult, participant=child, starts_on=TODAY, situation=Situation.WITHDRAWN, pickup=1
        )
