"""Actions as CSV, which any program opens, and as JSON, which programs read. Piece by piece."""

import csv
import io
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from management.documents import clean
from plans.plan_file.content import Line, PlanFile

# What a spreadsheet takes for a formula, in ordinary and in full width; with apostrophes before it
# too, so that whoever takes ours away again has the text as it was.
ODD = re.compile(r"'*(?:\s*[=+\-@＝＋－＠]|[\t\r\n])")
HEADINGS = (
    *("Plan", "Reference", "Indicator code", "Quality indicator", "Action", "Lead"),
    *("Supporting", "Responsible in the plan's words", "Timescale in the plan's words"),
    *("Added on", "First due", "Due", "Times moved", "Dates moved", "Status", "Status code"),
    *("Stands as", "Colour", "% done", "Open", "Days overdue", "Latest update"),
    *("Latest update on", "Latest update by", "Key messages", "Recommendations", "Findings"),
    *("KPIs", "Evidence expected", "Evidence held", "Superseded by", "Illustrative"),
)
FORMAT = "throughline-actions"
VERSION = 1


def csv_pieces(content: PlanFile) -> Iterator[bytes]:
    """UTF-8 with the mark by which Excel knows it; every cell quoted, dates as 2020-03-31."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    # Whoever has the file should read what is invented in it, and no program reads notes in CSV.
    note = ["What is invented"] if content.illustrative else []
    writer.writerow([*HEADINGS, *note])
    yield b"\xef\xbb\xbf" + out.getvalue().encode()
    for line in content.lines:
        out.seek(0)
        out.truncate()
        said = [content.illustrative] if note else []
        writer.writerow([safe(cell) for cell in (*_cells(line), *said)])
        yield out.getvalue().encode()


def safe(text: str) -> str:
    """The text as no spreadsheet takes it for a formula: with an apostrophe before it."""
    text = clean(text)
    return f"'{text}" if ODD.match(text) else text


def _cells(line: Line) -> tuple[str, ...]:
    return (
        *(line.plan, line.reference, line.indicator_code, line.indicator, line.text, line.lead),
        *("; ".join(line.supporting), line.responsible, line.timescale),
        *(_day(line.added_on), _day(line.original_due), _day(line.due), str(line.times_moved)),
        *("\n".join(map(str, line.moves)), line.shown, line.status, line.stands, line.colour),
        *("" if line.percent is None else str(line.percent), "Yes" if line.is_open else "No"),
        *(str(line.days_overdue), line.update, _day(line.update_on), line.update_by),
        *("; ".join(line.key_messages), "; ".join(line.recommendations)),
        *("; ".join(line.findings), "; ".join(line.kpis), line.evidence_expected),
        *("\n".join(map(str, line.evidence)), line.superseded_by),
        "Yes" if line.illustrative else "No",
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def json_pieces(content: PlanFile) -> Iterator[bytes]:
    """One object; its actions come last, one on each line."""
    head: dict[str, Any] = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": content.made_at.isoformat(timespec="seconds"),
        "area": {
            "slug": content.slug,
            "name": content.area,
            "partnership": content.partnership,
        },
        "title": content.title,
        "state": content.state,
        "agreed_on": content.agreed_on,
        "ends_on": content.ends_on,
        "answers": content.answers,
        "source": content.source,
        "illustrative": content.illustrative,
        "words": [
            {"word": m.word, "colour": m.colour, "meaning": m.meaning} for m in content.meanings
        ],
        "chosen": [{"filter": name, "value": value} for name, value in content.chosen],
        "shown": content.shown,
        "total": content.total,
    }
    yield _text(head)[:-1].encode() + b', "actions": ['
    before = b"\n"
    for line in content.lines:
        yield before + _text(_fields(line)).encode()
        before = b",\n"
    yield b"\n]}\n"


def _fields(line: Line) -> dict[str, Any]:
    """The names are those of an action's own fields, where it has one."""
    return {
        "plan": line.plan,
        "reference": line.reference,
        "indicator": {"code": line.indicator_code, "name": line.indicator},
        "text": line.text,
        "lead": line.lead,
        "supporting": line.supporting,
        "responsible": line.responsible,
        "timescale": line.timescale,
        "added_on": line.added_on,
        "original_due": line.original_due,
        "due": line.due,
        "date_changes": [
            {
                "on": move.on,
                "old": move.old,
                "new": move.new,
                "reason": move.reason,
                "by": move.by,
                "approver": move.approver,
            }
            for move in line.moves
        ],
        "times_moved": line.times_moved,
        "status": {"code": line.status, "label": line.label, "word": line.shown},
        "stands_as": {"word": line.stands, "colour": line.colour},
        "percent": line.percent,
        "is_open": line.is_open,
        "days_overdue": line.days_overdue,
        "latest_update": {"on": line.update_on, "by": line.update_by, "text": line.update}
        if line.update
        else None,
        "key_messages": line.key_messages,
        "recommendations": line.recommendations,
        "findings": line.findings,
        "kpis": line.kpis,
        "evidence_expected": line.evidence_expected,
        "evidence": [
            {
                "on": proof.on,
                "description": proof.description,
                "url": proof.url,
                "file_name": proof.file_name,
            }
            for proof in line.evidence
        ],
        "superseded_by": line.superseded_by,
        "illustrative": line.illustrative,
    }


def _text(facts: dict[str, Any]) -> str:
    return json.dumps(facts, ensure_ascii=False, default=_iso)


def _iso(day: date) -> str:
    return day.isoformat()
