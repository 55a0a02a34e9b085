"""Plans from before their states are in progress; actions are late after their current due date."""

from typing import Any

from django.db import migrations
from django.db.models import F

from management import access, audit

BY = access.System("upgrade")


def fill(apps: Any, schema_editor: Any) -> None:
    with audit.naming(BY, "upgrade"):
        apps.get_model("plans", "Plan").objects.update(state="in_progress")
        apps.get_model("plans", "Action").objects.update(late_after=F("due"))


class Migration(migrations.Migration):
    dependencies = [("plans", "0006_working_life")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
