"""A plan's file that was looked at is taken in: all of it or nothing, and undone within a day."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import ValidationError

from management import access, audit, clock
from management.access import Actor
from management.models import Post
from management.services import create_post
from management.versions import Stale, advance
from plans.imports import CREATE, UPDATE, Line
from plans.models import Action, ImportedRow, Plan, PlanImport
from plans.references import next_free
from plans.services import actions, due_dates, plans, progress
from plans.services.importing import (
    Look,
    answers_of,
    indicators_of,
    look,
    messages_of,
    raw_of,
)
from plans.sheets.fields import Field
from plans.statuses import REPORTABLE, Status

F = Field
A_DAY = timedelta(days=1)
WORDED = {F.ACTION: "text", F.EVIDENCE: "evidence_expected", F.RESPONSIBLE: "responsible"}
ENDED = {Status.WITHDRAWN, Status.SUPERSEDED}


def take_in(
    *,
    by: Actor,
    kept: PlanImport,
    version: int,
    skip: Iterable[int] = (),
    title: str = "",
    agreed_on: date | None = None,
    decision: str = "",
    source: str = "",
) -> PlanImport:
    """Do what the file says, but for the rows whose numbers are in `skip`.

    Without a plan a new one is made of `title`, `agreed_on` and `source`: a draft, or with
    `decision` (who agreed it, and where that is minuted) one that is being worked on, so
    that what the file says of progress is kept. Raises ValidationError with a sentence for each row
    that is refused, and then nothing is saved; Stale.
    """
    access.require(by, "plan.edit", kept.area)
    if kept.state != PlanImport.State.PREVIEW:
        raise ValidationError("This file was taken in already.")
    with audit.acting(by, "take in plan file", kept.file_name):
        if PlanImport.objects.select_for_update().get(pk=kept.pk).version != version:
            raise Stale(kept)
        new = kept.plan is None
        if new:
            answers = answers_of(kept)
            kept.plan = plans.create_plan(
                by=by,
                area=kept.area,
                title=title,
                agreed_on=agreed_on or clock.today(),
                source=source or kept.file_name,
                inspection=answers.inspection,
                self_evaluation=answers.self_evaluation,
            )
        plan = kept.plan
        assert plan is not None  # noqa: S101  (made above)
        seen = look(kept)
        skipped = set(skip)
        wanted = [one for one in seen.lines if one.row.number not in skipped]
        _refuse(wanted, seen)
        done = _Doing(by, kept, plan)
        made = [(one, done.create(one)) for one in wanted if one.does == CREATE]
        if new and decision.strip():
            plans.record_agreement(by=by, plan=plan, version=plan.version, decision=decision)
        if not plan.is_draft:
            for one, action in made:
                action.plan = plan  # as it is since it was agreed
                done.report(one, action)
        for one in wanted:
            if one.does == UPDATE:
                done.update(one)
        done.finish()
        told = {
            "new_plan": new,
            "created": [[a.pk, _version(a)] for _, a in made],
            "updated": done.updated,
            "posts": done.posts_made,
        }
        at = {"applied_at": clock.now(), "state": PlanImport.State.APPLIED}
        advance(kept, version, plan=plan, done=json.dumps(told), **at)
    return kept


def _version(action: Action) -> int:
    return Action.objects.values_list("version", flat=True).get(pk=action.pk)


def _refuse(wanted: list[Line], seen: Look) -> None:
    wrong = [note.sentence for one in wanted for note in one.row.notes if note.stops]
    if wrong:
        raise ValidationError([*wrong, "Mend the file, or leave these rows out."])
    if not any(one.does in {CREATE, UPDATE} for one in wanted):
        raise ValidationError("There is nothing in the file that is not here already.")


class _Doing:
    """One file being taken in. Errors name the row."""

    def __init__(self, by: Actor, kept: PlanImport, plan: Plan) -> None:
        self.by, self.kept, self.plan = by, kept, plan
        answers = answers_of(kept)
        self.indicators = indicators_of(answers)
        self.messages = messages_of(answers)
        self.posts = {str(p.title).casefold(): p for p in Post.objects.in_area(plan.area)}
        self.posts_made: list[int] = []
        self.references = list(plan.actions.values_list("reference", flat=True))
        self.sequence = len(self.references)
        self.rows: list[ImportedRow] = []
        self.updated: list[Mapping[str, Any]] = []
        self.wrong: list[str] = []

    def finish(self) -> None:
        if self.wrong:
            raise ValidationError(self.wrong)
        ImportedRow.objects.bulk_create(self.rows)

    def create(self, one: Line) -> Action:
        row = one.row
        reference = row.reference or next_free(self.references)
        self.references.append(reference)
        self.sequence += 1
        lead = self._post(row.lead or "Not named in the file")
        with self._at(one):
            action = actions.add_action(
                by=self.by,
                plan=self.plan,
                indicator=self.indicators[row.indicator],
                lead=lead,
                supporting=[p for p in map(self._post, row.supporting) if p != lead],
                key_messages=[self.messages[n] for n in row.key_messages if n in self.messages],
                original_due=row.due,
                sequence=self.sequence,
                reference=reference,
                text=row.text,
                evidence_expected=row.evidence_expected or "None described in the file.",
                timescale=row.timescale,
                responsible=row.responsible,
                added_on=clock.today(),
                word=row.word[:60],
                percent=row.percent,
                reason=self._from(one),
            )
        self._keep(one, action)
        return action

    def report(self, one: Line, action: Action) -> None:
        """What the file says of a new action's progress, as its first entries."""
        row = one.row
        if row.revised and row.revised != action.due:
            self._move(one, action, row.revised)
        said = "\n\n".join(
            f"{heading}: {text}" if len(row.updates) > 1 else text for heading, text in row.updates
        )
        status = row.status
        if status is None and not said:
            return
        self._say(one, action, status, said or f"As “{row.word}” in the file.")

    def update(self, one: Line) -> None:
        assert one.stands is not None  # noqa: S101  (what an update is)
        action = Action.objects.select_related("plan", "area", "lead", "indicator").get(
            pk=one.stands.pk
        )
        before = {
            "pk": action.pk,
            "status": action.status,
            "due": action.due.isoformat() if action.due else None,
            "late_after": action.late_after.isoformat() if action.late_after else None,
            "word": action.word,
            "percent": action.percent,
            **actions.wording_of(action),
            "indicator": action.indicator_id,
            "lead": action.lead_id,
        }
        changed = {change.field for change in one.changes}
        row = one.row
        words: dict[str, Any] = {WORDED[f]: getattr(row, WORDED[f]) for f in WORDED if f in changed}
        if F.INDICATOR in changed:
            words["indicator"] = self.indicators[row.indicator]
        with self._at(one):
            if words:
                reason = self._from(one)
                version = action.version
                actions.edit_action(
                    by=self.by, action=action, version=version, reason=reason, **words
                )
            if {F.TIMESCALE, F.REVISED} & changed:
                due = row.revised or row.due
                if due is not None and self.plan.is_draft:
                    facts: dict[str, Any] = {"original_due": due, "timescale": row.timescale}
                    actions.edit_action(by=self.by, action=action, version=action.version, **facts)
                elif due is not None:
                    self._move(one, action, due)
        if {F.STATUS, F.PERCENT, F.PROGRESS} & changed and not self.plan.is_draft:
            said = row.progress if F.PROGRESS in changed else ""
            self._say(one, action, row.status, said or f"As “{row.word}” in the file.")
        self._keep(one, action)
        self.updated.append(before | {"after": _version(action)})

    def _say(self, one: Line, action: Action, status: Status | None, text: str) -> None:
        row = one.row
        status = status or Status(action.status)
        status = Status.DONE if status == Status.COMPLETE else status
        with self._at(one):
            if status in ENDED:
                progress.withdraw_action(
                    by=self.by,
                    action=action,
                    version=action.version,
                    reason=f"“{row.word}”: {text}",
                    decision=self._from(one),
                )
                return
            if status not in REPORTABLE:
                status = Status(action.status)
            done = status == Status.DONE and not action.evidence.exists()
            progress.post_update(
                by=self.by,
                action=action,
                version=action.version,
                status=status,
                text=text,
                evidence=f"Reported as done: {self._from(one)}" if done else "",
                word=row.word[:60],
                percent=row.percent,
            )

    def _move(self, one: Line, action: Action, due: date) -> None:
        with self._at(one):
            due_dates.record_date(
                by=self.by,
                action=action,
                version=action.version,
                new=due,
                reason=self._from(one),
            )

    def _post(self, title: str) -> Post:
        key = title.casefold()
        if key not in self.posts:
            self.posts[key] = create_post(by=self.by, area=self.plan.area, title=title[:150])
            self.posts_made.append(self.posts[key].pk)
        return self.posts[key]

    def _keep(self, one: Line, action: Action) -> None:
        self.rows.append(
            ImportedRow(
                area=action.area,
                plan_import=self.kept,
                action=action,
                place=one.row.place[:120],
                raw=raw_of(one.row),
            )
        )

    def _from(self, one: Line) -> str:
        return f"From “{self.kept.file_name}”, {one.row.place}."

    def _at(self, one: Line) -> "_At":
        return _At(f"{self.kept.file_name}, {one.row.place}")


class _At:
    """Says of which row a refusal is."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if isinstance(error, ValidationError):
            raise ValidationError([f"{self.place}: {said}" for said in error.messages]) from error
