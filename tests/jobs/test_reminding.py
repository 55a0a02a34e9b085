"""A reminder on its whole way: a real worker runs the job, and one message lies there."""

from datetime import date

import pytest
from django_q.models import OrmQ

from management import queue
from management.access import Role
from management.models import JobTick
from plans.models import Reminder
from tests import factories
from tests.jobs.conftest import eventually

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("workers")]


def test_a_job_asked_for_many_times_sends_a_reminder_that_is_due_once(start_worker, tmp_path):
    area = factories.area()
    factories.user(area, Role.PERFORMANCE_LEAD, email="lead@example.org")
    factories.inspection(area, title="Inspection of 2019", plan_due_on=date(2019, 9, 17))
    messages = tmp_path / "messages"
    surroundings = {
        "THROUGHLINE_TODAY": "2019-09-03",
        "EMAIL_URL": f"file://{messages}",
        "SITE_URL": "https://throughline.example.org",
    }
    for _ in range(8):
        queue.enqueue("plans.jobs.remind", group="remind")
    worker = start_worker(**surroundings)  # of two processes
    eventually(lambda: Reminder.objects.filter(sent_at__isnull=False).exists())
    eventually(lambda: not OrmQ.objects.exists())
    assert JobTick.objects.get(name="remind").error == ""
    assert worker.stop() == 0
    [message] = messages.iterdir()
    text = message.read_text()
    assert "To: lead@example.org" in text
    assert "https://throughline.example.org/areas/" in text
