"""`preau takeover FILE.csv`: one account for each guardian who shared an account of the old portal."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preau.core.dates import local_day
from preau.core.exports import to_csv
from preau.core.money import NBSP
from preau.registration.actions.takeovers import do_takeover, keep_takeover
from preau.registration.models import Takeover
from preau.registration.queries.takeovers import HEADINGS, plan_takeover, report_of
from preau.registration.takeover_file import read_takeover


class Command(BaseCommand):
    help = "Reprend les comptes partagés d’un ancien portail (colonnes : dossier, courriel, adultes)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="ne pose pas de question")
        parser.add_argument("--report", type=Path, help="écrit dans ce fichier CSV ce qui n’a pas pu être fait")

    def handle(self, *args: Any, file: Path, yes: bool, report: Path | None, **options: Any) -> None:
        now = timezone.now()
        try:
            read = read_takeover(file.read_bytes())
        except OSError as fault:
            raise CommandError(f"{file}{NBSP}: {fault.strerror}.") from None
        if read.faults:
            for wrong in read.faults:
                self.stderr.write(str(wrong))
            self.stderr.write(f"{len(read.faults)} faute(s){NBSP}: rien n’a été fait.")
            sys.exit(1)
        planned = plan_takeover(read.lines, on=local_day(now))
        self.stdout.write(f"{sum(1 for each in planned if not each.problem)} personne(s) à inviter.")
        if not yes and not self.agrees():
            self.stdout.write("Rien n’a été fait.")
            return
        kept = keep_takeover(name=file.name, lines=read.lines, by=None, now=now)
        done = do_takeover(takeover=kept, by=None, now=now)
        self.stdout.write(f"{done.invited} invitation(s) envoyée(s), {len(done.report)} personne(s) à voir.")
        self.tell(done, report)

    def tell(self, done: Takeover, report: Path | None) -> None:
        rows = report_of(done, on=local_day(timezone.now()))
        for row in rows:
            self.stdout.write(f"  ligne {row.line}, dossier {row.number}{NBSP}: {row.who} {row.reason}")
        if report:
            report.write_text(to_csv([HEADINGS, *(row.cells for row in rows)]), encoding="utf-8")

    def agrees(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("Personne pour répondre : ajoutez --yes pour inviter sans question.")
        return input("Inviter ? [o/N] ").strip().lower() in {"o", "oui"}
