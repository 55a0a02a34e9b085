"""An entry says which one it undoes, so that neither is told as progress or as a move."""

import django.db.models.deletion
from django.db import migrations, models


def undoes(model: str) -> models.OneToOneField:
    return models.OneToOneField(
        blank=True,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="undone_by",
        to=f"plans.{model}",
    )


class Migration(migrations.Migration):
    dependencies = [("plans", "0010_verify_again")]
    operations = [
        migrations.AddField("update", "undoes", undoes("update")),
        migrations.AddField("datechange", "undoes", undoes("datechange")),
    ]
