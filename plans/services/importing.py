"""A plan's file is looked at: kept in the store, read, and set beside what is there."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError

from management import access, audit, clock, store
from management.access import Actor
from management.models import Area, Post
from management.uploads import BadFile
from management.versions import advance
from plans import imports
from plans.imports import Line, Stands, base_of, line, matched
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
    Update,
)
from plans.services.refusals import Checks
from plans.services.rules import words_of
from plans.sheets import layouts, reading
from plans.sheets.content import Context, Note, Result, Understood
from plans.sheets.fields import Field
from plans.sheets.layouts import Layout
from plans.sheets.understanding import understand
from plans.statuses import Status
from plans.words import Rule


@dataclass(frozen=True)
class Look:
    """A file as it was understood, and what it would do to the plan.

    `mark` is another one as soon as the file, the plan or one of its actions is. `held` says that
    the plan is a draft, so that what the file says of progress waits. `unspoken` are actions of
    which the file says nothing.
    """

    layouts: tuple[Layout, ...]
    result: Result
    lines: tuple[Line, ...]
    mark: str
    held: bool = False
    unspoken: tuple[Stands, ...] = ()

    def doing(self, does: str) -> list[Line]:
        return [one for one in self.lines if one.does == does]


@dataclass(frozen=True)
class Answers:
    """What the plan of a file answers, and the framework of its quality indicators."""

    framework: Framework
    inspection: Inspection | None = None
    self_evaluation: SelfEvaluation | None = None


def keep_file(*, by: Actor, area: Area, data: bytes, file_name: str, **facts: Any) -> PlanImport:
    """Keep a file to be looked at; `facts` are those of `draft_import`.

    Raises ValidationError, at `file`, when it is no table or not safe to read.
    """
    access.require(by, "plan.edit", area)
    kept = draft_import(by=by, area=area, data=data, file_name=file_name, **facts)
    with audit.acting(by, "look at plan file"):
        kept.sha256 = store.put(data)
        kept.full_clean(exclude={"applied_at", "undone_at"})
        kept.save()
    return kept


def draft_import(
    *,
    by: Actor,
    area: Area,
    data: bytes,
    file_name: str,
    framework: Framework,
    plan: Plan | None = None,
    inspection: Inspection | None = None,
    self_evaluation: SelfEvaluation | None = None,
    agreed_on: date | None = None,
) -> PlanImport:
    """A file for `plan`, or for a new one that was agreed on that day and answers what is named.

    The very file that made a plan before belongs to that plan. `framework` has the indicators of a
    plan that answers nothing. Nothing is saved; raises ValidationError as `keep_file` does.
    """
    try:
        book = reading.read(data, file_name)
    except BadFile as error:
        raise ValidationError({"file": str(error)}) from error
    sha256 = hashlib.sha256(data).hexdigest()
    if plan is None:
        before = PlanImport.objects.in_area(area).filter(sha256=sha256, state="applied")
        again = before.exclude(plan=None).select_related("plan").first()
        plan = again.plan if again else None
    named: dict[str, Any] = {"inspection": inspection, "self_evaluation": self_evaluation}
    chosen = {
        name: row.pk if row else None for name, row in {**named, "framework": framework}.items()
    }
    chosen["agreed_on"] = (agreed_on or clock.today()).isoformat()
    kept = PlanImport(
        area=area,
        choices=json.dumps(chosen),
        plan=plan,
        user_id=by.actor_id,
        by=by.actor_name,
        file_name=file_name[:200],
        sha256=sha256,
        made_at=clock.now(),
    )
    # As the columns are known now: another person's later choice must not change what is shown.
    known = dict(ColumnMap.objects.in_area(area).values_list("signature", "mapping"))
    found = layouts.layouts(book, context_of(kept))
    mapping = {
        one.signature: json.loads(known[one.signature]) for one in found if one.signature in known
    }
    kept.mapping = json.dumps(mapping) if mapping else ""
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


def agreed_on(kept: PlanImport) -> date:
    """The day on which the plan was agreed: the plan's own, else what was said with the file."""
    if kept.plan:
        return kept.plan.agreed_on
    return date.fromisoformat(json.loads(kept.choices)["agreed_on"])


def look(kept: PlanImport, data: bytes | None = None) -> Look:
    """The file as it is understood with the columns that were chosen, beside the plan.

    `data` is the file where it is at hand. Raises StoreError when the file is gone, BadFile when it
    can no longer be read.
    """
    book = reading.read(store.read(kept.sha256) if data is None else data, kept.file_name)
    context = context_of(kept)
    chosen = json.loads(kept.mapping) if kept.mapping else {}
    found = []
    for one in layouts.chosen(layouts.layouts(book, context)):
        mapping = [Field(name) for name in chosen.get(one.signature, ())]
        if mapping and not layouts.faults(one, mapping):
            one = layouts.with_mapping(one, mapping)
        found.append(one)
    result = understand(book, found, context)
    posts = posts_by_name(kept.area)
    rows = [_as_here(row, posts, kept.file_name) for row in result.rows]
    actions = _actions(kept.plan) if kept.plan else {}
    standing = _standing(kept.plan, actions)
    pairs = list(zip(rows, matched(rows, standing), strict=True))
    spoken = {stands.pk for _, stands in pairs if stands}
    lines = [line(at, row, stands) for at, (row, stands) in enumerate(pairs, 1)]
    checks = Checks(kept, kept.plan or Plan(agreed_on=agreed_on(kept)), actions)
    lines = [checks.checked(one) for one in lines]
    plan = kept.plan
    versions = [(key, action.version) for key, action in actions.items()]
    mark = repr((plan and (plan.pk, plan.version, str(plan.state)), versions, lines))
    return Look(
        tuple(found),
        result,
        tuple(lines),
        hashlib.sha256(mark.encode()).hexdigest(),
        held=bool(
            plan and plan.is_draft and any(one.row.status or one.row.progress for one in lines)
        ),
        unspoken=tuple(one for one in standing if one.pk not in spoken),
    )


