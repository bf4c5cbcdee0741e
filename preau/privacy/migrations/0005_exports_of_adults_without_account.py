import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def forget_those_of_adults(apps, schema_editor):
    apps.get_model("privacy", "DataExport").objects.filter(user=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("families", "0013_names_of_tables"),
        ("privacy", "0004_retention"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="dataexport",
            name="adult",
            field=models.OneToOneField(
                null=True, on_delete=django.db.models.deletion.CASCADE, related_name="data_export", to="families.adult"
            ),
        ),
        migrations.AlterField(
            model_name="dataexport",
            name="user",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="data_export",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="dataexport",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("adult__isnull", True), ("user__isnull", False)),
                    models.Q(("adult__isnull", False), ("user__isnull", True)),
                    _connector="OR",
                ),
                name="dataexport_of_one",
            ),
        ),
        migrations.RunPython(migrations.RunPython.noop, forget_those_of_adults),
    ]
