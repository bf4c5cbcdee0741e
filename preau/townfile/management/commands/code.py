"""`preau code`: what the telephone of a demonstration's agent would show."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from django.utils import timezone

from preau.accounts.queries import agents_codes
from preau.townfile.demonstration.preparing import TownAlreadyThere, prepared
from preau.townfile.demonstration.scenes import SCENES
from preau.townfile.management.commands.demo import PORT, VILLEJUIF, restart_as_demonstration


class Command(BaseCommand):
    help = "Affiche le code à usage unique d’un agent de la démonstration. N’existe pas ailleurs."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username", help="nom d’utilisateur de l’agent, par exemple s.benali")
        parser.add_argument("--town", choices=sorted(SCENES), default=VILLEJUIF, help="commune de la démonstration")

    def handle(self, *args: Any, username: str, town: str, **options: Any) -> None:
        restart_as_demonstration(PORT, town)
        refuse_real_town()
        rows = {row.agent.username: row.code for row in agents_codes(now=timezone.now())}
        if username not in rows:
            known = ", ".join(sorted(rows)) or "aucun"
            raise CommandError(f"Aucun agent « {username} » n’a d’application de codes. Connus : {known}.")
        self.stdout.write(rows[username] or "Ce code a déjà servi : attendez trente secondes, puis recommencez.")


def refuse_real_town() -> None:
    """Raises CommandError in a database that no demonstration made: codes of real agents are theirs alone."""
    try:
        made = prepared()
    except TownAlreadyThere:
        raise CommandError("Cette base n’est pas une démonstration : les codes sont sur les téléphones.") from None
    except DatabaseError:  # nothing was ever made here
        made = None
    if made is None:
        raise CommandError("Aucune démonstration ici : lancez d’abord « preau demo ».")
