"""An upgrade with data in: what was entered before is there after, and is recorded as before."""

import json
from pathlib import Path

import pytest

from tests.conftest import manage

# Takes long, so it is begun early: groups are, and tests/conftest.py puts it before its group.
pytestmark = [pytest.mark.xdist_group("workers"), pytest.mark.services]

# As the first release kept it. The triggers step aside, as they do in an upgrade.
FILL = """
from django.core.management import call_command
for app in ("management", "kpis", "governance"):
    call_command("migrate", app, "0001", verbosity=0)
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from management import access, audit
audit.remove()
state = MigrationExecutor(connection).loader.project_state([("plans", "0001_initial")])
get = lambda name: state.apps.get_model(*name.split("."))
area = get("management.Area").objects.create(slug="a", name="A", partnership="A HSCP")
guide = get("plans.Framework").objects.create(code="inspection-2019", title="2019")
for place, (code, question) in enumerate([("1.1", "What?"), ("5.2", "How?"), ("5.3", "How?")]):
    get("plans.QualityIndicator").objects.create(
        framework=guide, code=code, name=code, question=question, graded=True, sequence=place
    )
found = get("plans.Inspection").objects.create(
    area=area, framework=guide, title="2019", inspectorate="CI",
    published_on="2019-08-06", plan_due_on="2019-09-17",
)
get("plans.Evaluation").objects.create(
    area=area, inspection=found, grade=2,
    indicator=get("plans.QualityIndicator").objects.get(code="5.2"),
)
get("plans.Recommendation").objects.create(
    area=area, inspection=found, reference="1", text="Improve", sequence=1
)
"""
# As it was before there was an outbox.
REMIND = """
call_command("migrate", "plans", "0004", verbosity=0)
audit.remove()
state = MigrationExecutor(connection).loader.project_state([("plans", "0004_require_sections")])
get = lambda name: state.apps.get_model(*name.split("."))
found = get("plans.Inspection").objects.get()
user = get("management.User").objects.create(email="a@example.org", name="A")
for key, sent, claimed in [("sent", NOON, NOON), ("waits", None, None), ("lost", None, NOON)]:
    get("plans.Reminder").objects.create(
        area=found.area, inspection=found, user=user, key=key, text=key, due="2019-09-17",
        made_at=NOON, sent_at=sent, claimed_at=claimed, error="",
    )
""".replace("NOON", "'2019-09-03T12:00:00Z'")
# As it was before a plan's file and a tracker workbook were of two kinds.
BRING = """
call_command("migrate", "plans", "0007", verbosity=0)
audit.remove()
state = MigrationExecutor(connection).loader.project_state([("plans", "0007_fill_working_life")])
for mapping in ("tracker", "", '{"a": []}'):
    get("plans.PlanImport").objects.create(
        area_id=found.area_id, by="A", file_name=mapping, mapping=mapping, made_at=NOON
    )
""".replace("NOON", "'2019-09-03T12:00:00Z'")
READ = """
import json
from django.core.management import call_command
call_command("check", databases=["default"])
call_command("load_frameworks", verbosity=0)
from plans.models import *
print(json.dumps({
    "sections": [[i.code, i.section.question] for i in QualityIndicator.objects.filter(
        framework__version=0).select_related("section")],
    "versions": sorted(Framework.objects.filter(code="inspection-2019")
        .values_list("version", flat=True)),
    "added": str(Recommendation.objects.get().added_on),
    "reminders": {r.key: r.sent_at and r.sent_at.isoformat() for r in Reminder.objects.all()},
    "waiting": sorted(Reminder.objects.waiting().values_list("key", flat=True)),
    "files": [[i.file_name, i.kind, i.mapping] for i in PlanImport.objects.order_by("pk")],
    "obliges": Evaluation.objects.with_meaning().get().obliges,
}))
"""


def test_what_was_entered_before_is_kept(tmp_path: Path) -> None:
    manage(tmp_path, "shell", "-v0", "-c", FILL + REMIND + BRING)  # as few processes as can be
    manage(tmp_path, "migrate", "-v0")  # the upgrade itself, as an operator does it
    kept = json.loads(manage(tmp_path, "shell", "-v0", "-c", READ).splitlines()[-1])
    assert kept == {
        "sections": [["1.1", "What?"], ["5.2", "How?"], ["5.3", "How?"]],
        "versions": [0, 1],
        "added": "2019-08-06",
        "reminders": {"sent": "2019-09-03T12:00:00+00:00", "waits": None, "lost": None},
        "waiting": ["lost", "waits"],
        "files": [
            ["tracker", "tracker", ""],
            ["", "plan", ""],
            ['{"a": []}', "plan", '{"a": []}'],
        ],
        "obliges": "Action is required, as a priority.",
    }
