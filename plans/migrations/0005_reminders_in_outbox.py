"""Reminders go out by the outbox.

What was sent before stays known as sent: the day on which it was is kept as that on which it was
handed over. What waits goes on waiting, and so does what a worker died over, as it did before.
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("plans", "0004_require_sections"),
        ("management", "0002_messages_tokens"),
    ]
    operations = [
        migrations.RenameField("reminder", "sent_at", "handed_at"),
        migrations.AddField(
            "reminder",
            "message",
            models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="management.message",
            ),
        ),
        migrations.RemoveField("reminder", "claimed_at"),
        migrations.RemoveField("reminder", "error"),
    ]
