"""manage.py import_kpis: a CSV or Excel file with figures is taken into an area."""

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from kpis.imports.layouts import Field, fold
from kpis.imports.lines import Line
from kpis.imports.periods import Order
from kpis.imports.reading import MAX_BYTES
from kpis.models import FigureImport, Indicator, Vintage
from kpis.services import importing, meaning, taking_in
from kpis.services.figures import told
from kpis.services.importing import Look
from management.access import System
from management.models import Area
from management.services import area_named
from management.uploads import BadFile, check_size
from management.versions import Stale

OPERATOR = System("operator (import_kpis)")
ORDERS = {"day-first": Order.DAY_FIRST, "month-first": Order.MONTH_FIRST}
LISTED = 500  # figures and rows that are named one by one


class Command(BaseCommand):
    help = (
        "Takes in a file with figures (.csv, .xlsx), all of it or nothing: new figures, and what "
        "it says otherwise of figures that are there. The same file twice changes nothing. With "
        "--preview nothing is saved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="The file with figures.")
        parser.add_argument("--area", required=True, help="The area's short name.")
        parser.add_argument("--preview", action="store_true", help="Only say what was read.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--column", action="append", default=[], metavar="HEADING=FIELD",
            help=f"What a column has: {', '.join(Field)}; nothing after “=” to leave it out.",
        )  # fmt: skip
        parser.add_argument(
            "--kpi", action="append", default=[], metavar="NAME=CODE",
            help="Which KPI a name in the file is; nothing after “=” to leave it out.",
        )  # fmt: skip
        parser.add_argument(
            "--days", choices=list(ORDERS), help="How days are written, where that can be read so "
            "or so: 04/05/2019 is in May, or in April."
        )  # fmt: skip
        parser.add_argument(
            "--vintage", choices=[str(one) for one in Vintage],
            help=f"Of figures of which the file does not say it. Without: {Vintage.FINAL}.",
        )  # fmt: skip
        parser.add_argument(
            "--reason", default="", metavar="TEXT", help="Why figures change that were settled."
        )
        parser.add_argument(
            "--without-stopped", action="store_true", help="Leave out the figures that are stopped."
        )
        parser.add_argument(
            "--skip", type=int, nargs="+", default=[], metavar="FIGURE",
            help="Figures, by “at”, that are left out.",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(options["file"])
        try:
            area = area_named(options["area"])
            data = _data(path)
            given = {"by": OPERATOR, "area": area, "data": data, "file_name": path.name}
            with transaction.atomic():  # a file that is refused leaves nothing behind
                kept, seen = self._done(area, data, given, options)
        except (ValidationError, BadFile) as error:
            refused = error.messages if isinstance(error, ValidationError) else [str(error)]
            if options["json"]:
                said = {"file": path.name, "saved": False, "refused": refused}
                self.stdout.write(json.dumps(said, indent=2))
            raise CommandError("\n".join([f"{path.name}: nothing is saved.", *refused])) from error
        except Stale as error:
            raise CommandError(
                f"{path.name}: nothing is saved. Somebody has changed figures just now: try again."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(_told(path, kept, seen), indent=2))
        else:
            self.stdout.write("\n".join(_said(kept, seen)))

    def _done(
        self, area: Area, data: bytes, given: dict[str, Any], options: dict[str, Any]
    ) -> tuple[FigureImport, Look]:
        kept = importing.keep_file(**given)
        if chosen := _chosen(area, kept, data, options):
            meaning.choose(by=OPERATOR, kept=kept, version=kept.version, **chosen)
        if options["preview"]:
            seen = importing.look(kept, data)
            transaction.set_rollback(True)  # nor is what was chosen remembered
            return kept, seen
        try:
            seen = taking_in.take_in(
                by=OPERATOR,
                kept=kept,
                version=kept.version,
                mark=None,
                skip=options["skip"],
                without_stopped=options["without_stopped"],
                reason=options["reason"],
                data=data,
            )
        except taking_in.NothingNew as nothing:
            transaction.set_rollback(True)
            return kept, nothing.seen
        return kept, seen


def _data(path: Path) -> bytes:
    try:
        check_size(path.stat().st_size, "Part it.", MAX_BYTES)
        return path.read_bytes()[: MAX_BYTES + 1]
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _chosen(area: Area, kept: FigureImport, data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """What the options say of how the file is read, as `meaning.choose` takes it."""
    found: dict[str, Any] = {}
    if options["days"]:
        found["order"] = ORDERS[options["days"]]
    if options["vintage"]:
        found["vintage"] = options["vintage"]
    if options["kpi"]:
        kpis = {fold(one.code): one for one in Indicator.objects.in_area(area)}
        names = {}
        for name, code in _pairs("--kpi", options["kpi"]):
            if code and fold(code) not in kpis:
                raise ValidationError(f"There is no KPI “{code}” in this area.")
            names[name] = kpis[fold(code)] if code else None
        found["names"] = names
    if options["column"]:
        fields = {fold(str(one)): str(one) for one in Field}
        mapping = {}
        for heading, field in _pairs("--column", options["column"]):
            if field and fold(field) not in fields:
                raise ValidationError(f"“{field}” is nothing that a column can be.")
            mapping[fold(heading)] = fields[fold(field)] if field else ""
        tables = importing.look(kept, data).tables
        found["columns"] = {
            one.layout.signature: its
            for one in tables
            if (its := {h: f for h, f in mapping.items() if h in _headings(one.layout)})
        }
    return found


def _headings(layout: Any) -> set[str]:
    return {fold(one.heading) for one in layout.columns}


def _pairs(option: str, given: list[str]) -> Iterator[tuple[str, str]]:
    for one in given:
        name, found, meant = one.rpartition("=")
        if not found or not name.strip():
            raise ValidationError(f"{option} {one}: write a name, “=”, and what it is.")
        yield name.strip(), meant.strip()


def _told(path: Path, kept: FigureImport, seen: Look) -> dict[str, Any]:
    return {
        "file": path.name,
        "sha256": kept.sha256,
        "saved": kept.state == FigureImport.State.APPLIED,
        "counts": importing.counts(seen),
        "tables": [
            {
                "place": one.place,
                "kind": one.layout.kind,
                "columns": [
                    {
                        "heading": c.heading,
                        "field": c.field,
                        "period": bool(c.period),
                        "kpi": c.kpi or None,
                    }
                    for c in one.layout.columns
                ],
            }
            for one in seen.tables
        ],
        "figures": [_figure(one) for one in importing.listed(seen, LISTED)],
        "left_out": [vars(one) for one in seen.left_out[:LISTED]],
        "names": [vars(one) for one in seen.unknown],
        "asks_days": seen.asks_order,
        "notes": [*seen.notes, *(one.sentence for one in seen.remembered)],
        "refused": [],
    }


def _figure(one: Line) -> dict[str, Any]:
    row = one.row
    return {
        "at": one.at,
        "place": row.place,
        "text": row.text,
        "does": one.does,
        "kpi": row.kpi.code if row.kpi else None,
        "period": row.period.label if row.period else None,
        "start": row.period.start.isoformat() if row.period else None,
        "end": row.period.end.isoformat() if row.period else None,
        "numerator": row.numerator,
        "denominator": row.denominator,
        "value": None if row.value is None else str(row.value),
        "comparator": row.comparator,
        "split": row.split,
        "part": row.part,
        "vintage": one.vintage,
        "stands": told(one.stands) if one.stands else None,
        "stops": one.stops,
        "asks": one.asks or None,
        "remarks": one.remarks,
    }


def _said(kept: FigureImport, seen: Look) -> Iterator[str]:
    """The same for a person."""
    told_of = importing.counts(seen)
    yield (
        f"{told_of['new']:,} new, {told_of['changed']:,} changed, {told_of['same']:,} as they are "
        f"here, {told_of['stopped']:,} stopped, {told_of['doubtful']:,} doubtful, "
        f"{told_of['left_out']:,} left out."
    )
    yield from seen.notes
    yield from (one.sentence for one in seen.remembered)
    if seen.asks_order:
        yield "The days can be read in two ways: say which with --days."
    for name in seen.unknown:
        yield f"{name.first}: “{name.name}” is no KPI: say with --kpi which it is."
    listed = importing.listed(seen, LISTED)
    for one in listed:
        yield f"{one.row.place}: {one.does}: {one.row.text}"
        yield from (f"  {text}" for text in (*one.stops, *filter(None, [one.asks]), *one.remarks))
    if more := len(seen.lines) - len(listed):
        yield f"And {more:,} more figures."
    for out in seen.left_out[:LISTED]:
        yield f"{out.place}: left out: {out.text}. {out.why}"
    saved = kept.state == FigureImport.State.APPLIED
    yield "Taken in." if saved else "Nothing is saved."
