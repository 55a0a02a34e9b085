"""An upgrade with data in: what was entered before is there after, and is recorded as before."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Takes long, so it is begun early: groups are.
pytestmark = pytest.mark.xdist_group("workers")
ROOT = Path(__file__).resolve().parent.parent.parent

# As the first release kept it. The triggers step aside, as they do in an upgrade.
FILL = """
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
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from management import audit
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
READ = """
import json
from plans.models import *
print(json.dumps({
    "sections": [[i.code, i.section.question] for i in QualityIndicator.objects.filter(
        framework__version=0).select_related("section")],
    "versions": sorted(Framework.objects.filter(code="inspection-2019")
        .values_list("version", flat=True)),
    "added": str(Recommendation.objects.get().added_on),
    "reminders": {r.key: r.sent_at and r.sent_at.isoformat() for r in Reminder.objects.all()},
    "waiting": sorted(Reminder.objects.waiting().values_list("key", flat=True)),
    "obliges": Evaluation.objects.with_meaning().get().obliges,
}))
"""


@pytest.fixture
def manage(tmp_path: Path):
    """`manage.py` on a database of its own, as an operator runs it."""
    environment = {k: v for k, v in os.environ.items() if k not in {"DATABASE_URL", "REDIS_URL"}}
    environment |= {"DATA_DIR": str(tmp_path)}

    def run(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


def test_frameworks_recommendations_and_reminders_of_before_are_kept(manage):
    for app in ("management", "kpis", "governance"):
        manage("migrate", app, "0001", "-v0")
    manage("shell", "-v0", "-c", FILL)
    manage("migrate", "plans", "0004", "-v0")
    manage("shell", "-v0", "-c", REMIND)
    manage("migrate", "-v0")
    manage("check", "--database", "default")
    manage("load_frameworks")
    kept = json.loads(manage("shell", "-v0", "-c", READ))
    assert kept == {
        "sections": [["1.1", "What?"], ["5.2", "How?"], ["5.3", "How?"]],
        "versions": [0, 1],
        "added": "2019-08-06",
        "reminders": {"sent": "2019-09-03T12:00:00+00:00", "waits": None, "lost": None},
        "waiting": ["lost", "waits"],
        "obliges": "Action is required, as a priority.",
    }
