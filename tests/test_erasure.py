"""After an erasure no word of the person is found anywhere: every column of every table, the outbox, the journal."""

import re

import pytest
from django.apps import apps
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import CharField, JSONField, TextField
from pytest_django import Settings
from time_machine import TimeMachineFixture

from preau.accounts.models import User
from preau.core.invariants import REGISTRY
from preau.core.personal import Whom
from preau.demarches.models import AccountAsked
from preau.families.models import Adult, Family, Participant
from preau.health.models import HealthKey
from preau.health.testing import make_field
from preau.journal.actions import chain
from preau.notifications.models import Outgoing
from preau.privacy import erasing
from preau.privacy.actions import erasing as actions
from preau.privacy.actions.erasing import ErasureRefused, erase
from preau.privacy.choices import Erased, ErasureRefusal
from preau.privacy.erasing import foreseen, whom
from preau.privacy.models import DataExport, Erasure
from tests.household import NOW, OTHERS, OURS, PHONES
from tests.world import World, make_world


@pytest.fixture
def world(db: None, time_machine: TimeMachineFixture, settings: Settings) -> World:
    settings.STORAGES = settings.STORAGES | {"default": {"BACKEND": "django.core.files.storage.InMemoryStorage"}}
    time_machine.move_to(NOW, tick=False)
    return make_world()


@pytest.fixture
def nothing_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if all that the household uses had ended."""
    monkeypatch.setattr(actions, "refusals", lambda who, *, on, besides: [])


def found_in_the_database(words: set[str]) -> set[str]:
    """`table.column: word` for each word found, whatever the type of the column, whatever the case."""
    found = set()
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")
            columns = [one[0] for one in cursor.description]
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    text = bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)
                    told = re.sub(r"\\u([0-9a-f]{4})", lambda escape: chr(int(escape[1], 16)), text)
                    found |= {f"{model._meta.db_table}.{column}: {w}" for w in words if w.lower() in told.lower()}
    return found


def erase_household(world: World) -> None:
    erase(kind=Erased.FAMILY, code=world.ours.home.family.code, by=None, now=NOW)
    asker = world.ours.demarche.asked_by
    assert asker is not None
    erase(kind=Erased.ACCOUNT, code=asker.code, by=None, now=NOW)


def words_of(world: World) -> set[str]:
    ours = world.ours
    emails = {ours.user.email, ours.user.username}
    return {OURS.family, OURS.parent, OURS.child, OURS.asker, "Wolframite", *PHONES, ours.home.family.number, *emails}


def test_no_word_of_the_household_is_left(world, nothing_runs):
    make_field(ours := world.ours.child, text="Fraises")
    words = words_of(world) | {"Fraises"}
    assert {word for word in words if found_in_the_database({word})} >= words - {"Fraises"}
    erase_household(world)
    assert found_in_the_database(words) == set()
    assert not HealthKey.objects.filter(participant=ours).exists()


def test_other_households_keep_theirs(world, nothing_runs):
    before = len(found_in_the_database({OTHERS.child, OTHERS.parent}))
    erase_household(world)
    assert len(found_in_the_database({OTHERS.child, OTHERS.parent})) == before


def test_what_must_always_hold_still_holds(world, nothing_runs):
    """Numbers of places, seals of invoices, the chain of the journal."""
    chain()
    faults = {one.name: list(one.check()) for one in REGISTRY}
    erase_household(world)
    chain()
    assert {one.name: list(one.check()) for one in REGISTRY} == faults


def test_invoices_stay_as_they_were_printed(world, nothing_runs):
    erase_household(world)
    world.ours.invoice.refresh_from_db()
    assert default_storage.exists(f"factures/{world.ours.invoice.sha256}.pdf")


def test_a_second_time_changes_nothing(world, nothing_runs):
    erase_household(world)
    told = erase(kind=Erased.FAMILY, code=world.ours.home.family.code, by=None, now=NOW)
    assert {line.how for line in told} <= {"gardé", "vidé"}
    assert Erasure.objects.filter(kind=Erased.FAMILY).count() == 1


def test_what_is_foreseen_is_what_is_done(world, nothing_runs):
    code = world.ours.home.family.code
    who = whom(Erased.FAMILY, code)
    assert who is not None
    plan = foreseen(who)
    done = erase(kind=Erased.FAMILY, code=code, by=None, now=NOW)
    assert [(line.label, line.how) for line in done] == [(line.label, line.how) for line in plan]
    assert all(line.why for line in plan if line.how == "gardé")


def test_a_failure_in_one_area_leaves_all_as_it_was(world, nothing_runs, monkeypatch):
    monkeypatch.setattr(actions, "record", lambda *args, **kwargs: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        erase(kind=Erased.FAMILY, code=world.ours.home.family.code, by=None, now=NOW)
    assert found_in_the_database({OURS.child})
    assert Outgoing.objects.filter(address=world.ours.user.email).exists()


def test_who_still_uses_or_owes_something_waits(world):
    with pytest.raises(ErasureRefused) as refused:
        erase(kind=Erased.FAMILY, code=world.ours.home.family.code, by=None, now=NOW)
    assert {ErasureRefusal.ENROLLED, ErasureRefusal.OWES} <= set(refused.value.reasons)
    assert not Erasure.objects.exists()


def test_what_began_while_the_invoices_were_printed_is_waited_for(world, monkeypatch):
    said = iter([[], [ErasureRefusal.ASKS]])
    monkeypatch.setattr(actions, "refusals", lambda who, *, on, besides: next(said))
    with pytest.raises(ErasureRefused):
        erase(kind=Erased.FAMILY, code=world.ours.home.family.code, by=None, now=NOW)
    assert found_in_the_database({OURS.child})


def test_no_parent_keeps_a_file_that_tells_of_an_erased_child(world, nothing_runs):
    theirs = DataExport.objects.filter(user=world.ours.user)
    assert theirs.exists()
    erase(kind=Erased.CHILD, code=world.ours.child.code, by=None, now=NOW)
    assert not theirs.exists()


def test_a_child_who_lives_in_two_homes_stays_when_one_goes(world):
    home = world.ours.home.family
    other = next(one for one in world.strangers if one.name == "a parent of another family").user
    world.ours.child.homes.create(family=other.adult.family)
    who = whom(Erased.FAMILY, home.code)
    assert who is not None
    assert world.ours.child.pk not in who.participants


@pytest.mark.django_db
@pytest.mark.parametrize("model", [User, Adult, Participant, Family, AccountAsked], ids=lambda model: model.__name__)
def test_every_text_of_a_person_is_emptied(model):
    """A new field that tells of somebody goes to the area's forgetting.py."""
    step = next(one for one in erasing.steps_for(Whom()) if one.rows.model is model and len(one.values or {}) > 1)
    texts = {one.name for one in model._meta.concrete_fields if isinstance(one, CharField | TextField | JSONField)}
    assert texts - {"code", "kind", "symbol", "colour"} <= set(step.values or {})


def test_nobody_has_that_code(world):
    for kind in Erased:
        assert erasing.whom(kind, "0000000000") is None
