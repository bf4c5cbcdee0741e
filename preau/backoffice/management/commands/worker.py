"""`preau worker`: what happens beside the pages, in one plain loop (docs/decisions/0004)."""

import datetime as dt
import logging
import signal
import sys
import threading
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections
from django.utils import timezone

from preau.accounts.actions import clear_expired_sessions
from preau.accounts.credentials import answer_password_requests
from preau.accounts.kept_forms import forget_old_forms
from preau.accounts.throttling import forget_old_tries
from preau.billing.actions.announcing import announce_due
from preau.billing.actions.settling import poll_due
from preau.checklist.actions.reminding import remind_due
from preau.core.migrated import refuse_unmigrated
from preau.demarches.actions import erase_refused
from preau.documents.actions import warn_expiring
from preau.documents.storing import delete_dropped, delete_unknown
from preau.families.searching import refile_changed
from preau.journal.actions import chain
from preau.notifications.actions import send_due
from preau.privacy.actions.anchoring import mail_anchor
from preau.privacy.actions.exporting import clear_exports, make_due
from preau.privacy.retention import purge_by_night
from preau.registration.actions.clearing import clear_expired

FIRST_WAIT = dt.timedelta(seconds=10)
LONGEST_WAIT = dt.timedelta(minutes=5)
DOUBLINGS = 5  # from the first wait, past the longest
TURN = 1.0  # seconds

logger = logging.getLogger("preau.worker")


@dataclass(slots=True)
class Job:
    """Something to do `every` so often; it says how much it did. After a failure it waits longer each time."""

    name: str
    run: Callable[[dt.datetime], int]
    every: dt.timedelta
    due_at: dt.datetime = field(default=dt.datetime.min.replace(tzinfo=dt.UTC))
    failures: int = 0

    def attempt(self, now: dt.datetime) -> bool:
        """Run it, and plan the next time. A failure is logged and never stops the others."""
        try:
            count = self.run(now)
        except Exception:
            wait = min(FIRST_WAIT * 2 ** min(self.failures, DOUBLINGS), LONGEST_WAIT)
            self.failures += 1
            logger.exception("%s: failed %s time(s), again in %s s", self.name, self.failures, wait.seconds)
            self.due_at = now + wait
            return False
        if count:
            logger.info("%s: %s", self.name, count)
        self.failures, self.due_at = 0, now + self.every
        return True


def jobs() -> list[Job]:
    """What a worker does, most urgent first. Several workers may run at once: each job locks what it takes."""
    return [
        Job("invoices announced", lambda now: announce_due(now=now), dt.timedelta(seconds=3)),
        Job("forgotten passwords", lambda now: answer_password_requests(now=now), dt.timedelta(seconds=2)),
        Job("mails sent", lambda now: send_due(now=now, limit=20), dt.timedelta(seconds=2)),
        Job("payments followed", lambda now: poll_due(now=now, limit=5), dt.timedelta(seconds=5)),
        Job("journal entries chained", lambda now: chain(), dt.timedelta(seconds=5)),
        Job("data exports made", lambda now: make_due(now=now), dt.timedelta(seconds=10)),
        Job("data exports deleted", lambda now: clear_exports(now=now), dt.timedelta(minutes=10)),
        Job("old data purged", lambda now: purge_by_night(now=now), dt.timedelta(hours=1)),
        Job("journal anchor mailed", lambda now: mail_anchor(now=now), dt.timedelta(hours=1)),
        Job("registrations cleared", lambda now: clear_expired(now=now), dt.timedelta(minutes=10)),
        Job("sessions cleared", lambda now: clear_expired_sessions(now=now), dt.timedelta(hours=1)),
        Job("refused accounts erased", lambda now: erase_refused(now=now), dt.timedelta(hours=1)),
        Job("files of the year reminded of", lambda now: remind_due(now=now), dt.timedelta(hours=1)),
        Job("files made findable", lambda now: refile_changed(), dt.timedelta(days=1)),
        Job("tries forgotten", lambda now: forget_old_tries(now=now), dt.timedelta(hours=1)),
        Job("documents that expire told", lambda now: warn_expiring(now=now), dt.timedelta(minutes=10)),
        Job("files deleted", lambda now: delete_dropped(now=now), dt.timedelta(minutes=1)),
        Job("unknown files deleted", lambda now: delete_unknown(now=now), dt.timedelta(days=1)),
        Job("kept forms forgotten", lambda now: forget_old_forms(now=now), dt.timedelta(hours=1)),
    ]


class Command(BaseCommand):
    help = "Envoie les courriels, suit les paiements, scelle le journal : à laisser tourner à côté du portail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="fait une fois chaque tâche, puis s’arrête")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        refuse_unmigrated()
        planned = jobs()
        if once:
            done = [job.attempt(timezone.now()) for job in planned]
            sys.exit(0 if all(done) else 1)
        work_until(stop_asked(), planned)


def stop_asked() -> threading.Event:
    """Set once somebody asks the process to stop; the job at hand is finished first."""
    stop = threading.Event()

    def ask(number: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    return stop


def work_until(stop: threading.Event, planned: list[Job]) -> None:
    """Run each job when it is due, until `stop` is set."""
    logger.info("worker started")
    while not stop.is_set():
        close_old_connections()  # a database that went away is found again
        for job in planned:
            now = timezone.now()
            if job.due_at <= now and not stop.is_set():
                job.attempt(now)
        stop.wait(TURN)
    logger.info("worker stopped")
