"""The worker: does each of its jobs, survives one that fails, stops when asked, loses nothing when killed."""

import datetime as dt
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from preau.accounts.models import Session
from preau.backoffice.management.commands.worker import FIRST_WAIT, LONGEST_WAIT, Job, jobs, work_until
from preau.journal.actions import record
from preau.journal.models import Entry
from preau.notifications.models import Outgoing

NOW = dt.datetime(2026, 11, 21, 9, 0, tzinfo=dt.UTC)
SOON = dt.timedelta(seconds=1)


def make_mail(number: int = 1) -> Outgoing:
    now = timezone.now()
    return Outgoing.objects.create(
        address=f"parent{number}@example.org",
        template="essai",
        subject="Bonjour",
        text="Bonjour",
        dedupe_key=f"essai-{number}",
        created_at=now,
        next_try_at=now,
    )


def work_once() -> int:
    with pytest.raises(SystemExit) as done:
        call_command("worker", "--once")
    return int(str(done.value.code))


@pytest.mark.django_db(transaction=True)
def test_once_does_every_job() -> None:
    make_mail()
    record(None, "essai", at=NOW)
    Session.objects.create(session_key="old", session_data="", expire_date=NOW - dt.timedelta(days=400))
    assert work_once() == 0
    assert len(mail.outbox) == 1
    assert Entry.objects.get().seq == 1
    assert not Session.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_once_fails_when_a_job_does(monkeypatch: pytest.MonkeyPatch) -> None:
    make_mail()
    monkeypatch.setattr("preau.backoffice.management.commands.worker.chain", lambda: 1 / 0)
    assert work_once() == 1
    assert len(mail.outbox) == 1


def test_a_job_that_fails_waits_longer_each_time_and_not_for_ever() -> None:
    job = Job("essai", lambda now: 1 // 0, SOON)
    waits = []
    for _ in range(60):  # an afternoon without a server of mails
        assert not job.attempt(NOW)
        waits.append(job.due_at - NOW)
    assert waits[:3] == [FIRST_WAIT, FIRST_WAIT * 2, FIRST_WAIT * 4]
    assert waits[-1] == LONGEST_WAIT


def test_a_job_that_works_again_is_back_to_its_pace() -> None:
    answers = iter([ZeroDivisionError, 3])

    def run(now: dt.datetime) -> int:
        answer = next(answers)
        if isinstance(answer, int):
            return answer
        assert isinstance(answer, BaseException)
        raise answer

    job = Job("essai", run, SOON)
    job.attempt(NOW)
    assert job.attempt(NOW)
    assert (job.failures, job.due_at) == (0, NOW + SOON)


def test_a_failing_job_does_not_keep_the_others_from_running(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("preau.backoffice.management.commands.worker.close_old_connections", lambda: None)
    stop, turns = threading.Event(), []

    def last(now: dt.datetime) -> int:
        turns.append(now)
        if len(turns) == 2:
            stop.set()
        return 0

    work_until(stop, [Job("fails", lambda now: 1 // 0, SOON), Job("works", last, dt.timedelta(0))])
    assert len(turns) == 2


def test_every_job_has_a_pace() -> None:
    assert all(job.every > dt.timedelta(0) for job in jobs())


# In a process of its own, on a database of its own


def environment(var: Path) -> dict[str, str]:
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"PYTEST_VERSION", "PREAU_DATABASE_URL"}
    }
    return inherited | {"PREAU_DEMO": "1", "PREAU_VAR": str(var), "DJANGO_SETTINGS_MODULE": "preau.config.settings"}


def start(var: Path, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "django", *arguments]
    return subprocess.Popen(command, env=environment(var), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def wait_for(line: str, process: subprocess.Popen[str]) -> None:
    assert process.stdout is not None
    for said in process.stdout:
        if line in said:
            return
    raise AssertionError(f"{line!r} was never said")


def test_asked_to_stop_it_stops_even_when_nothing_works(tmp_path: Path) -> None:
    """There is no table left in this database: every job fails, the worker stays."""
    assert start(tmp_path, "migrate", "-v0").wait(timeout=120) == 0
    with sqlite3.connect(tmp_path / "preau.sqlite3") as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        for table in set(tables) - {"django_migrations", "sqlite_sequence"}:
            database.execute(f"DROP TABLE {table}")
    worker = start(tmp_path, "worker")
    wait_for("failed 1 time(s)", worker)
    worker.send_signal(signal.SIGTERM)
    said, _ = worker.communicate(timeout=20)
    assert worker.returncode == 0
    assert "worker stopped" in said


MAILS = 45
PAST = "2026-01-01 00:00:00"
INSERT = (
    "INSERT INTO notifications_outgoing (address, channel, template, subject, text, html, dedupe_key, state, tries, "
    "created_at, next_try_at, fault, about, maker) "
    "VALUES (?, 'mail', 'essai', 'Bonjour', 'Bonjour', '', ?, 'waiting', 0, ?, ?, '', '', '')"
)


@pytest.mark.skipif(connection.vendor != "sqlite", reason="this worker has its own SQLite database")
def test_killed_while_sending_it_loses_no_mail(tmp_path: Path) -> None:
    assert start(tmp_path, "migrate", "-v0").wait(timeout=120) == 0
    database = sqlite3.connect(tmp_path / "preau.sqlite3", timeout=20)
    with database:
        database.executemany(INSERT, [(f"p{n}@example.org", f"k{n}", PAST, PAST) for n in range(MAILS)])
    for _ in range(2):
        before = len(mails(tmp_path))
        worker = start(tmp_path, "worker")
        wait_until(lambda: len(mails(tmp_path)) > before)
        worker.kill()
        worker.communicate()
    with database:  # its leases are over
        database.execute("UPDATE notifications_outgoing SET next_try_at = ? WHERE state != 'sent'", [PAST])
    worker = start(tmp_path, "worker")
    count = "SELECT count(*) FROM notifications_outgoing WHERE state = 'sent'"
    wait_until(lambda: database.execute(count).fetchone() == (MAILS,))
    worker.terminate()
    worker.communicate()
    told = "".join(path.read_text() for path in mails(tmp_path))
    assert all(f"To: p{n}@example.org\n" in told for n in range(MAILS))


def mails(var: Path) -> list[Path]:
    return list((var / "mailbox").glob("*"))


def wait_until(holds: Callable[[], bool]) -> None:
    give_up = time.monotonic() + 60
    while not holds():
        assert time.monotonic() < give_up
        time.sleep(0.01)
