"""Measures, each as a ratio to what the machine could do at best, both taken side by side in one run: `make bench`.

`town` makes the data · one module for each part measured · `report` prints the table and writes `build/bench.json`.
Nothing here is a test: a busy machine changes the figures, and interleaving only keeps the ratios honest.
"""

import os
from pathlib import Path

import django
from django.apps import apps

if not apps.ready:  # the tests have their own portal
    # Préau as an installation runs it, on the private PostgreSQL; before any of its models is imported.
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "preau.config.settings",
        "PREAU_SECRET_KEY": "only-for-measures",
        "PREAU_VAR": "build/bench",
        "PREAU_LOG_LEVEL": "WARNING",
        "PREAU_HEALTH_KEY_FILE": "build/bench/sante.cle",
    }
    django.setup()

    from preau.health.master import ensure_file

    ensure_file(Path(os.environ["PREAU_HEALTH_KEY_FILE"]))
