"""Messages on their whole way: real workers run the jobs, and one message lies there."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.utils import timezone
from django_q.models import OrmQ

from management import outbox, queue
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


@pytest.fixture
def lead(transactional_db):
    area = factories.area("Angus")
    return factories.user(area, Role.PERFORMANCE_LEAD, email="lead@example.org")


def test_jobs_asked_for_many_times_send_a_reminder_that_is_due_once(lead, start_worker, tmp_path):
    area = lead.areas_by_id.popitem()[1]
    factories.inspection(area, title="Inspection of 2019", plan_due_on=date(2019, 9, 17))
    messages = tmp_path / "messages"
    surroundings = {
        "THROUGHLINE_TODAY": "2019-09-03",
        "EMAIL_URL": f"file://{messages}",
        "SITE_URL": "https://throughline.example.org",
    }
    for _ in range(6):
        queue.enqueue("plans.jobs.remind", group="remind")
    for _ in range(6):
        queue.enqueue("management.jobs.send_messages", group="messages")
    worker = start_worker(**surroundings)  # of two processes
    eventually(lambda: not OrmQ.objects.exists())
    queue.enqueue("management.jobs.send_messages", group="messages")
    eventually(lambda: Message.objects.filter(state="sent").exists())
    eventually(lambda: not OrmQ.objects.exists())
    assert not JobTick.objects.exclude(error="").exists()
    assert worker.stop() == 0
    [message] = messages.iterdir()
    text = message.read_text()
    assert "To: lead@example.org" in text
    assert "https://throughline.example.org/areas/" in text


def test_a_message_that_a_worker_is_killed_over_is_uncertain_and_not_sent_again(
    lead, start_worker, tmp_path
):
    message = factories.message(lead.areas_by_id.popitem()[1], lead)
    messages = tmp_path / "messages"
    queue.enqueue("management.jobs.send_messages", group="messages")
    worker = start_worker(EMAIL_URL=f"file://{messages}", TEST_SECONDS_TO_SEND="60")
    eventually(lambda: messages.is_dir() and list(messages.iterdir()))
    worker.kill()  # the mail server has the message, and nobody has noted it
    for later in (timedelta(0), outbox.LEASE + timedelta(minutes=1), timedelta(days=1)):
        assert outbox.send_waiting(timezone.now() + later) == (0, [])
    message.refresh_from_db()
    assert (message.state, message.attempts, mail.outbox) == ("uncertain", 1, [])
    assert "To: lead@example.org" in next(messages.iterdir()).read_text()
