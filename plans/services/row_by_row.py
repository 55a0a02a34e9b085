"""What each row of a plan's file does: new actions all at once, changes one by one."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from django.core.exceptions import ValidationError

from management import clock
from management.access import Actor
from management.days import day_text
from management.models import Post
from management.services import create_post
from plans.bases import due_of
from plans.imports import ENDED, REPORTED, Line, Stands, kept_of, together, unsaid
from plans.models import Action, ImportedRow, Plan, PlanImport, QualityIndicator, Update
from plans.references import next_free
from plans.services import actions, due_dates, links, progress
from plans.services.arriving import Told, tell
from plans.services.importing import (
    answers_of,
    indicators_of,
    messages_of,
    posts_by_name,
    standing_values,
    usual_words,
)
from plans.services.progress import Percent
from plans.services.refusals import Columns
from plans.sheets.fields import Field
from plans.sheets.layouts import Layout
from plans.statuses import Status, is_report

_AS_IN_THE_FILE = ", as in the file."


class Rows:
    """The rows of one file, being taken in."""

    def __init__(
        self,
        by: Actor,
        kept: PlanImport,
        plan: Plan,
        *,
        lead: Post | str | None,
        indicator: QualityIndicator | None,
        reason: str,
        ended: str,
        found: Iterable[Layout],
    ) -> None:
        """`found` are the tables of the file; the rest is as `taking_in.take_in` has it."""
        self.by, self.kept, self.plan = by, kept, plan
        self.columns = Columns(kept.file_name, found)
        self.lead, self.indicator = lead, indicator
        self.reason, self.ended = reason.strip(), ended.strip()
        answers = answers_of(kept)
        self.indicators = indicators_of(answers)
        self.messages = messages_of(answers)
        self.posts = {name.casefold(): post for name, post in posts_by_name(plan.area).items()}
        self.posts_made: list[int] = []
        today = clock.today()
        self.added_on = today if kept.plan else min(plan.agreed_on, today)

    # --- new actions ----------------------------------------------------------------------------

    def create(self, lines: list[Line]) -> list[tuple[Line, Action]]:
        there = list(self.plan.actions.values_list("reference", flat=True))
        # Those of the whole file are spoken for before any is invented.
        taken = [*there, *(named for one in lines if (named := one.reference))]
        drafts = []
        for one in lines:
            reference = one.reference
            if not reference:
                reference = next_free(taken)
                taken.append(reference)
            with self._at(one):
                drafts.append(self._draft(one, reference))
        try:
            made = actions.add_actions(by=self.by, plan=self.plan, drafts=drafts)
        except ValidationError:
            # None was added. One by one they tell which it is; nothing of that stays either.
            for one, draft in zip(lines, drafts, strict=True):
                with self._at(one):
                    actions.add_actions(by=self.by, plan=self.plan, drafts=[draft])
            raise
        for action in made:
            action.plan = self.plan
        return list(zip(lines, made, strict=True))

    def _draft(self, one: Line, reference: str) -> actions.Draft:
        row = one.row
        named = row.lead or self.lead
        lead = self._post(named) if isinstance(named, str) else named
        facts = {
            "indicator": self.indicators[row.indicator] if row.indicator else self.indicator,
            "lead": lead,
            "original_due": row.due,
            "reference": reference,
            "text": row.text,
            "evidence_expected": row.evidence_expected,
            "timescale": row.timescale,
            "responsible": row.responsible,
            "added_on": self.added_on,
        }
        supporting = tuple(dict.fromkeys(self._post(title) for title in row.supporting))
        messages = tuple(self.messages[n] for n in row.key_messages if n in self.messages)
        others = tuple(post for post in supporting if post != lead)
        return actions.Draft(facts, others, messages, self._why(one))

    def report(self, created: list[tuple[Line, Action]]) -> None:
        """What the file says of new actions' progress, as their first entries."""
        told = [self._told(one, action) for one, action in created]
        asks = self.kept.plan_id is not None and self.plan.dates_need_approval
        tell(by=self.by, plan=self.plan, told=told, asks=asks)

    def _told(self, one: Line, action: Action) -> Told:
        row, source = one.row, self._from(one)
        said = together(row, row.updates)
        told: dict[str, Any] = {"revised": row.revised, "source": source}
        if row.status is None and not said and row.percent is None and not row.word:
            return Told(action, **told)
        told |= {"word": row.word[:60], "percent": row.percent}
        text = said or _in_words(one)
        if one.ends(take=False):
            text = f"Withdrawn: {text}"
            return Told(action, status=row.status, text=text, decision=self.ended, **told)
        proof = self._proof(one) if row.status == Status.DONE else ""
        return Told(action, status=row.status, text=text, evidence=proof, **told)

    # --- actions that are there -----------------------------------------------------------------

    def update(
        self, one: Line, stands: Stands, changes: dict[str, Any]
    ) -> tuple[Line, dict[str, Any] | None]:
        """Change the action; returns how it was before, for undoing, or None where nothing is."""
        if not changes:
            return one, None
        action = self._there[stands.pk]
        action.plan = self.plan
        before = _as_it_is(action)
        with self._at(one):
            self._word(one, action, changes)
            if "key_messages" in changes:
                messages = [self.messages[n] for n in one.row.key_messages if n in self.messages]
                links.choose_messages(
                    by=self.by,
                    action=action,
                    version=action.version,
                    messages=messages,
                    reason=self._why(one),
                )
            if "due" in changes and (due := due_of(one.row, draft=self.plan.is_draft)):
                self._date(one, action, due)
        if REPORTED & changes.keys() and not self.plan.is_draft:
            with self._at(one, text=Field.PROGRESS):
                self._report(one, stands, action, changes)
        return one, before

    @cached_property
    def _there(self) -> dict[int, Action]:
        """The plan's actions with all that `_as_it_is` tells: one by one takes as long as the
        changes themselves. Nobody else changes them: the whole plan is locked."""
        rows = Action.objects.filter(plan=self.plan).select_related("area", "lead", "indicator")
        parts = ("supporting", "key_messages", "evidence", "date_requests", "updates")
        return {action.pk: action for action in rows.prefetch_related(*parts)}

    def _word(self, one: Line, action: Action, changes: dict[str, Any]) -> None:
        row = one.row
        facts: dict[str, Any] = {
            name: getattr(row, name)
            for name in ("text", "evidence_expected", "responsible", "timescale")
            if name in changes
        }
        if "indicator" in changes:
            facts["indicator"] = self.indicators[row.indicator]
        if "lead" in changes:
            facts["lead"] = self._post(row.lead)
        if "supporting" in changes:
            facts["supporting"] = [self._post(title) for title in row.supporting]
        if facts:
            facts |= {"reason": self._why(one), "version": action.version}
            actions.edit_action(by=self.by, action=action, **facts)

    def _date(self, one: Line, action: Action, due: date) -> None:
        if self.plan.is_draft:
            facts: dict[str, Any] = {"original_due": due, "version": action.version}
            actions.edit_action(by=self.by, action=action, **facts)
            return
        due_dates.move_date(
            by=self.by, action=action, version=action.version, new=due, reason=self._why(one)
        )

    def _report(self, one: Line, stands: Stands, action: Action, changes: dict[str, Any]) -> None:
        row = one.row
        new = together(row, unsaid(row, stands)) if "progress" in changes else ""
        text = new or _still_said(one, action)
        word = row.word[:60] if {"status", "word"} & changes.keys() else action.word
        if "status" in changes and row.status in ENDED:
            progress.withdraw_action(
                by=self.by,
                action=action,
                version=action.version,
                reason=new or _in_words(one),
                decision=self.ended,
            )
            return
        status = row.status if "status" in changes and row.status else Status(action.status)
        done = status == Status.DONE and not action.evidence.filter(withdrawal=None).exists()
        progress.post_update(
            by=self.by,
            action=action,
            version=action.version,
            status=status,
            text=text,
            evidence=self._proof(one) if done else "",
            word=word,
            percent=row.percent if "percent" in changes else Percent.AS_IT_IS,
        )

    # --- both -----------------------------------------------------------------------------------

    def keep_rows(
        self,
        created: list[tuple[Line, Action]],
        wanted: Iterable[Line],
        *,
        drafts: bool,
    ) -> None:
        """Keep each row beside its action, with what the action is now that it was taken in.

        Also a row that said what is here already; but not again what is kept of it anyway.
        """
        lines = {action.pk: one for one, action in created}
        lines |= {one.stands.pk: one for one in wanted if one.stands}
        updates = Update.objects.standing().filter(action__in=lines).order_by("on", "id")
        latest = dict(updates.values_list("action", "text"))
        rows = Action.objects.filter(pk__in=lines).select_related("indicator", "lead")
        own = usual_words(self.kept.area)
        made = []
        for action in rows.prefetch_related("supporting", "key_messages").order_by("pk"):
            one = lines[action.pk]
            now = standing_values(action, latest.get(action.pk, ""), own)
            base = kept_of(one, now, drafts=drafts)
            before = one.stands.base if one.stands else None
            # What another source said is none of its own to be compared with.
            mine = one.stands is not None and one.stands.own
            if mine and before and replace(before, row=base.row) == base:
                continue
            facts = {"plan_import": self.kept, "action": action, "place": one.row.place[:120]}
            made.append(ImportedRow(area=self.kept.area, raw=base.as_text(), **facts))
        ImportedRow.objects.bulk_create(made)

    @contextmanager
    def _at(self, one: Line, **places: Field) -> Iterator[None]:
        """Says of a refusal which row, which column and which value it is of."""
        try:
            yield
        except ValidationError as error:
            notes = self.columns.notes(one.row, error, **places)
            raise ValidationError([note.sentence for note in notes]) from error

    def _post(self, title: str) -> Post:
        key = title.casefold()
        if key not in self.posts:
            self.posts[key] = create_post(by=self.by, area=self.plan.area, title=title[:150])
            self.posts_made.append(self.posts[key].pk)
        return self.posts[key]

    def _from(self, one: Line) -> str:
        return f"From “{self.kept.file_name}”, {one.row.place}."

    def _why(self, one: Line) -> str:
        return f"{self.reason} ({self._from(one)[:-1]})" if self.reason else self._from(one)

    def _proof(self, one: Line) -> str:
        where = f"“{self.kept.file_name}”, {one.row.place},"
        return f"{where} says that it is done. Nothing else has been shown so far."


