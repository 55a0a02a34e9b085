"""How many months after its completion an action should show in a KPI, and what is expected."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0011_undone_entries")]
    operations = [
        migrations.AddField(
            "kpilink",
            "lag",
            models.PositiveSmallIntegerField(
                default=0, validators=[django.core.validators.MaxValueValidator(120)]
            ),
        ),
        migrations.AddField("kpilink", "expected", models.TextField(blank=True)),
    ]
