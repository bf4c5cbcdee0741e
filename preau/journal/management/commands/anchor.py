"""`preau anchor`: the last link of the journal, to be kept somewhere else than the database."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from preau.journal.actions import anchor


class Command(BaseCommand):
    help = "Écrit le dernier maillon du journal : à garder ailleurs chaque jour, pour prouver que rien n’a été refait."

    def handle(self, *args: Any, **options: Any) -> None:
        seq, digest = anchor()
        self.stdout.write(f"{timezone.localtime():%Y-%m-%d %H:%M} ligne {seq} {digest}")
