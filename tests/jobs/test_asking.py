"""Requests for figures on their whole way: real workers ask, and one e-mail lies there."""

from datetime import date

import pytest
from django_q.models import OrmQ

from kpis.models import FigureRequest
from kpis.periods import month
from management import queue
from management.access import Role
from management.models import JobTick, Message
from tests import factories
from tests.jobs.conftest import eventually

# Long, and of whichever database: where CI has the services.
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.xdist_group("workers"),
    pytest.mark.services,
]


def test_a_job_run_by_two_workers_at_once_asks_for_a_figure_once(
    transactional_db, start_worker, tmp_path
):
    area = factories.area("Angus")
    manager = factories.user(area, Role.SERVICE_MANAGER, email="cb@example.org")
    post = factories.post(area)
    factories.holding(post, manager)
    for _ in range(3):
        factories.observation(factories.kpi(area, owner=post), month(date(2019, 11, 1)))
    messages = tmp_path / "messages"
    for _ in range(6):
        queue.enqueue("kpis.jobs.ask_for_figures", group="figures")
    worker = start_worker(THROUGHLINE_TODAY="2020-01-15", EMAIL_URL=f"file://{messages}")
    eventually(lambda: not OrmQ.objects.exists())
    queue.enqueue("management.jobs.send_messages", group="messages")
    eventually(lambda: Message.objects.filter(state="sent").exists())
    eventually(lambda: not OrmQ.objects.exists())
    assert not JobTick.objects.exclude(error="").exists()
    assert worker.stop() == 0
    assert FigureRequest.objects.count() == 3
    [message] = messages.iterdir()
    assert "3 figures of Angus are missing" in message.read_text()
