"""The `preau` command: Django's own command line with the project's settings."""

import os
import sys

from django.core.management import execute_from_command_line


def main() -> None:
    """Run `preau COMMAND …`: `town`, `demo`, `serve`, `worker`, `verify` and Django's own commands."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "preau.config.settings")
    execute_from_command_line(sys.argv)
