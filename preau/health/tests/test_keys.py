"""The key of a child: made once, wrapped anew, forgotten; what it sealed, and what a backup keeps of it."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from pytest_django import Settings

from preau.core.invariants import REGISTRY
from preau.families.models import Participant
from preau.families.testing import make_child, make_family
from preau.health import keys
from preau.health.choices import Item
from preau.health.keys import child_key, forget, locked_key, open_bytes, opener_for, rotate, seal_bytes, waiting_keys
from preau.health.master import MasterFault, add_version
from preau.health.models import HealthField, HealthKey
from preau.health.sealing import CannotOpen, wrap
from preau.health.testing import make_field, write_key_file

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(settings: Settings, tmp_path: Path) -> Path:
    """A key file of this test's own."""
    settings.HEALTH_KEY_FILE = str(tmp_path / "sante.cle")
    add_version(tmp_path / "sante.cle")
    return tmp_path / "sante.cle"


def children(count: int) -> list[Participant]:
    family = make_family()
    return [make_child(family, first_name=f"Enfant {number}") for number in range(count)]


def opened(row: HealthField) -> str:
    opener = opener_for(row.participant)
    assert opener is not None
    return opener.opened(row)


def faults() -> list[str]:
    check = next(invariant for invariant in REGISTRY if "scellée" in invariant.name)
    return list(check.check())


def test_the_values_of_a_child_share_its_key() -> None:
    (child,) = children(1)
    rows = [make_field(child, Item.ADVICE, "lunettes"), make_field(child, Item.ALLERGIES, "arachide")]
    assert [opened(row) for row in rows] == ["lunettes", "arachide"]
    assert HealthKey.objects.count() == 1
    assert faults() == []


def test_a_child_without_values_has_no_key() -> None:
    (child,) = children(1)
    assert opener_for(child) is None
    with pytest.raises(CannotOpen):
        child_key(child.pk)


def test_a_value_moved_to_another_child_or_item_does_not_open() -> None:
    one, other = children(2)
    row, _ = make_field(one, Item.ALLERGIES), make_field(other, Item.ALLERGIES)
    for moved in ({"participant": other, "name": Item.ADVICE}, {"name": Item.TREATMENTS}):
        HealthField.objects.filter(pk=row.pk).update(**moved)
        with pytest.raises(CannotOpen):
            opened(HealthField.objects.get(pk=row.pk))
        assert len(faults()) == 1


def test_a_value_copied_over_that_of_another_child_does_not_open() -> None:
    one, other = children(2)
    mine, theirs = make_field(one), make_field(other)
    HealthField.objects.filter(pk=theirs.pk).update(sealed=mine.sealed)
    with pytest.raises(CannotOpen):
        opened(HealthField.objects.get(pk=theirs.pk))


def test_a_key_copied_to_another_child_opens_nothing() -> None:
    one, other = children(2)
    make_field(one), make_field(other)
    stolen = HealthKey.objects.get(pk=one.pk)
    HealthKey.objects.filter(pk=other.pk).update(wrapped=stolen.wrapped)
    with pytest.raises(CannotOpen):
        child_key(other.pk)
    assert faults() == [f"clé de l’enfant n° {other.pk} : elle ne s’ouvre pas"]


def test_another_master_key_opens_nothing_and_says_so(path: Path) -> None:
    (child,) = children(1)
    row = make_field(child)
    path.unlink()
    add_version(path)
    with pytest.raises(CannotOpen):
        opened(row)
    assert "ne s’ouvre pas" in faults()[0]


def test_without_the_master_key_nothing_is_read_or_written(path: Path) -> None:
    one, other = children(2)
    row = make_field(one)
    path.unlink()
    with pytest.raises(MasterFault):
        opened(row)
    with pytest.raises(MasterFault):
        make_field(other)
    assert "n’existe pas" in faults()[0]


def test_a_value_without_a_key_is_said() -> None:
    (child,) = children(1)
    make_field(child)
    HealthKey.objects.all().delete()
    assert "n’a plus de clé" in faults()[0]


# Two at once


