"""Give a post to a person."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from management import access, clock, services
from management.models import Post, User


class Command(BaseCommand):
    help = "Gives a post to a person from today on; a post that is not there yet is made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--area", required=True, help="the area's short name")
        parser.add_argument("--post", required=True, help="its title, for example “Team Manager”")

    def handle(self, *args: Any, **options: Any) -> None:
        by, title = access.System("operator: appoint"), options["post"].strip()
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        try:
            area = services.area_named(options["area"])
            if user is None:
                raise ValidationError(f"Nobody has the address {options['email']}: see add_member.")
            with transaction.atomic():
                post = Post.objects.filter(area=area, title__iexact=title, organisation="").first()
                if post is None:
                    post = services.create_post(by=by, area=area, title=title)
                services.appoint(by=by, post=post, user=user, start=clock.today())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.name}: {post}, {area}.")
