"""Tracker workbooks that came back are told from plans that come in by their kind."""

from typing import Any

from django.db import migrations, models

from management import access, audit

BY = access.System("upgrade")


def fill(apps: Any, schema_editor: Any) -> None:
    with audit.naming(BY, "upgrade"):
        rows = apps.get_model("plans", "PlanImport").objects.filter(mapping="tracker")
        rows.update(kind="tracker", mapping="")


def put_back(apps: Any, schema_editor: Any) -> None:
    with audit.naming(BY, "downgrade"):
        rows = apps.get_model("plans", "PlanImport").objects.filter(kind="tracker")
        rows.update(mapping="tracker")


class Migration(migrations.Migration):
    dependencies = [("plans", "0007_fill_working_life")]
    operations = [
        migrations.AddField(
            "planimport",
            "kind",
            models.CharField(
                choices=[
                    ("plan", "A plan in Word, Excel or CSV"),
                    ("tracker", "A tracker workbook that came back"),
                ],
                default="plan",
                max_length=10,
            ),
        ),
        migrations.RunPython(fill, put_back),
    ]
