"""`preau purge`: take away what has been kept long enough; without `--for-real`, only tell what would go."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from preau.core.dates import PARIS
from preau.core.migrated import refuse_unmigrated
from preau.privacy.retention import foreseen, purge


class Command(BaseCommand):
    help = "Efface ce qui a dépassé sa durée de conservation. Sans --for-real, dit seulement ce qui partirait."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--for-real", action="store_true", help="efface vraiment")

    def handle(self, *args: Any, for_real: bool, **options: Any) -> None:
        refuse_unmigrated()
        now = timezone.now()
        for one in purge(now=now) if for_real else foreseen(now=now):
            day = f"{one.before.astimezone(PARIS):%d/%m/%Y}"
            told = "" if one.kept.clear else ", gardé : à éliminer par la mairie"
            self.stdout.write(f"{one.count:8}  {one.kept.label}, avant le {day} ({one.months} mois){told}")
        if not for_real:
            self.stdout.write("Rien n’est effacé. Pour effacer : preau purge --for-real")
