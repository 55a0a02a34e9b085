"""What workers run for plans: the reminders of the dates that inspections set."""

from datetime import datetime

from django.utils import timezone

from management.models import JobTick
from plans.services import reminders


def remind(now: datetime | None = None) -> str:
    """Ask for the reminders whose day has come, and send what waits.

    The dates decide, not the scheduler: a day on which no worker ran is made up for.
    """
    now = now or timezone.now()
    JobTick.objects.update_or_create(name="remind", defaults={"started_at": now})
    made, unmade = reminders.make_due()
    sent, unsent = reminders.send_waiting(now)
    JobTick.objects.filter(name="remind").update(
        succeeded_at=timezone.now(), error="; ".join([*unmade, *unsent])
    )
    return f"made {made}, messages {sent}"
