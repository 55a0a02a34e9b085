"""Make a new area."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from management import access, services


class Command(BaseCommand):
    help = "Makes a new, empty area (a council area and its partnership)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="its short name in addresses, e.g. west-dunbartonshire")
        parser.add_argument("--name", required=True)
        parser.add_argument("--partnership", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            area = services.create_area(
                by=access.System("operator: create_area"),
                slug=options["slug"],
                name=options["name"],
                partnership=options["partnership"],
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{area} is there: /areas/{area.slug}/. Add people with add_member.")
