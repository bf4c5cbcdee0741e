"""What tests need of the journal beyond its own functions."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.apps import apps
from django.db import connection

GUARDS = import_module("preau.journal.migrations.0002_chained_rows_never_change")


@contextmanager
def unguarded() -> Iterator[None]:
    """Somebody who owns the database takes its guards away, changes what they like, and puts the guards back."""
    editor = connection.schema_editor(atomic=False)
    editor.deferred_sql, editor.collect_sql = [], False
    GUARDS.unguard(apps, editor)
    yield
    GUARDS.guard(apps, editor)
