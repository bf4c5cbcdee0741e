"""`preau verify`: check every invariant of the live database."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from preau.core.invariants import REGISTRY
from preau.core.migrated import refuse_unmigrated


class Command(BaseCommand):
    help = "Vérifie tout ce qui doit toujours être vrai dans la base (places, factures, paiements, journal…)."

    def handle(self, *args: Any, **options: Any) -> None:
        refuse_unmigrated()
        broken = 0
        for invariant in REGISTRY:
            faults = list(invariant.check())
            broken += bool(faults)
            self.stdout.write(f"{'✗' if faults else '✓'} {invariant.name}")
            for fault in faults[:20]:
                self.stdout.write(f"    {fault}")
            if len(faults) > 20:
                self.stdout.write(f"    … et {len(faults) - 20} de plus")
        if broken:
            self.stderr.write(f"{broken} règle(s) enfreinte(s) sur {len(REGISTRY)}.")
            sys.exit(1)
        self.stdout.write(f"Tout est juste : {len(REGISTRY)} règles vérifiées.")
