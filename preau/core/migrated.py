"""Whether the database is that of this version: a command says so before anything breaks."""

from django.core.management.base import CommandError
from django.db import OperationalError, connection
from django.db.migrations.executor import MigrationExecutor


def is_migrated() -> bool:
    """Whether there is a database, with every table and column of this version."""
    try:
        executor = MigrationExecutor(connection)
    except OperationalError:
        return False
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def refuse_unmigrated() -> None:
    """Raises CommandError when the database does not answer, or lacks a migration."""
    if not is_migrated():
        raise CommandError("La base ne répond pas ou n’est pas à jour : lancez d’abord preau migrate.")