def _in_words(one: Line) -> str:
    """What an update says where the file has a status or a per cent, and no words about it."""
    row = one.row
    parts = [f"“{row.word}”"] if row.word else []
    parts += [f"{row.percent} per cent done"] if row.percent is not None else []
    return f"{', '.join(parts) or 'Reported so'}{_AS_IN_THE_FILE}"


def _still_said(one: Line, action: Action) -> str:
    """What an update says of another status or per cent alone, so that lists and exports go on
    telling the progress that was last reported: the file's own words where these were it, else
    somebody else's with the name and the day."""
    own, said = together(one.row, one.row.updates), _in_words(one)
    told = action.updates.standing().order_by("-on", "-id")
    real = (row for row in told if _AS_IN_THE_FILE not in row.text)
    last = next((row for row in real if is_report(row.old_status, row.status)), None)
    if last is None or last.text == own:
        return own or said
    return f"{said} {last.by} on {day_text(last.on)}: {last.text}"


def _as_it_is(action: Action) -> dict[str, Any]:
    """What undoing puts back."""
    return {
        "pk": action.pk,
        "status": action.status,
        "due": action.due.isoformat() if action.due else None,
        "word": action.word,
        "percent": action.percent,
        "text": action.text,
        "evidence_expected": action.evidence_expected,
        "responsible": action.responsible,
        "timescale": action.timescale,
        "indicator": action.indicator_id,
        "lead": action.lead_id,
        "supporting": [post.pk for post in action.supporting.all()],
        "key_messages": [message.pk for message in action.key_messages.all()],
        "updates": len(action.updates.all()),
        "evidence": [proof.pk for proof in action.evidence.all()],
        "asked": [request.pk for request in action.date_requests.all()],
    }
