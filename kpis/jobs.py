"""What workers run for KPIs: asking for figures that are missing."""

from datetime import datetime

from django.utils import timezone

from kpis.services import requests
from management.models import JobTick


def ask_for_figures(now: datetime | None = None) -> str:
    """Ask the owners of KPIs for the figures of periods that have ended and have none.

    The dates decide, not the scheduler: a day on which no worker ran is made up for.
    """
    now = now or timezone.now()
    JobTick.objects.update_or_create(name="figures", defaults={"started_at": now})
    made, troubles = requests.ask_due()
    JobTick.objects.filter(name="figures").update(
        succeeded_at=timezone.now(), error="; ".join(troubles)
    )
    return f"asked for {made}"