@pytest.mark.django_db(transaction=True)
def test_two_who_begin_a_sheet_at_once_share_one_key() -> None:
    (child,) = children(1)
    start, made = threading.Barrier(2), []

    def begin() -> None:
        start.wait()
        try:
            with transaction.atomic():
                made.append(locked_key(child.pk).id)
        finally:
            connection.close()

    threads = [threading.Thread(target=begin) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made == [bytes.fromhex(HealthKey.objects.get().code)] * 2


@pytest.mark.django_db(transaction=True)
def test_two_rotations_at_once_lose_no_key(path: Path) -> None:
    rows = [make_field(child) for child in children(12)]
    add_version(path)
    start, done = threading.Barrier(2), []

    def turn() -> None:
        start.wait()
        try:
            done.append(rotate())
        finally:
            connection.close()

    threads = [threading.Thread(target=turn) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 12
    assert {opened(row) for row in rows} == {"Porte des lunettes"}


# Rotation


def test_after_a_rotation_the_old_version_is_not_needed(path: Path) -> None:
    rows = [make_field(child) for child in children(3)]
    add_version(path)
    assert waiting_keys() == 3
    assert rotate() == 3
    newest = path.read_text().splitlines()[-1]
    write_key_file(path, newest + "\n")
    assert [opened(row) for row in rows] == ["Porte des lunettes"] * 3
    assert (faults(), rotate(), waiting_keys()) == ([], 0, 0)


@pytest.mark.parametrize("killed_after", [0, 1, 2])
def test_a_rotation_killed_anywhere_leaves_all_open_and_is_taken_up_again(
    path: Path, killed_after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [make_field(child) for child in children(3)]
    add_version(path)
    with monkeypatch.context() as patched:
        patched.setattr(keys, "wrap", dying_after(killed_after))
        with pytest.raises(KeyboardInterrupt):
            rotate()
    assert waiting_keys() == 3 - killed_after
    assert [opened(row) for row in rows] == ["Porte des lunettes"] * 3
    assert rotate() == 3 - killed_after
    assert [opened(row) for row in rows] == ["Porte des lunettes"] * 3


def dying_after(count: int) -> Callable[..., bytes]:
    left = [count]

    def wrapped(*args: object) -> bytes:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1
        return wrap(*args)  # type: ignore[arg-type]

    return wrapped


def test_new_values_are_sealed_by_the_newest_version(path: Path) -> None:
    add_version(path)
    (child,) = children(1)
    make_field(child)
    assert HealthKey.objects.get().master == 2


def test_the_command_turns_and_says_what_it_could_not(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = children(2)
    make_field(one), make_field(other)
    HealthKey.objects.filter(pk=other.pk).update(wrapped=b"x" * 60)
    add_version(path)
    with pytest.raises(CommandError, match=r"1 clé\(s\) ne s’ouvrent pas"):
        call_command("health", "rotate")
    assert "1 clé(s) enveloppée(s) avec la version 2" in capsys.readouterr().out


# Forgetting


def test_a_forgotten_child_is_gone_from_backups_too() -> None:
    child, brother = children(2)
    row, kept = make_field(child, Item.ALLERGIES, "arachide"), make_field(brother)
    backup = HealthField.objects.filter(pk=row.pk).values().get()
    assert forget(child) == 1
    assert not HealthKey.objects.filter(pk=child.pk).exists()
    HealthField.objects.create(**backup)
    assert "n’a plus de clé" in faults()[0]
    HealthField.objects.all().delete()
    make_field(child, Item.ADVICE, "revenue")  # the family comes back: a new key
    HealthField.objects.create(**backup)
    with pytest.raises(CannotOpen):
        opened(HealthField.objects.get(pk=row.pk))
    assert not HealthField.objects.filter(pk=kept.pk).exists()


def test_forgetting_a_child_leaves_its_brother_alone() -> None:
    child, brother = children(2)
    make_field(child)
    row = make_field(brother)
    forget(child)
    assert opened(row) == "Porte des lunettes"
    assert forget(child) == 0


# Lent to documents


def test_bytes_are_lent_a_seal_for_one_row_of_one_child() -> None:
    one, other = children(2)
    make_field(other)
    sealed = seal_bytes(participant=one, table="documents_storedfile", row="abc", plain=b"%PDF arachide")
    assert b"arachide" not in sealed
    assert open_bytes(participant=one, table="documents_storedfile", row="abc", sealed=sealed) == b"%PDF arachide"
    for where in ({"participant": other, "row": "abc"}, {"participant": one, "row": "abd"}):
        with pytest.raises(CannotOpen):
            open_bytes(table="documents_storedfile", sealed=sealed, **where)  # type: ignore[arg-type]
    forget(one)
    with pytest.raises(CannotOpen):
        open_bytes(participant=one, table="documents_storedfile", row="abc", sealed=sealed)
