"""A plan's file is looked at: kept in the store, read, and set beside what is there."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from management import access, audit, clock, store
from management.access import Actor
from management.models import Area, Post
from management.uploads import BadFile
from management.versions import advance
from plans.imports import Line, Stands, line
from plans.models import (
    Action,
    ColumnMap,
    Framework,
    ImportedRow,
    Inspection,
    Plan,
    PlanImport,
    QualityIndicator,
    SelfEvaluation,
    StatusWord,
)
from plans.sheets import layouts, reading
from plans.sheets.content import Context, Result
from plans.sheets.fields import Field
from plans.sheets.layouts import Layout
from plans.sheets.understanding import understand
from plans.statuses import Status

TRACKER = "tracker"  # the mapping of a workbook of ours, which comes back another way


@dataclass(frozen=True)
class Look:
    """A file as it was understood, and what it would do to the plan."""

    layouts: tuple[Layout, ...]
    result: Result
    lines: tuple[Line, ...]

    def doing(self, does: str) -> list[Line]:
        return [one for one in self.lines if one.does == does]


@dataclass(frozen=True)
class Answers:
    """What the plan of a file answers, and the framework of its quality indicators."""

    framework: Framework
    inspection: Inspection | None = None
    self_evaluation: SelfEvaluation | None = None


def keep_file(
    *,
    by: Actor,
    area: Area,
    data: bytes,
    file_name: str,
    framework: Framework,
    plan: Plan | None = None,
    inspection: Inspection | None = None,
    self_evaluation: SelfEvaluation | None = None,
) -> PlanImport:
    """Keep a file to be looked at, for `plan` or for a new one that answers what is named.

    `framework` has the indicators of a plan that answers nothing.

    Raises ValidationError, at `file`, when it is no table or not safe to read.
    """
    access.require(by, "plan.edit", area)
    try:
        reading.read(data, file_name)
    except BadFile as error:
        raise ValidationError({"file": str(error)}) from error
    named = {"inspection": inspection, "self_evaluation": self_evaluation, "framework": framework}
    with audit.acting(by, "look at plan file"):
        kept = PlanImport(
            area=area,
            choices=json.dumps({name: row.pk if row else None for name, row in named.items()}),
            plan=plan,
            user_id=by.actor_id,
            by=by.actor_name,
            file_name=file_name[:200],
            sha256=store.put(data),
            made_at=clock.now(),
        )
        kept.full_clean(exclude={"applied_at", "undone_at"})
        kept.save()
    return kept


def answers_of(kept: PlanImport) -> Answers:
    """What the file's plan answers: as the plan says, else as was chosen with the file."""
    chosen = json.loads(kept.choices)
    framework = Framework.objects.get(pk=chosen["framework"])
    if plan := kept.plan:
        return Answers(framework, plan.inspection, plan.self_evaluation)
    return Answers(
        framework,
        Inspection.objects.in_area(kept.area).filter(pk=chosen["inspection"]).first(),
        SelfEvaluation.objects.in_area(kept.area).filter(pk=chosen["self_evaluation"]).first(),
    )


def look(kept: PlanImport) -> Look:
    """The file as it is understood with the columns that were chosen, beside the plan.

    Raises StoreError when the file is gone, BadFile when it can no longer be read.
    """
    book = reading.read(store.read(kept.sha256), kept.file_name)
    context = context_of(kept)
    remembered = _remembered(kept)
    found = []
    for one in layouts.chosen(layouts.layouts(book, context)):
        mapping = remembered.get(one.signature)
        if mapping is not None and not layouts.faults(one, mapping):
            one = layouts.with_mapping(one, mapping)
        found.append(one)
    result = understand(book, found, context)
    standing = _standing(kept.plan) if kept.plan else _Standing({}, {}, {})
    return Look(tuple(found), result, tuple(line(row, standing.of(row)) for row in result.rows))


def _remembered(kept: PlanImport) -> dict[str, list[Field]]:
    """What the columns mean, by signature: as chosen for this file, else as the area chose last."""
    rows = ColumnMap.objects.in_area(kept.area)
    found = {row.signature: json.loads(row.mapping) for row in rows}
    found |= json.loads(kept.mapping) if kept.mapping else {}
    return {key: [Field(name) for name in names] for key, names in found.items()}


