"""What workers run for the service itself: sending the messages of the outbox."""

from datetime import datetime

from django.utils import timezone

from management import outbox
from management.models import JobTick


def send_messages(now: datetime | None = None) -> str:
    """Send what waits in the outbox, and give up what a worker died over."""
    now = now or timezone.now()
    JobTick.objects.update_or_create(name="messages", defaults={"started_at": now})
    sent, troubles = outbox.send_waiting(now)
    JobTick.objects.filter(name="messages").update(
        succeeded_at=timezone.now(), error="; ".join(troubles)
    )
    return f"sent {sent}, not sent {len(troubles)}"
