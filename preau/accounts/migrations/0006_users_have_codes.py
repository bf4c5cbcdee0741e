import secrets

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

import preau.core.codes

ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"


def give(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """A code to each account there already is."""
    users = apps.get_model("accounts", "User").objects
    rows = list(users.only("pk"))
    for row in rows:
        row.code = "".join(secrets.choice(ALPHABET) for _ in range(10))
    users.bulk_update(rows, ["code"], batch_size=500)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_capabilities_of_the_family_file")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="code",
            field=models.CharField(default="", editable=False, max_length=10),
        ),
        migrations.RunPython(give, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="user",
            name="code",
            field=models.CharField(default=preau.core.codes.new_code, editable=False, max_length=10, unique=True),
        ),
    ]
