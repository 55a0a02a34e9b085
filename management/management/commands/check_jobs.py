"""manage.py check_jobs: whether background jobs are done; exit code 1 when something is wrong."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error
from django.db.models import Count

from governance.models import PackBuild
from management import queue
from management.models import JobTick, Message
from tracker import health


class Command(BaseCommand):
    help = "Say what the background jobs have done, what waits, and what is wrong."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        found = health.report_jobs()
        try:
            found |= _details()
        except Error:
            found |= {"jobs": [], "schedules": {}, "packs": {}, "messages": {}, "troubles": []}
        if options["json"]:
            self.stdout.write(json.dumps(found, indent=2, default=str))
        else:
            self._say(found)
        if not found["ok"]:
            sys.exit(1)

    def _say(self, found: dict[str, Any]) -> None:
        for check in found["checks"]:
            self.stdout.write(f"{'ok   ' if check['ok'] else 'WRONG'} {check['detail']}")
        for job in found["jobs"]:
            self.stdout.write(f"{job['name']}: last done {job['succeeded_at'] or 'never'}")
            if job["error"]:
                self.stdout.write(f"  {job['error']}")
        for name, at in found["schedules"].items():
            self.stdout.write(f"{name}: next at {at}")
        for state, count in found["packs"].items():
            self.stdout.write(f"packs, {state}: {count}")
        for state, count in found["messages"].items():
            self.stdout.write(f"messages, {state}: {count}")
        for trouble in found["troubles"]:
            self.stdout.write(f"{trouble['pack']} ({trouble['area']}): {trouble['error']}")


def _details() -> dict[str, Any]:
    states = PackBuild.objects.values("state").annotate(count=Count("pk")).order_by("state")
    messages = Message.objects.values("state").annotate(count=Count("pk")).order_by("state")
    troubled = PackBuild.objects.exclude(error="").select_related("pack__body", "area")
    return {
        "jobs": list(JobTick.objects.order_by("name").values()),
        "schedules": queue.next_runs(),
        "packs": {row["state"]: row["count"] for row in states},
        "messages": {row["state"]: row["count"] for row in messages},
        "troubles": [
            {
                "id": build.pack_id,
                "pack": str(build.pack),
                "area": build.area.slug,
                "state": build.state,
                "attempts": build.attempts,
                "error": build.error,
            }
            for build in troubled.order_by("pk")
        ],
    }
