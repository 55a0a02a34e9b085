"""manage.py sync_schedules: the scheduler's rows follow tracker/schedules.py."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from management import queue
from management.models import JobTick
from tracker.schedules import SCHEDULES


class Command(BaseCommand):
    help = "Make the recurring jobs those that the program names. Safe to repeat."

    def handle(self, *args: Any, **options: Any) -> None:
        lock, _ = JobTick.objects.get_or_create(name="sync_schedules")
        with transaction.atomic():
            # Holds up whoever else synchronises now, on either database.
            JobTick.objects.filter(pk=lock.pk).update(started_at=timezone.now())
            made, changed, removed = queue.sync(SCHEDULES)
            JobTick.objects.filter(pk=lock.pk).update(succeeded_at=timezone.now())
        self.stdout.write(f"Recurring jobs: {made} made, {changed} changed, {removed} removed.")
