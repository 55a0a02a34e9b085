"""A plan's file is looked at: kept in the store, read, and set beside what is there."""

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from management import access, audit, clock, store
from management.access import Actor
from management.models import Area, Post
from management.uploads import BadFile
from plans import bases, imports
from plans.imports import Line, Place, Stands, line
from plans.matching import matched
from plans.models import (
    Action,
    Framework,
    Inspection,
    Plan,
    PlanImport,
    QualityIndicator,
    SelfEvaluation,
    StatusWord,
    Update,
)
from plans.services.asides import with_asides
from plans.services.earlier import Resembled, earlier, resembled, undone
from plans.services.exports import names_by_status, printed_word
from plans.services.naming import meant, remembered_choices
from plans.services.refusals import Checks
from plans.services.remembering import Remembered, read_so, remembered
from plans.services.rules import words_of
from plans.services.sources import bases_for, sources_of
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
    which the file says nothing. `remembered` are choices of an earlier day by which it was read,
    `left_out_before` the lines that were left out of an earlier file, and `resembled` is a plan
    that a file for a new one may be meant for. Where this very file was taken in before and since
    then the file `newer`, `older` are the lines that would put back what that has changed.
    """

    layouts: tuple[Layout, ...]
    result: Result
    lines: tuple[Line, ...]
    mark: str
    held: bool = False
    unspoken: tuple[Stands, ...] = ()
    remembered: tuple[Remembered, ...] = ()
    left_out_before: frozenset[int] = frozenset()
    resembled: Resembled | None = None
    newer: str = ""
    older: frozenset[int] = frozenset()

    @property
    def usually_out(self) -> frozenset[int]:
        """The lines that are left out unless somebody decides otherwise."""
        return self.left_out_before | self.older

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
    new_plan: bool = False,
) -> PlanImport:
    """A file for `plan`, or for a new one that was agreed on that day and answers what is named.

    The very file that made a plan before belongs to that plan, unless it is to be a `new_plan` all
    the same: `made_before` tells which, and `deciding.choose_plan` changes it. `framework` has the
    indicators of a plan that answers nothing. Nothing is saved; raises ValidationError as
    `keep_file` does.
    """
    try:
        book = reading.read(data, file_name)
    except BadFile as error:
        raise ValidationError({"file": str(error)}) from error
    sha256 = hashlib.sha256(data).hexdigest()
    nobodys = plan is None
    if nobodys and not new_plan:
        again = made_before(area, sha256)
        plan = again.plan if again else None
    named: dict[str, Any] = {"inspection": inspection, "self_evaluation": self_evaluation}
    chosen: dict[str, Any] = {
        name: row.pk if row else None for name, row in {**named, "framework": framework}.items()
    }
    chosen["agreed_on"] = agreed_on.isoformat() if agreed_on else None
    chosen["for_nobody"] = nobodys
    chosen |= remembered_choices(area)
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
    found = layouts.layouts(book, context_of(kept))
    mapping, chosen["columns"] = remembered(area, found)
    chosen["sources"] = sources_of(book, found)
    kept.mapping = json.dumps(mapping) if mapping else ""
    kept.choices = json.dumps(chosen)
    return kept


def made_before(area: Area, sha256: str) -> PlanImport | None:
    """When the very same file was last taken into a plan that is still there, if ever."""
    rows = PlanImport.objects.in_area(area).filter(sha256=sha256, state="applied")
    return rows.exclude(plan=None).select_related("plan").first()


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


def day_given(kept: PlanImport) -> date | None:
    """The day on which the plan was agreed, as somebody has said: in the plan, or with the file."""
    if kept.plan:
        return kept.plan.agreed_on if kept.plan.day_is_given else None
    said = json.loads(kept.choices)["agreed_on"]
    return date.fromisoformat(said) if said else None


def day_of(kept: PlanImport) -> date:
    """The day by which the file is read: where nobody has said another, that of a draft, or today.

    It stays for a file as it was on the day on which that was brought.
    """
    if kept.plan:
        return kept.plan.agreed_on
    return day_given(kept) or timezone.localtime(kept.made_at).date()


def look(
    kept: PlanImport,
    data: bytes | None = None,
    *,
    apart: Collection[int] = (),
    take: Collection[int] = (),
) -> Look:
    """The file as it is understood with the columns that were chosen, beside the plan.

    `data` is the file where it is at hand; `apart` are lines that are not of the action that they
    are like, `take` those whose file holds in a conflict: neither changes another line, nor the
    mark. Raises StoreError when the file is gone, BadFile when it can no longer be read.
    """
    book = reading.read(store.read(kept.sha256) if data is None else data, kept.file_name)
    context = context_of(kept)
    chosen = json.loads(kept.mapping) if kept.mapping else {}
    told = json.loads(kept.choices).get("columns", {})
    found, told_earlier = read_so(layouts.chosen(layouts.layouts(book, context)), chosen, told)
    result = understand(book, found, context)
    posts = posts_by_name(kept.area)
    rows = [_as_here(row, posts, kept.file_name) for row in result.rows]
    actions = _actions(kept.plan, rows) if kept.plan else {}
    before = earlier(kept)
    standing = _standing(kept, actions, before.places)
    pairs = zip(rows, matched(rows, standing, before.known_new(rows)), strict=True)
    silent = _silent(found, rows)
    lines = [line(at, row, match, silent) for at, (row, match) in enumerate(pairs, 1)]
    new = Plan(agreed_on=day_of(kept))
    checks = Checks(kept, kept.plan or new, actions, found, day_given(kept))
    shown = [checks.checked(one) for one in lines]
    plan = kept.plan
    versions = [(key, action.version) for key, action in actions.items()]
    mark = repr((plan and (plan.pk, plan.version, str(plan.state)), versions, shown))
    for at, one in enumerate(lines):
        if one.at in apart and one.like:
            shown[at] = checks.checked(one.turned_down())
        elif one.at in take and one.has_conflict:
            shown[at] = checks.checked(one, take=True)
    spent = plan.actions.values_list("reference", flat=True) if plan else ()
    lines = imports.with_free(shown, list(spent), kept.file_name)
    lines = [with_asides(one, plan, checks.columns) for one in lines]
    spoken = {one.stands.pk for one in lines if one.stands}
    return Look(
        found,
        result,
        tuple(lines),
        hashlib.sha256(mark.encode()).hexdigest(),
        held=bool(
            plan and plan.is_draft and any(one.row.status or one.row.progress for one in lines)
        ),
        unspoken=tuple(one for one in standing if one.pk not in spoken),
        remembered=told_earlier,
        left_out_before=before.left_out_again(lines),
        resembled=resembled(kept.area, rows) if plan is None else None,
        newer=before.newer,
        older=before.older(lines),
    )


def context_of(kept: PlanImport) -> Context:
    """What is known of the area and the plan before the file is read."""
    area, answers = kept.area, answers_of(kept)
    words = StatusWord.objects.in_area(area).exclude(status="")
    posts, indicators = posts_by_name(area), indicators_of(answers).values()
    return Context(
        day=day_of(kept),
        posts=list(posts),
        indicators=[(i.code, i.name) for i in indicators],
        messages=frozenset(messages_of(answers)),
        statuses={row.word.casefold(): Status(row.status) for row in words},
        meant=meant(kept, posts.values(), indicators),
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


def _silent(found: Iterable[Layout], rows: Iterable[Understood]) -> set[str]:
    """The fields of which no column of the file, and no row, says anything."""
    columns = {column.field for layout in found for column in layout.columns}
    if Field.MESSAGES in columns or any(row.key_messages or row.unlinked for row in rows):
        return set()
    return {"key_messages"}


def _actions(plan: Plan, said: Iterable[Understood]) -> dict[int, Action]:
    """The plan's actions by key, but for those that an undone import had brought.

    Such a one is there only for a row that says of it, as our own files do, that it is withdrawn.
    """
    gone, _ = undone(plan.area)
    ended = {_named(row) for row in said if row.status in imports.ENDED}
    rows = Action.objects.filter(plan=plan).order_by("sequence", "pk")
    found = {}
    for row in rows.select_related("indicator", "lead").prefetch_related(
        "supporting", "key_messages"
    ):
        if row.pk in gone and not (row.status in imports.ENDED and _named(row) in ended):
            continue
        row.plan = plan
        found[row.pk] = row
    return found


def _named(one: Action | Understood) -> tuple[str, str]:
    """The reference and the text, as they are compared."""
    return one.reference.casefold(), bases.plain(one.text)


def _standing(
    kept: PlanImport, actions: Mapping[int, Action], places: Mapping[int, Place]
) -> list[Stands]:
    plan = kept.plan
    if plan is None:
        return []
    said = bases_for(kept)
    updates = Update.objects.standing().filter(action__plan=plan).order_by("on", "id")
    latest = dict(updates.values_list("action", "text"))
    own, names = usual_words(plan.area), names_by_status(words_of(plan.area))
    return [
        Stands(
            pk,
            action.reference,
            values=standing_values(action, latest.get(pk, ""), own),
            draft=plan.is_draft,
            base=said[pk].base if pk in said else None,
            own=pk not in said or said[pk].own,
            place=places.get(pk),
            printed=printed_word(action.word, names[str(action.status)]),
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
    """What the action says, in the form of `bases.values_of`.

    `latest` is its last update, `own` the area's words (`usual_words`).
    """
    return {
        "text": bases.spaced(action.text),
        "indicator": action.indicator.code,
        "evidence_expected": bases.spaced(action.evidence_expected),
        "responsible": bases.spaced(action.responsible),
        "lead": str(action.lead),
        "supporting": bases.names(map(str, action.supporting.all())),
        "key_messages": bases.numbers(message.number for message in action.key_messages.all()),
        "timescale": bases.spaced(action.timescale),
        "due": action.due.isoformat() if action.due else "",
        "status": str(action.status),
        "word": action.word or own.get(str(action.status), ""),
        "percent": "" if action.percent is None else str(action.percent),
        "progress": bases.spaced(latest),
    }
