"""`preau erase`: erase an account, a person or a whole file; without `--for-real`, only tell what would go and stay."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preau.core.dates import local_day
from preau.core.migrated import refuse_unmigrated
from preau.privacy.actions.erasing import ErasureRefused, erase
from preau.privacy.choices import Erased
from preau.privacy.erasing import Told, foreseen, refusals, whom


class Command(BaseCommand):
    help = "Efface un compte, une personne ou un dossier. Sans --for-real, dit seulement ce qui partirait et resterait."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=Erased.values, help="account, adult, child ou family")
        parser.add_argument("code", help="le code public, dans l’adresse de sa page à la mairie")
        parser.add_argument("--for-real", action="store_true", help="efface vraiment")

    def handle(self, *args: Any, kind: str, code: str, for_real: bool, **options: Any) -> None:
        refuse_unmigrated()
        who, now = whom(kind, code), timezone.now()
        if who is None:
            raise CommandError("Personne n’a ce code.")
        if not for_real:
            self._tell(foreseen(who))
            for reason in refusals(who, on=local_day(now)):
                self.stdout.write(f"Pas encore possible : {reason.label}")
            self.stdout.write("Rien n’est effacé. Pour effacer : la même commande avec --for-real.")
            return
        try:
            self._tell(erase(kind=kind, code=code, by=None, now=now))
        except ErasureRefused as refused:
            raise CommandError(" ".join(reason.label for reason in refused.reasons)) from None

    def _tell(self, lines: list[Told]) -> None:
        for line in lines:
            why = f" : {line.why}" if line.why else ""
            self.stdout.write(f"{line.how:7} {line.count:6}  {line.label}{why}")
