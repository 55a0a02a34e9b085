"""Who chose what columns mean, and when; and plans' files that are thrown away."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0008_import_kind")]
    operations = [
        migrations.AddField("columnmap", "by", models.CharField(blank=True, max_length=150)),
        migrations.AddField("columnmap", "at", models.DateTimeField(blank=True, null=True)),
        migrations.AlterField(
            "planimport",
            "state",
            models.CharField(
                choices=[
                    ("preview", "Looked at"),
                    ("applied", "Taken in"),
                    ("undone", "Undone"),
                    ("thrown", "Thrown away"),
                ],
                default="preview",
                max_length=10,
            ),
        ),
    ]
