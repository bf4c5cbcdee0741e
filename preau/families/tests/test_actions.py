"""Linking an account to an adult, and changing a bond."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.utils import timezone

from preau.accounts.choices import UserKind
from preau.accounts.models import User
from preau.accounts.testing import make_user
from preau.families.actions import LinkRefused, link_account, set_bond
from preau.families.choices import AccessLevel, LinkRefusal, Situation, Subject
from preau.families.models import Adult, Family, Guardianship
from preau.families.permissions import participants_visible_to
from preau.families.testing import make_adult, make_child, make_family
from preau.journal.models import Entry
from preau.notifications.models import Outgoing
from preau.town.testing import make_town

pytestmark = pytest.mark.django_db

NOW = dt.datetime(2026, 11, 9, 9, tzinfo=dt.UTC)
TODAY = dt.date(2026, 11, 9)


@pytest.fixture(autouse=True)
def town() -> None:
    make_town()


def make_waiting(**names: str) -> User:
    user = make_user(**names)
    User.objects.filter(pk=user.pk).update(is_admitted=False)
    user.refresh_from_db()
    return user


def refusal_of(adult: Adult, user: User) -> LinkRefusal:
    with pytest.raises(LinkRefused) as refused:
        link_account(adult=adult, user=user, by=user, now=NOW)
    return refused.value.reason


def told() -> list[str]:
    return list(Outgoing.objects.order_by("address").values_list("address", flat=True))


def test_a_linked_account_is_let_in_and_the_journal_says_so() -> None:
    adult, user = make_adult(make_family(), signs_in=False), make_waiting()
    link_account(adult=adult, user=user, by=user, now=NOW)
    adult.refresh_from_db()
    assert adult.user == user
    assert User.objects.get(pk=user.pk).is_admitted
    entry = Entry.objects.get(action="families.account_linked")
    assert (entry.subject, entry.family, entry.actor) == (adult.code, adult.family.code, user.journal_name)


def test_a_second_time_changes_and_tells_nothing() -> None:
    family = make_family()
    make_adult(family)
    adult, user = make_adult(family, signs_in=False), make_waiting()
    for _ in range(2):
        link_account(adult=adult, user=user, by=user, now=NOW)
    assert Entry.objects.filter(action="families.account_linked").count() == 1
    assert len(told()) == 1


def test_the_household_and_the_address_on_file_are_told_and_nobody_else() -> None:
    family, other_home = make_family(number="1842"), make_family()
    holder, adult = make_adult(family, first_name="Malik"), make_adult(family, signs_in=False)
    make_child(family, other_home, first_name="Xanthippe")
    make_adult(other_home)
    Adult.objects.filter(pk=adult.pk).update(email="ancienne@example.org")
    adult.refresh_from_db()
    user = make_waiting()
    link_account(adult=adult, user=user, by=user, now=NOW)
    assert told() == sorted(["ancienne@example.org", holder.email])
    mail = Outgoing.objects.first()
    assert mail is not None
    assert "1842" in mail.text
    assert "1842" in mail.html
    assert mail.subject == "Un compte a été relié à votre dossier"
    assert "Xanthippe" not in mail.text


def test_the_new_account_is_not_told_of_itself() -> None:
    adult, user = make_adult(make_family(), signs_in=False), make_waiting()
    Adult.objects.filter(pk=adult.pk).update(email=user.email.upper())
    adult.refresh_from_db()
    link_account(adult=adult, user=user, by=user, now=NOW)
    assert told() == []


def test_an_adult_has_one_account_and_an_account_one_file() -> None:
    with_account, free = make_adult(make_family()), make_adult(make_family(), signs_in=False)
    assert with_account.user is not None
    assert refusal_of(with_account, make_waiting()) == LinkRefusal.ADULT_HAS_ACCOUNT
    assert refusal_of(free, with_account.user) == LinkRefusal.ACCOUNT_HAS_FILE


def test_agents_and_closed_files_are_not_linked() -> None:
    adult = make_adult(make_family(), signs_in=False)
    assert refusal_of(adult, make_user(kind=UserKind.STAFF)) == LinkRefusal.NOT_A_FAMILY_ACCOUNT
    Family.objects.filter(pk=adult.family_id).update(archived_at=timezone.now())
    adult = Adult.objects.get(pk=adult.pk)
    assert refusal_of(adult, make_waiting()) == LinkRefusal.FILE_IS_CLOSED


def test_a_file_closed_meanwhile_is_not_linked() -> None:
    adult = make_adult(make_family(), signs_in=False)
    assert adult.family.archived_at is None  # as the caller has read it
    Family.objects.filter(pk=adult.family_id).update(archived_at=timezone.now())
    refusal_of(adult, make_waiting())
    assert not Adult.objects.filter(user__isnull=False).exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("contested", ["adult", "account"])
def test_of_two_links_at_once_one_holds(contested: str) -> None:
    family = make_family()
    adults = [make_adult(family, signs_in=False) for _ in range(1 if contested == "adult" else 2)]
    users = [make_waiting() for _ in range(2 if contested == "adult" else 1)]

    def link(place: int) -> bool:
        try:
            user = users[place % len(users)]
            link_account(adult=adults[place % len(adults)], user=user, by=user, now=NOW)
        except LinkRefused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(link, range(2))) == [False, True]
    assert Adult.objects.filter(user__isnull=False).count() == 1
    assert Entry.objects.filter(action="families.account_linked").count() == 1


# Bonds


def test_a_bond_holds_from_its_day_with_the_presets_of_the_situation() -> None:
    family = make_family()
    child, adult = make_child(family), make_adult(family)
    set_bond(adult=adult, participant=child, situation=Situation.GRANDPARENT, starts_on=TODAY, by=None, now=NOW)
    assert adult.user is not None
    for day, seen in ((TODAY - dt.timedelta(days=1), False), (TODAY, True)):
        assert participants_visible_to(adult.user, Subject.PLANNING, on=day).exists() is seen
    assert not participants_visible_to(adult.user, Subject.HEALTH, on=TODAY).exists()


def test_a_judgment_adjusts_a_level_and_the_journal_has_the_row() -> None:
    child, adult = make_child(make_family()), make_adult(make_family())
    bond = set_bond(
        adult=adult,
        participant=child,
        situation=Situation.EXERCISES,
        starts_on=TODAY,
        levels={Subject.HEALTH: AccessLevel.SEE},
        by=None,
        now=NOW,
    )
    assert (bond.health, bond.planning) == (AccessLevel.SEE, AccessLevel.ACT)
    entry = Entry.objects.get(action="families.bond_set")
    assert (entry.subject, entry.participant) == (adult.code, child.code)
    assert entry.facts["health"] == 1
    assert entry.facts["starts_on"] == "2026-11-09"


def test_the_same_bond_again_changes_nothing_and_another_replaces_that_of_the_day() -> None:
    child, adult = make_child(make_family()), make_adult(make_family())

    def bind(situation: Situation) -> Guardianship:
        return set_bond(adult=adult, participant=child, situation=situation, starts_on=TODAY, by=None, now=NOW)

    assert bind(Situation.EXERCISES) == bind(Situation.EXERCISES)
    assert Entry.objects.filter(action="families.bond_set").count() == 1
    bind(Situation.WITHDRAWN)
    assert Guardianship.objects.get(adult=adult).situation == Situation.WITHDRAWN
    assert Guardianship.objects.get(adult=adult).planning == AccessLevel.NONE


@pytest.mark.parametrize("situation", [Situation.WITHDRAWN, Situation.ENDED])
def test_a_withdrawn_or_ended_bond_leaves_nothing(situation: Situation) -> None:
    child, adult = make_child(make_family()), make_adult(make_family())
    with pytest.raises(ValueError, match="leaves nothing"):
        set_bond(
            adult=adult,
            participant=child,
            situation=situation,
            starts_on=TODAY,
            levels={Subject.PICKUP: AccessLevel.SEE},
            by=None,
            now=NOW,
        )


def test_nobody_loses_the_bond_to_oneself() -> None:
    adult = make_adult(make_family())
    oneself = make_child(adult.family)
    oneself.adult = adult
    oneself.save(update_fields=["adult"])
    with pytest.raises(ValueError, match="oneself"):
        set_bond(adult=adult, participant=oneself, situation=Situation.ENDED, starts_on=TODAY, by=None, now=NOW)