def choose_columns(
    *, by: Actor, kept: PlanImport, version: int, mappings: Mapping[str, Sequence[Field]]
) -> None:
    """The columns of the file mean this, and of later files with the same headings too.

    Raises ValidationError for a file that was taken in already; Stale.
    """
    access.require(by, "plan.edit", kept.area)
    if kept.state != PlanImport.State.PREVIEW:
        raise ValidationError("This file was taken in already: its columns stay as they are.")
    with audit.acting(by, "choose columns"):
        chosen = {key: [str(field) for field in fields] for key, fields in mappings.items()}
        advance(kept, version, mapping=json.dumps(chosen))
        for signature, fields in chosen.items():
            row = ColumnMap.objects.in_area(kept.area).filter(signature=signature).first()
            row = row or ColumnMap(area=kept.area, signature=signature)
            row.mapping = json.dumps(fields)
            row.full_clean()
            row.save()


def context_of(kept: PlanImport) -> Context:
    """What is known of the area and the plan before the file is read."""
    plan, area, answers = kept.plan, kept.area, answers_of(kept)
    words = StatusWord.objects.in_area(area).exclude(status="")
    return Context(
        day=plan.agreed_on if plan else clock.today(),
        posts=[post.title for post in Post.objects.in_area(area)],
        indicators=[(i.code, i.name) for i in indicators_of(answers).values()],
        messages=frozenset(messages_of(answers)),
        statuses={row.word.casefold(): Status(row.status) for row in words},
        references=frozenset(plan.actions.values_list("reference", flat=True) if plan else ()),
    )


def indicators_of(answers: Answers) -> dict[str, QualityIndicator]:
    """The indicators that the plan's actions can stand under, by code."""
    wholes = (answers.inspection, answers.self_evaluation)
    found = [whole.framework_id for whole in wholes if whole is not None]
    keys = found or [answers.framework.pk]
    rows = QualityIndicator.objects.filter(framework__in=keys).order_by("framework", "sequence")
    return {row.code: row for row in rows}


def messages_of(answers: Answers) -> dict[int, Any]:
    """The key messages of the inspection that the plan answers, by number."""
    if answers.inspection is None:
        return {}
    return {message.number: message for message in answers.inspection.key_messages.all()}


@dataclass(frozen=True)
class _Standing:
    """The plan's actions by reference, by the words of their last import, and by their own."""

    by_reference: Mapping[str, Stands]
    by_raw: Mapping[str, Stands]
    by_text: Mapping[tuple[str, str], Stands]

    def of(self, row: Any) -> Stands | None:
        """The action that the row speaks of. A reference decides, where the row has one."""
        if row.reference:
            return self.by_reference.get(row.reference.casefold())
        text = (row.indicator, " ".join(row.text.split()).casefold())
        return self.by_raw.get(raw_of(row)) or self.by_text.get(text)


def raw_of(row: Any) -> str:
    """The row word for word, as it is kept beside the action that it became."""
    words = {str(field): text for field, text in row.raw.items()}
    return json.dumps({"raw": words, "row": [list(pair) for pair in row.row]}, sort_keys=True)


def _standing(plan: Plan) -> _Standing:
    bases: dict[int, str] = {}
    rows = ImportedRow.objects.filter(action__plan=plan, plan_import__state="applied")
    for row in rows.order_by("id"):
        bases[row.action_id] = row.raw
    latest = {update.action_id: update.text for update in _updates_of(plan)}
    found = [
        Stands(
            pk=action.pk,
            reference=action.reference,
            values={
                "text": action.text,
                "indicator": action.indicator.code,
                "evidence_expected": action.evidence_expected,
                "responsible": action.responsible,
                "status": Status(action.status),
                "percent": action.percent,
                "progress": latest.get(action.pk, ""),
            },
            due=action.due,
            base=json.loads(bases[action.pk])["raw"] if action.pk in bases else None,
        )
        for action in plan.actions.select_related("indicator")
    ]
    return _Standing(
        {one.reference.casefold(): one for one in found},
        {bases[one.pk]: one for one in found if one.pk in bases},
        {
            (one.values["indicator"], " ".join(one.values["text"].split()).casefold()): one
            for one in found
        },
    )


def _updates_of(plan: Plan) -> Any:
    updates: Any = Action._meta.get_field("updates").related_model
    return updates.objects.filter(action__plan=plan).order_by("on", "id")
