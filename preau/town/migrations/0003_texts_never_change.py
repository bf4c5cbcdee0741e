from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

MESSAGE = "a published text never changes"
SQLITE = f"""
CREATE TRIGGER text_never_changes BEFORE UPDATE ON town_text
BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END
"""
POSTGRESQL = f"""
CREATE FUNCTION text_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{MESSAGE}'; END $$;
CREATE TRIGGER text_never_changes BEFORE UPDATE ON town_text FOR EACH ROW EXECUTE FUNCTION text_never_changes();
"""
DROP_SQLITE = "DROP TRIGGER text_never_changes"
DROP_POSTGRESQL = "DROP TRIGGER text_never_changes ON town_text; DROP FUNCTION text_never_changes()"


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, POSTGRESQL, SQLITE)


def unguard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    _run(editor, DROP_POSTGRESQL, DROP_SQLITE)


def _run(editor: BaseDatabaseSchemaEditor, postgresql: str, sqlite: str) -> None:
    """A migration that rebuilds the table on SQLite loses the trigger: it must put it back (a test sees it)."""
    editor.execute(postgresql if editor.connection.vendor == "postgresql" else sqlite)


class Migration(migrations.Migration):
    dependencies = [
        ("town", "0002_ways_in"),
    ]

    operations = [
        migrations.AddField(
            model_name="text",
            name="published_by",
            field=models.CharField(blank=True, max_length=130, default=""),
            preserve_default=False,
        ),
        migrations.RunPython(guard, unguard),
    ]
