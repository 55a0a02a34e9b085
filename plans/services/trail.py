"""The history of one action, field by field, as the database itself recorded it, in plain words."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django.db import models

from kpis.models import Indicator as Kpi
from management.days import day_text
from management.models import AuditEvent, User
from plans.lines import shortened
from plans.models import (
    Acceptance,
    Action,
    DateAnswer,
    DateChange,
    DateRequest,
    Dependency,
    Evidence,
    EvidenceWithdrawal,
    Finding,
    FindingLink,
    HandedOver,
    HandOver,
    ImportedRow,
    Inspection,
    KeyMessage,
    KeyMessageLink,
    KpiLink,
    Note,
    Recommendation,
    RecommendationLink,
    Residual,
    Revision,
    SelfEvaluation,
    Support,
    Task,
    Update,
    Verification,
)
from plans.services.actions import LINKED, WORDED

# What hangs on an action: what it is called, and the way from it to the action.
PARTS: dict[type[models.Model], tuple[str, str]] = {
    Update: ("Update", "action"),
    DateChange: ("Due date moved", "action"),
    DateRequest: ("New date asked for", "action"),
    DateAnswer: ("Answer to a new date", "request__action"),
    Evidence: ("Evidence", "action"),
    EvidenceWithdrawal: ("Withdrawal of evidence", "evidence__action"),
    Verification: ("Verification", "action"),
    Note: ("Note", "action"),
    Task: ("Task", "action"),
    Support: ("Supporting post", "action"),
    Dependency: ("What it waits for", "action"),
    KeyMessageLink: ("Key message that it answers", "action"),
    RecommendationLink: ("Recommendation that it answers", "action"),
    FindingLink: ("Finding that it answers", "action"),
    KpiLink: ("KPI that it should move", "action"),
    Revision: ("Change of the wording or the links", "action"),
    Acceptance: ("Advice on the wording accepted", "action"),
    Residual: ("Remaining work", "action"),
    ImportedRow: ("Row of the imported file", "action"),
    HandedOver: ("Handed over with its post", "action"),
}
LABELS = {
    **WORDED,
    **LINKED,
    "plan": "Plan",
    "reference": "Reference",
    "sequence": "Place in the plan",
    "added_on": "Added on",
    "original_due": "First due",
    "due": "Due",
    "late_after": "Overdue after",
    "status": "Status",
    "word": "The area’s own word",
    "percent": "Per cent done",
    "superseded_by": "Superseded by",
    "illustrative": "Illustrative",
    "on": "Day",
    "by": "By",
    "old_status": "Status before",
    "old": "Before",
    "new": "New",
    "decision": "Decision",
    "corrects": "Corrects the update of",
    "undoes": "Undoes the entry of",
    "reason": "Reason",
    "request": "Date that was asked for",
    "agreed": "Agreed",
    "approver": "Agreed by",
    "description": "Description",
    "url": "Link",
    "file_name": "File",
    "media_type": "Type of the file",
    "size": "Bytes",
    "sha256": "SHA-256",
    "evidence": "Evidence",
    "note": "What the evidence shows",
    "field": "Field",
    "code": "Check",
    "sentence": "Advice",
    "home": "Where it goes on",
    "post": "Post",
    "done_on": "Done on",
    "done_by": "Done by",
    "dropped_on": "Dropped on",
    "dropped_reason": "Why it was dropped",
    "blocker": "Action",
    "key_message": "Key message",
    "recommendation": "Recommendation",
    "finding": "Finding",
    "kpi": "KPI",
    "lag": "Months until it should show",
    "expected": "What is expected",
    "hand_over": "Hand-over",
    "plan_import": "File",
    "place": "Place in the file",
    "raw": "What it said",
}
# Of the machinery, or told beside the entry already.
UNTOLD = {"id", "area", "action", "version", "author", "recorded_at", "before"}
OF_ACTION = [f.name for f in Action._meta.concrete_fields if f.name not in UNTOLD]
DEEDS = {"insert": "added", "update": "changed", "delete": "taken out"}
NOTHING = {("", ""), ("", "No")}  # said of a new row
# Their names say what was done, not what there is.
DONE = {
    PARTS[model][0]
    for model in (
        *(DateChange, DateRequest, DateAnswer, EvidenceWithdrawal, Verification),
        *(Revision, Acceptance, HandedOver),
    )
}
NOT_SHOWN = "not shown"  # gone meanwhile, or not for this person's eyes


@dataclass(frozen=True)
class Line:
    """One changed row: `what` it is, what was done to it, and each field before and after."""

    event: AuditEvent
    what: str
    deed: str
    changes: list[tuple[str, str, str]]

    @property
    def title(self) -> str:
        """“Update added”; but “Due date moved” alone, which says it already."""
        added = self.event.operation == "insert"
        return self.what if added and self.what in DONE else f"{self.what} {self.deed}"


def events_of(user: User, action: Action) -> Any:
    """Every recorded change of the action and of what hangs or hung on it, newest first.

    What was said of it is an entry of its own: that it got its next version by that is left out.
    """
    seen = AuditEvent.objects.visible_to(user).in_area(action.area)
    parts = [model._default_manager.filter(**{way: action}) for model, (_, way) in PARTS.items()]
    return seen.of_family(action, parts, "action_id").saying_something().order_by("-id")


def people_in(events: Any) -> list[str]:
    """Who has made these changes, by name."""
    return list(events.order_by("actor_name").values_list("actor_name", flat=True).distinct())


def fields() -> list[tuple[str, str]]:
    """What the history can be narrowed to: fields of the action, then what hangs on it."""
    parts = [(model._meta.db_table, name) for model, (name, _) in PARTS.items()]
    return [(name, LABELS[name]) for name in OF_ACTION] + parts


def narrowed(events: Any, *, person: str = "", field: str = "") -> Any:
    """Only what that person did, or only that field."""
    if person:
        events = events.filter(actor_name=person)
    if field in OF_ACTION:
        column: Any = Action._meta.get_field(field)
        return events.filter(table_name=Action._meta.db_table).changing(column.attname)
    return events.filter(table_name=field) if field else events


def lines(user: User, events: Iterable[AuditEvent]) -> list[Line]:
    """The events in words: labels for columns, names for keys, as far as the person may see."""
    by_table = {m._meta.db_table: (m, name) for m, (name, _) in PARTS.items()}
    by_table[Action._meta.db_table] = (Action, "Action")
    read = [
        (e, *by_table[e.table_name], json.loads(e.old or "{}"), json.loads(e.new or "{}"))
        for e in events
    ]
    names = _names(user, [(model, row) for _, model, _, old, new in read for row in (old, new)])
    return [
        Line(
            event,
            _called(what, new or old),
            DEEDS[event.operation],
            _changes(model, old, new, names),
        )
        for event, model, what, old, new in read
    ]


def together(lines: Iterable[Line]) -> list[list[Line]]:
    """The lines, those of one deed beside each other: what one request wrote for one reason."""

    def deed(line: Line) -> tuple[Any, ...]:
        event = line.event
        # What no request wrote has no such name, and stands alone.
        one = event.request_id or event.pk
        return one, event.actor_name, event.verb, event.reason

    return [list(group) for _, group in groupby(lines, key=deed)]


def _called(what: str, row: dict[str, Any]) -> str:
    """An action has several tasks: each is told by its words."""
    return f"Task “{shortened(row['text'])}”" if what == PARTS[Task][0] else what


def _told(model: Any) -> list[Any]:
    """The fields of which the history tells, in the order of the table."""
    return [field for field in model._meta.concrete_fields if field.name not in UNTOLD]


def _changes(
    model: Any, old: dict[str, Any], new: dict[str, Any], names: dict[Any, dict[int, str]]
) -> list[tuple[str, str, str]]:
    found = []
    for field in _told(model):
        before, after = (_words(field, row.get(field.attname), names) for row in (old, new))
        same = old.get(field.attname) == new.get(field.attname)
        if not same and (before, after) not in NOTHING:
            found.append((_label(model, field.name), before, after))
    return found


def _label(model: Any, name: str) -> str:
    if model is not Action and name in {"text", "due"}:
        return {"text": "Text", "due": "Due"}[name]
    return LABELS[name]


def _words(field: Any, value: Any, names: dict[Any, dict[int, str]]) -> str:
    if value in (None, "") or (field.name == "size" and not value):  # a link has none
        return ""
    if field.is_relation:
        return names[field.related_model].get(value, NOT_SHOWN)
    if field.name == "lag" and not value:
        return ""
    if isinstance(field, models.BooleanField):  # a number in the rows of SQLite
        return "Yes" if value else "No"
    if isinstance(field, models.DateTimeField):
        return day_text(datetime.fromisoformat(value).date())
    if isinstance(field, models.DateField):
        return day_text(date.fromisoformat(value))
    if isinstance(field, models.CharField) and field.name == "field":
        return LABELS.get(value, "Added" if value == "added" else value)
    return str(dict(field.flatchoices or ()).get(value, value))


def _names(user: User, rows: Iterable[tuple[Any, dict[str, Any]]]) -> dict[Any, dict[int, str]]:
    """What the keys in the rows stand for, by model: one query for each model."""
    keys: dict[Any, set[int]] = defaultdict(set)
    for model, row in rows:
        for field in _told(model):
            if field.is_relation and row.get(field.attname):
                keys[field.related_model].add(row[field.attname])
    return {
        model: {row.pk: _name(row) for row in _readable(user, model).filter(pk__in=some)}
        for model, some in keys.items()
    }


def _readable(user: User, model: Any) -> Any:
    """The rows of the model that the person may read. Frameworks are published for everybody."""
    rows = model._default_manager.all()
    if hasattr(rows, "visible_to"):
        rows = rows.visible_to(user)
    if model in {KeyMessage, Recommendation}:
        return rows.filter(inspection__in=Inspection.objects.visible_to(user))
    if model is Finding:
        return rows.filter(self_evaluation__in=SelfEvaluation.objects.visible_to(user))
    return rows


def _name(row: Any) -> str:
    if isinstance(row, KeyMessage | Recommendation | Finding):
        return f"{row.reference} {row.text}"
    if isinstance(row, Update | HandOver):
        return day_text(row.on)
    if isinstance(row, DateRequest):
        return day_text(row.new)
    return f"{row.code} {row.name}" if isinstance(row, Kpi) else str(row)
