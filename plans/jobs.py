"""What workers run for plans: reminders of dates, digests, and posts that changed hands."""

from datetime import datetime

from django.utils import timezone

from management.models import JobTick
from plans.services import digests, handing_over, reminders


def remind(now: datetime | None = None) -> str:
    """Ask for the reminders whose day has come, and put what waits into the outbox: reminders, what
    is open of posts that have come to another holder, and the week's digests.

    The dates decide, not the scheduler: a day on which no worker ran is made up for.
    """
    now = now or timezone.now()
    JobTick.objects.update_or_create(name="remind", defaults={"started_at": now})
    made, unmade = reminders.make_due()
    handed, kept = reminders.hand_over()
    posts, untold = handing_over.hand_over_begun()
    sent, unsent = digests.send_due()
    JobTick.objects.filter(name="remind").update(
        succeeded_at=timezone.now(), error="; ".join([*unmade, *kept, *untold, *unsent])
    )
    return f"made {made}, messages {handed}, hand-overs {posts}, digests {sent}"
