"""`preau town check | load | export`: the town in one file."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from preau.core.dates import local_day
from preau.core.migrated import is_migrated
from preau.core.money import NBSP
from preau.townfile.checking import FaultyTownFile, checked_town_file
from preau.townfile.comparing import Change, Kind, changes
from preau.townfile.exporting import export, export_to
from preau.townfile.file import TownFile
from preau.townfile.loading import file_to_load, load


class Command(BaseCommand):
    help = "Vérifie, charge ou écrit le fichier de la commune (voir docs/fichier-de-commune.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        check = verbs.add_parser("check", help="dit tout ce qui ne va pas dans le fichier, ligne par ligne")
        check.add_argument("file", type=Path)
        loads = verbs.add_parser("load", help="montre ce qui va changer, puis le fait")
        loads.add_argument("file", type=Path)
        loads.add_argument("--yes", action="store_true", help="ne pose pas de question")
        exports = verbs.add_parser("export", help="écrit la commune telle qu’elle est")
        exports.add_argument("file", type=Path, nargs="?", help="sans fichier : à l’écran")
        exports.add_argument("--yes", action="store_true", help="remplace un fichier qui existe")

    def handle(self, *args: Any, verb: str, file: Path | None, yes: bool = False, **options: Any) -> None:
        if verb != "check" and not is_migrated():
            raise CommandError("La base ne répond pas ou n’est pas à jour : lancez d’abord preau migrate.")
        if verb == "export":
            self.export(file, yes=yes)
            return
        assert file is not None
        try:
            if verb == "check":
                self.check_file(file)
            else:
                self.load(file, yes=yes)
        except FaultyTownFile as faulty:
            self.tell(faulty)
            sys.exit(1)

    def tell(self, faulty: FaultyTownFile) -> None:
        for fault in faulty.faults:
            self.stderr.write(str(fault))
        count = len(faulty.faults)
        self.stderr.write(f"{count} faute{'s' if count > 1 else ''}{NBSP}: rien n’a été chargé.")
        if not faulty.is_whole:
            self.stderr.write("Des lignes n’ont pas pu être lues : corrigez-les, d’autres fautes se verront peut-être.")

    def check_file(self, file: Path) -> None:
        """The database is asked too, when there is one: past days forbid some changes."""
        today = local_day(timezone.now())
        town_file = file_to_load(file, today=today) if is_migrated() else checked_town_file(file)
        self.warn(town_file)
        verdict = "aucune faute" if town_file.source.warnings else "rien à redire"
        self.stdout.write(f"{file.name}{NBSP}: {verdict}.")

    def warn(self, town_file: TownFile) -> None:
        """What the town may do, and should know of."""
        for warning in sorted(town_file.source.warnings):
            self.stdout.write(f"Attention{NBSP}: {warning}")

    def load(self, file: Path, *, yes: bool) -> None:
        now = timezone.now()
        town_file = file_to_load(file, today=local_day(now))
        self.warn(town_file)
        found = changes(town_file, today=local_day(now))
        for change in found:
            self.stdout.write(str(change))
        self.stdout.write(self.count(found))
        if not found:
            return
        if not yes and not self.agrees():
            self.stdout.write("Rien n’a été chargé.")
            return
        report = load(town_file, by=None, now=now)
        self.stdout.write(f"{file.name} est chargé.")
        for kept in report.kept:
            self.stdout.write(
                f"  {kept.group}, {kept.part}, {kept.day:%d/%m/%Y}{NBSP}: {kept.kept} places gardées, "
                f"déjà prises ({kept.wanted} demandées)"
            )

    def count(self, found: list[Change]) -> str:
        kinds = [change.kind for change in found]
        if not kinds:
            return "Rien à changer."
        added, changed, removed = (kinds.count(kind) for kind in Kind)
        return f"{added} ajout(s), {changed} changement(s), {removed} retrait(s)."

    def agrees(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("Personne pour répondre : ajoutez --yes pour charger sans question.")
        return input("Charger ? [o/N] ").strip().lower() in {"o", "oui"}

    def export(self, file: Path | None, *, yes: bool) -> None:
        if file is None:
            self.stdout.write(export(), ending="")
            return
        if file.exists() and not yes:
            raise CommandError(f"{file} existe déjà : ajoutez --yes pour le remplacer.")
        for written in export_to(file):
            self.stdout.write(f"écrit : {written}")
