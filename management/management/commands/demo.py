"""Load the demonstration, and run it."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from management import clock
from tracker import demo, serving


class Command(BaseCommand):
    help = "Loads the West Dunbartonshire demonstration (safe to repeat), and runs it if asked."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--serve", action="store_true", help="run the web site and a worker until Ctrl-C"
        )
        parser.add_argument(
            "--once", action="store_true", help="run a worker until the packs are built, then end"
        )
        parser.add_argument(
            "--out", type=Path, default=Path("var/demo"), help="where --once writes"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demonstration is not for production: its password is public.")
        if demo.load():
            self.stdout.write("The demonstration has been loaded.")
        else:
            self.stdout.write("The demonstration was loaded before; nothing was changed.")
        if not (options["serve"] or options["once"]):
            return
        if clock.held() is None:
            raise CommandError("Set THROUGHLINE_TODAY=2020-01-15, so that it is seen in its time.")
        if options["once"]:
            raise SystemExit(serving.build_once(options["out"]))
        self.stdout.write(f"Password of everybody: {demo.PASSWORD}")
        for email, name, roles in demo.accounts():
            self.stdout.write(f"  {email:<38} {name} ({roles})")
        self.stdout.flush()
        raise SystemExit(serving.serve(serving.port()))
