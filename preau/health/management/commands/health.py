"""`preau health`: the master key of health data."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from preau.health.keys import rotate, waiting_keys
from preau.health.master import MasterFault, add_version, master_keys


class Command(BaseCommand):
    help = "Clé des données de santé : en faire une (new-key FICHIER), passer à la plus récente (rotate)."
    requires_system_checks: list[str] = []  # it mends what the check complains of

    def add_arguments(self, parser: ArgumentParser) -> None:
        does = parser.add_subparsers(dest="does", required=True)
        new = does.add_parser("new-key", help="ajoute une version au fichier des clés, qui est créé au besoin")
        new.add_argument("file", type=Path, nargs="?")
        does.add_parser("rotate", help="enveloppe les clés des enfants avec la version la plus récente")

    def handle(self, *args: Any, does: str, **options: Any) -> None:
        try:
            self.new_key(options["file"]) if does == "new-key" else self.rotate()
        except MasterFault as fault:
            raise CommandError(str(fault)) from None
        except OSError as fault:
            raise CommandError(f"{fault.filename} : {fault.strerror}.") from None

    def new_key(self, file: Path | None) -> None:
        path = file or (Path(settings.HEALTH_KEY_FILE) if settings.HEALTH_KEY_FILE else None)
        if path is None:
            raise CommandError("Donnez le fichier, par exemple : preau health new-key /etc/preau/sante.cle")
        version = add_version(path)
        self.stdout.write(f"Version {version} ajoutée à {path}.")
        self.stdout.write("Gardez-en une copie à part des sauvegardes de la base : sans elle, les fiches sont perdues.")
        if version > 1:
            self.stdout.write("Lancez ensuite « preau health rotate ».")

    def rotate(self) -> None:
        done, left = rotate(), waiting_keys()
        self.stdout.write(f"{done} clé(s) enveloppée(s) avec la version {master_keys().current}.")
        if left:
            raise CommandError(f"{left} clé(s) ne s’ouvrent pas et restent : lancez « preau verify ».")
        self.stdout.write("Les versions plus anciennes ne servent plus : elles peuvent quitter le fichier.")
