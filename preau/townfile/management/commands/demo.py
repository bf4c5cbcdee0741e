"""`preau demo`: a whole town to visit, on this machine alone."""

import os
import socket
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from preau.core.dates import local_day
from preau.health.master import ensure_file
from preau.town.queries import the_town
from preau.townfile.demonstration.filing import file_papers
from preau.townfile.demonstration.papers import give_papers
from preau.townfile.demonstration.preparing import TownAlreadyThere, forget, prepare, prepared
from preau.townfile.demonstration.running import (
    PORTS,
    ProcessStopped,
    environment_of,
    interrupt_on_stop,
    running,
    wait_until_open,
    watch,
)
from preau.townfile.demonstration.scene import Scene
from preau.townfile.demonstration.scenes import SCENES

VILLEJUIF = "villejuif"
PORT = 8000
FEWEST_FAMILIES = 10
WIDTH = 16  # of the longest user name, or nearly


class Command(BaseCommand):
    help = "Ouvre une ville de démonstration : le portail, ses familles, la mairie, les courriels et le paiement."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--town", choices=sorted(SCENES), default=VILLEJUIF, help="laquelle des villes livrées")
        parser.add_argument(
            "--port",
            type=int,
            default=PORT,
            help="port du portail ; les deux suivants servent au paiement et à FranceConnect",
        )
        parser.add_argument("--families", type=int, help="nombre de familles d’une nouvelle ville")
        parser.add_argument("--reset", action="store_true", help="efface la démonstration et recommence")
        parser.add_argument("--yes", action="store_true", help="efface sans poser de question")
        parser.add_argument("--no-serve", action="store_true", help="prépare la ville sans l’ouvrir")

    def handle(self, *args: Any, town: str, port: int, families: int | None, **options: Any) -> None:
        restart_as_demonstration(port, town)
        scene = SCENES[town]
        families = scene.families if families is None else families
        if families < FEWEST_FAMILIES:
            raise CommandError(f"Il faut {FEWEST_FAMILIES} familles au moins.")
        serve = not options["no_serve"]
        if serve:
            refuse_busy_ports(port)
        call_command("migrate", interactive=False, verbosity=0)
        ensure_file(Path(settings.HEALTH_KEY_FILE))
        self.make_town(scene, families, reset=options["reset"], yes=options["yes"])
        call_command("collectstatic", interactive=False, verbosity=0)
        if serve:
            connection.close()
            self.open_town(scene, port)

    def make_town(self, scene: Scene, families: int, *, reset: bool, yes: bool) -> None:
        """The town as it was left or, when there is none, a new one."""
        try:
            made = prepared()
        except TownAlreadyThere:
            raise CommandError(
                "Cette base décrit déjà une commune, qui n’est pas une démonstration : rien n’a été touché. "
                "Indiquez un autre dossier avec PREAU_VAR, ou une autre base avec PREAU_DATABASE_URL."
            ) from None
        now = timezone.now()
        if made is not None and reset:
            self.confirm(yes=yes)
            forget()
            made = None
        if made is None:
            self.stdout.write(f"Création de {scene.town.capitalize()} : {families} familles, un instant…")
            prepare(scene, families=families, now=now)
            give_papers(scene, now=now)
            file_papers(scene, now=now)
        elif made.town != scene.town:
            raise CommandError(
                f"Ce dossier garde la démonstration de {made.town.capitalize()}. Indiquez un autre dossier avec "
                "PREAU_VAR, ou ajoutez --reset pour la remplacer."
            )
        elif made.on != local_day(now):
            self.stdout.write(f"Ville du {made.on:%d/%m/%Y}, telle que vous l’avez laissée (--reset pour repartir).")

    def confirm(self, *, yes: bool) -> None:
        if yes:
            return
        if not sys.stdin.isatty():
            raise CommandError("Personne pour répondre : ajoutez --yes pour effacer sans question.")
        if input("Effacer la démonstration et tout ce qui y a été fait ? [o/N] ").strip().lower() not in {"o", "oui"}:
            raise CommandError("Rien n’a été effacé.")

    def open_town(self, scene: Scene, port: int) -> None:
        interrupt_on_stop()
        try:
            with running(port, settings.VAR) as started:
                wait_until_open(started, port, settings.VAR)
                self.welcome(scene, port)
                watch(started, settings.VAR)
        except KeyboardInterrupt:
            self.stdout.write("\nLa démonstration est arrêtée ; elle reprendra où vous l’avez laissée.")
        except ProcessStopped as stopped:
            raise CommandError(str(stopped)) from None

    def welcome(self, scene: Scene, port: int) -> None:
        """Where to go, and who may do what there."""
        address = f"http://localhost:{port}"
        town, made = the_town(), prepared()
        to_try = made.to_try if made else ()
        connection.close()
        places = {
            f"{town.portal_name} de {town.name}": f"{address}/",
            "Courriels envoyés": f"{address}/boite-aux-lettres/",
            "Codes des agents": f"{address}/codes-des-agents/",
        }
        lines = [
            "",
            *(f"  {name:<{max(map(len, places))}}   {where}" for name, where in places.items()),
            "",
            f"  Mot de passe de chacun : {scene.password}",
            "  Un agent donne ensuite un code à usage unique : la page « Codes des agents » les montre,",
            f"  ou la commande : preau code {scene.agents[0].username} --town {scene.town}",
            "",
            *(f"    {visitor.username:<{WIDTH}}   {visitor.who}" for visitor in scene.visitors),
            "",
            "  À essayer :",
            "",
            *(f"    {what}" for what in to_try),
            "",
            "  PayFiP et FranceConnect sont des simulateurs : aucune somme, aucune identité n’est réelle.",
            "  Ctrl-C pour arrêter.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def restart_as_demonstration(port: int, town: str) -> None:
    """Settings are read once, at the start: begin again with those of a demonstration, unless they are ours already."""
    wanted = environment_of(port, data_folder(town))
    if any(os.environ.get(name) != value for name, value in wanted.items()):
        sys.stdout.flush()
        os.execve(sys.executable, [sys.executable, *sys.orig_argv[1:]], os.environ | wanted)  # noqa: S606


def data_folder(town: str) -> str:
    """Where the data of that demonstration are: each town has its own folder, unless the host names one."""
    return os.environ.get("PREAU_VAR") or str(settings.ROOT / "var" / town)


def refuse_busy_ports(port: int) -> None:
    """Raises CommandError when the portal or one of its partners could not listen."""
    for wanted in range(port, port + PORTS):
        with socket.socket() as attempt:
            attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                attempt.bind(("127.0.0.1", wanted))
            except OSError:
                raise CommandError(
                    f"Le port {wanted} est déjà pris, peut-être par une autre démonstration. "
                    "Choisissez-en un autre, par exemple : preau demo --port 8100"
                ) from None
