"""manage.py build_pack: one body's pack of the last complete quarter, as files."""

import json
import time
from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils import timezone

from governance import building, services
from governance.models import Body, Pack, PackBuild
from kpis.periods import last_complete_quarter
from management import store
from management.access import System
from management.services import area_named

OPERATOR = System("operator (build_pack)")
EARLIEST = 1900
LONGEST_WAIT = 600  # seconds, for another worker that holds the pack


class Command(BaseCommand):
    help = (
        "Build a body's pack for the last quarter that is complete at the date, unless it is "
        "built already, and write its PDF, Word, Excel and web page files."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--area", required=True, help="The area's short name.")
        parser.add_argument("--body", required=True, help="The body's short name.")
        parser.add_argument("--as-at", required=True, help="A date, such as 2020-01-15.")
        parser.add_argument("--out", help="The folder for the files (var/packs).")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *args: Any, **options: Any) -> None:
        as_at = _date(options["as_at"])
        folder = Path(options["out"] or settings.DATA_DIR / "packs")
        try:
            pack = services.request_pack(
                by=OPERATOR,
                body=_body(options["area"], options["body"]),
                period=last_complete_quarter(as_at),
                as_at=as_at,
            )
            _build(pack)
            files = services.export(pack, folder)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        except Error as error:
            raise CommandError(
                f"The database does not answer as it should ({type(error).__name__}). "
                "Is it running, and was “manage.py migrate” run?"
            ) from error
        except OSError as error:
            raise CommandError(f"The files cannot be written: {error}.") from error
        except store.StoreError as error:
            raise CommandError(f"{error} Ask for a new edition of the pack.") from error
        self._say(pack, files, options["json"])

    def _say(self, pack: Pack, files: list[Path], as_json: bool) -> None:
        if not as_json:
            self.stdout.write(f"{pack}")
            for path in files:
                self.stdout.write(str(path))
            return
        renditions = {r.format: r for r in pack.renditions.all()}
        found = {
            "pack": pack.pk,
            "area": pack.area.slug,
            "body": pack.body.slug,
            "period": pack.period.label,
            "start": pack.start,
            "end": pack.end,
            "edition": pack.edition,
            "as_at": pack.as_at,
            "content_sha256": pack.frozen.sha256,
            "files": [
                {
                    "format": path.suffix[1:],
                    "path": str(path),
                    "sha256": renditions[path.suffix[1:]].sha256,
                    "bytes": renditions[path.suffix[1:]].size,
                }
                for path in files
            ],
        }
        self.stdout.write(json.dumps(found, indent=2, default=str))


def _date(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a date. Write one as 2020-01-15.") from error
    if day.year < EARLIEST:
        raise CommandError(f"“{text}” is not a date that a pack can have.")
    return day


def _body(area_slug: str, body_slug: str) -> Body:
    try:
        area = area_named(area_slug)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    bodies = Body.objects.filter(area=area).select_related("area")
    body = bodies.filter(slug=body_slug).first()
    if body is None:
        known = ", ".join(bodies.order_by("slug").values_list("slug", flat=True))
        raise CommandError(f"{area.name} has no body “{body_slug}”. It has: {known or 'none yet'}.")
    return body


def _build(pack: Pack) -> None:
    """Build it here, or wait for the worker that has it. Raises CommandError if it is not built."""
    if pack.build.state == PackBuild.State.FAILED:
        services.retry_pack(by=OPERATOR, pack=pack)
    end = time.monotonic() + LONGEST_WAIT
    while time.monotonic() < end:
        try:
            if building.build(pack.pk, now=timezone.now()):
                return
        except (Error, OSError):
            raise
        except Exception as error:
            raise CommandError(
                f"The pack could not be built ({type(error).__name__}). The log says more."
            ) from error
        pack.build.refresh_from_db()
        if pack.build.state == PackBuild.State.DONE:
            return
        if pack.build.state == PackBuild.State.FAILED:
            raise CommandError(f"The pack could not be built. {pack.build.error}")
        time.sleep(0.5)
    raise CommandError(
        f"The pack is not built after {LONGEST_WAIT // 60} minutes: "
        f"{pack.build.get_state_display()}. A worker goes on with it; see “manage.py check_jobs”."
    )
