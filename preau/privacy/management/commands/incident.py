"""`preau incident`: an account was taken over or misused: end its sessions, tell what it reached, write to the CNIL."""

import datetime as dt
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preau.accounts.models import User
from preau.core.dates import PARIS
from preau.core.exports import to_csv
from preau.core.migrated import refuse_unmigrated
from preau.privacy.incident import concerned_rows, find_account, freeze, letter, reached, told
from preau.town.queries import the_town

EVERYBODY = "tous"
WHEN = "%d/%m/%Y %H:%M"


class Command(BaseCommand):
    help = "Après un incident : ferme les sessions, dit ce qu’un compte a lu et fait, et qui prévenir."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("account", help=f"nom d’utilisateur, e-mail ou code du compte ; « {EVERYBODY} » pour geler")
        parser.add_argument("--freeze", action="store_true", help="ferme d’abord ses sessions et ses liens")
        parser.add_argument("--since", help="« 31/12/2026 08:00 », heure de Paris (par défaut, trente jours plus tôt)")
        parser.add_argument("--until", help="de même (par défaut, maintenant)")
        parser.add_argument("--families", type=Path, help="écrit dans ce fichier CSV les foyers à prévenir")
        parser.add_argument("--letter", type=Path, help="écrit dans ce fichier le brouillon de notification à la CNIL")

    def handle(self, *args: Any, account: str, freeze: bool, **options: Any) -> None:
        refuse_unmigrated()
        now = timezone.now()
        user = None if account == EVERYBODY else find_account(account)
        if user is None and account != EVERYBODY:
            raise CommandError("Aucun compte, ou plusieurs, à ce nom : donnez son code ou son nom d’utilisateur.")
        if freeze:
            self._freeze(user, now)
        elif user is None:
            raise CommandError(f"« {EVERYBODY} » ne sert qu’avec --freeze : un rapport est celui d’un compte.")
        if user is not None:
            self._report(user, now, options)

    def _freeze(self, user: User | None, now: dt.datetime) -> None:
        count = freeze(user, now=now)
        self.stdout.write(f"{count} session(s) fermée(s). Le mot de passe n’a pas changé : fermez aussi le compte.")

    def _report(self, user: User, now: dt.datetime, options: dict[str, Any]) -> None:
        until = instant(options["until"]) or now
        since = instant(options["since"]) or until - dt.timedelta(days=30)
        if since >= until:
            raise CommandError("--since doit venir avant --until.")
        found = reached(user, since=since, until=until)
        for line in told(found):
            self.stdout.write(line)
        if path := options["families"]:
            self._write(path, to_csv(concerned_rows(found)))
        if path := options["letter"]:
            town = the_town()
            contact = town.data_protection_email or town.email
            self._write(path, letter(found, town=town.name, contact=contact, now=now))

    def _write(self, path: Path, text: str) -> None:
        """For its owner alone: these files name people."""
        try:
            path.touch(mode=0o600)
            path.write_text(text, encoding="utf-8")
        except OSError as fault:
            raise CommandError(f"Impossible d’écrire {path}\u00a0: {fault.strerror}.") from None
        self.stdout.write(f"Écrit : {path}")


def instant(text: str | None) -> dt.datetime | None:
    """Raises CommandError."""
    if not text:
        return None
    try:
        return dt.datetime.strptime(text, WHEN).replace(tzinfo=PARIS)
    except ValueError:
        raise CommandError(f"« {text} » n’est pas un instant : écrivez « 31/12/2026 08:00 ».") from None
