import re

from django.db import migrations, models
from django.db.models import F, Q

MOBILE = re.compile(r"(?:\+33|0033|0)[67]")
PREFERRED = [
    ("email", "Courriel"),
    ("mobile", "Téléphone portable"),
    ("home", "Téléphone du domicile"),
    ("work", "Téléphone du travail"),
    ("post", "Courrier"),
]


def sort_phones(apps, schema_editor):
    """The one number that was known is a mobile when it begins as mobiles do in France, else that of the home."""
    adults = apps.get_model("families", "Adult").objects
    known = adults.exclude(phone_mobile="").values_list("pk", "phone_mobile")
    at_home = [pk for pk, phone in known if not MOBILE.match(re.sub(r"[^+\d]", "", phone))]
    for start in range(0, len(at_home), 500):
        rows = adults.filter(pk__in=at_home[start : start + 500])
        rows.update(phone_home=F("phone_mobile"), phone_mobile="")


def one_phone(apps, schema_editor):
    apps.get_model("families", "Adult").objects.filter(phone_mobile="").update(
        phone_mobile=F("phone_home"), preferred_contact=""
    )


class Migration(migrations.Migration):
    dependencies = [("families", "0002_identity_and_consents")]

    operations = [
        migrations.RenameField(model_name="adult", old_name="phone", new_name="phone_mobile"),
        migrations.AddField(
            model_name="adult",
            name="phone_home",
            field=models.CharField(blank=True, max_length=20, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="adult",
            name="phone_work",
            field=models.CharField(blank=True, max_length=20, default=""),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="adult",
            name="preferred_contact",
            field=models.CharField(blank=True, choices=PREFERRED, max_length=10, default=""),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            model_name="adult",
            constraint=models.CheckConstraint(
                name="adult_preferred_phone_known",
                condition=(~Q(preferred_contact="mobile") | ~Q(phone_mobile=""))
                & (~Q(preferred_contact="home") | ~Q(phone_home=""))
                & (~Q(preferred_contact="work") | ~Q(phone_work="")),
            ),
        ),
        migrations.RunPython(sort_phones, one_phone),
    ]
