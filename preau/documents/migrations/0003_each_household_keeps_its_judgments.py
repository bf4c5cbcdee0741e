import django.db.models.deletion
from django.db import migrations, models


def say_who_gave_them(apps, schema_editor):
    documents = apps.get_model("documents", "SupportingDocument").objects
    for document in documents.filter(kind__sensitivity="judgment").select_related("demarche"):
        documents.filter(pk=document.pk).update(household=document.demarche.family_id)


def keep_one_of_each_child(apps, schema_editor):
    """Before, the latest judgment took the place of all others."""
    documents = apps.get_model("documents", "SupportingDocument").objects
    seen = set()
    for document in documents.filter(household__isnull=False).order_by("-at", "-pk"):
        one = (document.kind_id, document.participant_id, document.state)
        changes = {"household": None}
        if one in seen and document.state in ("handed", "accepted"):
            changes["state"] = {"handed": "withdrawn", "accepted": "replaced"}[document.state]
        documents.filter(pk=document.pk).update(**changes)
        seen.add(one)


class Migration(migrations.Migration):
    dependencies = [
        ("documents", "0002_kinds_my_space_and_supporting_documents"),
        ("families", "0013_names_of_tables"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="supportingdocument", name="supportingdocument_one_of_child"),
        migrations.AddField(
            model_name="supportingdocument",
            name="household",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="families.family",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportingdocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("household__isnull", True), ("state__in", ("handed", "accepted"))),
                fields=("kind", "participant", "state"),
                name="supportingdocument_one_of_child",
            ),
        ),
        migrations.AddConstraint(
            model_name="supportingdocument",
            constraint=models.UniqueConstraint(
                condition=models.Q(("household__isnull", False), ("state__in", ("handed", "accepted"))),
                fields=("kind", "participant", "household", "state"),
                name="supportingdocument_one_of_household",
            ),
        ),
        migrations.RunPython(say_who_gave_them, keep_one_of_each_child),
    ]
