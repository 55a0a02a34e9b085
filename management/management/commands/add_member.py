"""Give a person a role in an area."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from management import access, services
from management.access import Role


class Command(BaseCommand):
    help = "Gives a person a role in an area. New people set a password from the sign-in page."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--area", required=True, help="the area's short name")
        parser.add_argument("--name", required=True)
        parser.add_argument("--role", required=True, choices=[role.value for role in Role])

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            area = services.area_named(options["area"])
            membership = services.add_member(
                by=access.System("operator: add_member"),
                area=area,
                email=options["email"],
                name=options["name"],
                role=Role(options["role"]),
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{membership}, {area}.")
        if not membership.user.has_usable_password():
            self.stdout.write(
                "They set a password from the sign-in page, by “I have forgotten my password”."
            )
