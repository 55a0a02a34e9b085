"""Enter the frameworks that come with the program, or those of other files."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from management.access import System
from plans.framework_file import BadFramework, FrameworkFacts, read
from plans.services.frameworks import load_framework, shipped


class Command(BaseCommand):
    help = "Enters frameworks from their files (docs/frameworks.md). Safe to repeat."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="*", metavar="FILE", help="without: those shipped")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = [_read(Path(name)) for name in options["files"]] or shipped()
            with transaction.atomic():
                loaded = [
                    load_framework(by=System("operator: load_frameworks"), facts=facts)
                    for facts in found
                ]
        except BadFramework as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        for framework, new in loaded:
            said = "loaded" if new else "already there"
            self.stdout.write(f"{framework.code}, version {framework.version}: {said}.")


def _read(path: Path) -> FrameworkFacts:
    try:
        return read(path.read_text(encoding="utf-8"), path.name)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is not a text file in UTF-8.") from error
