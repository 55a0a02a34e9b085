"""manage.py import_plan: a plan's Word, Excel or CSV file is taken into an area."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from management.access import System
from management.models import Area, Post
from management.services import area_named
from management.sheets.content import quoted
from management.uploads import MAX_BYTES, BadFile, check_size
from management.versions import Stale
from plans.imports import CREATE, SAME, STOPPED, UPDATE, By, Line
from plans.models import Framework, Inspection, Plan, PlanImport, QualityIndicator
from plans.services import importing, taking_in
from plans.services.frameworks import latest

OPERATOR = System("operator (import_plan)")
FRAMEWORK = "inspection-2019"


class Command(BaseCommand):
    help = (
        "Takes in a plan's file (.docx, .xlsx, .csv), all of it or nothing: new actions, and what "
        "it says otherwise of actions that are there. The same file twice changes nothing. With "
        "--preview nothing is saved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="The plan's file.")
        parser.add_argument("--area", required=True, help="The area's short name.")
        parser.add_argument("--preview", action="store_true", help="Only say what was read.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument("--plan", metavar="TITLE", help="Without: the name of the file.")
        parser.add_argument("--inspection", metavar="TITLE", help="That a new plan answers.")
        parser.add_argument("--framework", default=FRAMEWORK, help=f"Without: {FRAMEWORK}.")
        parser.add_argument(
            "--agreed-on", metavar="DATE", help="Of a new plan, 2019-08-06: --agreed-by needs it."
        )
        parser.add_argument(
            "--agreed-by", metavar="TEXT", default="", help="Who agreed a new plan, and the minute."
        )
        parser.add_argument("--submitted-on", metavar="DATE", help="To the inspectorate.")
        apart = "Rows, by “at”, that are another action than the one that they are like."
        parser.add_argument("--apart", type=int, nargs="+", default=[], metavar="ROW", help=apart)
        parser.add_argument("--lead", default="", metavar="POST", help="Of rows that name none.")
        parser.add_argument(
            "--indicator", default="", metavar="CODE", help="Of rows that name none, such as 5.2."
        )
        parser.add_argument(
            "--reason", default="", metavar="TEXT", help="Why an approved plan's wording changes."
        )
        parser.add_argument(
            "--withdrawn-by", default="", metavar="TEXT", help="Who withdrew actions: the minute."
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        title = options["plan"] or path.stem
        try:
            area = area_named(options["area"])
            data = _data(path)
            facts = _facts(area, title, options)
            given = {"by": OPERATOR, "area": area, "data": data, "file_name": path.name, **facts}
            refused: list[str] = []
            kept = importing.draft_import(**given)
            seen = importing.look(kept, data, apart=options["apart"])
            doing = any(one.does != SAME for one in seen.lines)
            if doing and not options["preview"]:
                with transaction.atomic():  # a file that is refused leaves nothing behind
                    kept = importing.keep_file(**given)
                    taking_in.take_in(
                        by=OPERATOR,
                        kept=kept,
                        version=kept.version,
                        mark=seen.mark,
                        skip=seen.usually_out,
                        apart=options["apart"],
                        title=title,
                        decision=options["agreed_by"],
                        submitted_on=_day(options["submitted_on"]),
                        lead=_lead(area, options["lead"]),
                        indicator=_indicator(kept, options["indicator"]),
                        reason=options["reason"],
                        ended=options["withdrawn_by"],
                    )
        except (ValidationError, BadFile) as error:
            refused = error.messages if isinstance(error, ValidationError) else [str(error)]
            if options["json"]:
                told = {"file": path.name, "saved": False, "refused": refused}
                self.stdout.write(json.dumps(told, indent=2))
            raise CommandError("\n".join([f"{path.name}: nothing is saved.", *refused])) from error
        except Stale as error:
            raise CommandError(
                f"{path.name}: nothing is saved. Somebody has changed the plan just now: try again."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(_told(path, kept, seen), indent=2))
        else:
            self.stdout.write("\n".join(_said(kept, seen)))


def _data(path: Path) -> bytes:
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _facts(area: Area, title: str, options: dict[str, Any]) -> dict[str, Any]:
    """What the file is for: the plan of that title where there is one."""
    inspection = None
    if options["inspection"]:
        rows = Inspection.objects.in_area(area).filter(published_on__isnull=False)
        inspection = rows.filter(title=options["inspection"]).first()
        if inspection is None:
            raise ValidationError(f"There is no published inspection “{options['inspection']}”.")
    try:
        framework = latest(options["framework"])
    except Framework.DoesNotExist as error:
        raise ValidationError(
            f"There is no framework “{options['framework']}”. Those that come with the program are "
            "entered by “manage.py load_frameworks”."
        ) from error
    return {
        "framework": framework,
        "plan": Plan.objects.in_area(area).filter(title=title).first(),
        "inspection": inspection,
        "agreed_on": _day(options["agreed_on"]),
    }


def _indicator(kept: PlanImport, code: str) -> QualityIndicator | None:
    if not code:
        return None
    found = importing.indicators_of(importing.answers_of(kept)).get(code)
    if found is None:
        raise ValidationError(f"There is no quality indicator “{code}” in the plan’s framework.")
    return found


def _lead(area: Area, name: str) -> Post | None:
    if not name:
        return None
    found = importing.posts_by_name(area).get(name)
    if found is None:
        raise ValidationError(f"There is no post “{name}” in this area. Give its title as it is.")
    return found


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ValidationError(f"“{text}” is not a date. Write one as 2020-01-15.") from error


def _told(path: Path, kept: PlanImport, seen: importing.Look) -> dict[str, Any]:
    return {
        "file": path.name,
        "sha256": kept.sha256,
        "plan": kept.plan.title if kept.plan else None,
        "saved": kept.state == PlanImport.State.APPLIED,
        "counts": {does: len(seen.doing(does)) for does in (CREATE, UPDATE, SAME, STOPPED)},
        "columns": [
            {"heading": c.heading, "field": str(c.field), "sure": str(c.sure), "why": c.why}
            for one in seen.layouts
            for c in one.columns
        ],
        "rows": [_row(one) for one in seen.lines],
        "left_out": [vars(one) for one in seen.result.left_out],
        "names": [vars(one) for one in seen.result.unknown],
        "notes": [*seen.result.notes, *(one.sentence for one in seen.remembered)],
        "refused": [],
    }


def _row(one: Line) -> dict[str, Any]:
    row = one.row
    return {
        "at": one.at,
        "place": row.place,
        "does": one.does,
        "matched": str(one.like.by if one.like else By.CERTAIN) if one.stands else None,
        "reference": row.reference or (one.stands.reference if one.stands else ""),
        "indicator": row.indicator,
        "text": row.text,
        "lead": row.lead,
        "supporting": list(row.supporting),
        "new_posts": list(row.new_posts),
        "key_messages": list(row.key_messages),
        "due": row.due.isoformat() if row.due else None,
        "revised": row.revised.isoformat() if row.revised else None,
        "evidence_expected": row.evidence_expected,
        "status": str(row.status) if row.status else None,
        "word": row.word,
        "percent": row.percent,
        "progress": row.progress,
        "raw": {str(field): text for field, text in row.raw.items()},
        "changes": [{"field": c.name, "old": c.old, "new": c.new} for c in one.changes],
        "notes": [{"sentence": note.sentence, "stops": note.stops} for note in one.notes],
    }


def _said(kept: PlanImport, seen: importing.Look) -> Iterator[str]:
    """The same for a person."""
    names = {CREATE: "new", UPDATE: "changed", SAME: "as they are here", STOPPED: "stopped"}
    yield ", ".join(f"{len(seen.doing(does))} {name}" for does, name in names.items()) + "."
    for one in seen.lines:
        yield f"{one.row.place}: {names[one.does]}: {one.row.reference} {one.row.text[:100]}"
        if one.like and one.stands:
            yield f"  {one.like.said} With “--apart {one.at}” it is another action."
        if one.at in seen.left_out_before:
            yield "  Left out, as it was before."
        if one.at in seen.older:
            yield f"  Left out: {quoted(seen.newer)} was taken in since this file, and is newer."
        yield from (f"  {note.at_row}" for note in one.notes)
    yield from (f"{one.place}: left out. {one.why}" for one in seen.result.left_out)
    yield from seen.result.notes
    yield from (one.sentence for one in seen.remembered)
    if seen.resembled:
        yield f"{seen.resembled.sentence} For that plan, give its title with --plan."
    if kept.state == PlanImport.State.APPLIED and kept.plan:
        yield f"Taken in: {kept.plan.title}."
    else:
        yield "Nothing is saved."
