from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

CHANGED = "a chained row of the journal never changes"
TAKEN = "a row of the journal goes only below a cut"
KEPT = """coalesce(OLD.seq, 9223372036854775807) > coalesce((SELECT max(seq) FROM journal_cut), 0)"""

SQLITE = (
    f"""
    CREATE TRIGGER journal_chained_never_changes BEFORE UPDATE ON journal_entry WHEN OLD.seq IS NOT NULL
    BEGIN SELECT RAISE(ABORT, '{CHANGED}'); END
    """,
)
POSTGRESQL = (
    f"""
    CREATE FUNCTION journal_chained_never_changes() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{CHANGED}'; END $$
    """,
    """
    CREATE TRIGGER journal_chained_never_changes BEFORE UPDATE ON journal_entry FOR EACH ROW
    WHEN (OLD.seq IS NOT NULL) EXECUTE FUNCTION journal_chained_never_changes()
    """,
    f"""
    CREATE FUNCTION journal_goes_below_a_cut() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF {KEPT} THEN RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = '{TAKEN}'; END IF;
      RETURN OLD;
    END $$
    """,
    """
    CREATE TRIGGER journal_goes_below_a_cut BEFORE DELETE ON journal_entry FOR EACH ROW
    EXECUTE FUNCTION journal_goes_below_a_cut()
    """,
)
NAMES = ("journal_chained_never_changes", "journal_goes_below_a_cut")  # the second on PostgreSQL alone


def guard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """A migration that rebuilds the table on SQLite loses the trigger: it must put it back (a test sees it).

    SQLite lets rows go: Django empties its tables row by row there. A row that went is found by the chain.
    """
    for statement in POSTGRESQL if editor.connection.vendor == "postgresql" else SQLITE:
        editor.execute(statement)


def unguard(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for name in NAMES:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER {name} ON journal_entry")
            editor.execute(f"DROP FUNCTION {name}()")
    if editor.connection.vendor == "sqlite":
        editor.execute(f"DROP TRIGGER {NAMES[0]}")


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Cut",
            fields=[
                ("seq", models.BigIntegerField(primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("at", models.DateTimeField()),
                ("count", models.PositiveIntegerField()),
            ],
            options={"verbose_name": "coupe du journal"},
        ),
        migrations.RunPython(guard, unguard),
    ]
