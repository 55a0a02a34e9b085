"""Run the web site and a worker on this machine."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tracker import serving


class Command(BaseCommand):
    help = "Runs the web site on loopback (PORT) and a worker until Ctrl-C. Not for production."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("In production run gunicorn and “manage.py qworker” under a keeper.")
        raise SystemExit(serving.serve(serving.port()))
