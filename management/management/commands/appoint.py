"""Give a post to a person."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from management import access, clock, services
from management.models import Area, Post, User


class Command(BaseCommand):
    help = "Gives a post to a person from today on; a post that is not there yet is made."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--area", required=True, help="the area's short name")
        parser.add_argument("--post", required=True, help="its title, for example “Team Manager”")

    def handle(self, *args: Any, **options: Any) -> None:
        area = Area.objects.filter(slug=options["area"]).first()
        if area is None:
            known = ", ".join(Area.objects.values_list("slug", flat=True)) or "none"
            raise CommandError(f"There is no area “{options['area']}”. Known areas: {known}.")
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"Nobody has the address {options['email']}: see add_member.")
        by, title = access.System("operator: appoint"), options["post"].strip()
        try:
            with transaction.atomic():
                post = Post.objects.filter(area=area, title__iexact=title, organisation="").first()
                if post is None:
                    post = services.create_post(by=by, area=area, title=title)
                services.appoint(by=by, post=post, user=user, start=clock.today())
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{user.name}: {post}, {area}.")
