"""Room in PostgreSQL's pages for counter updates, so that they stay heap-only (no index holds `taken`)."""

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def set_fillfactor(percent: int):
    def apply(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"ALTER TABLE bookings_slot SET (fillfactor = {percent})")

    return apply


class Migration(migrations.Migration):
    dependencies = [("bookings", "0001_initial")]

    operations = [migrations.RunPython(set_fillfactor(75), set_fillfactor(100))]
