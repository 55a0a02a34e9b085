"""What workers run: build one pack, sweep up every minute whatever is due or left behind, and ask
for the figures that packs will lack."""

import logging
from datetime import datetime

from django.utils import timezone

from governance import building, services
from governance.models import Body
from management import clock
from management.models import JobTick

logger = logging.getLogger(__name__)


def build_pack(pack_id: int) -> str:
    """Build the pack, unless another worker does or has done."""
    return "built" if building.build(pack_id, now=timezone.now()) else "nothing to do"


def sweep(now: datetime | None = None) -> str:
    """Everything that must happen, from the rows alone: losing a message costs one sweep.

    The calendar decides what is due, not the scheduler, so nothing is missed while it was down.
    """
    now = now or timezone.now()
    JobTick.objects.update_or_create(name="sweep", defaults={"started_at": now})
    released = services.release_abandoned(now)
    # Before the new requests, which send their own messages.
    sent = services.enqueue_waiting(now)
    requested, troubles = 0, []
    for body in Body.objects.select_related("area").order_by("pk"):
        try:
            requested += services.request_due(body, clock.today())
        except Exception as error:
            # One body's trouble must not keep the others from their packs.
            logger.exception("The packs of %s (%s) were not asked for.", body.slug, body.area.slug)
            troubles.append(f"{body.area.slug}, {body.slug}: {type(error).__name__}")
    JobTick.objects.filter(name="sweep").update(
        succeeded_at=timezone.now(), error="; ".join(troubles)
    )
    return f"requested {requested}, sent {sent}, released {released}"


def ask_for_figures(now: datetime | None = None) -> str:
    """Ask for the figures that packs due in a few days would lack."""
    now = now or timezone.now()
    JobTick.objects.update_or_create(name="pack-figures", defaults={"started_at": now})
    asked, troubles = 0, []
    for body in Body.objects.select_related("area").order_by("pk"):
        try:
            asked += services.ask_before_pack(body, clock.today())
        except Exception as error:
            # One body's trouble must not keep the others from their figures.
            logger.exception("The figures for %s (%s) were not asked for.", body.slug, body.area)
            troubles.append(f"{body.area.slug}, {body.slug}: {type(error).__name__}")
    JobTick.objects.filter(name="pack-figures").update(
        succeeded_at=timezone.now(), error="; ".join(troubles)
    )
    return f"asked for {asked}"
