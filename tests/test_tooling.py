"""The two commands, the lock files and the private PostgreSQL do what the README and the Makefile say."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.private_postgres import PostgresMissing, newest_binaries
from scripts.run_tests import Tally, read
from tests.browser import PROGRAMS

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PINNED = re.compile(r"^([a-z0-9-]+)==([^ ;]+)[^\n]*?\\\n +--hash=sha256:[0-9a-f]{64}", re.MULTILINE)
PRIVATE_POSTGRES = [sys.executable, str(ROOT / "scripts/private_postgres.py"), "--"]


def locked(name: str) -> dict[str, str]:
    """The version of each package of `requirements/<name>.txt`."""
    return dict(PINNED.findall((ROOT / "requirements" / f"{name}.txt").read_text()))


def program(folder: Path, name: str, body: str) -> None:
    """A program called `name`, alone in the PATH of what the test runs."""
    (folder / name).write_text(f"#!/bin/sh\n{body}\n")
    (folder / name).chmod(0o755)


def run(script: str, *arguments: str, path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a shell script of the project where only the programs of `path` exist."""
    return subprocess.run(
        ["/bin/sh", str(ROOT / script), *arguments],
        cwd=path,
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


# Lock files


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_file_names_no_address_and_no_place_on_a_machine(lock: Path) -> None:
    assert re.findall(r"://|--(?:extra-)?index|--find-links|file:|(?:^|\s)[~/]\w.*", lock.read_text()) == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_version_and_a_hash(lock: Path) -> None:
    packages = [line for line in lock.read_text().splitlines() if line and line[0] not in " #"]
    assert len(packages) == len(locked(lock.stem)) > 20


def test_developers_run_the_same_versions_as_towns() -> None:
    assert locked("base").items() <= locked("dev").items()


@pytest.mark.parametrize(("lock", "extras"), [("base", ["build"]), ("dev", ["build", "dev"])])
def test_the_lock_files_follow_pyproject(lock: str, extras: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    versions = locked(lock)
    behind = [
        line
        for line in map(Requirement, wanted)
        if versions.get(canonicalize_name(line.name), "") not in line.specifier
    ]
    assert not behind, "make lock"


# Commands


def test_continuous_integration_runs_make_test_and_nothing_else(tmp_path: Path) -> None:
    program(tmp_path, "make", 'echo "make $*"')
    done = subprocess.run(
        [ROOT / ".ci/run"], env={"PATH": f"{tmp_path}:/usr/bin:/bin"}, capture_output=True, text=True, check=True
    )
    assert done.stdout == "make test\n"


def test_make_alone_explains_every_command() -> None:
    makefile = (ROOT / "Makefile").read_text()
    commands = re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)
    done = subprocess.run(["make", "-C", ROOT, "--no-print-directory"], capture_output=True, text=True, check=True)
    assert commands is not None
    assert {line.split()[1] for line in done.stdout.splitlines()} == set(commands[1].split())


def test_an_old_python_is_refused_in_words(tmp_path: Path) -> None:
    older = f'exec {sys.executable} -c "import sys; sys.version_info = (3, 10, 13); $2"'
    program(tmp_path, "python3", f'case "$1" in -c) {older} ;; *) echo "Python 3.10.13" ;; esac')
    done = run("scripts/install.sh", "base", path=tmp_path)
    assert done.returncode == 1
    assert "Préau demande Python 3.11 ou plus récent ; « python3 » est Python 3.10.13." in done.stderr


def test_without_python_the_package_to_install_is_named(tmp_path: Path) -> None:
    done = run("scripts/install.sh", "base", path=tmp_path)
    assert done.returncode == 1
    assert "apt-get install python3-venv" in done.stderr


def test_without_venv_the_package_to_install_is_named(tmp_path: Path) -> None:
    program(tmp_path, "python3", 'case "$2" in *ensurepip*) exit 1 ;; esac')
    done = run("scripts/install.sh", "base", path=tmp_path)
    assert done.returncode == 1
    assert "Il manque le module venv de Python." in done.stderr
    assert "apt-get install python3-venv" in done.stderr


def test_without_root_the_command_for_the_missing_programs_is_given(tmp_path: Path) -> None:
    program(tmp_path, "id", "echo 1000")
    done = run("scripts/system_packages.sh", path=tmp_path, POSTGRES_ROOT=str(tmp_path))
    assert done.returncode == 1
    assert "sudo apt-get update && sudo apt-get install -y chromium-headless-shell postgresql\n" in done.stderr


@pytest.mark.parametrize("chromium", PROGRAMS)
def test_root_installs_only_what_is_missing(tmp_path: Path, chromium: str) -> None:
    program(tmp_path, "id", "echo 0")
    program(
        tmp_path, "apt-get", f'echo "apt-get $*"; /bin/mkdir -p {tmp_path}/15/bin; /bin/cp $0 {tmp_path}/15/bin/initdb'
    )
    program(tmp_path, chromium, "")
    done = run("scripts/system_packages.sh", path=tmp_path, POSTGRES_ROOT=str(tmp_path))
    assert done.returncode == 0
    assert done.stdout == "apt-get update\napt-get install -y postgresql\n"


def test_an_old_postgresql_does_not_count(tmp_path: Path) -> None:
    for version in ("9.6", "13", "14"):
        (tmp_path / version / "bin").mkdir(parents=True)
        program(tmp_path / version / "bin", "initdb", "")
    program(tmp_path, "id", "echo 1000")
    program(tmp_path, "chromium", "")
    assert (
        "apt-get install -y postgresql\n"
        in run("scripts/system_packages.sh", path=tmp_path, POSTGRES_ROOT=str(tmp_path)).stderr
    )
    with pytest.raises(PostgresMissing):
        newest_binaries(tmp_path)


# The tally of make test


def test_the_tally_counts_what_pytest_reports(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="2" errors="1" skipped="3"/></testsuites>')
    assert read(report, code=1) == Tally(passed=4, failed=3)


def test_a_run_that_broke_is_a_failure_even_without_a_report(tmp_path: Path) -> None:
    assert read(tmp_path / "absent.xml", code=0) == Tally(passed=0, failed=1)


def test_a_run_that_ended_badly_is_a_failure_even_when_its_tests_passed(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="0" errors="0" skipped="0"/></testsuites>')
    assert read(report, code=1) == Tally(passed=10, failed=1)


# The private PostgreSQL


@pytest.fixture
def clusters(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder where private clusters live during the test, open to the account that runs them."""
    with tempfile.TemporaryDirectory(prefix="preau-") as folder:
        Path(folder).chmod(0o755)
        monkeypatch.setenv("TMPDIR", folder)
        yield Path(folder)


def test_the_command_gets_a_database_that_keeps_its_promises(clusters: Path) -> None:
    ask = (
        "import os, dj_database_url as d, psycopg; c = d.parse(os.environ['PREAU_DATABASE_URL']);"
        "b = psycopg.connect(host=c['HOST'], user=c['USER'], dbname=c['NAME']);"
        "print([b.execute(f'show {s}').fetchone()[0] for s in ('fsync', 'synchronous_commit', 'listen_addresses')])"
    )
    done = subprocess.run([*PRIVATE_POSTGRES, sys.executable, "-c", ask], capture_output=True, text=True, check=True)
    assert done.stdout == "['on', 'on', '']\n"


def test_the_exit_code_of_the_command_comes_back_and_nothing_stays(clusters: Path) -> None:
    done = subprocess.run([*PRIVATE_POSTGRES, "sh", "-c", "exit 7"], check=False)
    assert done.returncode == 7
    assert list(clusters.iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_leaves_nothing_behind(clusters: Path, number: int) -> None:
    """Ctrl-C reaches the whole group, as a terminal does it; a supervisor stops our program alone."""
    with subprocess.Popen(
        [*PRIVATE_POSTGRES, "sh", "-c", "echo $$; exec sleep 60"], stdout=subprocess.PIPE, start_new_session=True
    ) as running:
        assert running.stdout is not None
        command = int(running.stdout.readline())
        server = int(next(clusters.glob("*/data/postmaster.pid")).read_text().splitlines()[0])
        (os.killpg if number == signal.SIGINT else os.kill)(running.pid, number)
        assert running.wait(timeout=30) == 128 + number
    assert [pid for pid in (command, server) if Path(f"/proc/{pid}").exists()] == []
    assert list(clusters.iterdir()) == []
