"""An action whose verification was taken back can be verified again."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0009_import_choices")]
    operations = [
        migrations.AlterField(
            "verification",
            "action",
            models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="verifications",
                to="plans.action",
            ),
        ),
    ]
