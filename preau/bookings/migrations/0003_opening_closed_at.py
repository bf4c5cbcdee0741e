"""Since when an opening is closed, so that a booking made afterwards shows as a fault."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("bookings", "0002_slot_fillfactor"),
    ]

    operations = [
        migrations.AddField(
            model_name="opening",
            name="closed_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", True), ("is_open", True)),
                    models.Q(("closed_at__isnull", False), ("is_open", False)),
                    _connector="OR",
                ),
                name="opening_closed_since",
            ),
        ),
    ]
