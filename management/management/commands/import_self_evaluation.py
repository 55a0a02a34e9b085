"""manage.py import_self_evaluation: a completed Word form becomes a draft of an area."""

import hashlib
import json
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from kpis.periods import Period, financial_year
from management import clock
from management.access import System
from management.models import Area
from management.services import area_named
from management.uploads import MAX_BYTES, BadFile, check_size, check_word
from plans.form import reading
from plans.form.content import Form, Layout, Note
from plans.form.matching import names_another
from plans.models import Framework, SelfEvaluation
from plans.services import self_evaluations as services
from plans.services.frameworks import latest, layout_of

OPERATOR = System("operator (import_self_evaluation)")
FRAMEWORK = "self-evaluation-2024"


class Command(BaseCommand):
    help = (
        "Reads a completed self-evaluation form (.docx) and saves it as a draft, unless something "
        "in it can be read in two ways. With --preview nothing is saved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="The form, a Word document (.docx).")
        parser.add_argument("--area", required=True, help="The area's short name.")
        parser.add_argument("--preview", action="store_true", help="Only say what was read.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument("--title", help="Without: Self-evaluation and the period.")
        parser.add_argument("--from", dest="start", metavar="DATE", help="Such as 2019-04-01.")
        parser.add_argument("--to", dest="end", metavar="DATE", help="Such as 2020-03-31.")
        parser.add_argument("--framework", default=FRAMEWORK, help=f"Without: {FRAMEWORK}.")

    def handle(self, *args: Any, **options: Any) -> None:
        area, framework = _area(options["area"]), _framework(options["framework"])
        period = _period(options["start"], options["end"])
        path = Path(options["file"])
        layout = layout_of(framework, area)
        form, sha256 = _read(path, layout)
        form = replace(form, notes=(*_of_another_area(form, area), *form.notes))
        saved = None
        if not form.refused and not options["preview"]:
            try:
                saved = services.import_form(
                    by=OPERATOR,
                    area=area,
                    framework=framework,
                    form=form,
                    title=options["title"] or f"Self-evaluation {period.label}",
                    start=period.start,
                    end=period.end,
                    file_name=path.name,
                    file_sha256=sha256,
                )
            except ValidationError as error:
                refusal = Note("Self-evaluation", " ".join(error.messages), fatal=True)
                form = replace(form, notes=(*form.notes, refusal))
        if options["json"]:
            facts = {"file": path.name, "sha256": sha256, "framework": framework.code}
            self.stdout.write(json.dumps(facts | _content(form, layout, saved), indent=2))
        elif not form.refused:
            self.stdout.write("\n".join(_said(form, layout, saved)))
        if form.refused:
            said = [f"{note.where}: {note.what}" for note in form.notes if note.fatal]
            raise CommandError("\n".join([f"{path.name} is refused, nothing is saved.", *said]))


def _area(slug: str) -> Area:
    try:
        return area_named(slug)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error


def _framework(code: str) -> Framework:
    try:
        return latest(code)
    except Framework.DoesNotExist as error:
        known = ", ".join(framework.code for framework in services.frameworks())
        raise CommandError(
            f"There is no framework “{code}”. There is: {known or 'none yet'}. "
            "Those that come with the program are entered by “manage.py load_frameworks”."
        ) from error


def _period(start: str | None, end: str | None) -> Period:
    """The one that is given, else the financial year of today."""
    if start is None and end is None:
        return financial_year(clock.today())
    if start is None or end is None:
        raise CommandError("Give both --from and --to, or neither.")
    try:
        return Period(_date(start), _date(end))
    except ValueError as error:
        raise CommandError(str(error)) from error


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"“{text}” is not a date. Write one as 2020-01-15.") from error


def _read(path: Path, layout: Layout) -> tuple[Form, str]:
    """What the file says, and its SHA-256. One that cannot be read says so as a fatal note."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            data = file.read(MAX_BYTES)
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
    try:
        check_size(size)
        check_word(data)
        return reading.read(data, layout), sha256
    except BadFile as error:
        return Form("", (), notes=(Note("The file", str(error), fatal=True),)), sha256


def _of_another_area(form: Form, area: Area) -> Iterator[Note]:
    if names_another(form.area, (area.name, area.partnership)):
        yield Note("First page", f"The form is of {form.area}; it is brought in for {area.name}.")


def _content(form: Form, layout: Layout, saved: SelfEvaluation | None) -> dict[str, Any]:
    labels = dict(layout.points)
    sections = [
        {
            "code": section.code,
            "overall": labels.get(section.overall or 0),
            "rationale": list(section.rationale),
            "tools": [{"name": tool.name, "reach": tool.reach} for tool in section.tools],
            "elements": [
                {
                    "code": element.code,
                    "rating": labels.get(element.rating or 0),
                    "evidence": list(element.evidence),
                    "where": element.where,
                }
                for element in section.elements
            ],
        }
        for section in form.sections
    ]
    return {
        "area_on_form": form.area,
        "sections": sections,
        "capacity": list(form.capacity),
        "priorities": list(form.priorities),
        "notes": [
            {"where": note.where, "what": note.what, "fatal": note.fatal} for note in form.notes
        ],
        "refused": form.refused,
        "saved": saved is not None,
        "self_evaluation": saved.pk if saved else None,
    }


def _said(form: Form, layout: Layout, saved: SelfEvaluation | None) -> Iterator[str]:
    """The same for a person."""
    labels = dict(layout.points)
    names = {e.code: e.label for section in layout.sections for e in section.elements}
    titles = {section.code: section.name for section in layout.sections}
    if form.area:
        yield f"Area on the form: {form.area}"
    for section in form.sections:
        yield f"{section.code} {titles[section.code]}"
        for element in section.elements:
            rating = labels.get(element.rating or 0, "not rated")
            count = len(element.evidence)
            words = f"{count} paragraph{'' if count == 1 else 's'} of evidence"
            place = f" ({element.where})" if element.where else ""
            yield f"  {element.code} {names[element.code]}: {rating}, {words}{place}"
        if section.overall is not None:
            yield f"  Overall: {labels[section.overall]}"
        for tool in section.tools:
            yield f"  Tool: {tool.name}{f' ({tool.reach})' if tool.reach else ''}"
    yield f"Capacity for improvement: {len(form.capacity)} paragraphs"
    for priority in form.priorities:
        yield f"Priority: {priority}"
    for note in form.notes:
        yield f"Note. {note.where}: {note.what}"
    yield f"Saved as a draft: {saved.title}." if saved else "Nothing is saved: this is a preview."
