"""`preau serve`: the portal on the application server (granian), with its static files."""

import os
import socket
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connections
from granian import Granian
from granian.constants import Interfaces

from preau.core.migrated import refuse_unmigrated

THREADS = 2  # per worker: a page that waits for the database lets another one through


class Command(BaseCommand):
    help = "Sert le portail."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="adresse d’écoute (127.0.0.1 : cette machine seule)")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processus (autant que de cœurs)")

    def handle(self, *args: Any, host: str, port: int, workers: int, **options: Any) -> None:
        refuse_without_secret()
        refuse_busy_port(host, port)
        if not settings.MAINTENANCE:  # the page of a portal in maintenance asks nothing of the database
            refuse_unmigrated()
        if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").exists():
            call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()  # the server's processes open their own
        Granian(
            "preau.config.wsgi:application",
            address=host,
            port=port,
            interface=Interfaces.WSGI,
            workers=workers,
            blocking_threads=THREADS,
            websockets=False,
            respawn_failed_workers=True,
            log_access=False,
        ).serve()


def refuse_without_secret() -> None:
    """Raises CommandError when the host has not given a secret key: the portal could not sign anything."""
    try:
        _ = settings.SECRET_KEY
    except ImproperlyConfigured:
        raise CommandError("Indiquez PREAU_SECRET_KEY (voir docs/installer.md).") from None


def refuse_busy_port(host: str, port: int) -> None:
    """Raises CommandError when something already listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((host, port))
        except OSError as error:
            reason = f"Le port {port} ne peut pas servir ({error.strerror}) : choisissez-en un autre avec --port."
            raise CommandError(reason) from None