def left_out_before(kept: PlanImport) -> set[int]:
    """The lines that were left out when this very file was last taken into the plan."""
    before = PlanImport.objects.filter(plan=kept.plan, sha256=kept.sha256, state="applied")
    last = before.exclude(plan=None).order_by("-id").first()
    return set(json.loads(last.done)["left_out"]) if last else set()


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
    area, answers = kept.area, answers_of(kept)
    words = StatusWord.objects.in_area(area).exclude(status="")
    return Context(
        day=agreed_on(kept),
        posts=list(posts_by_name(area)),
        indicators=[(i.code, i.name) for i in indicators_of(answers).values()],
        messages=frozenset(messages_of(answers)),
        statuses={row.word.casefold(): Status(row.status) for row in words},
    )


def posts_by_name(area: Area) -> dict[str, Post]:
    """The area's posts by what a file can call them: a partner's also by its title alone.

    That is, where no other post has the title.
    """
    posts = list(Post.objects.in_area(area).order_by("organisation", "title", "pk"))
    found = {str(post): post for post in posts}
    for post in posts:
        found.setdefault(str(post.title), post)
    return found


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


# --- what is there -----------------------------------------------------------------------------


def _as_here(row: Understood, posts: Mapping[str, Post], file: str) -> Understood:
    """The row with its posts called as they are here, and without what a file cannot say."""

    def here(title: str) -> str:
        return str(posts[title]) if title in posts else title

    row = replace(row, lead=here(row.lead), supporting=tuple(map(here, row.supporting)))
    if row.status != Status.SUPERSEDED:
        return row
    why = f"Which action takes its place “{row.word}” does not say: the status is not taken in."
    then = "Say it on the action’s own page."
    note = Note("superseded", file, row.place, "", row.word, why, then)
    return replace(row, status=None, notes=(*row.notes, note))


def _actions(plan: Plan) -> dict[int, Action]:
    """The plan's actions by key, but for those that an undone import had brought."""
    undone = PlanImport.objects.filter(plan=plan, state=PlanImport.State.UNDONE)
    gone = {
        pk for done in undone.values_list("done", flat=True) for pk in json.loads(done)["created"]
    }
    rows = Action.objects.filter(plan=plan).exclude(pk__in=gone).order_by("sequence", "pk")
    found = {}
    for row in rows.select_related("indicator", "lead").prefetch_related(
        "supporting", "key_messages"
    ):
        row.plan = plan
        found[row.pk] = row
    return found


def _standing(plan: Plan | None, actions: Mapping[int, Action]) -> list[Stands]:
    if plan is None:
        return []
    rows = ImportedRow.objects.filter(action__plan=plan, plan_import__state="applied")
    bases = dict(rows.order_by("id").values_list("action", "raw"))
    updates = Update.objects.filter(action__plan=plan).order_by("on", "id")
    latest = dict(updates.values_list("action", "text"))
    own = usual_words(plan.area)
    return [
        Stands(
            pk,
            action.reference,
            values=standing_values(action, latest.get(pk, ""), own),
            draft=plan.is_draft,
            base=base_of(bases[pk]) if pk in bases else None,
        )
        for pk, action in actions.items()
    ]


def usual_words(area: Area) -> dict[str, str]:
    """The area's word for each status where nobody has chosen another, as its lists show it."""
    found: dict[str, str] = {}
    for word in words_of(area):
        if word.rule == Rule.STATUS:
            found.setdefault(str(word.status), word.word)
    return found


def standing_values(action: Action, latest: str, own: Mapping[str, str]) -> dict[str, str]:
    """What the action says, in the form of `imports.values_of`.

    `latest` is its last update, `own` the area's words (`usual_words`).
    """
    return {
        "text": imports.spaced(action.text),
        "indicator": action.indicator.code,
        "evidence_expected": imports.spaced(action.evidence_expected),
        "responsible": imports.spaced(action.responsible),
        "lead": str(action.lead),
        "supporting": imports.names(map(str, action.supporting.all())),
        "key_messages": imports.numbers(message.number for message in action.key_messages.all()),
        "timescale": imports.spaced(action.timescale),
        "due": action.due.isoformat() if action.due else "",
        "status": str(action.status),
        "word": action.word or own.get(str(action.status), ""),
        "percent": "" if action.percent is None else str(action.percent),
        "progress": imports.spaced(latest),
    }
