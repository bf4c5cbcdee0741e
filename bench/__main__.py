"""Make the town, measure, print the table and write `build/bench.json`."""

import sys
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connection

from bench import booking, invoices, pdf, planning, town
from bench.report import print_table, write_json


def main() -> int:
    if connection.vendor != "postgresql" or connection.introspection.table_names():
        print("Les mesures demandent une base PostgreSQL neuve : lancez « make bench ».", file=sys.stderr)
        return 2
    started = time.monotonic()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    town.fill()
    print(f"Une ville de 10 000 dossiers et 240 000 réservations : {time.monotonic() - started:.0f} s", flush=True)
    figures = []
    for part in (planning, invoices, booking, pdf):
        began = time.monotonic()
        figures += part.measure()
        print(f"{part.__name__.partition('.')[2]} : {time.monotonic() - began:.0f} s", flush=True)
    print()
    print_table(figures)
    write_json(figures, Path("build/bench.json"))
    return 0


if __name__ == "__main__":
    sys.exit(main())
