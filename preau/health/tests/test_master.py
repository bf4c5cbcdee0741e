"""The file of the master key: read, refused, made."""

import base64
import hashlib
import os
import stat
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from pytest_django import Settings

from preau.health.checks import key_file_is_sound
from preau.health.master import MasterFault, add_version, ensure_file, master_keys
from preau.health.testing import write_key_file

KEY = base64.b64encode(hashlib.sha256(b"drawn once").digest()).decode()


def drawn() -> str:
    return base64.b64encode(os.urandom(32)).decode()


@pytest.fixture
def path(settings: Settings, tmp_path: Path) -> Path:
    settings.HEALTH_KEY_FILE = str(tmp_path / "sante.cle")
    return tmp_path / "sante.cle"


def fault_of(text: str, path: Path, mode: int = 0o400) -> str:
    write_key_file(path, text, mode)
    with pytest.raises(MasterFault) as fault:
        master_keys()
    return str(fault.value)


def test_a_new_file_is_readable_by_its_owner_alone(path: Path) -> None:
    assert add_version(path) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert master_keys().current == 1
    assert len(master_keys().secret(1)) == 32


def test_one_more_version_keeps_the_older_ones(path: Path) -> None:
    add_version(path)
    first = master_keys().secret(1)
    assert add_version(path) == 2
    assert (master_keys().current, master_keys().secret(1)) == (2, first)
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert list(path.parent.iterdir()) == [path]


def test_a_file_that_is_there_is_left_alone(path: Path) -> None:
    add_version(path)
    before = path.read_bytes()
    ensure_file(path)
    assert path.read_bytes() == before


@pytest.mark.parametrize("mode", [0o440, 0o404, 0o644, 0o460])
def test_a_file_that_others_may_read_is_refused(path: Path, mode: int) -> None:
    assert "chmod 400" in fault_of(f"1 {drawn()}\n", path, mode)


@pytest.mark.parametrize(
    "secret",
    [b"\x00" * 32, b"0123456789abcdef0123456789abcdef", b"changez-moi-changez-moi-changez-", bytes(range(16)) * 2],
)
def test_a_key_that_was_not_drawn_is_refused(path: Path, secret: bytes) -> None:
    assert "hasard" in fault_of(f"1 {base64.b64encode(secret).decode()}\n", path)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "vide"),
        ("# rien\n", "vide"),
        ("clé\n", "attendu"),
        (f"un {KEY}\n", "attendu"),
        (f"0 {KEY}\n", "attendu"),
        (f"1 {KEY} 2\n", "attendu"),
        ("1 c2hvcnQ=\n", "attendu"),
        (f"1 {KEY}\n1 {KEY}\n", "deux fois"),
    ],
)
def test_what_is_not_a_key_file_is_refused_with_its_line(path: Path, text: str, said: str) -> None:
    assert said in fault_of(text, path)


def test_no_fault_says_the_key(path: Path) -> None:
    key = drawn()
    assert key not in fault_of(f"1 {key} 2\n", path)
    assert key not in fault_of(f"1 {key}\n1 {key}\n", path)
    write_key_file(path, f"1 {key}\n")
    assert base64.b64decode(key).hex() not in repr(master_keys())
    assert repr(base64.b64decode(key)) not in repr(master_keys())


def test_a_version_that_is_not_there_is_asked_for(path: Path) -> None:
    add_version(path)
    with pytest.raises(MasterFault, match="version 7"):
        master_keys().secret(7)


def test_a_changed_file_is_read_again(path: Path) -> None:
    add_version(path)
    before = master_keys().secret(1)
    write_key_file(path, f"1 {drawn()}\n")
    assert master_keys().secret(1) != before


def test_the_check_says_that_no_file_is_set(settings: Settings) -> None:
    settings.HEALTH_KEY_FILE = ""
    assert [fault.id for fault in key_file_is_sound(None)] == ["health.E001"]
    assert "new-key" in str(run_checks(tags=["health"])[0])


def test_the_check_says_that_the_file_is_not_there(path: Path, settings: Settings) -> None:
    settings.TESTING = False
    assert "n’existe pas" in str(key_file_is_sound(None)[0])


def test_the_check_lets_a_demonstration_make_its_file(path: Path, settings: Settings) -> None:
    settings.DEMO = True
    assert key_file_is_sound(None) == []


def test_the_command_makes_the_file_then_one_more_version(path: Path) -> None:
    call_command("health", "new-key")
    call_command("health", "new-key", str(path))
    assert master_keys().current == 2


def test_the_command_says_what_it_cannot_do(settings: Settings) -> None:
    settings.HEALTH_KEY_FILE = ""
    with pytest.raises(CommandError, match="Donnez le fichier"):
        call_command("health", "new-key")
    with pytest.raises(CommandError, match="PREAU_HEALTH_KEY_FILE"):
        call_command("health", "rotate")
    with pytest.raises(CommandError, match="/nulle-part"):
        call_command("health", "new-key", "/nulle-part/sante.cle")
